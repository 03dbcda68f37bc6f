/** The lane worker: drains lanes on wake-ups from the queue and by a sweep each second that needs no queue. */
import { createApplier, sweepLanes, troubleCounts } from "../pipelines/apply/index.ts";
import { announceEvents } from "../pipelines/events/index.ts";
import { lanesOfWakeUp } from "../pipelines/intake/index.ts";
import { checkLowStock } from "../pipelines/lowStock/index.ts";
import { releaseLapsedReservations } from "../pipelines/reservations/index.ts";
import type { Context } from "../platform/context.ts";
import { startQueueWorker } from "../platform/queues.ts";
import { repeat } from "../platform/repeat.ts";
import { startTellingDecisions } from "./tellDecisions.ts";

/** What Redis forgot is found within this time. */
const SWEEP_MS = 1_000;
/** Wake-ups only mark lanes, so many may be taken at once. */
const WAKE_UPS_AT_ONCE = 64;

/** Starts applying; the answer stops it after the batches in flight. */
export function startApplyWorker(context: Context): { stop(): Promise<void> } {
  const { db, redis, config, log, metrics } = context;
  const decisions = startTellingDecisions(context);
  const applier = createApplier(context, decisions.tell);
  const queue = startQueueWorker({
    name: "apply",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
    concurrency: WAKE_UPS_AT_ONCE,
    handle: async (id) => applier.wake(lanesOfWakeUp(id)),
  });
  showGauges(metrics);
  const showTroubles = async () => {
    metrics.lanesStuck.set(applier.stuckLanes);
    const counts = await troubleCounts(db);
    metrics.lanesHalted.set(counts.halted);
    metrics.movementsSetAside.set(counts.set_aside);
  };
  const sweep = repeat({
    everyMs: SWEEP_MS,
    what: "lane sweep",
    log,
    run: async () => {
      const withWork = await sweepLanes(db);
      metrics.lanesWithWork.set(withWork.length);
      applier.wake(withWork);
      await showTroubles();
    },
  });
  const lapses = repeat({
    everyMs: SWEEP_MS,
    what: "release of lapsed reservations",
    log,
    run: async () => {
      const { posted, lanes } = await releaseLapsedReservations(db);
      metrics.movementsAccepted.inc({ source: "system" }, posted);
      applier.wake(lanes);
    },
  });
  const lowStock = repeat({
    everyMs: SWEEP_MS,
    what: "check of noted positions",
    log,
    run: async () => {
      if ((await checkLowStock(db)) > 0) void announceEvents(redis, config.REDIS_PREFIX);
    },
  });
  return {
    stop: async () => {
      await lowStock.stop();
      await lapses.stop();
      await sweep.stop();
      await queue.stop();
      await applier.stop();
      await decisions.stop();
    },
  };
}

/** The gauges that only this worker fills. */
function showGauges(metrics: Context["metrics"]): void {
  for (const gauge of [
    metrics.lanesWithWork,
    metrics.lanesHalted,
    metrics.lanesStuck,
    metrics.movementsSetAside,
  ]) {
    metrics.registry.registerMetric(gauge);
  }
}
