/** Stock against surprises: how far demand and lead time may be off while goods are on their way. Pure, float64 (decision 0015). */
import { countQuantile } from "../demand/negativeBinomial.ts";
import { normalQuantile } from "../demand/normal.ts";

/** Demand of a stretch of days: what is expected, and its variance. */
export interface StretchDemand {
  readonly mean: number;
  readonly variance: number;
}

/**
 * Variance of the demand of a lead time that itself varies: L s² + d² sL², for daily demand with mean d and variance s², and lead
 * time with mean L days and standard deviation sL; for periodic review L counts the review period too.
 * Sources: E. A. Silver, D. F. Pyke, R. Peterson, "Inventory Management and Production Planning and Scheduling", 3rd edition, section
 * 7.10; J. Heizer, B. Render, "Operations Management", chapter 12, "Probabilistic models and safety stock".
 */
export function leadTimeVariance(given: {
  readonly days: number;
  readonly dailyMean: number;
  readonly dailyVariance: number;
  readonly leadTimeDeviation: number;
}): number {
  const { days, dailyMean, dailyVariance, leadTimeDeviation } = given;
  return days * dailyVariance + (dailyMean * leadTimeDeviation) ** 2;
}

/**
 * Safety stock of a regular demand for a cycle service level (the probability that a cycle sees no stock-out): z s, with s the
 * standard deviation of the demand while goods are on their way; never below zero.
 * Source: E. A. Silver, D. F. Pyke, R. Peterson, section 7.7; J. Heizer, B. Render, chapter 12.
 */
export function safetyStock(serviceLevel: number, variance: number): number {
  return Math.max(0, normalQuantile(serviceLevel) * Math.sqrt(variance));
}

/**
 * Safety stock of an intermittent demand: the quantile of the demand while goods are on their way, as a negative binomial count, less
 * its mean. Sizes of demand make the normal distribution promise too little where demands are few and large (source: countQuantile).
 */
export function intermittentSafetyStock(serviceLevel: number, demand: StretchDemand): number {
  return Math.max(0, countQuantile(serviceLevel, demand) - demand.mean);
}
