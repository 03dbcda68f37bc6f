/** The method fits the demand: trend, week, rare demand, nothing at all. */
import { describe, expect, test } from "vitest";
import type { DemandDay } from "../../../domain/demand/cleanDemand.ts";
import { expectedDemand, forecastDemand } from "../../../domain/demand/forecastDemand.ts";

/** Days from Monday 2025-01-06 on. */
function history(length: number, demandOf: (at: number) => number): DemandDay[] {
  return Array.from({ length }, (_, at) => ({
    day: new Date(Date.UTC(2025, 0, 6 + at)).toISOString().slice(0, 10),
    demand: demandOf(at),
  }));
}

/** Between -1 and 1, the same at every run. */
const noise = (at: number) => Math.sin(at * 12.9898) * 0.5 + Math.sin(at * 78.233) * 0.5;

describe("forecastDemand", () => {
  test("regular demand is the moving average of the last 13 weeks", () => {
    const found = forecastDemand(history(200, (at) => (at < 109 ? 50 : 10 + (at % 2))));
    expect(found).toMatchObject({ method: "moving_average", pattern: "smooth", slope: 0 });
    expect(found.level).toBeCloseTo(10.5, 1);
  });

  test("a trend that is sure is followed by the double moving average", () => {
    const found = forecastDemand(history(182, (at) => 20 + 0.5 * at + noise(at)));
    expect(found.method).toBe("double_moving_average");
    expect(found.slope).toBeCloseTo(0.5, 1);
    expect(found.level).toBeGreaterThan(108);
    expect(expectedDemand(found, 10) / 10).toBeGreaterThan(found.level);
    expect(found.dailyVariance).toBeLessThan(2);
  });

  test("a trend that may be chance is not followed", () => {
    const found = forecastDemand(history(182, (at) => 100 + 0.01 * at + 20 * noise(at)));
    expect(found).toMatchObject({ method: "moving_average", slope: 0 });
  });

  test("a weekly season decides which days the coming demand lies on", () => {
    const week = [10, 10, 10, 10, 20, 40, 0];
    const found = forecastDemand(history(98, (at) => week[at % 7] ?? 0));
    expect(found.weekdays).not.toBeNull();
    // The history ends on a Sunday: Monday to Thursday bring 40, Friday and Saturday 60.
    expect(found.nextWeekday).toBe(1);
    expect(expectedDemand(found, 4)).toBeCloseTo(40, 6);
    expect(expectedDemand(found, 6)).toBeCloseTo(100, 6);
    expect(expectedDemand(found, 7)).toBeCloseTo(100, 6);
    expect(found.dailyVariance).toBeCloseTo(0, 6);
  });

  test("a shop that is closed on weekends has regular demand, not an intermittent one", () => {
    const found = forecastDemand(history(140, (at) => (at % 7 < 5 ? 8 + (at % 3) : 0)));
    expect(found.pattern).toBe("smooth");
  });

  test("rare demand goes by Syntetos and Boylan", () => {
    const found = forecastDemand(history(200, (at) => (at % 10 === 9 ? 6 : 0)));
    expect(found).toMatchObject({ method: "sba", pattern: "intermittent" });
    expect(found.level).toBeCloseTo(0.95 * 0.6, 6);
  });

  test("rare demand of very different sizes is lumpy", () => {
    const found = forecastDemand(
      history(300, (at) => (at % 12 === 0 ? (at % 24 === 0 ? 2 : 40) : 0)),
    );
    expect(found).toMatchObject({ method: "sba", pattern: "lumpy" });
  });

  test("little history has to do with the mean, and none with nothing", () => {
    expect(forecastDemand(history(10, () => 4))).toMatchObject({ method: "mean", level: 4 });
    expect(forecastDemand(history(90, () => 0))).toMatchObject({ method: "none", level: 0 });
    expect(forecastDemand([])).toMatchObject({ method: "none", days: 0 });
  });

  test("days without stock do not pull the forecast down", () => {
    const full = history(120, () => 10).map((day) => ({ ...day, opening: 50, closing: 40 }));
    const gap = full.map((day, at) =>
      at >= 60 && at < 90 ? { ...day, demand: 0, opening: 0, closing: 0 } : day,
    );
    expect(forecastDemand(gap).level).toBe(10);
    expect(forecastDemand(gap).stockOutDays).toBe(30);
  });

  test("one huge order does not set the level", () => {
    const found = forecastDemand(history(120, (at) => (at === 100 ? 10_000 : 9 + (at % 3))));
    expect(found.outlierDays).toBe(1);
    expect(found.level).toBeLessThan(11);
  });
});
