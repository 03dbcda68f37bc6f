/**
 * What an operator decides about movements that were set aside and lanes that were halted: back into the inbox, discarded for
 * good, or the lane goes on. Each in one transaction with its event; the caller wakes the lanes afterwards.
 */
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import { levelKey } from "../../domain/fold/state.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { groupOrderLock } from "../intake/index.ts";
import { type BatchColumns, type BatchRow, emptyColumns } from "./batchColumns.ts";
import { type BatchLane, toLane, toLevel } from "./batchLevels.ts";
import { balancesWrite, decisionsWrite } from "./queries/batch.ts";
import { lanesLockAll } from "./queries/lanes.ts";
import { stockLevelsRead } from "./queries/levels.ts";
import { type PendingRow, pendingByIdRead } from "./queries/pending.ts";
import {
  laneResume,
  type MovedRow,
  movementsPutBack,
  setAsideGroupRead,
} from "./queries/setAside.ts";
import { laneEvent, movedEvent } from "./setAside.ts";
import { writeRejected } from "./writeColumns.ts";

/** What was steered: ids, and the lanes that may have work by it. */
export interface Steered {
  readonly movements: readonly string[];
  readonly lanes: readonly number[];
}

/**
 * Puts the movement, with all of its atomic group, back into the inbox, behind what was accepted meanwhile. Throws NotFoundError
 * where it is not set aside.
 */
export function retrySetAside(
  db: DbPool,
  { id, actor }: { readonly id: string; readonly actor: string },
): Promise<Steered> {
  return inTransaction(db, async (tx) => {
    const group = await readGroup(tx, id);
    if (group.lanes.length > 1) await groupOrderLock(tx);
    const moved = await putBack(tx, group.movements, id);
    await appendEvents(
      tx,
      moved.map((row) => movedEvent("movement.retried", row, { actor })),
    );
    return group;
  });
}

/**
 * Rejects the movement, with all of its atomic group, for good: outcome and event are those of any rejection, with the code
 * `discarded`. Throws NotFoundError where it is not set aside.
 */
export function discardSetAside(
  db: DbPool,
  args: { readonly id: string; readonly actor: string; readonly reason: string },
): Promise<Steered> {
  const { id, actor, reason } = args;
  return inTransaction(
    db,
    async (tx) => {
      const group = await readGroup(tx, id);
      const locked = await lanesLockAll(tx, group.lanes);
      const moved = await putBack(tx, group.movements, id);
      const rows = await pendingByIdRead(tx, group.movements);
      const lanes = new Map(locked.map((row) => [row.id, toLane(row)]));
      const detail = `discarded by ${actor}: ${reason}`;
      const written = await decisionsWrite(tx, await rejections(tx, { rows, lanes, detail }));
      if (written.outcomes !== rows.length || written.events !== rows.length) {
        throw new Error(`${rows.length} movements were discarded, ${written.outcomes} written`);
      }
      await balancesWrite(tx, lanesOnly(lanes.values()));
      await appendEvents(
        tx,
        moved.map((row) => movedEvent("movement.discarded", row, { actor, reason })),
      );
      return group;
    },
    { indexProbes: true },
  );
}

/** Lets a halted lane go on. Throws ConflictError (lane_not_halted) where it is not halted. */
export function resumeLane(
  db: DbPool,
  { lane, actor }: { readonly lane: number; readonly actor: string },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    if (!(await laneResume(tx, lane))) {
      throw new ConflictError({
        code: "lane_not_halted",
        detail: `lane ${lane} is not halted; nothing was changed`,
      });
    }
    await appendEvents(tx, [laneEvent("lane.resumed", lane, { actor })]);
  });
}

async function readGroup(tx: DbClient, id: string): Promise<Steered> {
  const rows = await setAsideGroupRead(tx, id);
  if (rows.length === 0) throw notSetAside(id);
  return {
    movements: rows.map((row) => row.id),
    lanes: [...new Set(rows.map((row) => row.lane))],
  };
}

async function putBack(tx: DbClient, ids: readonly string[], id: string): Promise<MovedRow[]> {
  const moved = await movementsPutBack(tx, ids);
  if (moved.length !== ids.length) throw notSetAside(id); // somebody else was first, with all of it
  return moved;
}

function notSetAside(id: string): NotFoundError {
  return new NotFoundError("set-aside movement", id);
}

async function rejections(
  tx: DbClient,
  args: {
    readonly rows: readonly PendingRow[];
    readonly lanes: ReadonlyMap<number, BatchLane>;
    readonly detail: string;
  },
): Promise<BatchRow[]> {
  const pairs = new Map(
    args.rows.map((row) => [
      levelKey(row.item_id, row.warehouse_id),
      { itemId: row.item_id, warehouseId: row.warehouse_id },
    ]),
  );
  const levelRows = await stockLevelsRead(tx, [...pairs.values()]);
  const levels = new Map(
    levelRows.map((row) => [levelKey(row.item_id, row.warehouse_id), toLevel(row, false)]),
  );
  const rejected: BatchRow[] = [];
  const decision = { status: "rejected", code: "discarded", detail: args.detail } as const;
  for (const row of args.rows) {
    const lane = args.lanes.get(row.lane);
    const level = levels.get(levelKey(row.item_id, row.warehouse_id));
    if (lane === undefined || level === undefined)
      throw new Error(`movement ${row.id} has no lane`);
    writeRejected(rejected, { row, decision, lane, level });
  }
  return rejected;
}

/** The lanes' counters as they are now; no level has changed. */
function lanesOnly(lanes: Iterable<BatchLane>): BatchColumns {
  const columns = emptyColumns();
  for (const lane of lanes) {
    columns.lanes.id.push(lane.row.id);
    columns.lanes.nextPosition.push(lane.nextPosition);
    columns.lanes.lowWater.push(lane.row.low_water);
    columns.lanes.recordedAt.push(lane.recordedAt);
    columns.lanes.decidedTo.push(lane.decidedTo);
  }
  return columns;
}
