/**
 * Takes a movement that no batch can be written with out of the inbox, so that its lane goes on, and halts lanes that fail all the
 * same. Called by the lane scheduler. What is set aside is still accepted and undone: its id stays known, and an operator
 * sends it back or discards it (steerSetAside.ts).
 */
import { deriveId } from "../../domain/deriveId.ts";
import type { EventName } from "../../domain/events/index.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents, type EntityEvent } from "../events/index.ts";
import { describeCause } from "./batchError.ts";
import { lanesLockAll } from "./queries/lanes.ts";
import {
  inboxInsertsHold,
  lanesHalt,
  type MovedRow,
  movementsSetAside,
  setAsideInARow,
} from "./queries/setAside.ts";

/** So many movements of a lane are set aside in a row, with nothing decided in between; at the next the lane is halted. */
const IN_A_ROW_MAX = 3;

/** What became of an attempt to set movements aside; `gone` where somebody else decided, halted or set aside meanwhile. */
export type SetAsideResult = "set_aside" | "halted" | "gone";

/** A movement or atomic group that can't be written, the lanes it lies in, and why. */
export interface Culprit {
  readonly lanes: readonly number[];
  readonly movements: readonly string[];
  readonly cause: unknown;
}

/**
 * Sets the movements aside, in one transaction under their lanes' locks, with an event each. Where several before them were set
 * aside with nothing decided since, the fault is hardly theirs: their lanes are halted instead.
 */
export function setAside(db: DbPool, culprit: Culprit): Promise<SetAsideResult> {
  const { lanes, movements, cause } = culprit;
  return inTransaction(db, async (tx) => {
    const locked = await lanesLockAll(tx, lanes);
    if (locked.some((lane) => lane.is_halted)) return "gone";
    const inARow = await setAsideInARow(tx, lanes);
    if (inARow >= IN_A_ROW_MAX) {
      const reason = `${inARow} movements in a row were set aside, the next fails as well: ${describeCause(cause)}`;
      await halt(tx, lanes, reason);
      return "halted";
    }
    await inboxInsertsHold(tx);
    const error = describeCause(cause);
    const moved = await movementsSetAside(tx, { ids: movements, error });
    if (moved.length === 0) return "gone";
    await appendEvents(
      tx,
      moved.map((row) => movedEvent("movement.set_aside", row, { error })),
    );
    return "set_aside";
  });
}

/** Halts lanes that nothing helps: no process takes them until an operator resumes them. Tells it by an event each. */
export function haltLanes(
  db: DbPool,
  { lanes, cause }: { readonly lanes: readonly number[]; readonly cause: unknown },
): Promise<void> {
  return inTransaction(db, async (tx) => {
    await lanesLockAll(tx, lanes);
    await halt(tx, lanes, describeCause(cause));
  });
}

async function halt(tx: DbClient, lanes: readonly number[], reason: string): Promise<void> {
  const halted = await lanesHalt(tx, { lanes, reason });
  await appendEvents(
    tx,
    halted.map((lane) => laneEvent("lane.halted", lane, { reason })),
  );
}

/** An event of a movement that moved out of the inbox or back into it. */
export function movedEvent(type: EventName, row: MovedRow, more: object): EntityEvent {
  const { id, sku, warehouse, to_warehouse: toWarehouse, quantity } = row;
  return {
    type,
    entityId: row.item_id,
    subject: `movements/${id}`,
    data: {
      id,
      type: row.type,
      sku,
      warehouse,
      ...(toWarehouse === null ? {} : { to_warehouse: toWarehouse }),
      quantity,
      ...more,
    },
  };
}

/** An event of a lane. Lanes have no id of their own, so one is derived for the event's partition key. */
export function laneEvent(type: EventName, lane: number, more: object): EntityEvent {
  return {
    type,
    entityId: deriveId(`lane ${lane}`),
    subject: `lanes/${lane}`,
    data: { lane, ...more },
  };
}
