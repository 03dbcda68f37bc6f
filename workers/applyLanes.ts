/** The lane worker: drains lanes on wake-ups from the queue and by a sweep each second that needs no queue. */
import { setTimeout as pause } from "node:timers/promises";
import {
  advanceHorizon,
  createApplier,
  type DrainResult,
  sweepLanes,
  troubleCounts,
} from "../pipelines/apply/index.ts";
import { announceEvents } from "../pipelines/events/index.ts";
import { countRevenue } from "../pipelines/figures/index.ts";
import { lanesOfWakeUp } from "../pipelines/intake/index.ts";
import { checkLowStock } from "../pipelines/lowStock/index.ts";
import { releaseLapsedReservations } from "../pipelines/reservations/index.ts";
import { createLevelCache } from "../pipelines/stock/index.ts";
import type { Context } from "../platform/context.ts";
import type { DbPool } from "../platform/postgres.ts";
import { startQueueWorker } from "../platform/queues.ts";
import { repeat } from "../platform/repeat.ts";

/** What Redis forgot is found within this time. */
const SWEEP_MS = 1_000;
/** While movements are decided the horizon follows them at this distance. */
const HORIZON_MS = 200;
/** Wake-ups only mark lanes, so many may be taken at once. */
const WAKE_UPS_AT_ONCE = 64;

/** Starts applying; the answer stops it after the batches in flight. */
export function startApplyWorker(context: Context): { stop(): Promise<void> } {
  const { db, redis, cacheRedis, config, log, metrics } = context;
  const levels = createLevelCache(cacheRedis, config.REDIS_PREFIX, metrics);
  const revenue = countRevenue(context);
  const horizon = followDecisions(db);
  const announce = (result: DrainResult) => {
    if (result.batch !== undefined) revenue.note(result.batch.issued);
    void levels.invalidate(result.batch?.changedLevels ?? []);
    void announceEvents(redis, config.REDIS_PREFIX);
    horizon.follow();
  };
  const applier = createApplier(context, { afterCommit: announce });
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
      await horizon.stop();
      await revenue.stop();
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

/** Moves the horizon some time after something was decided; at rest nothing is asked. */
function followDecisions(db: DbPool): { follow(): void; stop(): Promise<void> } {
  let following: Promise<void> | undefined;
  const advance = async (): Promise<void> => {
    await pause(HORIZON_MS);
    await advanceHorizon(db).catch(() => undefined); // the sweep does it as well
    following = undefined;
  };
  return {
    follow: () => {
      following ??= advance();
    },
    stop: async () => following,
  };
}
