/** The catalogue look-ups: cached, gathered, dropped on every instance when an entry is written. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { laneOfItem } from "../../../domain/lane.ts";
import { type CatalogueLookup, createCatalogueLookup } from "../../../pipelines/catalogue/index.ts";
import { newId } from "../../../platform/clock.ts";
import type { Db } from "../../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let harness: ApiHarness;
let statements = 0;
/** The database, with its statements counted. */
let db: Db;

beforeAll(async () => {
  harness = await createApiHarness();
  const pool = harness.context.db;
  db = {
    query: (query) => {
      statements += 1;
      return pool.query(query);
    },
  };
});
afterAll(() => harness.close());

async function insertItem(sku: string): Promise<string> {
  const id = newId();
  await harness.context.db.query({
    text: "insert into inventory_items (id, sku, name, lane) values ($1, $2, $2, $3)",
    values: [id, sku, laneOfItem(id)],
  });
  return id;
}

async function insertWarehouse(code: string): Promise<void> {
  const text = "insert into warehouses (id, code, name, allow_negative) values ($1, $2, $2, true)";
  await harness.context.db.query({ text, values: [newId(), code] });
}

async function aLookup(): Promise<CatalogueLookup> {
  const { redis, config, metrics } = harness.context;
  const lookup = createCatalogueLookup({ db, redis, redisPrefix: config.REDIS_PREFIX, metrics });
  await waitFor("the subscription", () => lookup.reachable());
  return lookup;
}

describe("catalogue look-ups", () => {
  test("answer items and warehouses by their codes, and nothing for what does not exist", async () => {
    const lookup = await aLookup();
    const id = await insertItem("LOOK-1");
    await insertWarehouse("LOOK-W");
    const item = await lookup.itemBySku("LOOK-1");
    expect(item).toEqual({
      id,
      sku: "LOOK-1",
      lane: laneOfItem(id),
      unit: "each",
      currency: null,
      tracking: "none",
      units: null,
      status: "active",
    });
    const warehouse = await lookup.warehouseByCode("LOOK-W");
    expect(warehouse).toMatchObject({ code: "LOOK-W", allowNegative: true, status: "active" });
    expect(await lookup.itemBySku("look-1")).toBeUndefined();
    expect((await lookup.warehousesByCode(["LOOK-W", "NONE"])).size).toBe(1);
    lookup.close();
  });

  test("misses of one turn share one statement, and hits need none", async () => {
    const lookup = await aLookup();
    const skus = Array.from({ length: 50 }, (_, n) => `GATHER-${n}`);
    await Promise.all(skus.map(insertItem));
    const before = statements;
    await Promise.all([...skus.map((sku) => lookup.itemBySku(sku)), lookup.itemsBySku(skus)]);
    expect(statements - before).toBe(1);
    await lookup.itemsBySku(skus);
    expect(statements - before).toBe(1);
    lookup.close();
  });

  test("what does not exist is asked again", async () => {
    const lookup = await aLookup();
    expect(await lookup.itemBySku("LATER")).toBeUndefined();
    await insertItem("LATER");
    expect(await lookup.itemBySku("LATER")).toBeDefined();
    lookup.close();
  });

  test("a write is seen at once here and soon on every other instance", async () => {
    const [here, there] = await Promise.all([aLookup(), aLookup()]);
    await insertItem("SHARED");
    await Promise.all([here.itemBySku("SHARED"), there.itemBySku("SHARED")]);
    await harness.context.db.query({
      text: "update inventory_items set unit = 'box' where sku = 'SHARED'",
    });
    expect((await there.itemBySku("SHARED"))?.unit).toBe("each");
    await here.announce({ skus: ["SHARED"] });
    expect((await here.itemBySku("SHARED"))?.unit).toBe("box");
    await waitFor("the news", async () => (await there.itemBySku("SHARED"))?.unit === "box");
    here.close();
    there.close();
  });

  test("a read that began before a write is not kept", async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let reads = 0;
    const slow: Db = {
      query: async (query) => {
        reads += 1;
        const result = await db.query<never>(query);
        if (reads === 1) await held;
        return result;
      },
    };
    await insertItem("SLOW");
    const lookup = createCatalogueLookup({ db: slow });
    const first = lookup.itemBySku("SLOW");
    await waitFor("the slow read to begin", () => reads === 1);
    await harness.context.db.query({
      text: "update inventory_items set unit = 'kg' where sku = 'SLOW'",
    });
    await lookup.announce({ skus: ["SLOW"] });
    expect((await lookup.itemBySku("SLOW"))?.unit).toBe("kg");
    release();
    await first;
    expect((await lookup.itemBySku("SLOW"))?.unit).toBe("kg");
    lookup.close();
  });

  test("everything is dropped when the connection to the news is lost", async () => {
    const { redis, config } = harness.context;
    const name = `${config.REDIS_PREFIX}:catalogue`;
    const lookup = await aLookup();
    await insertItem("LOST");
    await lookup.itemBySku("LOST");
    await harness.context.db.query({
      text: "update inventory_items set unit = 'l' where sku = 'LOST'",
    });
    const clients = String(await redis.client("LIST")).split("\n");
    const ids = clients.filter((line) => line.includes(`name=${name} `)).map(idOfClient);
    for (const id of ids) await redis.client("KILL", "ID", id);
    await waitFor("a fresh read", async () => (await lookup.itemBySku("LOST"))?.unit === "l");
    await waitFor("the next subscription", () => lookup.reachable());
    lookup.close();
  });
});

function idOfClient(line: string): string {
  return /^id=(\d+)/.exec(line)?.[1] ?? "";
}
