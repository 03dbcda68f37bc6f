/** How demand goes with the days of the week. Pure, float64 (decision 0015). */
import type { SampleDay } from "./cleanDemand.ts";
import { mean } from "./spread.ts";
import { fitLine } from "./trend.ts";

const WEEK_DAYS = 7;
/** Fewer weeks tell chance from habit too badly. */
const WEEKS_MIN = 8;
/** One-sided 5 % of the normal distribution, as in the test's source. */
const LIMIT = 1.645;
/** With so many demands a weekday that has none is closed: by chance less than one in a hundred ((6/7)^30). */
const CLOSED_DEMANDS_MIN = 30;

/** Share of an average day by weekday, Sunday first; their mean is 1. */
export type WeekdayIndices = readonly number[];

/**
 * Ratio of each weekday's mean to the mean of all, where the series has a weekly season; undefined where it has none. The season is
 * tested by the autocorrelation at lag 7: |r7| > 1.645 sqrt((1 + 2 (r1² + … + r6²)) / n).
 * Sources: indices by ratio to the mean, S. Makridakis, S. Wheelwright, R. J. Hyndman, "Forecasting: Methods and Applications", 3rd
 * edition, chapter 3; test as in the M4 competition's benchmarks (S. Makridakis et al., International Journal of Forecasting 36, 2020).
 */
export function weekdayIndices(days: readonly SampleDay[]): WeekdayIndices | undefined {
  if (days.length < WEEKS_MIN * WEEK_DAYS) return undefined;
  const known = days.flatMap((day) => day.demand ?? []);
  const all = mean(known);
  if (all === 0 || !hasWeeklySeason(withoutTrend(days.map((day) => day.demand ?? all)))) {
    return undefined;
  }
  const raw = Array.from({ length: WEEK_DAYS }, (_, weekday) =>
    mean(days.flatMap((day) => (day.weekday === weekday ? (day.demand ?? []) : []))),
  );
  const base = mean(raw);
  return base === 0 ? undefined : raw.map((value) => value / base);
}

/** A trend alone makes days a week apart alike, so it is taken off before the test. */
function withoutTrend(values: readonly number[]): number[] {
  const slope = fitLine(values.map((value, at) => [at, value] as const))?.slope ?? 0;
  return values.map((value, at) => value - slope * at);
}

function hasWeeklySeason(values: readonly number[]): boolean {
  const centre = mean(values);
  const whole = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  if (whole === 0) return false;
  const correlation = (lag: number): number => {
    let sum = 0;
    for (let at = lag; at < values.length; at += 1) {
      sum += ((values[at] ?? 0) - centre) * ((values[at - lag] ?? 0) - centre);
    }
    return sum / whole;
  };
  const earlier = Array.from({ length: WEEK_DAYS - 1 }, (_, nth) => correlation(nth + 1) ** 2);
  const spread = 1 + 2 * earlier.reduce((sum, square) => sum + square, 0);
  return correlation(WEEK_DAYS) > LIMIT * Math.sqrt(spread / values.length);
}

/** Weekdays on which a demand that comes often never comes: the shop is closed. */
export function closedWeekdays(days: readonly SampleDay[]): ReadonlySet<number> {
  const demanded = days.filter((day) => (day.demand ?? 0) > 0);
  if (demanded.length < CLOSED_DEMANDS_MIN) return new Set();
  const open = new Set(demanded.map((day) => day.weekday));
  return new Set(
    Array.from({ length: WEEK_DAYS }, (_, day) => day).filter((day) => !open.has(day)),
  );
}
