/** Packs are converted to stock units exactly, or not at all. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { listUnits, toStockUnits } from "../../domain/stockUnits.ts";

test.each([
  ["2", "12", { quantity: "24" }],
  ["-1.5", "12", { quantity: "-18" }],
  ["0", "0.0001", { quantity: "0" }],
  ["0.01", "0.01", { quantity: "0.0001" }],
  ["0.01", "0.001", { fault: "unit_inexact" }],
  ["0.0001", "99999999999999.9999", { fault: "unit_inexact" }],
  ["50000000000000", "2", { fault: "out_of_range" }],
  ["-99999999999999.9999", "99999999999999.9999", { fault: "unit_inexact" }],
])("%s packs of %s", (packs, factor, converted) => {
  expect(toStockUnits(packs, factor)).toEqual(converted);
});

test("whole packs of whole units are their product, as far as it fits", () => {
  const whole = fc.integer({ min: 1, max: 100_000_000 });
  fc.assert(
    fc.property(whole, whole, (packs, factor) => {
      const product = BigInt(packs) * BigInt(factor);
      expect(toStockUnits(String(packs), String(factor))).toEqual(
        product < 100_000_000_000_000n ? { quantity: String(product) } : { fault: "out_of_range" },
      );
    }),
  );
});

test("units are listed with the stock unit first", () => {
  expect(listUnits("each", { pallet: "480", 'a "box"': "12" })).toBe(
    '"each", "a \\"box\\"", "pallet"',
  );
  expect(listUnits("kg", null)).toBe('"kg"');
});
