/** Queues whose Redis is away, from the start or for a while. */
import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createMetrics } from "../../platform/metrics.ts";
import { createWakeUps, showQueueJobs, startQueueWorker } from "../../platform/queues.ts";
import { createRedis } from "../../platform/redis.ts";
import { testBackends } from "../support/backends.ts";
import { startTcpProxy } from "../support/tcpProxy.ts";
import { waitFor } from "../support/waitFor.ts";

const log = pino({ level: "silent" });

test("wake-ups are lost while Redis is away from the start, and arrive once it is there", async () => {
  const { redisUrl } = testBackends();
  const proxy = await startTcpProxy(Number(new URL(redisUrl).port));
  proxy.blackHole();
  const queue = { name: "jobs", prefix: `test-${randomBytes(6).toString("hex")}`, log } as const;
  const wakeUps = createWakeUps({ ...queue, redisUrl: proxy.through(redisUrl) });
  const woken: string[] = [];
  const worker = startQueueWorker({
    ...queue,
    redisUrl,
    concurrency: 1,
    handle: async (id) => {
      woken.push(id);
    },
  });
  onTestFinished(async () => {
    await wakeUps.close();
    await worker.stop();
    await proxy.close();
  });
  await wakeUps.wake(["lost"]);
  proxy.heal();
  proxy.reset();
  await waitFor("a wake-up to arrive", async () => {
    await wakeUps.wake(["found"]);
    return woken.length > 0;
  });
  expect(woken).not.toContain("lost");
});

test("the age of the oldest job that waits is shown, and none where none waits", async () => {
  const { redisUrl } = testBackends();
  const prefix = `test-${randomBytes(6).toString("hex")}`;
  const wakeUps = createWakeUps({ name: "reports", prefix, log, redisUrl });
  const redis = createRedis({ url: redisUrl, name: "test", log, use: "commands" });
  onTestFinished(async () => {
    await wakeUps.close();
    redis.disconnect();
  });
  const metrics = createMetrics("test");
  showQueueJobs(redis, prefix, metrics);
  await wakeUps.wake(["first"]);
  const ageOf = async (queue: string): Promise<number> => {
    const text = await metrics.registry.metrics();
    const form = new RegExp(
      `stockline_queue_oldest_job_age_seconds\\{[^}]*queue="${queue}"[^}]*\\} (\\S+)`,
    );
    return Number(form.exec(text)?.[1]);
  };
  await waitFor("the first to be old", async () => (await ageOf("reports")) >= 0.3);
  await wakeUps.wake(["second"]);
  expect(await ageOf("reports")).toBeGreaterThanOrEqual(0.3);
  expect(await ageOf("imports")).toBe(0);
});
