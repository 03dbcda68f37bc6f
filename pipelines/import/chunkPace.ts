/**
 * How many rows of an import are decided at a time: as many as hold their lanes for a quarter of a second, measured on the chunks before.
 * So whoever posts a single movement into a lane that an import works on waits for the chunk under way and is decided with the next, about
 * half a second, be the rows spread over all lanes or all of one item. Order is untouched: lanes stay first come, first served.
 */

/** Rows of the first chunk, and the bounds. */
const ROWS_FIRST = 2_000;
const ROWS_MIN = 500;
const ROWS_MAX = 5_000;
/** Time that a chunk is to hold its lanes. */
const TARGET_MS = 250;
/** Bounds of the change after one chunk. */
const FACTOR_MIN = 0.25;
const FACTOR_MAX = 1.5;

/** The pace of one import in one process; begins anew where another process goes on. */
export class ChunkPace {
  #rows = ROWS_FIRST;

  /** Rows of the next chunk. */
  get rows(): number {
    return this.#rows;
  }

  /** Notes that a chunk of so many rows held its lanes for so long. */
  took(rows: number, ms: number): void {
    const wanted = rows * (TARGET_MS / Math.max(1, ms));
    const bounded = Math.min(this.#rows * FACTOR_MAX, Math.max(this.#rows * FACTOR_MIN, wanted));
    this.#rows = Math.round(Math.min(ROWS_MAX, Math.max(ROWS_MIN, bounded)));
  }
}
