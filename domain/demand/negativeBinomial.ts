/** How much to have so that a lumpy demand is met with a given probability: quantiles of counts. Pure, float64 (decision 0015). */
import { normalQuantile } from "./normal.ts";

/** Past this mean a count is as good as normal, and adding up its probabilities would take long. */
const MEAN_MAX = 20_000;
/** exp() of less than this is zero in float64. */
const LOG_LEAST = -700;

/**
 * The least whole number k with P(X <= k) >= share, for a count X with the given mean and variance: negative binomial where the
 * variance is the greater, Poisson where it is not. Very large means, or ones without spread, go by the normal distribution.
 * Source: A. A. Syntetos, J. E. Boylan, "On the stock control performance of intermittent demand estimators", International Journal
 * of Production Economics 103 (2006): lead-time demand of intermittent items as negative binomial.
 */
export function countQuantile(
  share: number,
  { mean, variance }: { readonly mean: number; readonly variance: number },
): number {
  if (mean <= 0) return 0;
  const isSpread = variance > mean * 1.000_001;
  const r = isSpread ? (mean * mean) / (variance - mean) : Number.POSITIVE_INFINITY;
  const logOfNone = isSpread ? r * Math.log(r / (r + mean)) : -mean;
  if (mean > MEAN_MAX || logOfNone < LOG_LEAST) {
    return Math.max(0, Math.ceil(mean + normalQuantile(share) * Math.sqrt(variance)));
  }
  const odds = isSpread ? mean / (r + mean) : mean;
  let probability = Math.exp(logOfNone);
  let sum = probability;
  let k = 0;
  while (sum < share && k < MEAN_MAX * 10) {
    k += 1;
    probability *= isSpread ? (odds * (r + k - 1)) / k : odds / k;
    sum += probability;
    if (probability === 0) break; // what is left is less than float64 can add
  }
  return k;
}
