/** Strict JSON: what is refused that JSON.parse would let through, and that nothing else is. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson } from "../../domain/parseJson.ts";

describe("parseJson", () => {
  test("answers the same as JSON.parse for every value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!/\\u0000|\\ud[89a-f]/i.test(text));
        expect(parseJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ['{"qty":1,"qty":2}', "duplicate_key"],
    ['{"a":{"b":1,"b":1}}', "duplicate_key"],
    ['{"a":1,"\\u0061":2}', "duplicate_key"],
    ['{"a":9007199254740993}', "number_unsafe"],
    ['{"a":1e400}', "number_unsafe"],
    ['{"a":"x\\u0000"}', "nul_char"],
    ['{"a":"\\ud800"}', "bad_unicode"],
    ["{", "json_malformed"],
    ["[1,]", "json_malformed"],
    ["NaN", "json_malformed"],
    ["[".repeat(10_000) + "]".repeat(10_000), "json_too_deep"],
  ])("%.40s is refused", (text, code) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code }));
  });

  test("a key like __proto__ pollutes nothing", () => {
    const value = parseJson(`{"__proto__":{"polluted":true}}`);
    expect("polluted" in {}).toBe(false);
    expect(Object.keys(Object(value))).toEqual(["__proto__"]);
  });
});
