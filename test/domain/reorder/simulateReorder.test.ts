/** The replay: what it counts can be counted by hand, nothing is lost or made, and it never sees the demand it could not serve. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatQuantity, quantityFromText } from "../../../domain/quantity.ts";
import { addDays, EVERY_DAY } from "../../../domain/reorder/calendar.ts";
import { type SimulationInput, simulateReorder } from "../../../domain/reorder/simulateReorder.ts";
import { reportSimulation } from "../../../domain/reorder/simulationReport.ts";

const q = quantityFromText;

function input(demands: readonly number[], given: Partial<SimulationInput> = {}): SimulationInput {
  return {
    history: demands.map((demand, at) => ({
      day: addDays("2026-03-02", at),
      demand: q(String(demand)),
    })),
    warmUpDays: 0,
    policy: {
      method: "min_max",
      reorderPoint: null,
      reorderQuantity: null,
      min: q("4"),
      max: q("10"),
      safetyStock: null,
      serviceLevel: null,
      reviewDays: null,
    },
    supply: {
      moq: q("1"),
      packSize: q("1"),
      orderMultiple: null,
      maximum: null,
      unitCost: q("2"),
      priceBreaks: [],
    },
    leadTimeDays: 2,
    leadTimeDeviation: 0,
    calendar: EVERY_DAY,
    orderingCost: 5,
    holdingRate: 0.365,
    shortageRate: 0.5,
    backorders: false,
    ...given,
  };
}

const closings = (run: ReturnType<typeof simulateReorder>) =>
  run.days.map((day) => formatQuantity(day.closing));

describe("simulateReorder", () => {
  test("a week by hand: ordered in the evening, there two days later, what is missing is lost", () => {
    const given = input([3, 4, 5, 1, 2, 0, 9]);
    const run = simulateReorder(given);
    // 10-3=7; 7-4=3, orders 7 for day 4; 3-5 serves 3; +7-1=6; 6-2=4, orders 6 for day 7; 4; +6: 10-9=1, orders 9
    expect(closings(run)).toEqual(["7", "3", "0", "6", "4", "4", "1"]);
    expect(run.days.map((day) => formatQuantity(day.ordered))).toEqual([
      "0",
      "7",
      "0",
      "0",
      "6",
      "0",
      "9",
    ]);
    expect(reportSimulation(given, run)).toEqual({
      days: 7,
      demand: "24",
      served: "22",
      fill_rate: "0.9167",
      stock_out_days: 1,
      average_stock: "3.5714",
      orders: 3,
      ordered: "22",
      purchase_cost: "44",
      ordering_cost: "15",
      holding_cost: "0.05", // 25 unit days × 2 × 0.365 / 365
      shortage_cost: "2",
      total_cost: "17.05",
    });
  });

  test("backorders are served first when goods come in", () => {
    const run = simulateReorder(input([3, 4, 5, 1, 2, 0, 9], { backorders: true }));
    // day 3 owes 2; day 4 brings 7, repays 2 and serves 1, and orders 6; day 6 brings them; day 7 owes 1 of 9
    expect(closings(run)).toEqual(["7", "3", "0", "4", "2", "8", "0"]);
    expect(run.stockOutDays).toBe(2);
  });

  test("a supplier's weekend makes goods come later", () => {
    const office = { workingDays: ["mon", "tue", "wed", "thu", "fri"], holidays: [] } as const;
    // Monday 2026-03-02; ordered on Friday evening, two working days on: Tuesday
    const run = simulateReorder(input([0, 0, 0, 0, 7, 0, 0, 0, 0, 0], { calendar: office }));
    expect(run.days.find((day) => day.received > 0n)?.day).toBe("2026-03-10");
  });

  test("packs, minimums and price breaks count as in production", () => {
    const supply = {
      ...input([]).supply,
      moq: q("20"),
      packSize: q("8"),
      priceBreaks: [{ quantity: q("24"), unitCost: q("1.5") }],
    };
    const run = simulateReorder(input([7], { supply }));
    expect(formatQuantity(run.ordered)).toBe("24");
    expect(run.purchaseCost).toBe(q("24") * q("1.5"));
  });

  test("periodic review orders on its days only", () => {
    const policy = {
      ...input([]).policy,
      method: "periodic_review" as const,
      min: null,
      reviewDays: 3,
    };
    const run = simulateReorder(input([1, 1, 1, 1, 1, 1, 1], { policy }));
    expect(run.days.map((day) => day.ordered > 0n)).toEqual([
      true,
      false,
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  test("auto learns from what was sold, not from what it could not serve", () => {
    const demands = Array.from({ length: 120 }, () => 5);
    const policy = { ...input([]).policy, method: "auto" as const, min: null, max: null };
    const run = simulateReorder(input(demands, { policy, warmUpDays: 60, openingStock: 0n }));
    expect(run.stockOutDays).toBeGreaterThan(0);
    expect(run.stockOutDays).toBeLessThan(6); // once goods are there it never runs out again
    expect(run.days.slice(10).every((day) => day.served === day.demand)).toBe(true);
  });

  test("what comes in, goes out and remains always balances", () => {
    const demands = fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 2, maxLength: 60 });
    const small = fc.integer({ min: 0, max: 40 });
    fc.assert(
      fc.property(
        demands,
        fc.tuple(small, small),
        fc.integer({ min: 0, max: 9 }),
        fc.boolean(),
        (series, [min, more], leadTimeDays, backorders) => {
          const policy = { ...input([]).policy, min: q(String(min)), max: q(String(min + more)) };
          const run = simulateReorder(input(series, { policy, leadTimeDays, backorders }));
          const received = run.days.reduce((sum, day) => sum + day.received, 0n);
          const closing = run.days.at(-1)?.closing ?? 0n;
          if (!backorders) expect(q(String(min + more)) + received - run.served).toBe(closing);
          expect(received).toBeLessThanOrEqual(run.ordered);
          expect(run.served).toBeLessThanOrEqual(run.demand);
          expect(run.days.every((day) => day.closing >= 0n)).toBe(true);
        },
      ),
    );
  });

  test("a warm-up as long as the history is refused", () => {
    expect(() => simulateReorder(input([1, 2], { warmUpDays: 2 }))).toThrow(
      "expected fewer than 2",
    );
  });
});
