/** Intermittent demand: many days with none, then some. Pure, float64 (decision 0015). */

/** Weight of the newest demand: Croston's 1972 paper and Syntetos and Boylan (2005) use 0.05 to 0.2. */
const ALPHA = 0.1;

/** What Croston's two smoothed figures come to. */
export interface CrostonForecast {
  /** Smoothed size of a demand. */
  readonly size: number;
  /** Smoothed number of periods from one demand to the next. */
  readonly interval: number;
  /** size / interval. */
  readonly croston: number;
  /** Croston's rate less its bias: (1 - alpha / 2) size / interval. */
  readonly sba: number;
}

/**
 * Demand a period by Croston's method, and with the Syntetos-Boylan correction of its bias. Null without any demand. The first
 * demand and the first interval begin the smoothing; both are updated only in periods with demand.
 * Sources: J. D. Croston, "Forecasting and stock control for intermittent demands", Operational Research Quarterly 23 (1972);
 * A. A. Syntetos, J. E. Boylan, "The accuracy of intermittent demand estimates", International Journal of Forecasting 21 (2005).
 */
export function crostonForecast(
  demands: readonly number[],
  alpha: number = ALPHA,
): CrostonForecast | null {
  let size: number | null = null;
  let interval = 1;
  let since = 0;
  for (const demand of demands) {
    since += 1;
    if (demand <= 0) continue;
    if (size === null) {
      size = demand;
      interval = since;
    } else {
      size += alpha * (demand - size);
      interval += alpha * (since - interval);
    }
    since = 0;
  }
  if (size === null) return null;
  const croston = size / interval;
  return { size, interval, croston, sba: (1 - alpha / 2) * croston };
}

/** The four kinds of demand. */
export type DemandPattern = "smooth" | "erratic" | "intermittent" | "lumpy";

/** Average interval between demands above which a demand is intermittent. */
const INTERVAL_MAX = 1.32;
/** Squared coefficient of variation of the sizes above which they vary much. */
const VARIATION_MAX = 0.49;

/**
 * Sorts a demand by its average interval and the variation of its sizes.
 * Source: A. A. Syntetos, J. E. Boylan, J. D. Croston, "On the categorization of demand patterns", Journal of the Operational
 * Research Society 56 (2005): cut-offs 1.32 and 0.49.
 */
export function demandPattern(given: {
  /** Periods for each period with demand. */
  readonly interval: number;
  readonly squaredVariation: number;
}): DemandPattern {
  const varies = given.squaredVariation > VARIATION_MAX;
  if (given.interval > INTERVAL_MAX) return varies ? "lumpy" : "intermittent";
  return varies ? "erratic" : "smooth";
}
