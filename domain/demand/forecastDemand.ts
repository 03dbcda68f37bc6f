/**
 * Forecasts an item's daily demand from its history: which kind of demand it is, the method that fits that kind, what the coming
 * days are expected to bring and how far off that may be. Pure, float64 (decision 0015).
 */
import { cleanDemand, type DemandDay, type SampleDay, weekdayOf } from "./cleanDemand.ts";
import { crostonForecast, type DemandPattern, demandPattern } from "./croston.ts";
import { mean, sampleVariance } from "./spread.ts";
import { doubleMovingAverage, fitLine } from "./trend.ts";
import { closedWeekdays, type WeekdayIndices, weekdayIndices } from "./weeklySeason.ts";

/** How a forecast was made. `mean`: too little history for anything better; `none`: no demand at all. */
export type ForecastMethod = "moving_average" | "double_moving_average" | "sba" | "mean" | "none";

export interface DemandForecast {
  readonly method: ForecastMethod;
  readonly pattern: DemandPattern | null;
  /** Expected demand of the first day after the history without its weekday's share. */
  readonly level: number;
  /** What each further day brings more; 0 where no trend is sure. */
  readonly slope: number;
  /** Share of each weekday, Sunday first; null where the data has no weekly season. */
  readonly weekdays: WeekdayIndices | null;
  /** Variance of one day's demand about its forecast. */
  readonly dailyVariance: number;
  /** True where every demand of the history is a whole number. */
  readonly isWhole: boolean;
  /** Days of the sample, and what was left out of it or cut down. */
  readonly days: number;
  readonly demandDays: number;
  readonly stockOutDays: number;
  readonly outlierDays: number;
  /** Weekday of the first day after the history. */
  readonly nextWeekday: number;
}

/** Four whole weeks: no weekday weighs more than another. */
const TREND_DAYS = 28;
/** The level is the mean of so many last days: a quarter, thirteen whole weeks. */
const LEVEL_DAYS = 91;
/** Less history, or fewer demands, and the plain mean has to do. */
const DAYS_MIN = 14;
const DEMANDS_MIN = 3;
/** A slope must be so many standard errors from zero; the days of a shop are not wholly independent, so more than the usual 2. */
const SLOPE_ERRORS_MIN = 3;

/** Forecasts from a history without gaps, oldest day first. */
export function forecastDemand(history: readonly DemandDay[]): DemandForecast {
  const { days, stockOutDays, outlierDays } = cleanDemand(history);
  const known = days.flatMap((day) => day.demand ?? []);
  const sizes = known.filter((demand) => demand > 0);
  const last = history.at(-1);
  const base = {
    slope: 0,
    weekdays: null,
    isWhole: sizes.every(Number.isInteger),
    days: known.length,
    demandDays: sizes.length,
    stockOutDays,
    outlierDays,
    nextWeekday: last === undefined ? 0 : (weekdayOf(last.day) + 1) % 7,
  };
  if (sizes.length === 0) {
    return { ...base, method: "none", pattern: null, level: 0, dailyVariance: 0 };
  }
  const pattern = patternOf(days, sizes);
  if (known.length < DAYS_MIN || sizes.length < DEMANDS_MIN) {
    return {
      ...base,
      method: "mean",
      pattern,
      level: mean(known),
      dailyVariance: sampleVariance(known),
    };
  }
  if (pattern === "intermittent" || pattern === "lumpy") {
    const level = crostonForecast(fromFirstInterval(known))?.sba ?? 0;
    return { ...base, method: "sba", pattern, level, dailyVariance: sampleVariance(known) };
  }
  return { ...base, pattern, ...regularForecast(days) };
}

/** A history that begins with a demand does not tell how long that one took; the first interval is the one after it. */
function fromFirstInterval(known: readonly number[]): readonly number[] {
  return (known[0] ?? 0) > 0 ? known.slice(1) : known;
}

/** Days on which the shop is never open count for no interval. */
function patternOf(days: readonly SampleDay[], sizes: readonly number[]): DemandPattern {
  const closed = closedWeekdays(days);
  const open = days.filter((day) => day.demand !== null && !closed.has(day.weekday));
  const centre = mean(sizes);
  return demandPattern({
    interval: open.length / sizes.length,
    squaredVariation: sampleVariance(sizes) / (centre * centre),
  });
}

/** Moving average of what is left without the weekdays' shares, with a trend where one is sure. */
function regularForecast(days: readonly SampleDay[]) {
  const weekdays = weekdayIndices(days) ?? null;
  const shareOf = (weekday: number) => weekdays?.[weekday] ?? 1;
  const plain = days.map(({ weekday, demand }) => {
    const share = shareOf(weekday);
    return demand === null || share === 0 ? null : demand / share;
  });
  const recent = plain.slice(-LEVEL_DAYS);
  const average = mean(recent.flatMap((value) => value ?? []));
  const filled = recent.map((value) => value ?? average);
  const trend = doubleMovingAverage(filled, TREND_DAYS);
  const line = fitLine(
    recent.flatMap((value, at) => (value === null ? [] : [[at, value] as const])),
  );
  const isSure = line !== undefined && Math.abs(line.t) >= SLOPE_ERRORS_MIN;
  if (trend === undefined || !isSure || Math.sign(trend.slope) !== Math.sign(line.slope)) {
    const errors = errorsOf(days.slice(-LEVEL_DAYS), (at) => average * shareOf(at.weekday));
    return {
      method: "moving_average" as const,
      level: average,
      weekdays,
      dailyVariance: sampleVariance(errors),
    };
  }
  const errors = errorsOf(
    days.slice(-LEVEL_DAYS),
    ({ weekday }, place) => (line.intercept + line.slope * place) * shareOf(weekday),
  );
  return {
    method: "double_moving_average" as const,
    level: Math.max(0, trend.level + trend.slope),
    slope: trend.slope,
    weekdays,
    dailyVariance: sampleVariance(errors),
  };
}

function errorsOf(
  days: readonly SampleDay[],
  expected: (day: SampleDay, place: number) => number,
): number[] {
  return days.flatMap((day, place) =>
    day.demand === null ? [] : [day.demand - expected(day, place)],
  );
}

/** A trend is not believed further than this many days ahead. */
const TREND_AHEAD_DAYS_MAX = 60;

/** Expected demand of the first `days` days after the history; part of a day counts as part. */
export function expectedDemand(forecast: DemandForecast, days: number): number {
  let sum = 0;
  for (let ahead = 0; ahead < days; ahead += 1) {
    const part = Math.min(1, days - ahead);
    const share = forecast.weekdays?.[(forecast.nextWeekday + ahead) % 7] ?? 1;
    const level = forecast.level + forecast.slope * Math.min(ahead, TREND_AHEAD_DAYS_MAX);
    sum += part * share * Math.max(0, level);
  }
  return sum;
}
