/** The jobs process: ticks the schedule and runs what is due. Run as many as availability calls for: each slot runs once. */
import { watchFigures } from "../pipelines/figures/index.ts";
import { watchLogLevel } from "../pipelines/logLevels/index.ts";
import { DECLARED_JOBS, JobRunner } from "../pipelines/schedule/index.ts";
import { createContext, readConfigOrExit, refuseEvictingRedis } from "../platform/context.ts";
import { startProbe } from "../platform/httpProbe.ts";
import { stopOnSignals } from "../platform/lifecycle.ts";
import { createWakeUps, showQueueJobs, startQueueWorker } from "../platform/queues.ts";
import { startTracing } from "../platform/startTracing.ts";
import { createJobRegistry } from "./jobRegistry.ts";
import { startScheduler } from "./scheduler.ts";

const config = await readConfigOrExit();
const tracing = await startTracing(config, "jobs");
const context = createContext("jobs", config);
const { db, log, metrics, lifecycle } = context;
lifecycle.onStop("traces", () => tracing?.stop());
const functions = createJobRegistry(context);
await refuseEvictingRedis(context);
stopOnSignals(lifecycle, log, config.SHUTDOWN_GRACE_SECONDS);
const logLevel = watchLogLevel("jobs", context);
lifecycle.onStop("log level", () => logLevel.stop());

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
const figures = watchFigures(context);
lifecycle.onStop("figures", () => figures.stop());
showQueueJobs(context.redis, config.REDIS_PREFIX, metrics);
runner.startSweep();
const scheduler = startScheduler({ db, log, wakeUps });
lifecycle.onStop("scheduler", () => scheduler.stop());
log.info("jobs ready");
