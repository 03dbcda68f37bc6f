/** Quantities: exact in, exact out, and nothing else. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  differenceFromText,
  formatQuantity,
  parseQuantity,
  QUANTITY_LIMIT_SCALED,
  quantityFromText,
} from "../../domain/quantity.ts";
import { fixed4 } from "../../pipelines/apply/hashChain.ts";

test("a difference of quantities may be past what a quantity can be", () => {
  expect(differenceFromText("180000000000000.0000")).toBe(1_800_000_000_000_000_000n);
  expect(["0", "-2.5", "3.1250", "-0.0001"].map(differenceFromText)).toEqual([
    0n,
    -25_000n,
    31_250n,
    -1n,
  ]);
});

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

  test("what the database prints with 4 decimals is read as any other text is, and written so again", () => {
    const limit = QUANTITY_LIMIT_SCALED - 1n;
    const quantities = fc.oneof(
      fc.bigInt({ min: -limit, max: limit }),
      fc.bigInt({ min: -20_000n, max: 20_000n }),
    );
    fc.assert(
      fc.property(quantities, (quantity) => {
        const text = fixed4(quantity);
        expect(text).toMatch(/^-?\d+\.\d{4}$/);
        expect([parseQuantity(text), quantityFromText(text)]).toEqual([quantity, quantity]);
      }),
    );
    expect(quantityFromText("7.5")).toBe(75_000n);
    expect(() => quantityFromText("100000000000000.0000")).toThrow(RangeError);
  });
});
