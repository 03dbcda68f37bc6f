/** Redis forgets, dies, fills up and comes back with old data: nothing is lost or done twice, the sweep in PostgreSQL carries on. */
import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect } from "vitest";
import { startRedis } from "../../local/redis.ts";
import { fault } from "../support/faultRun.ts";
import { waitFor } from "../support/waitFor.ts";
import { type Stage, withStage } from "./stage.ts";

const OWN_REDIS = { ownRedis: true, processes: ["api", "workers"] } as const;

function redisOf(stage: Stage): { url: string; pid: number; port: number; client: () => Redis } {
  const { redis } = stage;
  if (redis === undefined) throw new Error("the stage has no Redis of its own");
  const url = redis.env["REDIS_URL"] ?? "";
  const client = () => new Redis(url, { retryStrategy: () => null });
  return { url, pid: redis.pid, port: redis.port, client };
}

/** Starts a Redis again where the stage's own was. */
async function restartRedis(stage: Stage): Promise<void> {
  const { port } = redisOf(stage);
  const again = await startRedis({ home: stage.home, port, log: () => undefined });
  stage.onStop(() => again.stop());
}

fault(["F10", "Redis forgets everything in mid-run"], async (run) =>
  withStage(OWN_REDIS, async (stage) => {
    const client = redisOf(stage).client();
    const load = await stage.startLoad(run);
    for (let flushes = 0; flushes < run.times(10); flushes += 1) {
      const before = load.acked.size;
      await waitFor("more load", () => load.acked.size > before + run.random.between(20, 80));
      await client.flushall();
      run.count("flushes");
    }
    await load.stop();
    client.disconnect();
    run.count("movements", load.acked.size);
    expect(load.retries, "requests that were not accepted at once").toBe(0);
    await stage.expectSound(load);
  }),
);

fault(["F11", "Redis is away, and comes back"], async (run) =>
  withStage(OWN_REDIS, async (stage) => {
    const load = await stage.startLoad(run);
    for (let outages = 0; outages < run.times(1); outages += 1) {
      await stage.redis?.stop();
      run.count("outages");
      const [acked, decided] = [load.acked.size, await stage.decided()];
      await waitFor(
        "work without Redis",
        async () => {
          const isApplied = (await stage.decided()) > decided + 200;
          return isApplied && load.acked.size > acked + 200;
        },
        { timeoutMs: 40_000 },
      );
      await restartRedis(stage);
    }
    const after = load.acked.size;
    await waitFor("load after Redis is back", () => load.acked.size > after + 100);
    await load.stop();
    run.count("movements", load.acked.size);
    expect(load.retries, "requests that were not accepted at once").toBe(0);
    await stage.expectSound(load);
  }),
);

fault(["F12", "Redis is full, and one that evicts is refused"], async (run) =>
  withStage(OWN_REDIS, async (stage) => {
    const client = redisOf(stage).client();
    await client.config("SET", "maxmemory", "1");
    const load = await stage.startLoad(run);
    await waitFor("load with a full Redis", () => load.acked.size > run.times(300), {
      timeoutMs: 60_000,
    });
    await load.stop();
    await expect(client.set("anything", "more")).rejects.toThrow("OOM");
    expect(load.retries, "requests that were not accepted at once").toBe(0);
    await stage.expectSound(load);
    run.count("movements", load.acked.size);
    await client.config("SET", "maxmemory-policy", "allkeys-lru");
    await expect(stage.instance.start("workers")).rejects.toThrow("expected noeviction");
    client.disconnect();
  }),
);

fault(["F13", "Redis comes back with the data of some time ago"], async (run) =>
  withStage(OWN_REDIS, async (stage) => {
    const data = join(stage.home, "redis");
    const old = join(stage.home, "redis-before");
    const load = await stage.startLoad(run);
    await waitFor("work", () => load.acked.size > 100);
    cpSync(data, old, { recursive: true });
    await waitFor("work that the copy does not know", () => load.acked.size > 300);
    process.kill(redisOf(stage).pid, "SIGKILL");
    await stage.redis?.exited;
    rmSync(data, { recursive: true });
    cpSync(old, data, { recursive: true });
    await restartRedis(stage);
    run.count("failovers");
    const after = load.acked.size;
    await waitFor("load after the failover", () => load.acked.size > after + 100);
    await load.stop();
    run.count("movements", load.acked.size);
    await stage.expectSound(load);
  }),
);

fault(
  ["F14", "wake-ups are swallowed by deduplication keys and job hashes left behind"],
  async (run) =>
    withStage(OWN_REDIS, async (stage) => {
      const client = redisOf(stage).client();
      const queue = `${stage.instance.env["REDIS_PREFIX"]}:apply`;
      const lanes = ["all", ...Array.from({ length: 256 }, (_, lane) => String(lane))];
      // A job that is in no list of the queue, and a key that says a wake-up of that id waits already.
      for (const id of lanes) {
        await client.hset(`${queue}:gone-${id}`, { name: "wake", data: JSON.stringify({ id }) });
        await client.set(`${queue}:de:${id}`, `gone-${id}`);
      }
      const load = await stage.startLoad(run);
      await waitFor("load", () => load.acked.size > run.times(300), { timeoutMs: 60_000 });
      await load.stop();
      run.count("movements", load.acked.size);
      const woken = await client.xrange(`${queue}:events`, "-", "+");
      const kinds = new Set(woken.map(([, fields]) => fields[fields.indexOf("event") + 1]));
      expect([...kinds], "what became of wake-ups").toEqual(["deduplicated"]);
      client.disconnect();
      await stage.expectSound(load);
    }),
);
