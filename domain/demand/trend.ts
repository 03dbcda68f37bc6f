/** Level and trend of a regular demand. Pure, float64 (decision 0015). */
import { mean } from "./spread.ts";

/** A straight line: what the next period is expected to bring, and how much more each further one. */
export interface Trend {
  /** Level at the last period. */
  readonly level: number;
  readonly slope: number;
}

/**
 * Level and slope at the end of a series by the double moving average: with M the mean of the last `periods` values and M' the
 * mean of the last `periods` of these means, level = 2 M - M', slope = 2 (M - M') / (periods - 1). Undefined for fewer than
 * 2 periods - 1 values, or fewer than 2 periods.
 * Source: R. G. Brown, "Smoothing, Forecasting and Prediction" (1963); worked example: J. E. Hanke, D. W. Wichern, "Business
 * Forecasting", 8th edition, table 4-4.
 */
export function doubleMovingAverage(values: readonly number[], periods: number): Trend | undefined {
  if (periods < 2 || values.length < 2 * periods - 1) return undefined;
  const averages = Array.from({ length: periods }, (_, back) => {
    const end = values.length - back;
    return mean(values.slice(end - periods, end));
  });
  const single = averages[0] ?? 0;
  const double = mean(averages);
  return {
    level: 2 * single - double,
    slope: (2 * (single - double)) / (periods - 1),
  };
}

/** A fitted line over the places 0, 1, 2 …, and how sure its slope is. */
export interface FittedLine {
  readonly slope: number;
  readonly intercept: number;
  /** Slope in standard errors; infinite where the line fits without any error. */
  readonly t: number;
  /** Sample variance of what the line leaves over (n - 2 degrees of freedom). */
  readonly residualVariance: number;
}

/**
 * Least squares line over (place, value). Undefined for fewer than 3 points, or points at one place.
 * Source: any textbook of regression; t of the slope as in D. C. Montgomery et al., "Introduction to Linear Regression Analysis",
 * section 2.3.
 */
export function fitLine(
  points: readonly (readonly [x: number, y: number])[],
): FittedLine | undefined {
  if (points.length < 3) return undefined;
  const xMean = mean(points.map(([x]) => x));
  const yMean = mean(points.map(([, y]) => y));
  const sxx = points.reduce((sum, [x]) => sum + (x - xMean) ** 2, 0);
  if (sxx === 0) return undefined;
  const sxy = points.reduce((sum, [x, y]) => sum + (x - xMean) * (y - yMean), 0);
  const slope = sxy / sxx;
  const intercept = yMean - slope * xMean;
  const left = points.reduce((sum, [x, y]) => sum + (y - intercept - slope * x) ** 2, 0);
  const residualVariance = left / (points.length - 2);
  const error = Math.sqrt(residualVariance / sxx);
  const t = error === 0 ? Math.sign(slope) * Number.POSITIVE_INFINITY : slope / error;
  return { slope, intercept, t: slope === 0 ? 0 : t, residualVariance };
}
