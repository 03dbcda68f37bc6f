/**
 * Decides many movements in the transaction that brings them, without a stay in the inbox. Order is that of every drain: what others have
 * put into the lanes before goes first. Of the lanes in hand it is all of them or none; where that can't be, they are for the inbox and the
 * lane workers.
 */
import { StocklineError } from "../../domain/errors.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { DbClient } from "../../platform/postgres.ts";
import {
  type Acceptance,
  type InboxPlace,
  type MovementCommand,
  placeInInbox,
} from "../intake/index.ts";
import type { BatchRow } from "./batchColumns.ts";
import { type DrainResult, decidePlan, orBatchError, type Planned } from "./drainLanes.ts";
import { pendingOf } from "./pendingOf.ts";
import { planBatch } from "./planBatch.ts";
import { type DecisionsWritten, decisionsWrite } from "./queries/batch.ts";
import { decisionsCopy } from "./queries/decisionsCopy.ts";
import { type LockedLane, lanesLock } from "./queries/lanes.ts";
import { othersPendingRead, type PendingRow } from "./queries/pending.ts";
import { inBatchSpan } from "./traceBatch.ts";

/** Movements of others that may be decided before ours: of a lane, and of all. */
const OTHERS_PER_LANE = 200;
const OTHERS_MAX = 4_000;

/** Movements that are written at a time: three COPY for each. */
const STEPS_PER_PART = 2_000;

/** The movements can't all be decided now; nothing is wrong with them. */
export class NotAtOnceError extends StocklineError {
  constructor(detail: string) {
    super({ code: "not_at_once", detail });
  }
}

interface Given {
  /** In their order; without customers, groups and traces. */
  readonly commands: readonly MovementCommand[];
  /**
   * Whether the id was made for this movement and is not known. Another id may be sent by somebody else this moment, so its movement
   * passes through the inbox, which alone tells who was first.
   */
  readonly isFresh: (command: MovementCommand) => boolean;
}

/** What became of the commands. */
export interface DecidedAtOnce {
  /** One a command, in their order; those that are new are decided. Undefined where somebody else held the lane: nothing was done. */
  readonly acceptances: readonly (Acceptance | undefined)[];
  /** Ids of the new ones that were rejected. */
  readonly rejected: ReadonlySet<string>;
  readonly result: DrainResult;
}

/**
 * Decides those of the movements that are new and whose lanes nobody else holds; it waits for none, so that it can't be part of a deadlock,
 * and does not hold lanes while it waits. The transaction must hold its plans to index probes. Throws NotAtOnceError (a halted lane, an
 * atomic group or a long queue before them) and BatchError (one of them can't be written); the transaction can only be rolled back then.
 */
export async function decideAtOnce(
  tx: DbClient,
  { commands, isFresh }: Given,
): Promise<DecidedAtOnce> {
  const lanes = await lanesLock(tx, [...new Set(commands.map(({ lane }) => lane))]);
  failPoint("apply.after_lock");
  refuseHalted(lanes);
  const held = new Set(lanes.map(({ id }) => id));
  const inHand = commands.filter(({ lane }) => held.has(lane));
  const { acceptances, places } = await accept(tx, { commands: inHand, isFresh });
  const own = inHand.filter((_command, nth) => acceptances[nth]?.result === "new");
  const rejected = new Set<string>();
  const result = own.length === 0 ? NOTHING : await decideOwn(tx, { lanes, own, places, rejected });
  const accepted = acceptances.values();
  return {
    acceptances: commands.map(({ lane }) => (held.has(lane) ? accepted.next().value : undefined)),
    rejected,
    result,
  };
}

/** Of movements that never lie in the inbox: before all that do. */
const NOWHERE: InboxPlace = { place: "", seq: 0 };

const NOTHING: DrainResult = {
  rows: 0,
  moreIn: [],
  heldElsewhere: [],
  joint: [],
  batch: undefined,
};

async function accept(tx: DbClient, { commands, isFresh }: Given) {
  const placed = await placeInInbox(
    tx,
    commands.filter((command) => !isFresh(command)),
  );
  const others = placed.acceptances.values();
  const acceptances = commands.map((command): Acceptance => {
    if (isFresh(command)) return { id: command.id, result: "new" };
    return others.next().value as Acceptance; // one for each of the others, in their order
  });
  return { acceptances, places: placed.places };
}

interface Own {
  /** Held. */
  readonly lanes: readonly LockedLane[];
  readonly own: readonly MovementCommand[];
  /** Of those that lie in the inbox. */
  readonly places: ReadonlyMap<string, InboxPlace>;
  /** Filled with the ids of movements, others' among them, that are rejected. */
  readonly rejected: Set<string>;
}

async function decideOwn(
  tx: DbClient,
  { lanes, own, places, rejected }: Own,
): Promise<DrainResult> {
  const ownRows = own.map((command) => pendingOf(command, places.get(command.id) ?? NOWHERE));
  const locked = lanes.map((lane) => ({ rowsMax: OTHERS_PER_LANE, ...lane }));
  const others = await othersPendingRead(tx, locked);
  refuseQueues(others);
  const rows = [...others, ...ownRows];
  const commandOf = new Map(
    own.flatMap((command) => (places.has(command.id) ? [] : [[command.id, command] as const])),
  );
  const planned: Planned = {
    locked,
    pending: others,
    plan: planBatch({ lanes, pending: rows, groupRows: [] }),
    write: (_tx, part) => {
      for (const { rejection, movement } of part) if (rejection !== null) rejected.add(movement.id);
      return writeMixed(tx, part, commandOf);
    },
    stepsPerPart: STEPS_PER_PART,
  };
  const batch = await orBatchError(async (attempt) => {
    attempt.planned = rows;
    return inBatchSpan(rows, () => decidePlan(tx, planned));
  });
  return { ...NOTHING, rows: rows.length, batch };
}

/** Writes decisions of movements that are in memory by COPY, the others from the inbox. */
async function writeMixed(
  tx: DbClient,
  rows: readonly BatchRow[],
  commandOf: ReadonlyMap<string, MovementCommand>,
): Promise<DecisionsWritten> {
  const inInbox: BatchRow[] = [];
  const copied: { row: BatchRow; command: MovementCommand }[] = [];
  for (const row of rows) {
    const command = commandOf.get(row.movement.id);
    if (command === undefined) inInbox.push(row);
    else copied.push({ row, command });
  }
  const ours = await decisionsCopy(tx, copied);
  if (inInbox.length === 0) return ours;
  const theirs = await decisionsWrite(tx, inInbox);
  return {
    entries: ours.entries + theirs.entries,
    outcomes: ours.outcomes + theirs.outcomes,
    events: ours.events + theirs.events,
  };
}

function refuseHalted(lanes: readonly LockedLane[]): void {
  const halted = lanes.find((lane) => lane.is_halted);
  if (halted !== undefined) throw new NotAtOnceError(`lane ${halted.id} is halted`);
}

function refuseQueues(others: readonly PendingRow[]): void {
  if (others.length > OTHERS_MAX) throw new NotAtOnceError(`${others.length} movements wait`);
  const waiting = new Map<number, number>();
  for (const { lane, group_id: groupId } of others) {
    if (groupId !== null) throw new NotAtOnceError(`an atomic group waits in lane ${lane}`);
    const rows = (waiting.get(lane) ?? 0) + 1;
    if (rows === OTHERS_PER_LANE) throw new NotAtOnceError(`lane ${lane} has a backlog`);
    waiting.set(lane, rows);
  }
}
