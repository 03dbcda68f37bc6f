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
import { balancesWrite, decisionsWrite } from "./queries/batch.ts";
import { type LaneRow, lanesLock, lanesLockAll } from "./queries/lanes.ts";
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
  const attempt: Attempt = { planned: [] };
  let result: DrainResult;
  try {
    result = await inTransaction(db, (tx) => drainLocked(tx, options, attempt), {
      indexProbes: true,
    });
  } catch (thrown) {
    if (isUnavailable(thrown)) throw thrown;
    throw new BatchError(
      attempt.planned.map((row) => row.id),
      thrown,
    );
  }
  failPoint("apply.after_commit");
  return result;
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
  const { lanes, together = false, stepsMax = Number.POSITIVE_INFINITY } = options;
  const held = together ? await lanesLockAll(tx, lanes) : await lanesLock(tx, lanes);
  failPoint("apply.after_lock");
  const heldIds = new Set(held.map((lane) => lane.id));
  const heldElsewhere = lanes.filter((lane) => !heldIds.has(lane));
  const locked = held.filter((lane) => !lane.is_halted);
  const nothing = { rows: 0, moreIn: [], heldElsewhere, joint: [], batch: undefined };
  if (locked.length === 0) return nothing;
  const perLane = Math.min(stepsMax, Math.max(1, Math.floor(options.rowsMax / locked.length)));
  const pending = await pendingMovementsRead(tx, { lanes: locked, perLane });
  if (pending.length === 0) return nothing;
  return inBatchSpan(pending, () =>
    decidePending(tx, { locked, pending, perLane, nothing, stepsMax, attempt }),
  );
}

interface Pending {
  readonly locked: readonly LaneRow[];
  readonly pending: readonly PendingRow[];
  readonly perLane: number;
  readonly stepsMax: number;
  /** The result where nothing can be decided. */
  readonly nothing: DrainResult;
  readonly attempt: Attempt;
}

/** Decides what was read, as far as it can be decided now, and writes it. */
async function decidePending(tx: DbClient, args: Pending): Promise<DrainResult> {
  const { locked, pending, perLane, nothing, stepsMax, attempt } = args;
  const groupRows = await readGroups(tx, pending);
  const plan = firstSteps(planBatch({ lanes: locked, pending, groupRows }), pending, stepsMax);
  const rows = plan.steps.flat();
  attempt.planned = rows;
  if (rows.length === 0) return { ...nothing, joint: plan.joint };
  const state = await loadState(tx, { lanes: locked, rows });
  failPoint("apply.after_read");
  const fold = new BatchFold({ lanes: locked, state });
  await decideInParts(tx, fold, plan.steps);
  const batch = fold.close({ pending, plan, perLane });
  failPoint("apply.after_fold");
  const edges = placeEdges(batch.columns.lanes, await findEdges(tx, state.levels.values()));
  await writeDetails(tx, state, batch);
  failPoint("apply.after_details");
  const writing = balancesWrite(tx, batch.columns);
  failPoint("apply.during_write");
  checkWritten({ levels: batch.columns.levels.itemId.length }, await writing);
  await writeEdges(tx, edges);
  failPoint("apply.before_commit");
  return { ...nothing, rows: rows.length, moreIn: batch.moreIn, joint: plan.joint, batch };
}

/**
 * Decides the steps and writes what they came to, some hundred at a time: while PostgreSQL writes one part the next is folded, so
 * that a single lane with a backlog keeps both busy.
 */
async function decideInParts(
  tx: DbClient,
  fold: BatchFold,
  steps: BatchPlan["steps"],
): Promise<void> {
  let written = Promise.resolve();
  for (let from = 0; from < steps.length; from += STEPS_PER_PART) {
    if (from > 0) await turnOfTheLoop(); // lets the connection send the part before
    const part = fold.decide(steps.slice(from, from + STEPS_PER_PART));
    written = written.then(() => writeDecisions(tx, part));
    written.catch(() => undefined); // told below
  }
  await written;
}

async function writeDecisions(tx: DbClient, rows: readonly BatchRow[]): Promise<void> {
  const written = await decisionsWrite(tx, rows);
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
