/**
 * One apply transaction: locks the lanes, reads their pending movements and levels, folds them and writes ledger, levels,
 * outcomes and events, then commits. Called by the lane workers and the sweep, as often as they like: what is decided stays so.
 * The lane rows' locks, held until the commit, are the only fence; whoever comes second finds nothing to do.
 */
import assert from "node:assert/strict";
import { levelKey } from "../../domain/foldMovements.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type FoldedBatch, foldBatch } from "./foldBatch.ts";
import {
  batchWrite,
  lanesLock,
  type PendingRow,
  pendingMovementsRead,
  stockLevelsRead,
} from "./queries.ts";

/** What one transaction did. */
export interface DrainResult {
  /** Movements decided. */
  readonly rows: number;
  /** Lanes that gave as many movements as they were asked for, and may have more. */
  readonly moreIn: readonly number[];
  /** Lanes that somebody else held; they are drained over there. */
  readonly heldElsewhere: readonly number[];
  readonly batch: FoldedBatch | undefined;
}

/** Applies up to `rowsMax` pending movements of the given lanes in one transaction. */
export async function drainLanes(
  db: DbPool,
  options: { readonly lanes: readonly number[]; readonly rowsMax: number },
): Promise<DrainResult> {
  return inTransaction(db, (tx) => drainLocked(tx, options));
}

async function drainLocked(
  tx: DbClient,
  { lanes, rowsMax }: { readonly lanes: readonly number[]; readonly rowsMax: number },
): Promise<DrainResult> {
  const locked = await lanesLock(tx, lanes);
  const held = new Set(locked.map((lane) => lane.id));
  const heldElsewhere = lanes.filter((lane) => !held.has(lane));
  if (locked.length === 0) return { rows: 0, moreIn: [], heldElsewhere, batch: undefined };
  const perLane = Math.max(1, Math.floor(rowsMax / locked.length));
  const pending = await pendingMovementsRead(tx, { lanes: locked, perLane });
  if (pending.length === 0) return { rows: 0, moreIn: [], heldElsewhere, batch: undefined };
  const levels = await stockLevelsRead(tx, levelsOf(pending));
  const batch = foldBatch({ lanes: locked, pending, levels, perLane });
  const written = await batchWrite(tx, batch.columns);
  checkWritten(batch, written);
  const perLaneRead = countByLane(pending);
  return {
    rows: pending.length,
    moreIn: [...perLaneRead].filter(([, rows]) => rows >= perLane).map(([lane]) => lane),
    heldElsewhere,
    batch,
  };
}

/** The distinct levels that the movements touch. */
function levelsOf(pending: readonly PendingRow[]) {
  const pairs = new Map<string, { itemId: string; warehouseId: string }>();
  for (const row of pending) {
    for (const warehouseId of [row.warehouse_id, row.to_warehouse_id]) {
      if (warehouseId === null) continue;
      pairs.set(levelKey(row.item_id, warehouseId), { itemId: row.item_id, warehouseId });
    }
  }
  return [...pairs.values()];
}

function checkWritten(batch: FoldedBatch, written: Awaited<ReturnType<typeof batchWrite>>): void {
  const { levels, entries, outcomes, events } = batch.columns;
  assert.deepEqual(
    { ...written, lanes: undefined },
    {
      levels: levels.itemId.length,
      entries: entries.movementId.length,
      outcomes: outcomes.id.length,
      events: events.id.length,
      lanes: undefined,
    },
    "the batch wrote every row that it folded; a level was changed by somebody outside its lane",
  );
}

function countByLane(pending: readonly PendingRow[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of pending) counts.set(row.lane, (counts.get(row.lane) ?? 0) + 1);
  return counts;
}
