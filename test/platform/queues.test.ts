/** Queues whose Redis is away, from the start or for a while. */
import { randomBytes } from "node:crypto";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createWakeUps, startQueueWorker } from "../../platform/queues.ts";
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
