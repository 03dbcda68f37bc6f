/**
 * An import's rows chunk after chunk, two of them under way at once: while one is decided and committed, the next one's work has begun
 * already. Each ends in its turn, so that the checkpoint only ever moves on, and a chunk that fails takes those after it along.
 */
import { inTransaction } from "../../platform/postgres.ts";
import type { ImportRun } from "./importRun.ts";
import { importRangeEnd, type RowRange } from "./queries/rows.ts";

const CHUNKS_AT_ONCE = 2;

/** A person's cancel was heard: what is not committed yet stays out. */
export class CancelHeard extends Error {}

interface Chunks {
  /** The last row that is done. */
  readonly from: number;
  /** Rows of the next chunk at most. */
  readonly rowsMax: () => number;
  /** Does a chunk. `turn` is over once the chunk before is committed and told. Throws CancelHeard to leave it out, with those after it. */
  readonly apply: (range: RowRange, turn: Promise<void>) => Promise<void>;
}

/** Does every chunk, until a cancel is heard; none outlives this. */
export async function chunksInTurn(run: ImportRun, chunks: Chunks): Promise<void> {
  const underWay: Promise<void>[] = [];
  try {
    for (let { from } = chunks; ; ) {
      const to = await rangeEnd(run, from, chunks.rowsMax());
      if (to === undefined) break;
      const chunk = chunks.apply({ importId: run.id, from, to }, underWay.at(-1) ?? STARTED);
      chunk.catch(() => undefined); // whoever waits for it is told
      underWay.push(chunk);
      if (underWay.length >= CHUNKS_AT_ONCE) await underWay.shift();
      from = to;
    }
    await Promise.all(underWay);
  } catch (thrown) {
    if (!(thrown instanceof CancelHeard)) throw thrown;
  } finally {
    await Promise.allSettled(underWay);
  }
}

const STARTED = Promise.resolve();

function rangeEnd(run: ImportRun, from: number, rowsMax: number): Promise<number | undefined> {
  return inTransaction(
    run.deps.db,
    (tx) => importRangeEnd(tx, { importId: run.id, from, rowsMax }),
    { indexProbes: true },
  );
}
