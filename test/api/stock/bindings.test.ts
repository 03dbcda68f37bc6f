/** What binds stock, as it is read: reservations that lapse by the clock alone, lots, goods in transit, and their ledger. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let api: CatalogueHarness;
const warehouses = new Map<string, string>();

beforeAll(async () => {
  api = await createCatalogueHarness();
  for (const code of ["W1", "W2"]) {
    const place = { code, name: code, latitude: 50, longitude: 8 };
    warehouses.set(code, (await api.create("/v1/warehouses", place)).id);
  }
});
afterAll(() => api.close());

const idOf = (code: string) => warehouses.get(code) ?? "";
const anItem = async (sku: string): Promise<string> =>
  (await api.create("/v1/items", { sku, name: sku })).id;
const get = (path: string, limitedTo?: readonly string[]) =>
  api.request("GET", path, {
    role: "viewer",
    ...(limitedTo === undefined ? {} : { warehouses: limitedTo }),
  });

interface Held {
  readonly itemId: string;
  readonly warehouse?: string;
  readonly quantity?: number;
  readonly issued?: number;
  readonly released?: number;
  /** Seconds from now. */
  readonly expiresIn?: number;
  readonly lotId?: string;
}

/** Writes a reservation and what it does to its level, as a batch would. */
async function reserve(held: Held): Promise<string> {
  const { itemId, warehouse = "W1", quantity = 4, issued = 0, released = 0 } = held;
  const id = newId();
  const open = quantity - issued - released;
  await api.context.db.query(
    `insert into reservations (id, item_id, warehouse_id, lot_id, quantity, open_quantity, issued_quantity,
       released_quantity, expires_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp() + make_interval(secs => $9::float8))`,
    [
      id,
      itemId,
      idOf(warehouse),
      held.lotId ?? null,
      quantity,
      open,
      issued,
      released,
      held.expiresIn ?? null,
    ],
  );
  await api.context.db.query(
    `update stock_levels
     set reserved = reserved + $3, next_expiry = (
       select min(expires_at) from reservations where item_id = $1 and warehouse_id = $2 and open_quantity > 0)
     where item_id = $1 and warehouse_id = $2`,
    [itemId, idOf(warehouse), open],
  );
  return id;
}

describe("a reservation that lapses", () => {
  test("binds nothing from that moment on, in the cached level too, before its release is written", async () => {
    const itemId = await anItem("LAPSE");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 10 });
    await reserve({ itemId, quantity: 3 });
    await reserve({ itemId, quantity: 4, expiresIn: 1.5 });
    await reserve({ itemId, quantity: 1, expiresIn: 2.5 });
    const figures = async () => {
      const { body } = await get("/v1/stock/LAPSE/W1");
      return [body.reserved, body.available];
    };
    expect(await figures()).toEqual(["8", "2"]);
    const seen: string[] = [];
    await waitFor("the last one to lapse", async () => {
      const [reserved = "", available = ""] = await figures();
      expect(Number(reserved) + Number(available)).toBe(10);
      if (seen.at(-1) !== reserved) seen.push(reserved);
      const { rows } = await api.context.db.query<{ reserved: string }>(
        "select trim_scale(reserved)::text as reserved from current_levels where item_id = $1",
        [itemId],
      );
      // what is cached is never older than what the database said before it was asked
      expect(Number(reserved)).toBeGreaterThanOrEqual(Number(rows[0]?.reserved));
      return reserved === "3";
    });
    expect(seen).toEqual(["8", "4", "3"]);
  });

  test("counts nowhere: lists, item, position, wide view, nearest warehouses", async () => {
    const itemId = await anItem("EVERYWHERE");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 10 });
    await reserve({ itemId, quantity: 6, expiresIn: -1 });
    await reserve({ itemId, quantity: 1 });
    const expected = { reserved: "1", available: "9" };
    expect((await get("/v1/stock/EVERYWHERE/W1")).body).toMatchObject(expected);
    expect((await get("/v1/stock/EVERYWHERE")).body.totals).toMatchObject(expected);
    expect((await get("/v1/stock?sku=EVERYWHERE")).body.data).toMatchObject([expected]);
    const near = await get("/v1/warehouses?near=50,8&sku=EVERYWHERE&quantity=9");
    expect(near.body.data).toMatchObject([{ code: "W1", available: "9" }]);
    const { db } = api.context;
    await db.query("select refresh_view('v_current_inventory')");
    const { rows } = await db.query(
      `select trim_scale(p.available)::text as available, trim_scale(p.position)::text as position,
         trim_scale(v.available)::text as seen
       from stock_positions p join v_current_inventory v using (item_id, warehouse_id)
       where item_id = $1`,
      [itemId],
    );
    expect(rows).toEqual([{ available: "9", position: "9", seen: "9" }]);
  });
});

describe("reservations", () => {
  test("tell what is open, issued and released, and are found by item, warehouse and status", async () => {
    const itemId = await anItem("HELD");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 50 });
    await api.enter({ itemId, warehouseId: idOf("W2"), quantity: 50 });
    const ids = {
      open: await reserve({ itemId, issued: 1 }),
      issued: await reserve({ itemId, issued: 4 }),
      released: await reserve({ itemId, issued: 1, released: 3, expiresIn: 3_600 }),
      expired: await reserve({ itemId, issued: 1, expiresIn: -60 }),
      elsewhere: await reserve({ itemId, warehouse: "W2" }),
    };
    const swept = await reserve({ itemId, released: 4, expiresIn: -60 });
    const list = async (query: string, limitedTo?: readonly string[]) =>
      (await get(`/v1/reservations?sku=HELD${query}`, limitedTo)).body.data.map(
        (row: { id: string }) => row.id,
      );
    expect(await list("&status=open")).toEqual([ids.elsewhere, ids.open]);
    expect(await list("&status=open&warehouse=W1")).toEqual([ids.open]);
    expect(await list("&status=issued")).toEqual([ids.issued]);
    expect(await list("&status=released")).toEqual([ids.released]);
    expect(await list("&status=expired")).toEqual([swept, ids.expired]);
    expect(await list("", ["W2"])).toEqual([ids.elsewhere]);
    const { body } = await get(`/v1/reservations/${ids.open}`);
    expect(body).toMatchObject({
      id: ids.open,
      sku: "HELD",
      warehouse: "W1",
      lot: null,
      status: "open",
      quantity: "4",
      open: "3",
      issued: "1",
      released: "0",
      expires_at: null,
    });
    const lapsed = { status: "expired", open: "0", issued: "1", released: "3" };
    expect((await get(`/v1/reservations/${ids.expired}`)).body).toMatchObject(lapsed);
    expect((await get(`/v1/reservations/${ids.open}`, ["W2"])).status).toBe(404);
    expect((await get(`/v1/reservations/${newId()}`)).status).toBe(404);
    const first = await get("/v1/reservations?sku=HELD&limit=4");
    const rest = await get(`/v1/reservations?sku=HELD&limit=4&cursor=${first.body.next_cursor}`);
    expect([...first.body.data, ...rest.body.data]).toHaveLength(6);
    expect(rest.body.next_cursor).toBeNull();
  });
});

/** Writes a lot and what warehouses hold of it. */
async function aLot(
  itemId: string,
  lot: { code: string; expiresOn?: string; at: Record<string, number> },
): Promise<string> {
  const id = newId();
  await api.context.db.query(
    "insert into lots (id, item_id, code, expires_on) values ($1, $2, $3, $4)",
    [id, itemId, lot.code, lot.expiresOn ?? null],
  );
  for (const [warehouse, onHand] of Object.entries(lot.at)) {
    await api.context.db.query(
      `insert into lot_balances (lot_id, warehouse_id, item_id, on_hand, unavailable, updated_at)
       values ($1, $2, $3, $4, least($4::numeric, 1), now())`,
      [id, idOf(warehouse), itemId, onHand],
    );
  }
  return id;
}

describe("lots", () => {
  test("are listed by day of expiry with what each warehouse holds, without empty ones", async () => {
    const itemId = await anItem("LOTTED");
    await api.enter({ itemId, warehouseId: idOf("W1"), quantity: 30 });
    await aLot(itemId, { code: "NONE", at: { W1: 3 } });
    const late = await aLot(itemId, {
      code: "LATE",
      expiresOn: "2027-05-01",
      at: { W1: 5, W2: 0 },
    });
    await aLot(itemId, { code: "SOON", expiresOn: "2027-01-01", at: { W1: 7, W2: 2 } });
    await reserve({ itemId, quantity: 2, expiresIn: -5, lotId: late });
    await api.context.db.query(
      "update lot_balances set reserved = 3 where lot_id = $1 and warehouse_id = $2",
      [late, idOf("W1")],
    );
    const list = async (path: string, limitedTo?: readonly string[]) =>
      (await get(path, limitedTo)).body.data.map(
        (row: { lot: string; warehouse: string; on_hand: string }) =>
          `${row.lot} ${row.warehouse} ${row.on_hand}`,
      );
    const level = await list("/v1/stock/LOTTED/W1/lots");
    expect(level).toEqual(["SOON W1 7", "LATE W1 5", "NONE W1 3"]);
    const all = await list("/v1/lots?sku=LOTTED");
    expect(all.toSorted()).toEqual(["LATE W1 5", "NONE W1 3", "SOON W1 7", "SOON W2 2"]);
    expect(await list("/v1/lots?sku=LOTTED", ["W2"])).toEqual(["SOON W2 2"]);
    expect(await list("/v1/lots?warehouse=W1&expiring_before=2027-05-01")).toEqual(["SOON W1 7"]);
    const paged: string[] = [];
    let cursor = "";
    do {
      const page = await get(`/v1/lots?sku=LOTTED&limit=1${cursor}`);
      paged.push(...page.body.data.map((row: { lot: string }) => row.lot));
      cursor = page.body.next_cursor === null ? "" : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== "");
    expect(paged).toEqual(["SOON", "SOON", "LATE", "NONE"]);
    const { body } = await get("/v1/stock/LOTTED/W1/lots?limit=2");
    expect(body.data[1]).toMatchObject({
      sku: "LOTTED",
      expires_on: "2027-05-01",
      reserved: "1",
      unavailable: "1",
      available: "3",
      in_transit: "0",
    });
    expect((await get("/v1/stock/LOTTED/W1/lots", ["W2"])).status).toBe(404);
    expect((await get("/v1/lots?expiring_before=2027-02-30")).body.code).toBe("date_format");
    expect((await get("/v1/lots?cursor=WyJ4IiwieSIsInoiXQ")).body.code).toBe("cursor_invalid");
  });
});

describe("transfers in transit", () => {
  test("are listed while something is on its way, each end only to those who may see it", async () => {
    const itemId = await anItem("MOVING");
    const ship = async (open: number) => {
      const id = newId();
      await api.context.db.query(
        `insert into transits (movement_id, line, item_id, from_warehouse_id, to_warehouse_id, quantity, open_quantity,
           arrived_quantity, shipped_at, updated_at)
         values ($1, 0, $2, $3, $4, 5, $5, 5 - $5::numeric, now(), now())`,
        [id, itemId, idOf("W1"), idOf("W2"), open],
      );
      return id;
    };
    const done = await ship(0);
    const open = await ship(2);
    const { body } = await get("/v1/transits?sku=MOVING");
    expect(body.data).toMatchObject([
      { id: open, line: 0, from_warehouse: "W1", to_warehouse: "W2", quantity: "5", open: "2" },
    ]);
    const all = await get("/v1/transits?sku=MOVING&status=all&limit=1");
    const next = await get(
      `/v1/transits?sku=MOVING&status=all&limit=1&cursor=${all.body.next_cursor}`,
    );
    expect([all.body.data[0].id, next.body.data[0].id]).toEqual([open, done]);
    const limited = await get("/v1/transits?sku=MOVING", ["W2"]);
    expect(limited.body.data).toMatchObject([{ from_warehouse: null, to_warehouse: "W2" }]);
    expect((await get("/v1/transits?from_warehouse=W2&to_warehouse=W1")).body.data).toEqual([]);
    expect((await get("/v1/transits?from_warehouse=W1", ["W2"])).status).toBe(404);
  });
});

describe("the ledger of a level", () => {
  test("tells buckets, lot and target of an entry where they say something", async () => {
    const itemId = await anItem("BUCKETS");
    const level = { itemId, warehouseId: idOf("W1") };
    const lotId = await aLot(itemId, { code: "L-1", at: {} });
    const targetId = newId();
    await api.enter({ ...level, quantity: 10 });
    await api.context.db.query(
      `insert into stock_movements (movement_id, type, item_id, warehouse_id, lot_id, quantity, balance_after, reserved_change,
         reserved_after, unavailable_after, lot_balance_after, target_id, version, lane, position, source, actor, occurred_at,
         recorded_at, previous_hash, hash)
       values ($1, 'issue', $2, $3, $4, -2, 8, -2, 0, 1.5, 8, $5, 2, lane_of($2), 2, 'api', 'tester', now(), now(), '', '')`,
      [newId(), itemId, level.warehouseId, lotId, targetId],
    );
    const { body } = await get("/v1/stock/BUCKETS/W1/movements");
    expect(body.data[0]).toMatchObject({
      version: 2,
      quantity: "-2",
      reserved_change: "-2",
      reserved_after: "0",
      unavailable_after: "1.5",
      lot: "L-1",
      lot_balance_after: "8",
      target_id: targetId,
    });
    expect(body.data[0]).not.toHaveProperty("unavailable_change");
    expect(body.data[0]).not.toHaveProperty("in_transit_after");
    const plain = Object.keys(body.data[1]).filter((key) =>
      /reserved|transit|lot|target/.test(key),
    );
    expect(plain).toEqual([]);
  });
});
