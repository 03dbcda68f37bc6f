/** How many rows an import feeds: as many as are decided within some tenths of a second. */
import { expect, test } from "vitest";
import { FeedPace } from "../../../pipelines/import/feedPace.ts";

/** Feeds into a queue that is decided at a rate; answers the most rows that ever waited, after the pace had time to learn. */
function feedInto(rowsPerSecond: number): { waitingMost: number; rowsFed: number } {
  const pace = new FeedPace();
  let [queued, settled, waitingMost] = [0, 0, 0];
  const stepMs = 10;
  for (let nowMs = 0; nowMs < 60_000; nowMs += stepMs) {
    const rows = pace.rowsToFeed(queued, settled);
    if (rows > 0) {
      queued += rows;
      pace.fed(queued, nowMs);
    }
    settled = Math.min(queued, settled + (rowsPerSecond * stepMs) / 1_000);
    pace.settled(settled, nowMs);
    if (nowMs > 30_000) waitingMost = Math.max(waitingMost, queued - settled);
  }
  return { waitingMost, rowsFed: queued };
}

test.each([1_000, 2_000, 10_000])(
  "at %i rows/s no more than a second of work waits, and never nothing",
  (rate) => {
    const { waitingMost, rowsFed } = feedInto(rate);
    expect(waitingMost).toBeLessThanOrEqual(rate);
    expect(rowsFed).toBeGreaterThan(rate * 55);
  },
);

test("at a high rate the chunks are bounded, two of them in the inbox", () => {
  const { waitingMost, rowsFed } = feedInto(100_000);
  expect(waitingMost).toBeLessThanOrEqual(10_000);
  expect(rowsFed).toBeGreaterThan(100_000 * 20);
});

test("what was fed before this process took over is settled as well", () => {
  const pace = new FeedPace();
  expect(pace.settleTo(12_000, 2_000)).toBe(7_000);
  expect(pace.rowsToFeed(12_000, 2_000)).toBe(0);
  expect(pace.rowsToFeed(12_000, 10_500)).toBe(2_000);
});

test("a chunk is late after a second of work on it, and what another process fed at once", () => {
  const pace = new FeedPace();
  expect(pace.isLate(0, 0)).toBe(true);
  pace.fed(2_000, 0);
  pace.fed(4_000, 10);
  expect(pace.isLate(0, 1_000)).toBe(false);
  expect(pace.isLate(0, 1_001)).toBe(true);
  pace.settled(2_000, 900);
  expect(pace.isLate(2_000, 1_900)).toBe(false);
  expect(pace.isLate(2_000, 1_901)).toBe(true);
});
