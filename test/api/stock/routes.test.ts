/** /v1/stock over the whole application: levels, low stock, the past, the ledger, and reads that never lie about age. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";

let api: CatalogueHarness;
const warehouses = new Map<string, string>();

beforeAll(async () => {
  api = await createCatalogueHarness();
  for (const code of ["W1", "W2", "W3"]) {
    warehouses.set(code, (await api.create("/v1/warehouses", { code, name: code })).id);
  }
});
afterAll(() => api.close());

const idOf = (code: string) => warehouses.get(code) ?? "";
const anItem = async (sku: string): Promise<string> =>
  (await api.create("/v1/items", { sku, name: sku })).id;
const get = (path: string, headers: Record<string, string> = {}) =>
  api.request("GET", path, { role: "viewer", headers });

/** Changes a level behind the cache's back. */
async function changeUnseen(itemId: string, onHand: number): Promise<void> {
  await api.context.db.query(
    "update stock_levels set on_hand = $2, version = version + 1 where item_id = $1",
    [itemId, onHand],
  );
}

async function order(
  itemId: string,
  given: { warehouse: string; quantity: number; received?: number; status: string },
): Promise<string> {
  const { db } = api.context;
  const [supplier, id] = [newId(), newId()];
  await db.query("insert into suppliers (id, code, name) values ($1, $2, 's')", [
    supplier,
    supplier,
  ]);
  await db.query(
    `insert into purchase_orders (id, supplier_id, warehouse_id, status, created_by)
     values ($1, $2, $3, $4, 'test')`,
    [id, supplier, idOf(given.warehouse), given.status],
  );
  await db.query(
    `insert into purchase_order_lines (id, purchase_order_id, line_number, item_id, quantity, received_quantity)
     values ($1, $2, 1, $3, $4, $5)`,
    [newId(), id, itemId, given.quantity, given.received ?? 0],
  );
  return id;
}

describe("a stock level", () => {
  test("is zeros where the item never moved, and 404 where a code is unknown", async () => {
    await anItem("NEW");
    const answer = await get("/v1/stock/NEW/W1");
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      sku: "NEW",
      warehouse: "W1",
      on_hand: "0",
      reserved: "0",
      unavailable: "0",
      available: "0",
      incoming: "0",
      in_transit: "0",
      average_cost: null,
      version: 0,
      updated_at: null,
    });
    expect((await get("/v1/stock/NEW/NOPE")).body.detail).toBe('warehouse "NOPE" does not exist');
    expect((await get("/v1/stock/NOPE/W1")).body.detail).toBe('item "NOPE" does not exist');
  });

  test("has all its figures, as decimal strings without needless zeros", async () => {
    const itemId = await anItem("FIGURES");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 12.5 });
    await api.context.db.query(
      `update stock_levels set reserved = 2, unavailable = 0.25, in_transit = 3, average_cost = 1.100000
       where item_id = $1`,
      [itemId],
    );
    await order(itemId, {
      warehouse: "W1",
      quantity: 10,
      received: 4,
      status: "partially_received",
    });
    await order(itemId, { warehouse: "W1", quantity: 5, status: "draft" });
    await order(itemId, { warehouse: "W2", quantity: 7, status: "sent" });
    const { body } = await get("/v1/stock/FIGURES/W1");
    expect(body).toMatchObject({
      on_hand: "12.5",
      reserved: "2",
      unavailable: "0.25",
      available: "10.25",
      incoming: "6",
      in_transit: "3",
      average_cost: "1.1",
      version: 1,
    });
    expect(body.updated_at).toMatch(/^\d{4}-.*Z$/);
    const { rows } = await api.context.db.query(
      "select trim_scale(on_order)::text as on_order from stock_positions where item_id = $1 and warehouse_id = $2",
      [itemId, idOf("W1")],
    );
    expect(rows).toEqual([{ on_order: body.incoming }]);
  });

  test("is served from the cache, and Cache-Control: no-cache reads through", async () => {
    const itemId = await anItem("CACHED");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 1 });
    expect((await get("/v1/stock/CACHED/W1")).body.on_hand).toBe("1");
    await changeUnseen(itemId, 99);
    expect((await get("/v1/stock/CACHED/W1")).body.on_hand).toBe("1");
    const through = await get("/v1/stock/CACHED/W1", { "cache-control": "no-cache" });
    expect(through.body.on_hand).toBe("99");
  });

  test("is read anew after a commit that changed it", async () => {
    const itemId = await anItem("CHANGED");
    const level = { itemId, warehouseId: idOf("W1") };
    for (let n = 1; n <= 5; n += 1) {
      await api.enter({ ...level, quantity: 1 });
      expect((await get("/v1/stock/CHANGED/W1")).body).toMatchObject({
        on_hand: String(n),
        version: n,
      });
    }
  });

  test("shows what is on order as soon as the order's writer says so", async () => {
    const itemId = await anItem("INCOMING");
    expect((await get("/v1/stock/INCOMING/W1")).body.incoming).toBe("0");
    await order(itemId, { warehouse: "W1", quantity: 8, status: "approved" });
    await api.cache.forgetIncoming([{ itemId, warehouseId: idOf("W1") }]);
    expect((await get("/v1/stock/INCOMING/W1")).body.incoming).toBe("8");
  });

  test("min_version is never answered by an older entry of the cache", async () => {
    const itemId = await anItem("MINIMUM");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 1 });
    await get("/v1/stock/MINIMUM/W1");
    await changeUnseen(itemId, 5);
    const answer = await get("/v1/stock/MINIMUM/W1?min_version=2");
    expect(answer.body).toMatchObject({ on_hand: "5", version: 2 });
  });

  test("min_version waits for a version that comes in time", async () => {
    const itemId = await anItem("WAITED");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 1 });
    const waiting = get("/v1/stock/WAITED/W1?min_version=2");
    await get("/v1/stock/WAITED/W1");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 1 });
    expect((await waiting).body).toMatchObject({ on_hand: "2", version: 2 });
  });

  test("min_version that does not come is 409 not_yet with the version that is there", async () => {
    await anItem("NOT-YET");
    const answer = await get("/v1/stock/NOT-YET/W1?min_version=1");
    expect(answer.status).toBe(409);
    expect(answer.body).toMatchObject({ code: "not_yet", version: "0" });
  });

  test("a thousand reads at once are one statement's worth of answers", async () => {
    const itemId = await anItem("MANY");
    await api.enter({ itemId, warehouseId: idOf("W2"), quantity: 4 });
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => get("/v1/stock/MANY/W2")),
    );
    expect(new Set(answers.map((answer) => answer.body.on_hand))).toEqual(new Set(["4"]));
  });

  test("outside the token's warehouses does not exist", async () => {
    await anItem("LIMITED");
    const limited = { role: "viewer", warehouses: ["W2"] } as const;
    expect((await api.request("GET", "/v1/stock/LIMITED/W1", limited)).status).toBe(404);
    expect((await api.request("GET", "/v1/stock/LIMITED/W2", limited)).status).toBe(200);
    const ledger = await api.request("GET", "/v1/stock/LIMITED/W1/movements", limited);
    expect(ledger.status).toBe(404);
  });
});

describe("the past", () => {
  test("is answered by the list too, but not for low stock, which is judged by what is on order", async () => {
    const itemId = await anItem("PAST-LIST");
    const level = { itemId, warehouseId: idOf("W1") };
    await api.enter({ ...level, quantity: 2, occurredAt: "2026-01-10T12:00:00Z" });
    const listed = await get("/v1/stock?sku=PAST-LIST&as_of=2026-01-11T00:00:00Z");
    expect(listed.body).toMatchObject({ as_of: "2026-01-11T00:00:00.000Z", next_cursor: null });
    expect(listed.body.data).toMatchObject([{ warehouse: "W1", on_hand: "2", incoming: null }]);
    const before = await get("/v1/stock?sku=PAST-LIST&as_of=2026-01-01T00:00:00Z");
    expect(before.body.data).toMatchObject([{ on_hand: "0", version: 0, updated_at: null }]);
    const low = await get("/v1/stock?low=true&as_of=2026-01-01T00:00:00Z");
    expect([low.status, low.body.code]).toEqual([422, "not_together"]);
    expect(low.body.errors).toMatchObject([
      { pointer: "/query/low", detail: expect.stringMatching(/^low can't stand beside as_of; /) },
    ]);
  });

  test("is the sum of what had occurred, also when it was recorded later", async () => {
    const itemId = await anItem("PAST");
    const level = { itemId, warehouseId: idOf("W1") };
    await api.enter({ ...level, quantity: 10, occurredAt: "2026-01-10T12:00:00Z" });
    await api.enter({ ...level, quantity: -3, occurredAt: "2026-01-20T12:00:00Z" });
    await api.enter({ ...level, quantity: 5, occurredAt: "2026-01-05T12:00:00Z" });
    const at = async (time: string) =>
      (await get(`/v1/stock/PAST/W1?as_of=${encodeURIComponent(time)}`)).body;
    expect(await at("2026-01-01T00:00:00Z")).toMatchObject({ on_hand: "0", version: 0 });
    expect(await at("2026-01-05T12:00:00Z")).toMatchObject({
      on_hand: "5",
      version: 1,
      updated_at: null, // all of it was recorded later
    });
    const { on_hand, reserved, available, version } = (await get("/v1/stock/PAST/W1")).body;
    expect(await at(new Date().toISOString())).toMatchObject({
      on_hand,
      reserved,
      available,
      version,
    });
    expect(await at("2026-01-15T00:00:00+01:00")).toMatchObject({ on_hand: "15", version: 2 });
    const now = await at("2026-02-01T00:00:00Z");
    expect(now).toMatchObject({
      on_hand: "12",
      available: "12",
      version: 3,
      incoming: null,
      average_cost: null,
      as_of: "2026-02-01T00:00:00.000Z",
    });
    const all = await get("/v1/stock/PAST?as_of=2026-01-15T00:00:00Z");
    expect(all.body).toMatchObject({
      warehouses: [{ warehouse: "W1", on_hand: "15" }],
      totals: { on_hand: "15", incoming: null },
    });
    expect(all.body.age_seconds).toBeGreaterThan(0);
  });

  test.each([
    ["as_of=yesterday", "date_format"],
    ["as_of=2026-01-01", "date_format"],
    ["as_of=2999-01-01T00:00:00Z", "date_future"],
    ["as_of=2026-01-01T00:00:00Z&min_version=1", "not_together"],
    ["min_version=-1", "too_small"],
    ["min_version=", "wrong_type"],
    ["min_version=%20", "wrong_type"],
    ["min_version=1.5", "wrong_type"],
    ["as_off=2026-01-01T00:00:00Z", "unknown_field"],
  ])("refuses ?%s", async (query, code) => {
    const answer = await get(`/v1/stock/PAST/W1?${query}`);
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].code).toBe(code);
  });

  test("refuses unknown members of the query of an item's stock", async () => {
    const answer = await get("/v1/stock/PAST?as_off=2026-01-01T00:00:00Z");
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ code: "unknown_field", pointer: "/query/as_off" }]);
  });
});

describe("an item's stock", () => {
  test("lists its warehouses, also those where it is only on order, with exact totals", async () => {
    const itemId = await anItem("TOTAL");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 0.1 });
    await api.enter({ itemId, warehouseId: idOf("W2"), quantity: 0.2 });
    await order(itemId, { warehouse: "W3", quantity: 3, status: "sent" });
    const { body } = await get("/v1/stock/TOTAL");
    expect(body.warehouses.map((row: { warehouse: string }) => row.warehouse)).toEqual([
      "W1",
      "W2",
      "W3",
    ]);
    expect(body.totals).toEqual({
      on_hand: "0.3",
      reserved: "0",
      unavailable: "0",
      available: "0.3",
      incoming: "3",
      in_transit: "0",
    });
    expect(body.age_seconds).toBe(0);
    expect(Date.parse(body.as_of)).toBeGreaterThan(0);
    const limited = await api.request("GET", "/v1/stock/TOTAL", { warehouses: ["W2"] });
    expect(limited.body.totals.on_hand).toBe("0.2");
  });
});

describe("the list of levels", () => {
  test("pages by SKU and warehouse, filtered, and says how old it is", async () => {
    for (const sku of ["LIST-1", "LIST-2"]) {
      const itemId = await anItem(sku);
      for (const code of ["W1", "W2"]) {
        await api.enter({ itemId, warehouseId: idOf(code), quantity: 1 });
      }
    }
    const one = await get("/v1/stock?sku=LIST-1");
    expect(one.body.data.map((row: { warehouse: string }) => row.warehouse)).toEqual(["W1", "W2"]);
    expect(one.body).toMatchObject({ next_cursor: null, age_seconds: 0 });
    const seen: string[] = [];
    let cursor = "";
    do {
      const page = await get(`/v1/stock?warehouse=W2&limit=2${cursor}`);
      seen.push(...page.body.data.map((row: { sku: string }) => row.sku));
      cursor = page.body.next_cursor === null ? "" : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== "");
    expect(seen).toEqual([...seen].sort());
    expect(seen.filter((sku) => sku.startsWith("LIST"))).toEqual(["LIST-1", "LIST-2"]);
    expect((await get("/v1/stock?sku=NOPE")).status).toBe(404);
    const other = await api.request("GET", "/v1/stock?warehouse=W1", { warehouses: ["W2"] });
    expect(other.status).toBe(404);
  });

  test("low=true tells live what is at or below its reorder level, counting what is on order", async () => {
    const itemId = await anItem("LOW");
    const policy = { method: "reorder_point", reorder_point: "5", reorder_quantity: "10" };
    for (const warehouse of ["W1", "W2", "W3"]) {
      await api.create("/v1/reorder-policies", { sku: "LOW", warehouse, ...policy });
    }
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 5 });
    await api.enter({ itemId, warehouseId: idOf("W2"), quantity: 5.0001 });
    await order(itemId, { warehouse: "W3", quantity: 6, status: "approved" });
    const { body } = await get("/v1/stock?low=true");
    expect(body.data).toMatchObject([
      {
        sku: "LOW",
        warehouse: "W1",
        on_hand: "5",
        position: "5",
        reorder_at: "5",
        shortfall: "0",
        method: "reorder_point",
      },
    ]);
    expect(body).toMatchObject({ next_cursor: null, age_seconds: 0 });
    await api.enter({ itemId, warehouseId: idOf("W2"), quantity: -1 });
    const next = await get("/v1/stock?low=true&limit=1");
    expect(next.body.next_cursor).not.toBeNull();
    const last = await get(`/v1/stock?low=true&limit=1&cursor=${next.body.next_cursor}`);
    expect(last.body.data).toMatchObject([{ warehouse: "W2", shortfall: "0.9999" }]);
  });
});

describe("the ledger of a level", () => {
  test("is newest first, each entry with the balance after it, and pages by cursor", async () => {
    const itemId = await anItem("LEDGER");
    const level = { itemId, warehouseId: idOf("W1"), counterpartId: idOf("W2") };
    for (const quantity of [10, -2.5, 4]) await api.enter({ ...level, quantity });
    const path = "/v1/stock/LEDGER/W1/movements";
    const all = await get(path);
    expect(all.body.data).toMatchObject([
      { version: 3, quantity: "4", balance_after: "11.5" },
      { version: 2, quantity: "-2.5", balance_after: "7.5" },
      { version: 1, quantity: "10", balance_after: "10" },
    ]);
    expect(all.body.data[0]).toMatchObject({
      type: "adjustment",
      reason: "because",
      reference: { type: "test", id: "T-1" },
      counterpart_warehouse: "W2",
      source: "api",
      actor: "tester",
    });
    expect(all.body.data[0].hash).toMatch(/^[0-9a-f]{64}$/);
    const first = await get(`${path}?limit=2`);
    await api.enter({ ...level, quantity: 1 });
    const second = await get(`${path}?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body.data.map((row: { version: number }) => row.version)).toEqual([1]);
    const limited = await api.request("GET", path, { warehouses: ["W1"] });
    expect(limited.body.data[0].counterpart_warehouse).toBeNull();
  });
});
