/** Quantities: exact in, exact out, and nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatQuantity, parseQuantity, QUANTITY_LIMIT_SCALED } from "../../domain/quantity.ts";

describe("quantities", () => {
  test.each([
    ["12", 120_000n],
    ["0.5", 5_000n],
    ["-3.1250", -31_250n],
    ["+7", 70_000n],
    ["00012.10000000", 121_000n],
    ["99999999999999.9999", 999_999_999_999_999_999n],
  ])("%s is read exactly", (text, scaled) => {
    expect(parseQuantity(text)).toBe(scaled);
  });

  test.each([
    ["1.00005", "too_many_decimals"],
    ["100000000000000", "out_of_range"],
    ["1e3", "not_a_decimal"],
    ["NaN", "not_a_decimal"],
    ["Infinity", "not_a_decimal"],
    ["", "not_a_decimal"],
    [" 1", "not_a_decimal"],
    ["1,5", "not_a_decimal"],
    [".5", "not_a_decimal"],
    ["٣", "not_a_decimal"],
  ])("%j is refused as %s", (text, fault) => {
    expect(parseQuantity(text)).toBe(fault);
  });

  test("what is written is read back the same", () => {
    const limit = QUANTITY_LIMIT_SCALED - 1n;
    fc.assert(
      fc.property(fc.bigInt({ min: -limit, max: limit }), (quantity) => {
        expect(parseQuantity(formatQuantity(quantity))).toBe(quantity);
      }),
    );
  });
});
