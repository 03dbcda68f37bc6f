/** Values in messages are cut, but stay readable as what they are. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { describeFault, showValue } from "../../domain/errors.ts";

describe("showValue", () => {
  test("closes the quotes of a text that it cuts", () => {
    const found = "y".repeat(301);
    const fault = { thing: "name", found, expected: "at most 300 characters" };
    expect(describeFault(fault)).toBe(
      `name "${"y".repeat(119)}…" is not valid; expected at most 300 characters`,
    );
  });

  test("shows what fits as it is", () => {
    expect(showValue("a".repeat(118))).toBe(`"${"a".repeat(118)}"`);
    expect(showValue([1, "a"])).toBe('[1,"a"]');
  });

  test("cuts no pair and no escape in two", () => {
    const text = fc.string({
      unit: fc.constantFrom("\0", "\n", '"', "\\", "😀", "\ud800", "a"),
      maxLength: 200,
    });
    fc.assert(
      fc.property(text, (value) => {
        const shown = showValue(value);
        expect(shown.length).toBeLessThanOrEqual(122);
        const read: unknown = JSON.parse(shown);
        expect(typeof read).toBe("string");
        const start = String(read).replace(/…$/, "");
        expect(value.startsWith(start)).toBe(true);
      }),
    );
  });
});
