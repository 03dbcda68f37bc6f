/**
 * Takes noted pairs and settles them: orders that were approved, cancelled or changed, and policies that were written. Called each
 * second by the workers, as many as there are; a note is gone with the commit that settled it, so one that dies is taken up again.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { checksTake } from "./queries.ts";
import { settlePairs } from "./settlePairs.ts";

/** Lanes are held while so many pairs are looked at: a few milliseconds. */
const PAIRS_AT_ONCE = 64;
/** Rounds of one call; the next second goes on. */
const ROUNDS_MAX = 50;

/** Settles what is noted; answers how many crossings it told. */
export async function checkLowStock(db: DbPool): Promise<number> {
  let told = 0;
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { taken, edges } = await inTransaction(db, async (tx) => {
      const pairs = await checksTake(tx, PAIRS_AT_ONCE);
      return { taken: pairs.length, edges: await settlePairs(tx, pairs) };
    });
    told += edges.length;
    if (taken < PAIRS_AT_ONCE) break;
  }
  return told;
}
