/**
 * One apply transaction: locks the lanes, reads their pending movements and what these touch, folds them and writes ledger,
 * levels, outcomes and events, then commits. Called by the lane workers and the sweep, as often as they like: what is decided
 * stays so. The lane rows' locks, held until the commit, are the only fence; whoever comes second finds nothing to do.
 */
import assert from "node:assert/strict";
import { setImmediate as turnOfTheLoop } from "node:timers/promises";
import { failPoint } from "../../platform/failPoints.ts";
import {
  type DbClient,
  type DbPool,
  inTransaction,
  isUnavailable,
} from "../../platform/postgres.ts";
import { findEdges, writeEdges } from "../lowStock/index.ts";
import type { BatchRow } from "./batchColumns.ts";
import { BatchError } from "./batchError.ts";
import { BatchFold, type FoldedBatch } from "./foldBatch.ts";
import { loadState } from "./loadState.ts";
import { placeEdges } from "./placeEdges.ts";
import { type BatchPlan, firstSteps, planBatch } from "./planBatch.ts";
import { balancesWrite, type DecisionsWritten, decisionsWrite } from "./queries/batch.ts";
import { type DrainedLane, lanesLock, lanesLockAll } from "./queries/lanes.ts";
import { groupMovementsRead, type PendingRow, pendingMovementsRead } from "./queries/pending.ts";
import { inBatchSpan } from "./traceBatch.ts";
import { writeDetails } from "./writeDetails.ts";

/** Movements and groups that are written with one statement. */
const STEPS_PER_PART = 500;

/** What one transaction did. */
export interface DrainResult {
  /** Movements decided. */
  readonly rows: number;
  /** Lanes that gave as many movements as they were asked for and may have more. */
  readonly moreIn: readonly number[];
  /** Lanes that somebody else held; they are drained over there. */
  readonly heldElsewhere: readonly number[];
  /** Sets of lanes that must be drained together: an atomic group stands first in one of them and lies in all. */
  readonly joint: readonly (readonly number[])[];
  readonly batch: FoldedBatch | undefined;
}

interface DrainOptions {
  readonly lanes: readonly number[];
  readonly rowsMax: number;
  /** Wait for all of the lanes, for a group that lies in all of them; else those that somebody else holds are left out. */
  readonly together?: boolean;
  /** So many movements at most, an atomic group counted as one: to find the one that fails a batch. */
  readonly stepsMax?: number | undefined;
}

/**
 * Applies up to `rowsMax` pending movements of the given lanes in one transaction. Each lane is read from its low-water mark,
 * never from where the batch before ended: what committed late below that place was accepted before what came after it.
 * Throws BatchError, with nothing applied, where the batch can't be written; other errors where the database is away or busy.
 */
export async function drainLanes(db: DbPool, options: DrainOptions): Promise<DrainResult> {
  failPoint("apply.before_begin");
  const result = await orBatchError((attempt) =>
    inTransaction(db, (tx) => drainLocked(tx, options, attempt), { indexProbes: true }),
  );
  failPoint("apply.after_commit");
  return result;
}

/** Runs a drain; what fails by the content of its batch is thrown as a BatchError. */
export async function orBatchError<T>(drain: (attempt: Attempt) => Promise<T>): Promise<T> {
  const attempt: Attempt = { planned: [] };
  try {
    return await drain(attempt);
  } catch (thrown) {
    if (isUnavailable(thrown)) throw thrown;
    throw new BatchError(
      attempt.planned.map((row) => row.id),
      thrown,
    );
  }
}

/** What a transaction had set out to decide, for whoever is told that it failed. */
interface Attempt {
  planned: readonly PendingRow[];
}

async function drainLocked(
  tx: DbClient,
  options: DrainOptions,
  attempt: Attempt,
): Promise<DrainResult> {
  attempt.planned = [];
  const { lanes, rowsMax, together = false, stepsMax = Number.POSITIVE_INFINITY } = options;
  const held = together ? await lanesLockAll(tx, lanes) : await lanesLock(tx, lanes);
  failPoint("apply.after_lock");
  const heldIds = new Set(held.map((lane) => lane.id));
  const heldElsewhere = lanes.filter((lane) => !heldIds.has(lane));
  const nothing = { rows: 0, moreIn: [], heldElsewhere, joint: [], batch: undefined };
  const free = held.filter((lane) => !lane.is_halted);
  if (free.length === 0) return nothing;
  const perLane = Math.min(stepsMax, Math.max(1, Math.floor(rowsMax / free.length)));
  const locked = free.map((lane) => ({ rowsMax: perLane, ...lane }));
  const pending = await pendingMovementsRead(tx, locked);
  if (pending.length === 0) return nothing;
  return inBatchSpan(pending, () =>
    decidePending(tx, { locked, pending, nothing, stepsMax, attempt }),
  );
}

interface Pending {
  readonly locked: readonly DrainedLane[];
  readonly pending: readonly PendingRow[];
  readonly stepsMax: number;
  /** The result where nothing can be decided. */
  readonly nothing: DrainResult;
  readonly attempt: Attempt;
}

/** Decides what was read, as far as it can be decided now, and writes it. */
async function decidePending(tx: DbClient, args: Pending): Promise<DrainResult> {
  const { locked, pending, nothing, stepsMax, attempt } = args;
  const groupRows = await readGroups(tx, pending);
  const plan = firstSteps(planBatch({ lanes: locked, pending, groupRows }), pending, stepsMax);
  attempt.planned = plan.steps.flat();
  if (attempt.planned.length === 0) return { ...nothing, joint: plan.joint };
  const batch = await decidePlan(tx, { locked, pending, plan });
  return {
    ...nothing,
    rows: attempt.planned.length,
    moreIn: batch.moreIn,
    joint: plan.joint,
    batch,
  };
}

/** Writes what some decisions came to, and how many rows there are of it. */
type DecisionsWrite = (tx: DbClient, rows: readonly BatchRow[]) => Promise<DecisionsWritten>;

/** A batch that is to be decided. */
export interface Planned {
  readonly locked: readonly DrainedLane[];
  /** What was read of the lanes' inboxes. */
  readonly pending: readonly PendingRow[];
  readonly plan: BatchPlan;
  readonly write?: DecisionsWrite;
  /** Movements and groups that are written at a time. */
  readonly stepsPerPart?: number;
}

/** Decides the steps of a plan and writes ledger, levels, outcomes and events. */
export async function decidePlan(
  tx: DbClient,
  { locked, pending, plan, write = decisionsWrite, stepsPerPart = STEPS_PER_PART }: Planned,
): Promise<FoldedBatch> {
  const rows = plan.steps.flat();
  const state = await loadState(tx, { lanes: locked, rows });
  failPoint("apply.after_read");
  const fold = new BatchFold({ lanes: locked, state });
  await decideInParts(tx, fold, { steps: plan.steps, write, stepsPerPart });
  const batch = fold.close({ pending, plan });
  failPoint("apply.after_fold");
  const edges = placeEdges(batch.columns.lanes, await findEdges(tx, state.levels.values()));
  await writeDetails(tx, state, batch);
  failPoint("apply.after_details");
  const writing = balancesWrite(tx, batch.columns);
  failPoint("apply.during_write");
  checkWritten({ levels: batch.columns.levels.itemId.length }, await writing);
  await writeEdges(tx, edges);
  failPoint("apply.before_commit");
  return batch;
}

type PartsToDecide = Pick<BatchPlan, "steps"> & Required<Pick<Planned, "write" | "stepsPerPart">>;

/**
 * Decides the steps and writes what they came to, some hundred at a time: while PostgreSQL writes one part the next is folded, so
 * that a single lane with a backlog keeps both busy.
 */
async function decideInParts(
  tx: DbClient,
  fold: BatchFold,
  { steps, write, stepsPerPart }: PartsToDecide,
): Promise<void> {
  let written = Promise.resolve();
  for (let from = 0; from < steps.length; from += stepsPerPart) {
    if (from > 0) await turnOfTheLoop(); // lets the connection send the part before
    const part = fold.decide(steps.slice(from, from + stepsPerPart));
    written = written.then(() => writeDecisions(tx, part, write));
    written.catch(() => undefined); // told below
  }
  await written;
}

async function writeDecisions(
  tx: DbClient,
  rows: readonly BatchRow[],
  write: DecisionsWrite,
): Promise<void> {
  const written = await write(tx, rows);
  checkWritten(
    {
      entries: rows.filter(({ entry }) => entry !== null).length,
      outcomes: rows.filter(({ isOutcome }) => isOutcome).length,
      events: rows.length,
    },
    written,
  );
}

/** All lines of the groups that the pending movements belong to. */
async function readGroups(tx: DbClient, pending: readonly PendingRow[]): Promise<PendingRow[]> {
  const ids = new Set(pending.flatMap((row) => row.group_id ?? []));
  return ids.size === 0 ? [] : groupMovementsRead(tx, [...ids]);
}

function checkWritten<Counts extends object>(folded: Counts, written: Counts): void {
  assert.deepEqual(
    { ...written },
    folded,
    "the batch wrote every row that it folded; a level was changed by somebody outside its lane",
  );
}
