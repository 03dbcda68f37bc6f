/**
 * Marks the items whose ledger has grown since the last look, by following the event log; where much has happened, or old events
 * are gone, by comparing the versions of all levels. Called at the start of each run; marking too much does no harm.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { changedItemsCompare, changedItemsMark, lanesBehind } from "./queries/changes.ts";

/** Past so many events a comparison of all levels is cheaper than reading them. */
const EVENTS_FOLLOWED_MAX = 50_000;

/** Marks what changed; `compareAll` compares all levels whatever the event log says. */
export async function findChangedItems(db: DbPool, compareAll: boolean): Promise<void> {
  const { events } = await lanesBehind(db);
  if (!compareAll && events === 0) return;
  if (!compareAll && events <= EVENTS_FOLLOWED_MAX) {
    const { expected, found } = await inTransaction(db, changedItemsMark, { indexProbes: true });
    if (expected === found) return;
  }
  await changedItemsCompare(db);
}
