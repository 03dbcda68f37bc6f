/** The level reader between a real Redis and a real PostgreSQL: races of readers with writers, and life without Redis. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createLevelCache,
  createLevelReader,
  type LevelKey,
} from "../../../pipelines/stock/index.ts";
import type { Db } from "../../../platform/postgres.ts";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let api: CatalogueHarness;
let warehouseId: string;

beforeAll(async () => {
  api = await createCatalogueHarness();
  warehouseId = (await api.create("/v1/warehouses", { code: "W", name: "W" })).id;
});
afterAll(() => api.close());

async function aLevel(sku: string): Promise<LevelKey> {
  const { id } = await api.create("/v1/items", { sku, name: sku });
  const key = { itemId: id, warehouseId };
  await api.enter({ ...key, quantity: 1 });
  return key;
}

/** The database, with its statements counted and, where asked, the first answer held back. */
function aDatabase(heldBack = Promise.resolve()) {
  const seen = { statements: 0 };
  const db: Db = {
    query: async (query) => {
      seen.statements += 1;
      const first = seen.statements === 1;
      const result = await api.context.db.query<never>(query);
      if (first) await heldBack;
      return result;
    },
  };
  return { db, seen };
}

function aReader(db: Db) {
  const { redis, config, metrics } = api.context;
  const cache = createLevelCache(redis, config.REDIS_PREFIX, metrics);
  return createLevelReader({ db, cache, metrics });
}

/** A promise and what ends it. */
function aGate(): { readonly closed: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const closed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { closed, open: () => open() };
}

describe("the level reader", () => {
  test("fills a miss once however many ask, and asks nothing for hits", async () => {
    const key = await aLevel("ONCE");
    const { db, seen } = aDatabase();
    const reader = aReader(db);
    await Promise.all(Array.from({ length: 200 }, () => reader.read(key)));
    expect(seen.statements).toBe(1);
    await reader.read(key);
    expect(seen.statements).toBe(1);
  });

  test("a slow reader never puts back what a commit has replaced", async () => {
    const key = await aLevel("SLOW");
    const gate = aGate();
    const { db, seen } = aDatabase(gate.closed);
    const slow = aReader(db);
    const old = slow.read(key);
    await waitFor("the slow statement", () => seen.statements === 1);
    await api.enter({ ...key, quantity: 1 });
    gate.open();
    expect((await old).version).toBe(1);
    expect((await aReader(api.context.db).read(key)).version).toBe(2);
  });

  test("a slow reader never puts back what was on order before an order was written", async () => {
    const key = await aLevel("ORDERED");
    const gate = aGate();
    const { db, seen } = aDatabase(gate.closed);
    const old = aReader(db).read(key);
    await waitFor("the slow statement", () => seen.statements === 1);
    await api.cache.forgetIncoming([key]);
    gate.open();
    await old;
    const next = aDatabase();
    await aReader(next.db).read(key);
    expect(next.seen.statements).toBe(1);
  });

  test("a fresh read joins no read that began before it", async () => {
    const key = await aLevel("FRESH");
    const gate = aGate();
    const { db, seen } = aDatabase(gate.closed);
    const reader = aReader(db);
    const old = reader.read(key);
    await waitFor("the slow statement", () => seen.statements === 1);
    await api.enter({ ...key, quantity: 1 });
    expect((await reader.read(key, { fresh: true })).version).toBe(2);
    gate.open();
    await old;
  });

  test("answers from PostgreSQL while Redis is away", async () => {
    const key = await aLevel("AWAY");
    const { redis, config, metrics } = api.context;
    const away = redis.duplicate({ port: 1, host: "127.0.0.1", retryStrategy: () => null });
    away.on("error", () => undefined);
    const cache = createLevelCache(away, config.REDIS_PREFIX, metrics);
    const reader = createLevelReader({ db: api.context.db, cache, metrics });
    for (let n = 1; n <= 3; n += 1) {
      expect((await reader.read(key, { minVersion: n })).version).toBe(n);
      await api.enter({ ...key, quantity: 1 });
    }
    away.disconnect();
  });

  test("a database that fails is an error for every reader, not an empty level", async () => {
    const key = await aLevel("FAILS");
    const failing: Db = { query: () => Promise.reject(new Error("gone")) };
    const reader = aReader(failing);
    const reads = [reader.read(key), reader.read(key)];
    for (const read of reads) await expect(read).rejects.toThrow("gone");
  });
});
