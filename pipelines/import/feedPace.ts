/**
 * How many rows of an import go into the inbox at a time: twice as many wait there as are decided in a quarter of a second, measured
 * on the chunks before. So whoever posts a single movement into a lane that an import fills waits about half a second for the
 * rows before it, be they spread over all lanes or all of one item. Order is untouched: lanes stay first come, first served.
 */

/** Rows of the first chunk, and the bounds. */
const ROWS_FIRST = 2_000;
const ROWS_MIN = 500;
const ROWS_MAX = 5_000;
/** Chunks in the inbox: one is decided while the next one waits behind it. */
const CHUNKS_AHEAD = 2;
/** Time from the end of one chunk to the end of the next that is aimed at. */
const TARGET_MS = 250;
/** A chunk that takes longer is settled in parts, as its outcomes come. */
const LATE_MS = 4 * TARGET_MS;
/** Bounds of the change after one chunk. */
const FACTOR_MIN = 0.25;
const FACTOR_MAX = 1.5;

/** The pace of one import in one process; begins anew where another process goes on. */
export class FeedPace {
  #rows = ROWS_FIRST;
  #settledAtMs = 0;
  readonly #chunks: { readonly to: number; readonly fedAtMs: number }[] = [];

  /** Rows that may go in now; 0 while as many wait as should. Both are row numbers: fed, and settled, up to there. */
  rowsToFeed(queuedRow: number, settledRow: number): number {
    return queuedRow - settledRow > (CHUNKS_AHEAD - 1) * this.#rows ? 0 : this.#rows;
  }

  /** The row up to which outcomes are looked for: the end of the oldest chunk that waits. */
  settleTo(queuedRow: number, settledRow: number): number {
    return Math.min(this.#oldest(settledRow)?.to ?? settledRow + ROWS_MAX, queuedRow);
  }

  /** Whether the oldest chunk has waited for long; so does what another process fed. */
  isLate(settledRow: number, nowMs: number): boolean {
    const oldest = this.#oldest(settledRow);
    if (oldest === undefined) return true;
    return nowMs - Math.max(oldest.fedAtMs, this.#settledAtMs) > LATE_MS;
  }

  /** Notes that the rows up to `to` were committed to the inbox. */
  fed(to: number, nowMs: number): void {
    this.#chunks.push({ to, fedAtMs: nowMs });
  }

  /** Notes that all rows up to `to` have their outcomes. */
  settled(to: number, nowMs: number): void {
    for (
      let [oldest] = this.#chunks;
      oldest !== undefined && oldest.to <= to;
      [oldest] = this.#chunks
    ) {
      this.#chunks.shift();
      // it was worked on since the chunk before it ended
      const took = Math.max(1, nowMs - Math.max(oldest.fedAtMs, this.#settledAtMs));
      this.#settledAtMs = nowMs;
      const factor = Math.min(FACTOR_MAX, Math.max(FACTOR_MIN, TARGET_MS / took));
      this.#rows = Math.min(ROWS_MAX, Math.max(ROWS_MIN, Math.round(this.#rows * factor)));
    }
  }

  #oldest(settledRow: number): { readonly to: number; readonly fedAtMs: number } | undefined {
    return this.#chunks.find((chunk) => chunk.to > settledRow);
  }
}
