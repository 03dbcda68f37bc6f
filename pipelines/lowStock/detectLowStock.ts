/**
 * The sweep: compares every position with its policy in one snapshot and settles the pairs that are told wrong, under the locks of
 * their lanes. It finds nothing where the batches and the checks did their work; it is the net below them.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { wrongPairsRead } from "./queries.ts";
import { settlePairs } from "./settlePairs.ts";

/** What a look at all positions found. */
export interface LowStockOutcome {
  readonly low: number;
  readonly recovered: number;
}

/** Lanes are held while so many pairs are looked at: a few milliseconds. */
const PAIRS_AT_ONCE = 64;

/** Looks at every position once and tells what crossed its reorder level and was not told. */
export async function detectLowStock(db: DbPool): Promise<LowStockOutcome> {
  const wrong = await inTransaction(db, (tx) => wrongPairsRead(tx));
  let low = 0;
  let recovered = 0;
  for (let from = 0; from < wrong.length; from += PAIRS_AT_ONCE) {
    const pairs = wrong.slice(from, from + PAIRS_AT_ONCE);
    const edges = await inTransaction(db, (tx) => settlePairs(tx, pairs));
    low += edges.filter((edge) => edge.edge === "low").length;
    recovered += edges.filter((edge) => edge.edge === "recovered").length;
  }
  return { low, recovered };
}
