/** What to order: never less than needed, whole packs, at least the minimum, and not a pack more. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantityFromText } from "../../domain/quantity.ts";
import { type ReorderRule, reorderQuantity } from "../../domain/reorderQuantity.ts";

const q = quantityFromText;
const minMax = (min: string, max: string): ReorderRule => ({
  method: "min_max",
  min: q(min),
  max: q(max),
});
const fixed = (reorderPoint: string, quantity: string): ReorderRule => ({
  method: "reorder_point",
  reorderPoint: q(reorderPoint),
  reorderQuantity: q(quantity),
});
const pack = (moq: string, packSize: string) => ({ moq: q(moq), packSize: q(packSize) });

const amount = fc.bigInt({ min: 1n, max: 10_000_000_000n });
const position = fc.bigInt({ min: -10_000_000_000n, max: 10_000_000_000n });
const packs = fc.record({ moq: amount, packSize: amount });
const rules = fc.oneof(
  fc.tuple(amount, amount).map(
    ([min, more]): ReorderRule => ({
      method: "min_max",
      min,
      max: min + more,
    }),
  ),
  fc.tuple(amount, amount).map(
    ([reorderPoint, reorderQuantityScaled]): ReorderRule => ({
      method: "reorder_point",
      reorderPoint,
      reorderQuantity: reorderQuantityScaled,
    }),
  ),
);

function levelOf(rule: ReorderRule): bigint {
  return rule.method === "min_max" ? rule.min : rule.reorderPoint;
}

describe("reorderQuantity", () => {
  test("min_max orders up to the maximum", () => {
    expect(reorderQuantity(q("10"), minMax("10", "50"), pack("1", "1"))).toEqual({
      result: "order",
      need: q("40"),
      quantity: q("40"),
    });
  });

  test("reorder_point orders the fewest multiples that bring the position above it", () => {
    const decide = (at: string) => reorderQuantity(q(at), fixed("10", "5"), pack("1", "1"));
    expect(decide("10")).toMatchObject({ need: q("5") });
    expect(decide("5")).toMatchObject({ need: q("10") });
    expect(decide("-7")).toMatchObject({ need: q("20") });
  });

  test("the minimum order comes before whole packs", () => {
    const decision = reorderQuantity(q("0"), minMax("5", "20"), pack("50", "12"));
    expect(decision).toEqual({ result: "order", need: q("20"), quantity: q("60") });
  });

  test("a position above the level orders nothing", () => {
    expect(reorderQuantity(q("10.0001"), minMax("10", "50"), pack("1", "1"))).toEqual({
      result: "enough",
    });
    expect(reorderQuantity(q("10.0001"), fixed("10", "5"), pack("1", "1"))).toEqual({
      result: "enough",
    });
  });

  test("a maximum that is reached orders nothing, though the position is at the minimum", () => {
    expect(reorderQuantity(q("10"), minMax("10", "10"), pack("1", "1"))).toEqual({
      result: "enough",
    });
  });

  test("a quantity that can't be held is refused, not cut", () => {
    const decision = reorderQuantity(
      0n,
      minMax("1", "2"),
      pack("99999999999999", "99999999999998"),
    );
    expect(decision).toEqual({ result: "too_large" });
  });

  test("the quantity covers need and minimum in whole packs, and one pack less would not", () => {
    fc.assert(
      fc.property(position, rules, packs, (at, rule, sold) => {
        const decision = reorderQuantity(at, rule, sold);
        if (at > levelOf(rule)) {
          expect(decision).toEqual({ result: "enough" });
          return;
        }
        if (decision.result !== "order") throw new Error("a position at its level was not ordered");
        const { need, quantity } = decision;
        expect(quantity % sold.packSize).toBe(0n);
        expect(quantity).toBeGreaterThanOrEqual(need);
        expect(quantity).toBeGreaterThanOrEqual(sold.moq);
        const less = quantity - sold.packSize;
        expect(less < need || less < sold.moq).toBe(true);
      }),
    );
  });

  test("after the order the position is at the maximum, or above the reorder point by less than one quantity", () => {
    fc.assert(
      fc.property(position, rules, (at, rule) => {
        const decision = reorderQuantity(at, rule, { moq: 1n, packSize: 1n });
        if (decision.result !== "order") return;
        const after = at + decision.need;
        if (rule.method === "min_max") expect(after).toBe(rule.max);
        else {
          expect(after).toBeGreaterThan(rule.reorderPoint);
          expect(after - rule.reorderQuantity).toBeLessThanOrEqual(rule.reorderPoint);
        }
      }),
    );
  });
});
