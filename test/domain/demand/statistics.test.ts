/**
 * Statistics of demand against published worked examples, and against simple-statistics where it knows the same figure. Looked up again
 * in 2026: Croston's series and figure in the tests of Durbyn.jl, the correction of 1 - α/2 in R's forecast (pkg.robjhyndman.com,
 * croston_model), the Movie Video Store's double moving average in a text of Hanke and Wichern's chapter 4 (its table 4-4 not among it).
 */
import fc from "fast-check";
import * as oracle from "simple-statistics";
import { describe, expect, test } from "vitest";
import { cleanDemand, type DemandDay } from "../../../domain/demand/cleanDemand.ts";
import { crostonForecast, demandPattern } from "../../../domain/demand/croston.ts";
import { countQuantile } from "../../../domain/demand/negativeBinomial.ts";
import { normalQuantile } from "../../../domain/demand/normal.ts";
import { mean, quantile, sampleVariance } from "../../../domain/demand/spread.ts";
import { doubleMovingAverage, fitLine } from "../../../domain/demand/trend.ts";
import { closedWeekdays, weekdayIndices } from "../../../domain/demand/weeklySeason.ts";

const sample = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), {
  minLength: 3,
  maxLength: 60,
});

describe("spread", () => {
  test("mean and sample variance are those of simple-statistics", () => {
    fc.assert(
      fc.property(sample, (values) => {
        expect(mean(values)).toBeCloseTo(oracle.mean(values), 4);
        const wanted = oracle.sampleVariance(values);
        expect(Math.abs(sampleVariance(values) - wanted)).toBeLessThanOrEqual(1e-9 * wanted + 1e-6);
      }),
    );
  });

  test("quantiles are type 7, as R gives them by default", () => {
    const values = [2, 4, 4, 5, 7, 9, 10];
    expect(quantile(values, 0.25)).toBe(4);
    expect(quantile(values, 0.75)).toBe(8);
    expect(quantile([1, 2, 3, 4], 0.25)).toBe(1.75); // quantile(1:4, 0.25) of R
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe("normalQuantile", () => {
  test("gives the table's z of the usual service levels", () => {
    expect(normalQuantile(0.95)).toBeCloseTo(1.644854, 6);
    expect(normalQuantile(0.98)).toBeCloseTo(2.053749, 6);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326348, 6);
    expect(normalQuantile(0.5)).toBe(0);
  });

  test("agrees with simple-statistics' probit, which is good to a hundredth", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.02, max: 0.98, noNaN: true }), (share) => {
        expect(Math.abs(normalQuantile(share) - oracle.probit(share))).toBeLessThan(1e-2);
      }),
    );
  });

  test("refuses what is no share", () => {
    for (const share of [0, 1, -0.1, Number.NaN]) {
      expect(() => normalQuantile(share)).toThrow("expected more than 0 and less than 1");
    }
  });
});

describe("countQuantile", () => {
  test("without extra variance it is the Poisson quantile", () => {
    // qpois(0.95, 4) = 8, qpois(0.99, 2.5) = 7 (R)
    expect(countQuantile(0.95, { mean: 4, variance: 4 })).toBe(8);
    expect(countQuantile(0.99, { mean: 2.5, variance: 2.5 })).toBe(7);
  });

  test("adds up to simple-statistics' Poisson distribution", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.2, max: 30, noNaN: true }), (lambda) => {
        const probabilities = oracle.poissonDistribution(lambda) ?? [];
        let sum = 0;
        const wanted = probabilities.findIndex((one) => {
          sum += one;
          return sum >= 0.95;
        });
        expect(
          Math.abs(countQuantile(0.95, { mean: lambda, variance: lambda }) - wanted),
        ).toBeLessThanOrEqual(Math.abs(sum - 0.95) < 1e-9 ? 1 : 0);
      }),
    );
  });

  test("with size 1 it is the geometric quantile, which is known in closed form", () => {
    // failures before the first success, p = 0.2: mean (1-p)/p = 4, variance (1-p)/p² = 20; P(X <= k) = 1 - 0.8^(k+1)
    const least = (share: number) => Math.ceil(Math.log(1 - share) / Math.log(0.8)) - 1;
    for (const share of [0.5, 0.9, 0.95, 0.99]) {
      expect(countQuantile(share, { mean: 4, variance: 20 })).toBe(least(share));
    }
  });

  test("a huge mean goes by the normal distribution and ends at once", () => {
    const found = countQuantile(0.95, { mean: 1e6, variance: 4e6 });
    expect(found).toBe(Math.ceil(1e6 + 1.6448536 * 2000));
    expect(countQuantile(0.95, { mean: 0, variance: 0 })).toBe(0);
  });
});

describe("crostonForecast", () => {
  // Fixed alpha 0.1; figure of an independent implementation's tests (Durbyn.jl, after R's forecast::croston).
  const demands = [0, 0, 5, 0, 0, 3, 0, 0, 0, 7, 0, 0, 4, 0, 0];

  test("gives what another implementation of the method gives", () => {
    const found = crostonForecast(demands, 0.1);
    expect(found?.croston).toBeCloseTo(1.5915857605177997, 12);
    expect(found?.size).toBeCloseTo(4.918, 12);
    expect(found?.interval).toBeCloseTo(3.09, 12);
  });

  test("a single demand gives one in as many periods as it took", () => {
    expect(crostonForecast([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])?.croston).toBeCloseTo(
      0.09090909090909091,
      15,
    );
  });

  test("the correction takes off half of alpha", () => {
    const found = crostonForecast(demands, 0.2);
    expect(found?.sba).toBeCloseTo(0.9 * (found?.croston ?? 0), 12);
  });

  test("without demand there is no forecast", () => {
    expect(crostonForecast([0, 0, 0])).toBeNull();
    expect(crostonForecast([])).toBeNull();
  });

  test("demand of the same size at the same interval is met exactly, whatever alpha", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (size, interval, alpha) => {
          const series = Array.from({ length: interval * 12 }, (_, at) =>
            (at + 1) % interval === 0 ? size : 0,
          );
          expect(crostonForecast(series, alpha)?.croston).toBeCloseTo(size / interval, 9);
        },
      ),
    );
  });
});

describe("demandPattern", () => {
  test("has the four quadrants of Syntetos, Boylan and Croston (2005)", () => {
    const at = (interval: number, squaredVariation: number) =>
      demandPattern({ interval, squaredVariation });
    expect(at(1.32, 0.49)).toBe("smooth");
    expect(at(1.32, 0.5)).toBe("erratic");
    expect(at(1.33, 0.49)).toBe("intermittent");
    expect(at(1.33, 0.5)).toBe("lumpy");
  });
});

describe("doubleMovingAverage", () => {
  test("is the Movie Video Store's of Hanke and Wichern: week 16 is forecast as 727", () => {
    const rentals = [654, 658, 665, 672, 673, 671, 693, 694, 701, 703, 702, 710, 712, 711, 728];
    const found = doubleMovingAverage(rentals, 3);
    expect(found).toEqual({ level: 722, slope: 5 });
    expect((found?.level ?? 0) + (found?.slope ?? 0)).toBe(727);
  });

  test("follows a straight line exactly and needs 2 k - 1 values", () => {
    const line = Array.from({ length: 13 }, (_, at) => 4 + 3 * at);
    expect(doubleMovingAverage(line, 7)).toEqual({ level: 40, slope: 3 });
    expect(doubleMovingAverage(line.slice(1), 7)).toBeUndefined();
  });
});

describe("fitLine", () => {
  test("is simple-statistics' line", () => {
    const points = [
      [0, 3],
      [1, 7],
      [2, 5],
      [3, 12],
      [4, 11],
    ] as const;
    const wanted = oracle.linearRegression(points.map(([x, y]) => [x, y]));
    const found = fitLine(points);
    expect(found?.slope).toBeCloseTo(wanted.m, 12);
    expect(found?.intercept).toBeCloseTo(wanted.b, 12);
    // by hand: syy 59.2 less 21² / 10 leaves 15.1 in squares, over 3 degrees of freedom
    expect(found?.residualVariance).toBeCloseTo(15.1 / 3, 12);
    expect(found?.t).toBeCloseTo(2.1 / Math.sqrt(15.1 / 30), 12);
  });

  test("points at one place, or too few, have none", () => {
    expect(
      fitLine([
        [1, 1],
        [1, 2],
        [1, 3],
      ]),
    ).toBeUndefined();
    expect(
      fitLine([
        [0, 1],
        [1, 2],
      ]),
    ).toBeUndefined();
  });
});

/** Days from Monday 2026-01-05 on. */
function daysOf(demands: readonly (number | null)[], extra: Partial<DemandDay> = {}): DemandDay[] {
  return demands.map((demand, at) => ({
    day: new Date(Date.UTC(2026, 0, 5 + at)).toISOString().slice(0, 10),
    demand: demand ?? 0,
    ...extra,
  }));
}

describe("weekly season", () => {
  const week = [10, 12, 9, 11, 20, 30, 0]; // Monday first
  const samples = (weeks: number) =>
    cleanDemand(daysOf(Array.from({ length: weeks * 7 }, (_, at) => week[at % 7] ?? 0))).days;

  test("a repeated week gives its shares of an average day", () => {
    const found = weekdayIndices(samples(9));
    const average = mean(week);
    expect(found?.[1]).toBeCloseTo(10 / average, 9);
    expect(found?.[6]).toBeCloseTo(30 / average, 9);
    expect(found?.[0]).toBe(0);
    expect(mean(found ?? [])).toBeCloseTo(1, 12);
  });

  test("too few weeks, or demand that does not go by the week, give none", () => {
    expect(weekdayIndices(samples(7))).toBeUndefined();
    const tens = Array.from({ length: 100 }, (_, at) => (at % 10 === 0 ? 30 : 5));
    expect(weekdayIndices(cleanDemand(daysOf(tens)).days)).toBeUndefined();
  });

  test("a weekday that a frequent demand never has is closed; a rare demand closes none", () => {
    expect([...closedWeekdays(samples(9))]).toEqual([0]);
    expect([...closedWeekdays(samples(2))]).toEqual([]);
  });
});

describe("cleanDemand", () => {
  test("days before the item's first are left out", () => {
    expect(cleanDemand(daysOf([0, 0, 3, 0])).days.map((day) => day.demand)).toEqual([3, 0]);
  });

  test("a day without stock says nothing of demand; a day that sold out with an ordinary sale does", () => {
    const history = daysOf([5, 5, 1, 0, 5, 6, 0]).map((day, at) => ({
      ...day,
      opening: [20, 15, 1, 0, 20, 6, 9][at] ?? 0,
      closing: [15, 10, 0, 0, 15, 0, 9][at] ?? 0,
    }));
    const found = cleanDemand(history);
    expect(found.days.map((day) => day.demand)).toEqual([5, 5, null, null, 5, 6, 0]);
    expect(found.stockOutDays).toBe(2);
  });

  test("one huge order is cut down to Tukey's outer fence", () => {
    const found = cleanDemand(daysOf([4, 5, 6, 7, 4, 5, 6, 7, 500]));
    // of 4 4 5 5 6 6 7 7 500: Q1 = 5, Q3 = 7, fence 7 + 3 * 2
    expect(found.days.at(-1)?.demand).toBe(13);
    expect(found.outlierDays).toBe(1);
  });

  test("few demands, or demands that are all alike, have no fence", () => {
    expect(cleanDemand(daysOf([1, 2, 900])).outlierDays).toBe(0);
    expect(cleanDemand(daysOf([5, 5, 5, 5, 5, 5, 5, 5, 5, 50])).outlierDays).toBe(0);
  });
});
