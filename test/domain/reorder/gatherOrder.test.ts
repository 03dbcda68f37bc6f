/** From need to order: gathered over warehouses, whole packs, at least the minimum, breaks that pay, and never past the maximum. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantityFromText } from "../../../domain/quantity.ts";
import { chooseSupplier, type SupplyOffer } from "../../../domain/reorder/chooseSupplier.ts";
import { gatherOrder, type SupplyTerms } from "../../../domain/reorder/gatherOrder.ts";
import { type ReorderRule, reorderNeed } from "../../../domain/reorder/reorderNeed.ts";

const q = quantityFromText;

function terms(
  given: Partial<
    Record<"moq" | "packSize" | "orderMultiple" | "maximum" | "unitCost", string>
  > = {},
  breaks: readonly (readonly [string, string])[] = [],
): SupplyTerms {
  return {
    moq: q(given.moq ?? "1"),
    packSize: q(given.packSize ?? "1"),
    orderMultiple: given.orderMultiple === undefined ? null : q(given.orderMultiple),
    maximum: given.maximum === undefined ? null : q(given.maximum),
    unitCost: given.unitCost === undefined ? null : q(given.unitCost),
    priceBreaks: breaks.map(([quantity, unitCost]) => ({
      quantity: q(quantity),
      unitCost: q(unitCost),
    })),
  };
}

describe("reorderNeed", () => {
  const upTo = (at: string, to: string): ReorderRule => ({
    kind: "order_up_to",
    reorderAt: q(at),
    orderUpTo: q(to),
  });
  const fixed = (at: string, quantity: string): ReorderRule => ({
    kind: "fixed_quantity",
    reorderAt: q(at),
    quantity: q(quantity),
  });

  test("up to the maximum at or below the minimum, nothing above it", () => {
    expect(reorderNeed(q("10"), upTo("10", "50"), false)).toBe(q("40"));
    expect(reorderNeed(q("-3"), upTo("10", "50"), false)).toBe(q("53"));
    expect(reorderNeed(q("10.0001"), upTo("10", "50"), false)).toBe(0n);
    expect(reorderNeed(q("10"), upTo("10", "10"), false)).toBe(0n);
  });

  test("the fewest fixed quantities that bring the position above the reorder point", () => {
    expect(reorderNeed(q("10"), fixed("10", "5"), false)).toBe(q("5"));
    expect(reorderNeed(q("5"), fixed("10", "5"), false)).toBe(q("10"));
    expect(reorderNeed(q("-7"), fixed("10", "5"), false)).toBe(q("20"));
    expect(reorderNeed(q("10.0001"), fixed("10", "5"), false)).toBe(0n);
  });

  test("periodic orders up to its level on review days only", () => {
    const rule: ReorderRule = {
      kind: "periodic",
      reorderAt: q("5"),
      orderUpTo: q("50"),
      reviewDays: 7,
    };
    expect(reorderNeed(q("20"), rule, true)).toBe(q("30"));
    expect(reorderNeed(q("0"), rule, false)).toBe(0n);
    expect(reorderNeed(q("51"), rule, true)).toBe(0n);
  });

  test("after a fixed order the position is above the point by less than one quantity", () => {
    const amount = fc.bigInt({ min: 1n, max: 10_000_000_000n });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -10_000_000_000n, max: 10_000_000_000n }),
        amount,
        amount,
        (at, reorderAt, quantity) => {
          const need = reorderNeed(at, { kind: "fixed_quantity", reorderAt, quantity }, false);
          if (need === 0n) {
            expect(at).toBeGreaterThan(reorderAt);
            return;
          }
          expect(at + need).toBeGreaterThan(reorderAt);
          expect(at + need - quantity).toBeLessThanOrEqual(reorderAt);
        },
      ),
    );
  });
});

describe("gatherOrder", () => {
  test("the minimum is reached by the sum of all warehouses, not by each", () => {
    const order = gatherOrder([q("30"), q("20")], terms({ moq: "50" }));
    expect(order).toMatchObject({
      result: "order",
      quantities: [q("30"), q("20")],
      total: q("50"),
      roundedBy: null,
    });
  });

  test("what is missing to the minimum goes to the greatest need", () => {
    expect(gatherOrder([q("10"), q("15")], terms({ moq: "40" }))).toMatchObject({
      quantities: [q("10"), q("30")],
      roundedBy: "moq",
    });
  });

  test("each warehouse gets whole packs, the sum whole order multiples", () => {
    expect(gatherOrder([q("10"), q("15")], terms({ packSize: "12" }))).toMatchObject({
      quantities: [q("12"), q("24")],
      total: q("36"),
    });
    expect(
      gatherOrder([q("10"), q("15")], terms({ packSize: "12", orderMultiple: "30" })),
    ).toMatchObject({
      quantities: [q("12"), q("48")],
      total: q("60"),
      roundedBy: "order_multiple",
    });
  });

  test("a minimum that is no whole pack is rounded up", () => {
    expect(gatherOrder([q("20")], terms({ moq: "50", packSize: "12" }))).toMatchObject({
      total: q("60"),
      roundedBy: "moq",
    });
  });

  test("a price break is taken where the whole order then costs no more", () => {
    const breaks = [["100", "8"]] as const;
    // 80 × 10 = 800 = 100 × 8: twenty units for nothing
    expect(gatherOrder([q("80")], terms({ unitCost: "10" }, breaks))).toMatchObject({
      total: q("100"),
      unitCost: q("8"),
      breakAt: q("100"),
      roundedBy: "price_break",
    });
    expect(gatherOrder([q("79")], terms({ unitCost: "10" }, breaks))).toMatchObject({
      total: q("79"),
      unitCost: q("10"),
      breakAt: null,
      roundedBy: null,
    });
    expect(gatherOrder([q("150")], terms({ unitCost: "10" }, breaks))).toMatchObject({
      total: q("150"),
      unitCost: q("8"),
      breakAt: q("100"),
    });
  });

  test("two warehouses earn a break together", () => {
    expect(
      gatherOrder([q("60"), q("40")], terms({ unitCost: "10" }, [["100", "8"]])),
    ).toMatchObject({ quantities: [q("60"), q("40")], unitCost: q("8") });
  });

  test("the maximum cuts the greatest needs down, in whole packs", () => {
    expect(
      gatherOrder([q("30"), q("100")], terms({ packSize: "10", maximum: "85" })),
    ).toMatchObject({ quantities: [q("30"), q("50")], total: q("80"), roundedBy: "maximum" });
    expect(gatherOrder([q("40"), q("40")], terms({ packSize: "10", maximum: "50" }))).toMatchObject(
      { total: q("50") },
    );
  });

  test("a maximum below the minimum or below a pack orders nothing", () => {
    expect(gatherOrder([q("5")], terms({ moq: "10", maximum: "8" }))).toEqual({
      result: "over_maximum",
    });
    expect(gatherOrder([q("5")], terms({ packSize: "10", maximum: "8" }))).toEqual({
      result: "over_maximum",
    });
  });

  test("a quantity that can't be held is refused, not cut", () => {
    expect(gatherOrder([1n], terms({ moq: "99999999999999", packSize: "99999999999998" }))).toEqual(
      { result: "too_large" },
    );
  });

  test("the order covers every need in whole packs, and one step less would not do", () => {
    const amount = fc.bigInt({ min: 1n, max: 10_000_000_000n });
    const small = fc.bigInt({ min: 1n, max: 1_000_000n });
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 5 }),
        amount,
        small,
        (needs, moq, packSize) => {
          const order = gatherOrder(needs, { ...terms(), moq, packSize });
          if (order.result !== "order") throw new Error("it was not ordered");
          for (const [at, need] of needs.entries()) {
            const mine = order.quantities[at] ?? 0n;
            expect(mine % packSize).toBe(0n);
            expect(mine).toBeGreaterThanOrEqual(need);
          }
          expect(order.quantities.reduce((sum, one) => sum + one, 0n)).toBe(order.total);
          expect(order.total).toBeGreaterThanOrEqual(moq);
          const packs = needs.reduce(
            (sum, need) => sum + ((need + packSize - 1n) / packSize) * packSize,
            0n,
          );
          expect(order.total === packs || order.total - packSize < moq).toBe(true);
        },
      ),
    );
  });

  test("with a maximum the sum never passes it, and no line falls below zero", () => {
    const amount = fc.bigInt({ min: 1n, max: 1_000_000n });
    fc.assert(
      fc.property(
        fc.array(amount, { minLength: 1, maxLength: 5 }),
        amount,
        fc.bigInt({ min: 1n, max: 1_000n }),
        (needs, maximum, packSize) => {
          const order = gatherOrder(needs, { ...terms(), packSize, maximum, moq: 1n });
          if (order.result !== "order") return;
          expect(order.total).toBeLessThanOrEqual(maximum);
          for (const quantity of order.quantities) {
            expect(quantity).toBeGreaterThanOrEqual(0n);
            expect(quantity % packSize).toBe(0n);
          }
          expect(order.quantities.reduce((sum, one) => sum + one, 0n)).toBe(order.total);
        },
      ),
    );
  });
});

describe("chooseSupplier", () => {
  const offer = (code: string, given: Partial<SupplyOffer> = {}): SupplyOffer => ({
    ...terms({ unitCost: "10" }),
    code,
    preferred: false,
    currency: "EUR",
    leadTimeDays: 7,
    ...given,
  });
  const chosen = (offers: readonly SupplyOffer[], need = "50") => {
    const found = chooseSupplier(offers, [q(need)]);
    return [found?.offer.code, found?.choice];
  };

  test("the preferred one comes before the cheaper one", () => {
    expect(chosen([offer("A", { unitCost: q("1") }), offer("B", { preferred: true })])).toEqual([
      "B",
      "preferred",
    ]);
    expect(chosen([offer("A")])).toEqual(["A", "only_supplier"]);
    expect(chooseSupplier([], [1n])).toBeUndefined();
  });

  test("the price at the ordered quantity decides, breaks counted in", () => {
    const broken = offer("B", {
      unitCost: q("11"),
      priceBreaks: [{ quantity: q("40"), unitCost: q("9") }],
    });
    expect(chosen([offer("A"), broken])).toEqual(["B", "lowest_cost"]);
    expect(chosen([offer("A"), broken], "20")).toEqual(["A", "lowest_cost"]);
  });

  test("then the lead time, then the code", () => {
    expect(chosen([offer("A"), offer("B", { leadTimeDays: 3 })])).toEqual([
      "B",
      "shortest_lead_time",
    ]);
    expect(chosen([offer("B"), offer("A")])).toEqual(["A", "first_code"]);
  });

  test("prices in different currencies are not compared", () => {
    const dollars = offer("B", { unitCost: q("1"), currency: "USD", leadTimeDays: 9 });
    expect(chosen([offer("A"), dollars])).toEqual(["A", "shortest_lead_time"]);
  });

  test("a supplier that can't supply the need comes last, even a preferred one", () => {
    const small = offer("A", { preferred: true, moq: q("10"), maximum: q("5") });
    expect(chosen([small, offer("B")])[0]).toBe("B");
  });
});
