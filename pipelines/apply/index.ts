/** Apply: what the lane workers call. Makes durable: ledger, levels, outcomes, events, all in the one transaction of a batch. */
import { approximateQuantity } from "../../domain/quantity.ts";
import type { Context } from "../../platform/context.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type DrainResult, drainLanes } from "./drainLanes.ts";
import { LaneScheduler } from "./laneScheduler.ts";
import {
  idleLanesCatchUp,
  inboxHorizonAdvance,
  inboxSeqLast,
  lanesWithWork,
} from "./queries/lanes.ts";
import { haltLanes, setAside } from "./setAside.ts";
import { noteDecided } from "./traceBatch.ts";

export { BatchError } from "./batchError.ts";
export { decideAtOnce, NotAtOnceError } from "./decideAtOnce.ts";
export { type DrainResult, drainLanes } from "./drainLanes.ts";
export { lanesWithWork } from "./queries/lanes.ts";
export {
  type LaneStateRow,
  laneStatesRead,
  type SetAsideRow,
  setAsidePage,
  troubleCounts,
} from "./queries/setAside.ts";
export { discardSetAside, resumeLane, retrySetAside, type Steered } from "./steerSetAside.ts";

/** Told after the commit of a batch what it decided, and when (Date.now()) it had begun; must not throw. */
export type AfterDecisions = (result: DrainResult, begunAtMs: number) => void;

/**
 * What every batch is followed by, whoever decided it: its figures and traces, and `afterCommit`, through which caches and publishers hear
 * which levels changed.
 */
export function noteDecisions(
  metrics: Pick<Context["metrics"], "applyBatchRows" | "movementsDecided" | "unitsMoved">,
  afterCommit: (result: DrainResult) => void,
): AfterDecisions {
  return (result, begunAtMs) => {
    if (result.batch === undefined) return;
    noteDecided(result.batch, begunAtMs);
    metrics.applyBatchRows.observe(result.rows);
    for (const { type, status, count, quantity } of result.batch.decided) {
      metrics.movementsDecided.inc({ type, status }, count);
      if (status === "applied") metrics.unitsMoved.inc({ type }, approximateQuantity(quantity));
    }
    afterCommit(result);
  };
}

/** Makes the scheduler that drains lanes of this process. */
export function createApplier(
  context: Pick<Context, "db" | "config" | "log" | "metrics">,
  afterDecisions: AfterDecisions,
): LaneScheduler {
  const { db, config, log, metrics } = context;
  return new LaneScheduler({
    concurrency: config.APPLY_CONCURRENCY,
    log,
    drain: async (lanes, together, stepsMax) => {
      const stop = metrics.applyBatchSeconds.startTimer();
      const begunAtMs = Date.now();
      const rowsMax = config.APPLY_BATCH_ROWS_MAX;
      const result = await drainLanes(db, { lanes, rowsMax, together, stepsMax });
      if (result.rows > 0) stop();
      afterDecisions(result, begunAtMs);
      return result;
    },
    setAside: (culprit) => setAside(db, culprit),
    halt: (halted) => haltLanes(db, halted),
    onFailure: () => metrics.applyFailures.inc(),
  });
}

/** Moves the horizon: the nearer it follows what is decided, the less a lane's next batch looks at again. */
export async function advanceHorizon(db: DbPool): Promise<void> {
  const lastSeq = await inboxSeqLast(db);
  await inboxHorizonAdvance(db, lastSeq);
}

/** One round of the sweep: moves the horizon, lets idle lanes catch up, answers the lanes that have work. */
export async function sweepLanes(db: DbPool): Promise<number[]> {
  await advanceHorizon(db);
  await inTransaction(db, (tx) => idleLanesCatchUp(tx), { indexProbes: true });
  return inTransaction(db, (tx) => lanesWithWork(tx), { indexProbes: true });
}
