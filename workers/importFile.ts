/**
 * Runs imports: woken by the queue "imports", and by a sweep each second that finds what Redis forgot or a dead worker left.
 * A wake-up only makes the next sweep come at once; which process runs an import is decided by its lease in Postgres.
 */
import { announceCatalogueChange } from "../pipelines/catalogue/index.ts";
import {
  claimImports,
  giveUpImports,
  type ImportDeps,
  runImport,
} from "../pipelines/import/index.ts";
import { createLaneWakeUps } from "../pipelines/intake/index.ts";
import { createPersonalData } from "../pipelines/privacy/index.ts";
import { createLevelCache } from "../pipelines/stock/index.ts";
import { newId } from "../platform/clock.ts";
import type { Context } from "../platform/context.ts";
import { fileLimitsOf } from "../platform/fileLimits.ts";
import { startQueueWorker } from "../platform/queues.ts";
import { repeat } from "../platform/repeat.ts";
import { startTellingDecisions } from "./tellDecisions.ts";

/** Imports that one process runs side by side. */
const IMPORTS_MAX = 2;
const SWEEP_MS = 1_000;

type WorkerContext = Pick<
  Context,
  "config" | "log" | "db" | "redis" | "cacheRedis" | "storage" | "metrics" | "clock" | "keyWrapper"
>;

/** Starts running imports; stop() leaves those in hand at their checkpoints for another worker. */
export function startImportWorker(context: WorkerContext): { stop(): Promise<void> } {
  const { config, log } = context;
  const redis = { redisUrl: config.REDIS_URL, prefix: config.REDIS_PREFIX, log };
  const lanes = createLaneWakeUps(context);
  const decisions = startTellingDecisions(context);
  const stopping = new AbortController();
  const sweep = createSweep(context, {
    deps: depsOf(context, { wakeLanes: (ids) => lanes.wake(ids), decided: decisions.tell }),
    signal: stopping.signal,
  });
  const queue = startQueueWorker({
    name: "imports",
    ...redis,
    concurrency: IMPORTS_MAX,
    handle: () => sweep.now(),
  });
  const rounds = repeat({ everyMs: SWEEP_MS, what: "import sweep", log, run: sweep.now });
  return {
    stop: async () => {
      await rounds.stop();
      await queue.stop();
      stopping.abort();
      await sweep.drain();
      await lanes.close();
      await decisions.stop();
    },
  };
}

function depsOf(
  context: WorkerContext,
  told: Pick<ImportDeps, "wakeLanes" | "decided">,
): ImportDeps {
  const { config, metrics, redis } = context;
  const levels = createLevelCache(redis, config.REDIS_PREFIX, metrics);
  return {
    db: context.db,
    storage: context.storage,
    clock: context.clock,
    personal: createPersonalData({ db: context.db, wrapper: context.keyWrapper }),
    log: context.log,
    metrics,
    limits: fileLimitsOf(config),
    approvalLimits: config.PO_APPROVAL_LIMITS,
    announce: (change) => announceCatalogueChange(redis, config.REDIS_PREFIX, change),
    forgetIncoming: (keys) => levels.forgetIncoming(keys),
    ...told,
  };
}

interface SweepOptions {
  readonly deps: ImportDeps;
  readonly signal: AbortSignal;
}

function createSweep({ db, config }: WorkerContext, { deps, signal }: SweepOptions) {
  const owner = `${process.pid}-${newId()}`;
  const lossesMax = config.IMPORT_WORKERS_LOST_MAX;
  const running = new Map<string, Promise<void>>();
  /** The import in hand that may kill this process: nothing is to die with it. */
  let suspect: string | undefined;
  let sweeping: Promise<void> | undefined;

  const start = (id: string): void => {
    // A lease that ran out during a long step may be claimed by ourselves: the run that had it goes on, alone.
    if (running.has(id)) return;
    running.set(
      id,
      runImport(deps, { id, owner, signal }).finally(() => running.delete(id)),
    );
  };
  const claim = async (): Promise<void> => {
    if (signal.aborted) return;
    await giveUpImports(deps, { lossesMax });
    if (suspect !== undefined && running.has(suspect)) return;
    const limit = IMPORTS_MAX - running.size;
    if (limit <= 0) return;
    const isIdle = running.size === 0;
    for (const taken of await claimImports(db, { owner, limit, lossesMax, isIdle })) {
      if (taken.is_suspect) suspect = taken.id;
      start(taken.id);
    }
  };
  return {
    /** Claims what is open; calls side by side share one look. */
    now: (): Promise<void> => {
      sweeping ??= claim().finally(() => {
        sweeping = undefined;
      });
      return sweeping;
    },
    drain: async (): Promise<void> => {
      await sweeping?.catch(() => undefined); // reported by whoever asked for it
      await Promise.all(running.values());
    },
  };
}
