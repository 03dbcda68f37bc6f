/**
 * BullMQ queues. A job is only a pointer to a row in Postgres: losing it costs a sweep's delay, repeating it changes nothing.
 * While Redis is away adding fails quietly (logged, counted); the sweeps in Postgres find the rows.
 */
import { type Job, Queue, type Telemetry, Worker } from "bullmq";
import { BullMQOtel } from "bullmq-otel";
import { Gauge } from "prom-client";
import { toError } from "../domain/errors.ts";
import type { Log } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import { createRedis, type Redis, untilReady } from "./redis.ts";
import { isTracing } from "./tracing.ts";

/** Queues of the platform. */
export type QueueName = "apply" | "imports" | "reports" | "jobs";

/** Adds pointers to one queue; equal ids that wait already are folded into one. */
export interface WakeUps {
  /** Wakes up a worker for each id; never throws, and gives up after some seconds. */
  wake(ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

interface QueueOptions {
  readonly name: QueueName;
  readonly redisUrl: string;
  readonly prefix: string;
  readonly log: Log;
}

/** Opens the adding side of a queue. */
export function createWakeUps(options: QueueOptions): WakeUps {
  const connection = createRedis({
    url: options.redisUrl,
    name: `queue-${options.name}`,
    log: options.log,
    use: "commands",
  });
  const queue = new Queue(options.name, {
    connection,
    prefix: options.prefix,
    ...telemetryOf(options),
  });
  queue.on("error", () => undefined); // logged by the connection
  return {
    wake: async (ids) => {
      if (ids.length === 0) return;
      try {
        // BullMQ would wait for a Redis that was never there for as long as it stays away.
        if (isAway(connection) || !(await untilReady(connection))) throw new Error("Redis is away");
        await addPointers(queue, ids);
      } catch (thrown) {
        const fields = { err: toError(thrown), queue: options.name };
        options.log.warn(fields, "wake-up lost; the sweep will find the work");
      }
    },
    close: async () => {
      // Closing a queue waits for the connection it never had.
      if (connection.status === "ready") await queue.close().catch(() => undefined);
      connection.disconnect();
    },
  };
}

/** True once a connection was lost or refused, until the next one is tried. */
function isAway(connection: Redis): boolean {
  return ["close", "reconnecting", "end"].includes(connection.status);
}

async function addPointers(queue: Queue, ids: readonly string[]): Promise<void> {
  await queue.addBulk(
    ids.map((id) => ({
      name: "wake",
      data: { id },
      opts: {
        deduplication: { id, keepLastIfActive: true },
        removeOnComplete: true,
        removeOnFail: true,
      },
    })),
  );
}

/** A job carries the trace of who added it. Not wake-ups of lanes: one stands for many movements, which carry theirs themselves. */
function telemetryOf({ name }: QueueOptions): { telemetry?: Telemetry } {
  return isTracing() && name !== "apply"
    ? { telemetry: new BullMQOtel({ tracerName: "stockline" }) }
    : {};
}

const QUEUES: readonly QueueName[] = ["apply", "imports", "reports", "jobs"];

/**
 * Shows how many jobs wait or are worked on in each queue, and how long the oldest has waited, looked up when the metrics are read;
 * none while Redis is away.
 */
export function showQueueJobs(
  redis: Redis,
  prefix: string,
  { registry }: Pick<Metrics, "registry">,
): void {
  const queues = QUEUES.map((name) => new Queue(name, { connection: redis, prefix }));
  for (const queue of queues) queue.on("error", () => undefined); // logged by the connection
  const gauge = new Gauge({
    name: "stockline_queue_jobs",
    help: "Jobs in the queues by state (waiting, active).",
    labelNames: ["queue", "state"],
    registers: [],
    async collect() {
      this.reset();
      if (redis.status !== "ready") return;
      for (const queue of queues) {
        const counts = await queue.getJobCounts("waiting", "active").catch(() => ({}));
        for (const [state, jobs] of Object.entries(counts)) {
          this.set({ queue: queue.name, state }, jobs);
        }
      }
    },
  });
  registry.registerMetric(gauge);
  const age = new Gauge({
    name: "stockline_queue_oldest_job_age_seconds",
    help: "How long the oldest waiting job of the queue has waited; 0 where none waits.",
    labelNames: ["queue"],
    registers: [],
    async collect() {
      this.reset();
      if (redis.status !== "ready") return;
      for (const queue of queues) {
        const oldestFirst = true;
        const jobs = await queue.getJobs("waiting", 0, 0, oldestFirst).catch(() => undefined);
        if (jobs === undefined) continue;
        const [oldest] = jobs;
        const seconds = oldest === undefined ? 0 : (Date.now() - oldest.timestamp) / 1_000;
        this.set({ queue: queue.name }, Math.max(0, seconds));
      }
    },
  });
  registry.registerMetric(age);
}

interface QueueWorkerOptions extends QueueOptions {
  readonly concurrency: number;
  /** Called with the id of the row; must be safe to call twice, also side by side. */
  readonly handle: (id: string) => Promise<void>;
}

/** Starts the taking side of a queue; answers its orderly stop. */
export function startQueueWorker(options: QueueWorkerOptions): { stop(): Promise<void> } {
  const connection: Redis = createRedis({
    url: options.redisUrl,
    name: `worker-${options.name}`,
    log: options.log,
    use: "worker",
  });
  const worker = new Worker(
    options.name,
    async (job: Job<{ id: string }>) => options.handle(job.data.id),
    {
      connection,
      prefix: options.prefix,
      concurrency: options.concurrency,
      ...telemetryOf(options),
    },
  );
  worker.on("error", () => undefined); // logged by the connection
  worker.on("failed", (job, error) => {
    options.log.error({ err: error, queue: options.name, id: job?.data.id }, "queue job failed");
  });
  return {
    stop: async () => {
      // Without Redis there is nobody to hand the jobs back to; their rows are found by the sweeps.
      await worker.close(connection.status !== "ready").catch(() => undefined);
      connection.disconnect();
    },
  };
}
