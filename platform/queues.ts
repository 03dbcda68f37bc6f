/**
 * BullMQ queues. A job is only a pointer to a row in Postgres: losing it costs a sweep's delay, repeating it changes nothing.
 * While Redis is away adding fails quietly (logged, counted); the sweeps in Postgres find the rows.
 */
import { type Job, Queue, Worker } from "bullmq";
import { toError } from "../domain/errors.ts";
import type { Log } from "./log.ts";
import { createRedis, type Redis, untilReady } from "./redis.ts";

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
  const queue = new Queue(options.name, { connection, prefix: options.prefix });
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
    { connection, prefix: options.prefix, concurrency: options.concurrency },
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
