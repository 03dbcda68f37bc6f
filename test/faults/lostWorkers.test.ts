/**
 * Processes and Redis are lost while movements flow: workers die by SIGKILL in mid-batch, Redis forgets everything and then
 * dies. What was accepted is applied or rejected exactly once, and what was not accepted is safe to send again.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalBackend } from "../../local/localBackend.ts";
import { startRedis } from "../../local/redis.ts";
import { newId } from "../../platform/clock.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../support/catalogue.ts";
import { type Instance, startInstance } from "../support/instance.ts";
import { expectSoundLedger } from "../support/invariants.ts";
import { waitFor } from "../support/waitFor.ts";

const SKUS = Array.from({ length: 40 }, (_, n) => `KILL-${n}`);
const CLIENTS = 8;

let home: string;
let redis: LocalBackend;
let instance: Instance;
let db: DbPool;
let headers: Record<string, string>;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "stockline-faults-"));
  redis = await startRedis({ home, log: () => undefined });
  // Small batches, so that a kill nearly always meets an open transaction.
  instance = await startInstance({
    processes: ["api"],
    env: { ...redis.env, APPLY_BATCH_ROWS_MAX: "20", APPLY_CONCURRENCY: "4" },
  });
  db = createPool({
    url: instance.database.writerUrl,
    applicationName: "test",
    max: 4,
    role: "stockline_writer",
  });
  await seedItems(db, SKUS);
  await seedWarehouses(db, ["MAIN"]);
  headers = {
    authorization: `Bearer ${await instance.token("operator")}`,
    "content-type": "application/json",
  };
});
afterAll(async () => {
  await db.end();
  await instance.stop();
  await redis.stop();
});

interface Load {
  /** Ids that got a 202, in all. */
  readonly acked: Set<string>;
  readonly failures: string[];
  /** Ends the load; answers when the last request was answered. */
  stop(): Promise<void>;
}

/** Movements that may wait to be decided; the load pauses past it, so that a slow machine has no hour of work left at the end. */
const BACKLOG_MAX = 500;

/** Clients that post movements one request after another until stopped; a request without an answer is sent again with its id. */
function startLoad(): Load {
  let running = true;
  let decidedBefore: Promise<number> | undefined;
  const hasRoom = async () => {
    decidedBefore ??= decidedAmong(acked).finally(() => {
      decidedBefore = undefined;
    });
    return !running || acked.size - (await decidedBefore) < BACKLOG_MAX;
  };
  const acked = new Set<string>();
  const failures: string[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let n = 0; running; n += 1) {
      if (n % 10 === 0) await waitFor("room in the backlog", hasRoom, { timeoutMs: 30_000 });
      const id = newId();
      const sku = SKUS[(client * 7 + n) % SKUS.length];
      const type = n % 3 === 2 ? "issue" : "receipt";
      await waitFor(`a 202 for ${id}`, async () => {
        const response = await fetch(`${instance.url}/v1/movements`, {
          method: "POST",
          headers,
          body: JSON.stringify({ id, type, sku, warehouse: "MAIN", quantity: 1 + (n % 4) }),
        });
        if (response.status === 202) return true;
        failures.push(`${response.status} ${await response.text()}`);
        return false;
      });
      acked.add(id);
    }
  });
  return {
    acked,
    failures,
    stop: async () => {
      running = false;
      await Promise.all(clients);
    },
  };
}

async function decidedAmong(ids: ReadonlySet<string>): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    "select count(*) as n from movement_outcomes where id = any($1)",
    [[...ids]],
  );
  return rows[0]?.n ?? 0;
}

async function decidedInAll(): Promise<number> {
  const { rows } = await db.query<{ n: number }>("select count(*) as n from movement_outcomes");
  return rows[0]?.n ?? 0;
}

async function expectEachDecidedOnce(acked: ReadonlySet<string>): Promise<void> {
  await waitFor(
    "every accepted movement to be decided",
    async () => (await decidedAmong(acked)) === acked.size,
    { timeoutMs: 20_000 },
  );
  expect(await decidedInAll()).toBe((await db.query("select from movement_inbox")).rowCount);
  await expectSoundLedger(db);
}

test("workers that are killed in mid-batch lose nothing and double nothing", async () => {
  let worker = await instance.start("workers");
  const load = startLoad();
  for (let kills = 0; kills < 12; kills += 1) {
    const before = await decidedInAll();
    await waitFor(
      "the worker to be in the middle of its work",
      async () => (await decidedInAll()) > before + 30,
    );
    const [next] = await Promise.all([instance.start("workers"), worker.kill()]);
    worker = next;
  }
  await load.stop();
  expect(load.failures).toEqual([]);
  expect(load.acked.size).toBeGreaterThan(360);
  await expectEachDecidedOnce(load.acked);
  await worker.stop();
}, 120_000);

test("Redis may forget everything in the middle of a run", async () => {
  const worker = await instance.start("workers");
  const client = new Redis(redis.env["REDIS_URL"] ?? "");
  const load = startLoad();
  for (let flushes = 0; flushes < 10; flushes += 1) {
    const before = load.acked.size;
    await waitFor("more load", () => load.acked.size > before + 50);
    await client.flushall();
  }
  await load.stop();
  client.disconnect();
  expect(load.failures).toEqual([]);
  await expectEachDecidedOnce(load.acked);
  await worker.stop();
}, 120_000);

test("without Redis movements are still accepted, and still applied by the sweep", async () => {
  const worker = await instance.start("workers");
  await redis.stop();
  const load = startLoad();
  await waitFor("load without Redis", () => load.acked.size > 200, { timeoutMs: 30_000 });
  await load.stop();
  expect(load.failures).toEqual([]);
  await expectEachDecidedOnce(load.acked);
  await worker.stop();
}, 120_000);
