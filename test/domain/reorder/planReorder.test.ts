/** Plans: each method by its textbook's numbers, bounds, and what is not known. */
import { describe, expect, test } from "vitest";
import type { DemandForecast } from "../../../domain/demand/forecastDemand.ts";
import { formatQuantity, quantityFromText } from "../../../domain/quantity.ts";
import {
  type PlanInput,
  planReorder,
  roundUpQuantity,
} from "../../../domain/reorder/planReorder.ts";
import type { PolicyTerms } from "../../../domain/reorder/reorderPolicy.ts";

const q = quantityFromText;

function policy(given: Partial<PolicyTerms> & Pick<PolicyTerms, "method">): PolicyTerms {
  return {
    reorderPoint: null,
    reorderQuantity: null,
    min: null,
    max: null,
    safetyStock: null,
    serviceLevel: null,
    reviewDays: null,
    ...given,
  };
}

function demand(
  level: number,
  deviation: number,
  more: Partial<DemandForecast> = {},
): DemandForecast {
  return {
    method: level === 0 ? "none" : "moving_average",
    pattern: "smooth",
    level,
    slope: 0,
    weekdays: null,
    dailyVariance: deviation ** 2,
    isWhole: true,
    days: 365,
    demandDays: 365,
    stockOutDays: 0,
    outlierDays: 0,
    nextWeekday: 1,
    ...more,
  };
}

function plan(given: Partial<PlanInput> & Pick<PlanInput, "policy">) {
  const found = planReorder({
    forecast: demand(10, 3),
    leadTime: { days: 14, deviation: 0 },
    costs: { orderingCost: 25, holdingRate: 0.2, prices: [{ from: 0, unitCost: 5 }] },
    ...given,
  });
  const { rule } = found;
  return {
    ...found,
    reorderAt: rule === null ? null : formatQuantity(rule.reorderAt),
    orderUpTo:
      rule === null || rule.kind === "fixed_quantity" ? null : formatQuantity(rule.orderUpTo),
  };
}

describe("planReorder", () => {
  test("periodic review is the fixed-time-period model of Chase and Jacobs: 30 + 14 days of 10, s 3, 98 %: 331 at 150 in stock", () => {
    const found = plan({
      policy: policy({ method: "periodic_review", reviewDays: 30, serviceLevel: 0.98 }),
    });
    expect(found.protectionDays).toBe(44);
    expect(found.protectionDeviation).toBeCloseTo(19.9, 2);
    expect(found.orderUpTo).toBe("481"); // 440 + 40.9, to whole units
    expect(481 - 150).toBe(331);
    expect(found.rule).toMatchObject({ kind: "periodic", reviewDays: 30 });
  });

  test("periodic review orders 961 in the exercise of 50 a day, s 30, reviews of 5 and a lead time of 10 days, 99 %, 60 in stock", () => {
    // a solved exercise on q = d(L + R) + z σ(L + R) - I, found in public; Chase and Jacobs' own, above, was found only in the book
    const found = plan({
      forecast: demand(50, 30),
      leadTime: { days: 10, deviation: 0 },
      policy: policy({ method: "periodic_review", reviewDays: 5, serviceLevel: 0.99 }),
    });
    expect(found.protectionDeviation).toBeCloseTo(116.19, 2);
    expect(Number(found.orderUpTo) - 60).toBe(961);
  });

  test("periodic review orders up to its own maximum where it has one", () => {
    const found = plan({
      policy: policy({ method: "periodic_review", reviewDays: 7, max: q("90"), min: q("20") }),
    });
    expect([found.reorderAt, found.orderUpTo]).toEqual(["20", "90"]);
  });

  test("days of cover are days of demand, with the safety stock that is asked for on top", () => {
    const cover = policy({ method: "days_of_cover", min: q("20"), max: q("45") });
    const found = plan({ policy: cover });
    expect([found.reorderAt, found.orderUpTo]).toEqual(["200", "450"]);
    const safe = plan({ policy: { ...cover, safetyStock: q("15") } });
    expect([safe.reorderAt, safe.orderUpTo]).toEqual(["215", "465"]);
  });

  test("auto: demand of lead time and a day, safety stock, and the economic quantity on top", () => {
    const found = plan({ policy: policy({ method: "auto", serviceLevel: 0.95 }) });
    // 15 days of 10; 1.6449 × 3 × √15 = 19.11; √(2 × 3650 × 25 / 1) = 427.2
    expect(formatQuantity(found.safetyStock)).toBe("20");
    expect(found.economicQuantity).toBeCloseTo(427.2, 1);
    expect([found.reorderAt, found.orderUpTo]).toEqual(["170", "598"]);
    expect(found.leadTimeDemand).toBeCloseTo(140, 9);
  });

  test("auto takes the lead time's own variance in", () => {
    const found = plan({
      policy: policy({ method: "auto" }),
      leadTime: { days: 14, deviation: 2 },
    });
    expect(found.protectionDeviation).toBeCloseTo(Math.sqrt(15 * 9 + 400), 9);
  });

  test("auto stays within its bounds and takes a given safety stock", () => {
    const bounded = plan({ policy: policy({ method: "auto", min: q("300"), max: q("400") }) });
    expect([bounded.reorderAt, bounded.orderUpTo]).toEqual(["300", "400"]);
    const given = plan({ policy: policy({ method: "auto", safetyStock: q("5") }) });
    expect(given.reorderAt).toBe("155");
  });

  test("auto without a price covers a month, and never more than a year", () => {
    const costs = { orderingCost: 25, holdingRate: 0.2, prices: [] };
    expect(plan({ policy: policy({ method: "auto" }), costs }).economicQuantity).toBe(300);
    const dear = { orderingCost: 1e6, holdingRate: 0.2, prices: [{ from: 0, unitCost: 0.01 }] };
    expect(plan({ policy: policy({ method: "auto" }), costs: dear }).economicQuantity).toBe(3_650);
  });

  test("an intermittent demand is covered to the quantile of its count, not by the normal distribution", () => {
    const rare = demand(0.1, 0.9, { method: "sba", pattern: "lumpy" });
    const found = plan({ policy: policy({ method: "auto", serviceLevel: 0.95 }), forecast: rare });
    const normal = 1.6449 * Math.sqrt(15 * 0.81);
    expect(Number(formatQuantity(found.safetyStock))).toBeGreaterThan(normal);
  });

  test("without demand nothing is planned but what bounds say", () => {
    const none = demand(0, 0);
    expect(plan({ policy: policy({ method: "auto" }), forecast: none }).rule).toBeNull();
    expect(
      plan({ policy: policy({ method: "periodic_review", reviewDays: 7 }), forecast: none }).rule,
    ).toBeNull();
    expect(
      plan({
        policy: policy({ method: "days_of_cover", min: q("5"), max: q("9") }),
        forecast: none,
      }).rule,
    ).toBeNull();
    const kept = plan({ policy: policy({ method: "auto", min: q("2") }), forecast: none });
    expect([kept.reorderAt, kept.orderUpTo]).toEqual(["2", "2"]);
  });

  test("a weekly season asks for what the coming days are expected to bring", () => {
    const weekdays = [0, 1, 1, 1, 1, 3, 0];
    const weekly = demand(10, 0, { weekdays });
    const short = plan({
      policy: policy({ method: "auto" }),
      forecast: weekly,
      leadTime: { days: 3, deviation: 0 },
    });
    expect(short.protectionDemand).toBe(40); // Monday to Thursday
    const long = plan({
      policy: policy({ method: "auto" }),
      forecast: weekly,
      leadTime: { days: 4, deviation: 0 },
    });
    expect(long.protectionDemand).toBe(70);
  });

  test("methods with figures of their own keep them exactly", () => {
    const found = plan({ policy: policy({ method: "min_max", min: q("0.0001"), max: q("7.5") }) });
    expect([found.reorderAt, found.orderUpTo]).toEqual(["0.0001", "7.5"]);
    const fixed = plan({
      policy: policy({ method: "reorder_point", reorderPoint: q("4"), reorderQuantity: q("12") }),
    });
    expect(fixed.rule).toEqual({ kind: "fixed_quantity", reorderAt: q("4"), quantity: q("12") });
  });

  test("estimates are rounded up once, and float64's crumbs are no unit", () => {
    expect(roundUpQuantity(3.0000000001, true)).toBe(q("3"));
    expect(roundUpQuantity(3.01, true)).toBe(q("4"));
    expect(roundUpQuantity(0.12341, false)).toBe(q("0.1235"));
  });
});
