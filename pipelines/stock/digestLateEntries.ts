/**
 * Adds up late entries of the ledger (recorded more than 5 minutes after they occurred), so that a level at a past moment is
 * answered at a bounded cost also after a long history was imported in one go. Called by housekeeping. Answers are exact
 * without it, and however far it has come; it only makes them quick. Safe to cut off and repeat at any point.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { lateMarksMake, levelsToMark } from "./queries/lateMarks.ts";
import type { LevelKey } from "./stockLevel.ts";

/** Levels of one transaction. */
const LEVELS_MAX = 50;
/** Marks of one level in one transaction: 64 × 256 entries, so that a transaction reads 800,000 entries at most. */
const MARKS_MAX = 64;
/** Transactions of a run; the rest waits for the next one. */
const CHUNKS_MAX = 2_000;

/** Marks every level as far as it goes; answers how many marks were made. Stops between two chunks when the signal aborts. */
export async function digestLateEntries(db: DbPool, signal: AbortSignal): Promise<number> {
  let made = 0;
  let after: LevelKey | undefined;
  for (let chunk = 0; chunk < CHUNKS_MAX; chunk += 1) {
    signal.throwIfAborted();
    const levels = await levelsToMark(db, { after, limit: LEVELS_MAX });
    if (levels.length === 0 && after === undefined) break;
    const marks = levels.length === 0 ? 0 : await digestChunk(db, levels);
    made += marks;
    // those that have more are found again by the next pass from the start
    after = levels.length < LEVELS_MAX ? undefined : levels.at(-1);
  }
  return made;
}

function digestChunk(db: DbPool, levels: readonly LevelKey[]): Promise<number> {
  return inTransaction(db, (tx) => lateMarksMake(tx, { levels, marksMax: MARKS_MAX }), {
    indexProbes: true,
  });
}
