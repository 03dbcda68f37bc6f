/** The report worker: writes reports on wake-ups from the queue and by a sweep each second that needs no queue; tells webhooks. */
import { announceEvents } from "../pipelines/events/index.ts";
import { deliverReport, exportReport } from "../pipelines/export/index.ts";
import { newId } from "../platform/clock.ts";
import type { Context } from "../platform/context.ts";
import { startQueueWorker } from "../platform/queues.ts";
import { repeat } from "../platform/repeat.ts";
import { createWebhookClient } from "../platform/webhookRequest.ts";

/** What Redis forgot, and what a dead worker left behind, is found within this time. */
const SWEEP_MS = 1_000;
/** Exports that a process runs side by side, besides the sweep's one; each holds a connection and some 30 MiB. */
const EXPORTS_AT_ONCE = 2;

type ExportContext = Pick<
  Context,
  "config" | "db" | "reads" | "redis" | "storage" | "log" | "metrics"
>;

/** Starts exporting; stop() gives reports under way back to the queue. */
export function startExportReportWorker(context: ExportContext): { stop(): Promise<void> } {
  const { config, db, reads, redis, storage, log, metrics } = context;
  const stopping = new AbortController();
  const owner = `${process.pid}-${newId()}`;
  const deps = { db, reads, storage, log, metrics, owner, stopping: stopping.signal };
  const take = async (id: string | null): Promise<boolean> => {
    const outcome = await exportReport(deps, id);
    if (outcome === "completed") await announceEvents(redis, config.REDIS_PREFIX);
    return outcome !== "none";
  };
  const queue = startQueueWorker({
    name: "reports",
    redisUrl: config.REDIS_URL,
    prefix: config.REDIS_PREFIX,
    log,
    concurrency: EXPORTS_AT_ONCE,
    handle: async (id) => {
      await take(id);
    },
  });
  const sweep = repeat({
    everyMs: SWEEP_MS,
    what: "report sweep",
    log,
    run: async () => {
      while (await take(null));
    },
  });
  const webhooks = createWebhookClient({ privateAllowed: config.WEBHOOK_PRIVATE_ALLOWED });
  const signingKey = config.WEBHOOK_SIGNING_KEY;
  const deliveries = repeat({
    everyMs: SWEEP_MS,
    what: "report deliveries",
    log,
    run: async () => {
      while (!stopping.signal.aborted && (await deliverReport({ ...deps, webhooks, signingKey })));
    },
  });
  return {
    stop: async () => {
      stopping.abort(new Error("the worker stops"));
      await sweep.stop();
      await queue.stop();
      await deliveries.stop();
      webhooks.close();
    },
  };
}
