/**
 * One transaction of the valuation: locks some items that have work, takes their new ledger entries, and folds the next ones in
 * business time. What it did is saved with it, so a process that dies anywhere loses one chunk of work and nothing else.
 * A pass over an item takes everything there is, folds it to the end and publishes; what comes meanwhile is the next pass.
 */
import type { DbClient, DbPool } from "../../platform/postgres.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type FoldedItem, type FoldStart, foldEntries } from "./foldEntries.ts";
import { entriesTake, type TakenRow } from "./queries/changes.ts";
import { costsWrite, entriesRead, originalsRead } from "./queries/entries.ts";
import { levelsPublish } from "./queries/levels.ts";
import {
  checkpointsInsert,
  itemsRewind,
  itemsSave,
  itemsTaken,
  openItemsLock,
  type ProgressRow,
} from "./queries/progress.ts";
import { showFigures } from "./showFigures.ts";

export interface BatchBounds {
  readonly itemsMax: number;
  /** Ledger entries taken, and entries folded, in one transaction; shared out among its items. */
  readonly entriesMax: number;
}

/** What one transaction did. */
export interface ValuedBatch {
  readonly items: number;
  /** Id of the last item that was locked; undefined where none had work. */
  readonly last: string | undefined;
  readonly taken: number;
  readonly folded: number;
  /** Items that went back to a checkpoint, since an entry came late. */
  readonly rewound: number;
  readonly published: number;
}

/** Works on the open items after the given id; answers what it did. Throws what the database throws, nothing of it done. */
export function valueBatch(db: DbPool, after: string, bounds: BatchBounds): Promise<ValuedBatch> {
  return inTransaction(db, (tx) => valueLocked(tx, after, bounds), { indexProbes: true });
}

async function valueLocked(tx: DbClient, after: string, bounds: BatchBounds): Promise<ValuedBatch> {
  const open = await openItemsLock(tx, { after, itemsMax: bounds.itemsMax });
  const nothing = { items: 0, last: undefined, taken: 0, folded: 0, rewound: 0, published: 0 };
  if (open.length === 0) return nothing;
  const taken = await takeEntries(tx, open, bounds.entriesMax);
  const folding = [...open.filter((item) => item.folding), ...taken.complete];
  const folded = await foldChunk(tx, folding, bounds.entriesMax);
  return {
    items: open.length,
    last: open.at(-1)?.item_id,
    taken: taken.entries,
    folded: folded.entries,
    rewound: taken.rewound,
    published: folded.published,
  };
}

/** Takes new entries of the items that are not being folded; answers those of which nothing more is left to take. */
async function takeEntries(tx: DbClient, open: readonly ProgressRow[], entriesMax: number) {
  const items = new Map(
    open.filter((item) => !item.folding).map((item) => [item.item_id, item] as const),
  );
  if (items.size === 0) return { complete: [], entries: 0, rewound: 0 };
  const taken = await entriesTake(tx, { itemIds: [...items.keys()], entriesMax });
  const late = lateEntries(taken);
  const rewound = late.length === 0 ? [] : await itemsRewind(tx, late);
  for (const item of rewound) items.set(item.item_id, item);
  const done = taken.filter((row) => !row.more).map((row) => row.item_id);
  if (done.length > 0) await itemsTaken(tx, done);
  const complete = done.flatMap((id) => items.get(id) ?? []);
  const entries = taken.reduce((sum, row) => sum + row.entries, 0);
  return { complete, entries, rewound: rewound.length };
}

/** The first new entry of each item where it lies before what was folded. */
function lateEntries(taken: readonly TakenRow[]) {
  return taken.flatMap(
    ({ item_id: itemId, late_occurred_at: occurredAt, late_position: position }) =>
      occurredAt === null || position === null ? [] : [{ itemId, occurredAt, position }],
  );
}

async function foldChunk(tx: DbClient, items: readonly ProgressRow[], entriesMax: number) {
  if (items.length === 0) return { entries: 0, published: 0 };
  const perItem = Math.max(1, Math.floor(entriesMax / items.length));
  const starts: FoldStart[] = items.map((item) => ({
    itemId: item.item_id,
    occurredAt: item.folded_occurred_at,
    position: item.folded_position,
    unsavedEntries: item.unsaved_entries,
    state: item.state,
  }));
  const entries = await entriesRead(tx, { after: starts, perItem });
  const reversed = entries.flatMap((entry) =>
    entry.type === "reversal" && entry.target_id !== null ? [entry.target_id] : [],
  );
  const originals = reversed.length === 0 ? [] : await originalsRead(tx, reversed);
  const chunk = foldEntries({ starts, entries, originals, perItem });
  if (chunk.costs.length > 0) await costsWrite(tx, chunk.costs);
  if (chunk.checkpoints.length > 0) await checkpointsInsert(tx, chunk.checkpoints);
  const moved = chunk.items.filter((item) => item.entries > 0);
  if (moved.length > 0) await itemsSave(tx, moved);
  const finished = chunk.items.filter((item) => item.isFinished);
  if (finished.length > 0) await publish(tx, finished);
  return { entries: entries.length, published: finished.length };
}

function publish(tx: DbClient, finished: readonly FoldedItem[]): Promise<void> {
  return levelsPublish(tx, {
    itemIds: finished.map((item) => item.itemId),
    figures: finished.flatMap((item) => showFigures(item.itemId, item.states)),
  });
}
