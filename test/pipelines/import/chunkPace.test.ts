/** How many rows an import decides at once: as many as hold their lanes for a quarter of a second. */
import { expect, test } from "vitest";
import { ChunkPace } from "../../../pipelines/import/chunkPace.ts";

/** Chunks decided at a rate; answers how long each of them took, in milliseconds. */
function decideAt(rowsPerSecond: number, chunks = 40): number[] {
  const pace = new ChunkPace();
  return Array.from({ length: chunks }, () => {
    const { rows } = pace;
    const ms = (rows / rowsPerSecond) * 1_000;
    pace.took(rows, ms);
    return ms;
  });
}

test.each([2_500, 4_000, 10_000, 19_000])(
  "at %i rows/s a chunk comes to a quarter of a second",
  (rate) => {
    for (const ms of decideAt(rate).slice(20)) {
      expect(ms).toBeGreaterThan(225);
      expect(ms).toBeLessThan(275);
    }
  },
);

test("chunks keep within 500 and 5,000 rows, however fast or slow they are decided", () => {
  expect(decideAt(1_000_000).at(-1)).toBe(5);
  expect(decideAt(100).at(-1)).toBe(5_000);
});

test("the last chunk of a file, however small, says as much of the rate as any other", () => {
  const pace = new ChunkPace();
  pace.took(10, 1);
  expect(pace.rows).toBe(2_500);
  pace.took(10, 1_000);
  expect(pace.rows).toBe(625);
});
