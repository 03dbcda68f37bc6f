/** Wake-ups of lanes while Redis gives no answer from the start. */
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { createLaneWakeUps } from "../../../pipelines/intake/index.ts";
import { readConfig } from "../../../platform/config.ts";
import { testBackends } from "../../support/backends.ts";
import { startTcpProxy } from "../../support/tcpProxy.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();
const log = pino({ level: "silent" });

test("a process that started without Redis closes its wake-ups", async () => {
  const backends = testBackends();
  const proxy = await startTcpProxy(Number(new URL(backends.redisUrl).port));
  onTestFinished(() => proxy.close());
  proxy.blackHole();
  const config = readConfig({
    ...backends.env,
    ...own.database.env,
    REDIS_URL: proxy.through(backends.redisUrl),
  });
  const wakeUps = createLaneWakeUps({ config, log });
  wakeUps.wake([1, 2, 3]);
  await expect(wakeUps.close()).resolves.toBeUndefined();
});
