/** The jobs process: ticks the schedule and runs what is due. Run as many as availability calls for: each slot runs once. */
import { DECLARED_JOBS, JobRunner } from "../pipelines/schedule/index.ts";
import { createContext, readConfigOrExit, refuseEvictingRedis } from "../platform/context.ts";
import { startProbe } from "../platform/httpProbe.ts";
import { stopOnSignals } from "../platform/lifecycle.ts";
import { createWakeUps, startQueueWorker } from "../platform/queues.ts";
import { createJobRegistry } from "./jobRegistry.ts";
import { startScheduler } from "./scheduler.ts";

const config = readConfigOrExit();
const context = createContext("jobs", config);
const { db, log, metrics, lifecycle } = context;
const functions = createJobRegistry(context);
await refuseEvictingRedis(context);
stopOnSignals(lifecycle, log, config.SHUTDOWN_GRACE_SECONDS);

const probe = await startProbe({ host: config.HOST, port: config.PORT, metrics });
lifecycle.onStop("probe", () => {
  probe.close();
});
const queue = {
  name: "jobs",
  redisUrl: config.REDIS_URL,
  prefix: config.REDIS_PREFIX,
  log,
} as const;
const wakeUps = createWakeUps(queue);
lifecycle.onStop("wake-ups", () => wakeUps.close());
const runner = new JobRunner({ db, log, metrics, functions });
const worker = startQueueWorker({
  ...queue,
  concurrency: DECLARED_JOBS.length,
  handle: (id) => runner.run(id),
});
// The runner stops first: it gives running work back, which the queue worker waits for.
lifecycle.onStop("queue worker", () => worker.stop());
lifecycle.onStop("runner", () => runner.stop());
runner.startSweep();
const scheduler = startScheduler({ db, log, wakeUps });
lifecycle.onStop("scheduler", () => scheduler.stop());
log.info("jobs ready");
