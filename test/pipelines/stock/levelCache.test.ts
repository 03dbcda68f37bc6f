/** The level cache against a real Redis: versions, tombstones, leases, and life without Redis. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createLevelCache,
  type LevelCache,
  type LevelKey,
} from "../../../pipelines/stock/index.ts";
import { EMPTY_LEVEL, levelKeyText, type StockLevel } from "../../../pipelines/stock/stockLevel.ts";
import { newId } from "../../../platform/clock.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let harness: ApiHarness;
let cache: LevelCache;

beforeAll(async () => {
  harness = await createApiHarness();
  const { redis, config, metrics } = harness.context;
  cache = createLevelCache(redis, config.REDIS_PREFIX, metrics);
});
afterAll(() => harness.close());

/** The cached level of one key, and the lease to put it under. */
async function look(key: LevelKey, from = cache) {
  return (await from.get([key])).get(levelKeyText(key)) ?? { level: undefined, lease: "away" };
}

const aKey = () => ({ itemId: newId(), warehouseId: newId() });
const aLevel = (version: number): StockLevel => ({
  ...EMPTY_LEVEL,
  onHand: String(version),
  version,
});

describe("the level cache", () => {
  test("serves what was put after a miss", async () => {
    const key = aKey();
    const { level, lease } = await look(key);
    expect(level).toBeUndefined();
    await cache.put([{ key: key, level: aLevel(3), lease: lease }]);
    expect((await look(key)).level).toEqual(aLevel(3));
  });

  test("a put with a lower version never wins", async () => {
    const key = aKey();
    const { lease } = await look(key);
    await cache.put([{ key: key, level: aLevel(9), lease: lease }]);
    await cache.put([{ key: key, level: aLevel(8), lease: lease }]);
    expect((await look(key)).level?.version).toBe(9);
  });

  test("an invalidation drops the entry and keeps out slower readers of older versions", async () => {
    const key = aKey();
    const { lease } = await look(key);
    await cache.put([{ key: key, level: aLevel(1), lease: lease }]);
    await cache.invalidate([{ ...key, version: 2 }]);
    expect((await look(key)).level).toBeUndefined();
    await cache.put([{ key: key, level: aLevel(1), lease: lease }]);
    expect((await look(key)).level).toBeUndefined();
    await cache.put([{ key: key, level: aLevel(2), lease: lease }]);
    expect((await look(key)).level?.version).toBe(2);
  });

  test("versions are compared as numbers, past one script call", async () => {
    const keys = Array.from({ length: 1_203 }, aKey);
    const last = keys.at(-1) ?? aKey();
    await cache.invalidate(keys.map((key) => ({ ...key, version: 10 })));
    const { lease } = await look(last);
    await cache.put([{ key: last, level: aLevel(9), lease: lease }]);
    expect((await look(last)).level).toBeUndefined();
    await cache.put([{ key: last, level: aLevel(11), lease: lease }]);
    expect((await look(last)).level?.version).toBe(11);
  });

  test("a purchase order write makes entries unserved, also one that is put late", async () => {
    const key = aKey();
    const { lease } = await look(key);
    await cache.put([{ key: key, level: aLevel(1), lease: lease }]);
    await cache.forgetIncoming([key]);
    expect((await look(key)).level).toBeUndefined();
    await cache.put([{ key: key, level: aLevel(1), lease: lease }]);
    expect((await look(key)).level).toBeUndefined();
    const again = await look(key);
    await cache.put([{ key: key, level: aLevel(1), lease: again.lease }]);
    expect((await look(key)).level?.version).toBe(1);
  });

  test("entries end by themselves", async () => {
    const key = aKey();
    const { redis, config } = harness.context;
    await cache.put([{ key: key, level: aLevel(1), lease: (await look(key)).lease }]);
    const left = await redis.pttl(`${config.REDIS_PREFIX}:level:${key.itemId}:${key.warehouseId}`);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(30_000);
  });

  test("without Redis everything is a miss and nothing throws", async () => {
    const { config, metrics, redis } = harness.context;
    const away = redis.duplicate({ port: 1, host: "127.0.0.1", retryStrategy: () => null });
    away.on("error", () => undefined);
    const offline = createLevelCache(away, config.REDIS_PREFIX, metrics);
    const key = aKey();
    expect(await offline.get([key])).toEqual(new Map());
    await offline.put([{ key, level: aLevel(1), lease: "" }]);
    await offline.invalidate([{ ...key, version: 2 }]);
    await offline.forgetIncoming([key]);
    away.disconnect();
  });
});
