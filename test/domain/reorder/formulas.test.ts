/**
 * Formulas of reordering against worked examples of textbooks. Looked up again in 2026, in public pages: Sharp, Inc. with its solution
 * (holooly.com, Heizer & Render Q. 12.EX.3); the figures of Wohl's Discount Stores (quesba.com 48672) and of the Hardware Warehouse
 * (brainmass.com 468949), whose solutions stand in the books only; the Discount Carpet Store with its solution (scribd.com 375940517).
 * Not found outside the books: I-75 Carpet, the cameras, the five prices. Those stand as they were remembered, and follow from the formulas.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addDays,
  daysBetween,
  deliveryDay,
  EVERY_DAY,
  isWorkingDay,
} from "../../../domain/reorder/calendar.ts";
import {
  annualCost,
  economicQuantity,
  economicQuantityAtPrices,
} from "../../../domain/reorder/economicQuantity.ts";
import {
  intermittentSafetyStock,
  leadTimeVariance,
  safetyStock,
} from "../../../domain/reorder/safetyStock.ts";

describe("safety stock", () => {
  test("I-75 Carpet Discount Store (Taylor, Introduction to Management Science, chapter 16): 26.1 yards", () => {
    const variance = leadTimeVariance({
      days: 10,
      dailyMean: 30,
      dailyVariance: 25,
      leadTimeDeviation: 0,
    });
    // The book rounds z to 1.65.
    expect(1.65 * Math.sqrt(variance)).toBeCloseTo(26.1, 1);
    expect(safetyStock(0.95, variance)).toBeCloseTo(26.0, 1);
    expect(30 * 10 + safetyStock(0.95, variance)).toBeCloseTo(326, 0);
  });

  test("Discount Carpet Store (course notes after the book): 30 a day, deviation 7, 7 days, 95 %: reorder at 240", () => {
    const variance = leadTimeVariance({
      days: 7,
      dailyMean: 30,
      dailyVariance: 49,
      leadTimeDeviation: 0,
    });
    expect(Math.sqrt(variance)).toBeCloseTo(18.5, 1);
    expect(Math.round(30 * 7 + safetyStock(0.95, variance))).toBe(240);
  });

  test("Hardware Warehouse (Render, Stair, Hanna, Quantitative Analysis for Management, chapter 6): only the lead time varies, 16.5 units", () => {
    const variance = leadTimeVariance({
      days: 3,
      dailyMean: 5,
      dailyVariance: 0,
      leadTimeDeviation: 2,
    });
    expect(Math.sqrt(variance)).toBe(10);
    expect(safetyStock(0.95, variance)).toBeCloseTo(16.45, 2);
  });

  test("cameras (Heizer, Render, chapter 12): both vary, deviation 154, reorder point 1,004", () => {
    const variance = leadTimeVariance({
      days: 5,
      dailyMean: 150,
      dailyVariance: 16 ** 2,
      leadTimeDeviation: 1,
    });
    expect(Math.round(Math.sqrt(variance))).toBe(154);
    expect(150 * 5 + 1.65 * Math.sqrt(variance)).toBeCloseTo(1004, 0);
    expect(150 * 5 + safetyStock(0.95, variance)).toBeGreaterThan(1_002);
  });

  test("a service level of one half needs none, and less than one half no negative one", () => {
    expect(safetyStock(0.5, 100)).toBe(0);
    expect(safetyStock(0.2, 100)).toBe(0);
  });

  test("of a rare demand it reaches to the quantile of the count", () => {
    // Poisson with mean 4: 95 % need 8
    expect(intermittentSafetyStock(0.95, { mean: 4, variance: 4 })).toBe(4);
  });
});

describe("economic quantity", () => {
  test("Sharp, Inc. (Heizer, Render, chapter 12): 200 needles", () => {
    const terms = { annualDemand: 1_000, orderingCost: 10, holdingRate: 0.5 };
    expect(economicQuantity(terms, 1)).toBe(200);
  });

  test("Wohl's Discount Store (Heizer, Render, chapter 12): three prices, best 1,000 at 24,725", () => {
    const terms = { annualDemand: 5_000, orderingCost: 49, holdingRate: 0.2 };
    const prices = [
      { from: 0, unitCost: 5 },
      { from: 1_000, unitCost: 4.8 },
      { from: 2_000, unitCost: 4.75 },
    ];
    expect(economicQuantity(terms, 5)).toBeCloseTo(700, 6);
    expect(economicQuantity(terms, 4.8)).toBeCloseTo(714, 0);
    expect(economicQuantity(terms, 4.75)).toBeCloseTo(718, 0);
    expect(annualCost(terms, 5, 700)).toBeCloseTo(25_700, 6);
    expect(annualCost(terms, 4.75, 2_000)).toBeCloseTo(24_822.5, 6);
    expect(economicQuantityAtPrices(terms, prices)).toMatchObject({
      quantity: 1_000,
      unitCost: 4.8,
    });
    expect(economicQuantityAtPrices(terms, prices)?.cost).toBeCloseTo(24_725, 6);
  });

  test("least-cost order quantity at five prices (order cost 60, holding 30 %, demand 800): 200 at 40,080", () => {
    const terms = { annualDemand: 800, orderingCost: 60, holdingRate: 0.3 };
    const prices = [
      { from: 0, unitCost: 53 },
      { from: 50, unitCost: 51.5 },
      { from: 100, unitCost: 49.5 },
      { from: 200, unitCost: 48 },
      { from: 500, unitCost: 47 },
    ];
    const found = economicQuantityAtPrices(terms, prices);
    expect(found?.quantity).toBe(200);
    expect(found?.cost).toBeCloseTo(40_080, 6);
  });

  test("without demand, cost of an order or cost of keeping there is none", () => {
    expect(
      economicQuantity({ annualDemand: 0, orderingCost: 1, holdingRate: 1 }, 1),
    ).toBeUndefined();
    expect(
      economicQuantity({ annualDemand: 1, orderingCost: 0, holdingRate: 1 }, 1),
    ).toBeUndefined();
    expect(
      economicQuantity({ annualDemand: 1, orderingCost: 1, holdingRate: 1 }, 0),
    ).toBeUndefined();
    expect(
      economicQuantityAtPrices({ annualDemand: 1, orderingCost: 1, holdingRate: 1 }, []),
    ).toBeUndefined();
  });

  test("no quantity costs less a year than the economic one", () => {
    const figure = fc.double({ min: 0.1, max: 1e4, noNaN: true });
    fc.assert(
      fc.property(figure, figure, figure, figure, (annualDemand, orderingCost, unitCost, other) => {
        const terms = { annualDemand, orderingCost, holdingRate: 0.25 };
        const best = economicQuantity(terms, unitCost) ?? 1;
        expect(annualCost(terms, unitCost, best)).toBeLessThanOrEqual(
          annualCost(terms, unitCost, other) * (1 + 1e-9),
        );
      }),
    );
  });
});

describe("supplier calendars", () => {
  const office = {
    workingDays: ["mon", "tue", "wed", "thu", "fri"],
    holidays: ["2026-12-25", "2027-01-01"],
  } as const;

  test("every day counts where no calendar is kept", () => {
    expect(deliveryDay("2026-03-01", 7, EVERY_DAY)).toBe("2026-03-08");
    expect(deliveryDay("2026-03-01", 0, EVERY_DAY)).toBe("2026-03-01");
  });

  test("weekends and holidays do not count", () => {
    expect(deliveryDay("2026-03-06", 1, office)).toBe("2026-03-09"); // Friday to Monday
    expect(deliveryDay("2026-03-07", 5, office)).toBe("2026-03-16"); // Saturday, as Monday, 5 days on
    expect(deliveryDay("2026-12-24", 1, office)).toBe("2026-12-28"); // over Christmas and the weekend
    expect(isWorkingDay("2026-12-25", office)).toBe(false);
  });

  test("a delivery is on a working day, and so many of them after the order", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 60 }),
        (offset, lead) => {
          const from = addDays("2026-01-01", offset);
          const day = deliveryDay(from, lead, office);
          expect(isWorkingDay(day, office)).toBe(true);
          const worked = Array.from({ length: daysBetween(from, day) + 1 }, (_, at) =>
            addDays(from, at),
          ).filter((one) => isWorkingDay(one, office));
          expect(worked).toHaveLength(lead + 1);
        },
      ),
    );
  });

  test("a calendar that never works is not waited for", () => {
    expect(deliveryDay("2026-03-01", 2, { workingDays: [], holidays: [] })).toBe("2026-03-03");
  });
});
