/**
 * Makes of a ledger's days the sample that statistics stand on: days on which nothing could be sold say nothing of demand, and a
 * single huge order must not set the level for a year. Pure, float64 (decision 0015).
 */
import { mean, quantile } from "./spread.ts";

/** What left on one calendar day, and what was there. Quantities in stock units. */
export interface DemandDay {
  /** YYYY-MM-DD in the warehouse's time zone; days follow each other without a gap. */
  readonly day: string;
  readonly demand: number;
  /** On hand when the day began and when it ended; undefined where a history tells demand only. */
  readonly opening?: number;
  readonly closing?: number;
}

/** A day of the sample. `demand` is null where the day is left out. */
export interface SampleDay {
  /** 0 is Sunday. */
  readonly weekday: number;
  readonly demand: number | null;
}

/** The sample, and what was done to make it. */
export interface CleanedDemand {
  readonly days: readonly SampleDay[];
  /** Days left out because the item was out of stock. */
  readonly stockOutDays: number;
  /** Days whose demand was cut down to the fence. */
  readonly outlierDays: number;
}

/** Fewer days with demand than these give no fence. */
const FENCE_DAYS_MIN = 8;
/** "Far out" in Tukey's words. */
const FENCE_RANGES = 3;

/**
 * Leaves out what lies before the item's first day, leaves out days without stock, and cuts down outliers.
 * A day is out of stock where it began with nothing and sold nothing, or ended with nothing and had sold less than an ordinary day:
 * its sales are then a lower bound of demand (censored), and counting them would teach the policy to run out again.
 * Outliers are cut down to Q3 + 3 IQR of the days with demand (J. W. Tukey, "Exploratory Data Analysis", 1977: outer fence).
 */
export function cleanDemand(history: readonly DemandDay[]): CleanedDemand {
  const first = history.findIndex((day) => day.demand > 0 || (day.opening ?? 0) > 0);
  const lived = first === -1 ? [] : history.slice(first);
  const ordinary = mean(lived.filter((day) => (day.opening ?? 1) > 0).map((day) => day.demand));
  const isOut = lived.map((day) => isStockOut(day, ordinary));
  const sizes = lived.flatMap((day, nth) =>
    isOut[nth] !== true && day.demand > 0 ? [day.demand] : [],
  );
  const fence = fenceOf(sizes);
  return {
    days: lived.map((day, nth) => ({
      weekday: weekdayOf(day.day),
      demand: isOut[nth] === true ? null : Math.min(day.demand, fence),
    })),
    stockOutDays: isOut.filter(Boolean).length,
    outlierDays: sizes.filter((size) => size > fence).length,
  };
}

function isStockOut(day: DemandDay, ordinary: number): boolean {
  const { opening, closing, demand } = day;
  if (opening === undefined || closing === undefined) return false;
  if (opening <= 0 && demand === 0) return true;
  return closing <= 0 && demand < ordinary;
}

function fenceOf(sizes: readonly number[]): number {
  if (sizes.length < FENCE_DAYS_MIN) return Number.POSITIVE_INFINITY;
  const third = quantile(sizes, 0.75);
  const range = third - quantile(sizes, 0.25);
  return range === 0 ? Number.POSITIVE_INFINITY : third + FENCE_RANGES * range;
}

/** The weekday of a calendar day (YYYY-MM-DD); 0 is Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay();
}
