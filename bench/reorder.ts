/**
 * Reordering: `auto` against a static min/max that was tuned on the first half of the same history, both replayed on the second half
 * by the simulator, from the same opening stock and at the same costs. On the project's sample movements, and on Northwind's orders
 * where STOCKLINE_NORTHWIND_DIR names its folder. No clock is measured: the figures are the same on every machine.
 */

import { type Column, textTable } from "../client/textTable.ts";
import { EVERY_DAY } from "../domain/reorder/calendar.ts";
import type { PolicyTerms } from "../domain/reorder/reorderPolicy.ts";
import {
  type SimulationInput,
  type SimulationResult,
  simulateReorder,
} from "../domain/reorder/simulateReorder.ts";
import { reportSimulation } from "../domain/reorder/simulationReport.ts";
import { type Effort, type Figure, plainFigure } from "./compare.ts";
import { type DemandSeries, northwindSeries, sampleSeries } from "./demandSeries.ts";
import type { Stage } from "./stage.ts";

const ORDERING_COST = 25;
const HOLDING_RATE = 0.2;
/** Of the cost of a unit that could not be sold. */
const SHORTAGE_RATE = 0.5;
/** Series of a data set, spread over all of it: seconds, not minutes. */
const SERIES_MAX = 120;
const QUICK_SERIES = 24;
const SERVICE_LEVELS = [0.95, 0.98];

const EMPTY: PolicyTerms = {
  method: "auto",
  reorderPoint: null,
  reorderQuantity: null,
  min: null,
  max: null,
  safetyStock: null,
  serviceLevel: null,
  reviewDays: null,
};

interface Totals {
  readonly data: string;
  readonly policy: string;
  series: number;
  demand: number;
  served: number;
  stockOutDays: number;
  stockValue: number;
  orders: number;
  cost: number;
}

/** Compares on each data set; prints the table. */
export function benchReorder(_stage: Stage, { quick }: Effort): Promise<Figure[]> {
  const sets = [
    ["samples", sampleSeries()],
    ["northwind", northwindSeries()],
  ] as const;
  const rows = sets.flatMap(([data, all]) =>
    compareOn(data, spread(all, quick ? QUICK_SERIES : SERIES_MAX)),
  );
  process.stdout.write(`\n${textTable(COLUMNS, rows)}\n`);
  return Promise.resolve(
    rows.flatMap((row) => [
      plainFigure(`${row.data}, ${row.policy}: fill rate`, {
        unit: "%",
        values: [(100 * row.served) / row.demand],
      }),
      plainFigure(`${row.data}, ${row.policy}: cost`, { unit: "", values: [row.cost] }),
    ]),
  );
}

function compareOn(data: string, all: readonly DemandSeries[]): Totals[] {
  const policies = ["static min/max", ...SERVICE_LEVELS.map((level) => `auto ${level}`)];
  const rows = policies.map(
    (policy): Totals => ({
      data,
      policy,
      series: 0,
      demand: 0,
      served: 0,
      stockOutDays: 0,
      stockValue: 0,
      orders: 0,
      cost: 0,
    }),
  );
  for (const series of all) {
    const half = Math.floor(series.history.length / 2);
    const tuned = tuneStatic(series, half);
    if (tuned === undefined) continue;
    const openingStock = tuned.max ?? 0n;
    const runs = [
      replay(series, { policy: tuned, from: half, warmUpDays: 0, openingStock }),
      ...SERVICE_LEVELS.map((serviceLevel) =>
        replay(series, {
          policy: { ...EMPTY, serviceLevel },
          from: 0,
          warmUpDays: half,
          openingStock,
        }),
      ),
    ];
    for (const [nth, run] of runs.entries()) addTo(rows[nth], run);
  }
  return rows.filter((row) => row.series > 0);
}

/** So many of the list at most, at even distances. */
function spread<T>(all: readonly T[], most: number): T[] {
  const step = Math.max(1, all.length / most);
  return all
    .filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step))
    .slice(0, most);
}

interface Replay {
  readonly input: SimulationInput;
  readonly result: SimulationResult;
}

function replay(
  series: DemandSeries,
  given: {
    policy: PolicyTerms;
    from: number;
    to?: number;
    warmUpDays: number;
    openingStock: bigint;
  },
): Replay {
  const input: SimulationInput = {
    history: series.history.slice(given.from, given.to),
    warmUpDays: given.warmUpDays,
    policy: given.policy,
    supply: series.supply,
    leadTimeDays: series.leadTimeDays,
    leadTimeDeviation: 0,
    calendar: EVERY_DAY,
    orderingCost: ORDERING_COST,
    holdingRate: HOLDING_RATE,
    shortageRate: SHORTAGE_RATE,
    openingStock: given.openingStock,
    backorders: false,
  };
  return { input, result: simulateReorder(input) };
}

function addTo(row: Totals | undefined, { input, result }: Replay): void {
  if (row === undefined) return;
  const report = reportSimulation(input, result);
  row.series += 1;
  row.demand += Number(report.demand);
  row.served += Number(report.served);
  row.stockOutDays += report.stock_out_days;
  row.stockValue += (Number(report.average_stock) * Number(input.supply.unitCost ?? 0n)) / 10_000;
  row.orders += report.orders;
  row.cost += Number(report.total_cost);
}

/** Steps of the minimum, in lead times' mean demand, and of the order quantity, in days' demand. */
const MIN_STEPS = [0, 0.5, 1, 1.25, 1.5, 2, 2.5, 3, 4, 6];
const QUANTITY_DAYS = [3, 7, 14, 30, 60, 90, 180];

/** The min/max of a grid that would have cost least in the first half; undefined where nothing was sold there. */
function tuneStatic(series: DemandSeries, half: number): PolicyTerms | undefined {
  const first = series.history.slice(0, half);
  const sold = first.reduce((sum, day) => sum + Number(day.demand), 0) / 10_000;
  if (sold === 0) return undefined;
  const daily = sold / half;
  let best: { policy: PolicyTerms; cost: number } | undefined;
  for (const step of MIN_STEPS) {
    for (const days of QUANTITY_DAYS) {
      const min = whole(step * daily * (series.leadTimeDays + 1));
      const max = min + whole(Math.max(1, days * daily));
      const policy: PolicyTerms = { ...EMPTY, method: "min_max", min, max };
      const run = replay(series, { policy, from: 0, to: half, warmUpDays: 0, openingStock: max });
      const cost = Number(reportSimulation(run.input, run.result).total_cost);
      if (best === undefined || cost < best.cost) best = { policy, cost };
    }
  }
  return best?.policy;
}

function whole(value: number): bigint {
  return BigInt(Math.ceil(value)) * 10_000n;
}

const COLUMNS: readonly Column<Totals>[] = [
  { title: "DATA", of: (row) => row.data },
  { title: "POLICY", of: (row) => row.policy },
  { title: "SERIES", of: (row) => row.series, right: true },
  { title: "DEMAND", of: (row) => Math.round(row.demand), right: true },
  {
    title: "FILL RATE",
    of: (row) => `${((100 * row.served) / row.demand).toFixed(2)} %`,
    right: true,
  },
  { title: "STOCK-OUT DAYS", of: (row) => row.stockOutDays, right: true },
  { title: "AVERAGE STOCK VALUE", of: (row) => Math.round(row.stockValue), right: true },
  { title: "ORDERS", of: (row) => row.orders, right: true },
  { title: "COST", of: (row) => Math.round(row.cost), right: true },
];
