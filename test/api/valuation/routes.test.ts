/** Valuations over HTTP: both methods, layers, totals, staleness, and the limits of tokens. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stockRoutes } from "../../../api/stock/routes.ts";
import { valuationRoutes } from "../../../api/valuation/routes.ts";
import { createCatalogueLookup } from "../../../pipelines/catalogue/index.ts";
import { createLevelCache, createLevelReader } from "../../../pipelines/stock/index.ts";
import type { Context } from "../../../platform/context.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { createValuationStage } from "../../support/valuationStage.ts";

describe("/v1/stock/{sku}/valuation", () => {
  let api: ApiHarness;
  let stage: Awaited<ReturnType<typeof createValuationStage>>;
  let item: SeededItem;

  const routesOf = ({ db, redis, config, metrics, log, lifecycle }: Context) => {
    const redisPrefix = config.REDIS_PREFIX;
    const catalogue = createCatalogueLookup({ db, redis, redisPrefix, metrics, log });
    lifecycle.onStop("catalogue lookup", () => catalogue.close());
    const cache = createLevelCache(redis, redisPrefix, metrics);
    const deps = { db, catalogue, levels: createLevelReader({ db, cache, metrics }) };
    return [...valuationRoutes(deps), ...stockRoutes(deps)];
  };

  beforeAll(async () => {
    api = await createApiHarness({ routes: routesOf });
    stage = await createValuationStage(api.context.db);
    item = await stage.item("BOLT");
    await stage.item("IDLE");
    await stage.post(item, [
      { type: "receipt", quantity: "2000", cost: "4", on: "2026-03-02T00:00:00Z" },
      { type: "receipt", quantity: "6000", cost: "4.4", on: "2026-03-15T00:00:00Z" },
      { type: "issue", quantity: "4000", on: "2026-03-19T00:00:00Z" },
      { type: "receipt", quantity: "2000", cost: "4.75", on: "2026-03-30T00:00:00Z" },
      { type: "receipt", quantity: "3", cost: "1", at: "B" },
      { type: "transfer", quantity: "1", at: "B", to: "C", inTransit: true },
    ]);
  });
  afterAll(() => api.close());

  const read = async (path: string, warehouses?: string[]) =>
    (await api.request("GET", `/v1/stock/${path}`, warehouses === undefined ? {} : { warehouses }))
      .body;

  test("before the first valuation answers zeros at version 0, not current", async () => {
    expect(await read("BOLT/A/valuation")).toEqual({
      sku: "BOLT",
      warehouse: "A",
      method: "moving_average",
      currency: "EUR",
      quantity: "0",
      unit_cost: null,
      value: "0",
      in_transit: { quantity: "0", value: "0" },
      as_of: null,
      valued_version: 0,
      version: 4,
      current: false,
    });
    await stage.value();
  });

  test("answers the moving average, with the version that it is true for", async () => {
    const body = await read("BOLT/A/valuation");
    expect(body).toMatchObject({ quantity: "6000", unit_cost: "4.45", value: "26700" });
    expect(body).toMatchObject({ valued_version: 4, version: 4, current: true });
    expect(body.as_of).toMatch(/^\d{4}-.*Z$/);
    expect(body.layers).toBeUndefined();
  });

  test("answers FIFO with its layers, what goes out first standing first", async () => {
    expect(await read("BOLT/A/valuation?method=fifo")).toMatchObject({
      method: "fifo",
      unit_cost: "4.516667",
      value: "27100",
      layer_count: 2,
      layers: [
        {
          quantity: "4000",
          unit_cost: "4.4",
          value: "17600",
          since: "2026-03-15T00:00:00.000000Z",
        },
        {
          quantity: "2000",
          unit_cost: "4.75",
          value: "9500",
          since: "2026-03-30T00:00:00.000000Z",
        },
      ],
    });
  });

  test("answers an item's warehouses with totals, also of what is on its way", async () => {
    const body = await read("BOLT/valuation?method=fifo");
    expect(body.warehouses.map((one: { warehouse: string }) => one.warehouse)).toEqual([
      "A",
      "B",
      "C",
    ]);
    expect(body).toMatchObject({
      sku: "BOLT",
      currency: "EUR",
      current: true,
      totals: { quantity: "6002", value: "27102", in_transit: { quantity: "1", value: "1" } },
    });
    expect(body.warehouses[2]).toMatchObject({ quantity: "0", in_transit: { value: "1" } });
  });

  test("is not current once the level has moved on, and keeps its figures", async () => {
    await stage.post(item, [{ type: "issue", quantity: "1", at: "A" }]);
    expect(await read("BOLT/A/valuation")).toMatchObject({
      valued_version: 4,
      version: 5,
      current: false,
      value: "26700",
    });
    expect(await read("BOLT/valuation")).toMatchObject({ current: false });
  });

  test("answers zeros where nothing ever moved", async () => {
    expect(await read("IDLE/A/valuation?method=fifo")).toMatchObject({
      warehouse: "A",
      quantity: "0",
      unit_cost: null,
      value: "0",
      layers: [],
      layer_count: 0,
      version: 0,
      current: true,
    });
    expect(await read("IDLE/valuation")).toMatchObject({ warehouses: [], totals: { value: "0" } });
  });

  test("a limited token sees its warehouses, and totals of these", async () => {
    expect(await read("BOLT/valuation", ["B"])).toMatchObject({
      warehouses: [{ warehouse: "B" }],
      totals: { quantity: "2", value: "2" },
    });
    const path = "/v1/stock/BOLT/A/valuation";
    expect((await api.request("GET", path, { warehouses: ["B"] })).status).toBe(404);
  });

  test("unknown SKUs, warehouses and methods are named", async () => {
    expect((await api.request("GET", "/v1/stock/NONE/valuation")).status).toBe(404);
    expect((await api.request("GET", "/v1/stock/BOLT/NONE/valuation")).status).toBe(404);
    const lifo = await api.request("GET", "/v1/stock/BOLT/valuation?method=lifo");
    expect(lifo.status).toBe(422);
    expect((await api.request("GET", "/v1/stock/BOLT/valuation", { role: "none" })).status).toBe(
      401,
    );
  });
});
