/**
 * Brings the valuation of every item up to its ledger: finds what changed, then works through it in short transactions, each
 * saved as it ends. Reads the ledger, never writes it. Runs side by side leave each other's items alone (row locks).
 */
import type { DbPool } from "../../platform/postgres.ts";
import { findChangedItems } from "./findChangedItems.ts";
import { type BatchBounds, valueBatch } from "./valueBatch.ts";

/** Entries keep a transaction to about a second and the memory to some megabytes, whatever the history is. */
const BOUNDS: BatchBounds = { itemsMax: 100, entriesMax: 10_000 };
const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/** What a run did. */
export interface ValuationOutcome {
  /** Items whose figures were published. */
  readonly items_valued: number;
  readonly entries_taken: number;
  readonly entries_folded: number;
  /** Times that a late entry made an item go back to a checkpoint. */
  readonly rewinds: number;
}

interface ValuationRequest {
  /** True: compare all levels with what was taken, whatever the event log says. */
  readonly compareAll: boolean;
  readonly signal: AbortSignal;
  readonly bounds?: BatchBounds;
}

/** Values what changed. Stops between two transactions when the signal aborts; another run goes on from there. */
export async function valueStock(db: DbPool, request: ValuationRequest): Promise<ValuationOutcome> {
  await findChangedItems(db, request.compareAll);
  const sum = { items_valued: 0, entries_taken: 0, entries_folded: 0, rewinds: 0 };
  let after = BEFORE_ALL;
  // Round after round over the open items, so that one with a long history does not keep the others waiting.
  for (let idle = false; ; ) {
    request.signal.throwIfAborted();
    const batch = await valueBatch(db, after, request.bounds ?? BOUNDS);
    if (batch.last === undefined) {
      if (idle) return sum;
      idle = true;
      after = BEFORE_ALL;
      continue;
    }
    idle = false;
    after = batch.last;
    sum.items_valued += batch.published;
    sum.entries_taken += batch.taken;
    sum.entries_folded += batch.folded;
    sum.rewinds += batch.rewound;
  }
}
