/** /v1/stock: levels now and at any past moment, low stock, and the ledger of a level. Reads only. */
import { z } from "zod";
import { describeFault, InvalidInputError, NotFoundError } from "../../domain/errors.ts";
import type {
  CatalogueLookup,
  ItemEntry,
  WarehouseEntry,
} from "../../pipelines/catalogue/index.ts";
import {
  type LevelReader,
  ledgerEntriesList,
  lowLevelsList,
  stockLevelsAsOf,
  stockLevelsList,
  stockLevelsOfItem,
  stockOfItemAsOf,
} from "../../pipelines/stock/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { codeField } from "../http/fields.ts";
import {
  decodeCursor,
  isCountPart,
  isTextPart,
  pageOf,
  pageQuery,
  toPage,
} from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { mayUseWarehouse, refuseOtherWarehouse } from "../http/warehouseLimit.ts";
import {
  asOfQuery,
  itemStockEntry,
  ledgerEntry,
  levelEntry,
  levelQuery,
  showLevel,
  showNamedLevel,
  showPastLevel,
  stockPage,
  stockQuery,
} from "./schema.ts";
import { showTotals } from "./showTotals.ts";

export interface StockDeps {
  readonly db: DbPool;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
  readonly levels: LevelReader;
}

const TAG = "Stock";
const levelParams = z.object({ sku: codeField, warehouse: codeField });

/** The routes of stock reads. */
export function stockRoutes(deps: StockDeps): Route[] {
  return [listStock(deps), readItemStock(deps), readLevel(deps), listLedger(deps)];
}

function listStock({ db, catalogue }: StockDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock",
    tag: TAG,
    summary: "List stock levels, or those that are low",
    permission: "read",
    query: stockQuery,
    answers: {
      200: { description: "A page, read live, by SKU and warehouse.", schema: stockPage },
    },
    handler: async ({ query: { sku, warehouse, low, limit, cursor }, caller }) => {
      if (warehouse !== undefined) refuseOtherWarehouse(caller, warehouse);
      const filter = {
        itemId: sku === undefined ? undefined : (await itemOf(catalogue, sku)).id,
        warehouseId:
          warehouse === undefined ? undefined : (await warehouseOf(catalogue, warehouse)).id,
        codes: caller.warehouses,
        after: decodeCursor(cursor, [isTextPart, isTextPart]),
        limit: limit + 1,
      };
      const asOf = new Date();
      const keyOf = (row: { sku: string; warehouse: string }) => [row.sku, row.warehouse];
      const page =
        low === "true"
          ? toPage(await lowLevelsList(db, filter), {
              limit,
              keyOf,
              show: ({ level, reorderAt, ...row }) => ({
                ...showNamedLevel({ ...row, level }),
                position: row.position,
                reorder_at: reorderAt,
                shortfall: row.shortfall,
                method: row.method,
              }),
            })
          : toPage(await stockLevelsList(db, filter), { limit, keyOf, show: showNamedLevel });
      return { status: 200, body: { ...page, as_of: asOf, age_seconds: ageSeconds(asOf) } };
    },
  });
}

function readItemStock({ db, catalogue }: StockDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}",
    tag: TAG,
    summary: "Read an item's stock at all warehouses",
    description: AS_OF,
    permission: "read",
    params: z.object({ sku: codeField }),
    query: z.object(asOfQuery),
    answers: { 200: { description: "By warehouse, with totals.", schema: itemStockEntry } },
    handler: async ({ params: { sku }, query, caller }) => {
      const item = await itemOf(catalogue, sku);
      const asOf = query.as_of ?? new Date();
      const args = { itemId: item.id, codes: caller.warehouses };
      const levels =
        query.as_of === undefined
          ? (await stockLevelsOfItem(db, args)).map(({ warehouse, level }) => ({
              warehouse,
              ...showLevel(level),
            }))
          : (await stockOfItemAsOf(db, { ...args, at: query.as_of })).map((past) => ({
              warehouse: past.warehouse,
              ...showPastLevel(past),
            }));
      const totals = showTotals(levels, query.as_of === undefined);
      const age = { as_of: asOf, age_seconds: ageSeconds(asOf) };
      return { status: 200, body: { sku: item.sku, warehouses: levels, totals, ...age } };
    },
  });
}

const AS_OF =
  "as_of answers from the ledger for any past moment, by occurred_at: on_hand is the sum of the entries, version their number. What the ledger does not hold is not told: incoming and average_cost are null, reserved, unavailable and in_transit 0.";

function readLevel({ db, catalogue, levels }: StockDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/{warehouse}",
    tag: TAG,
    summary: "Read a stock level",
    description: `Cached for 30 s and dropped by every commit that changes it; Cache-Control: no-cache reads through. min_version reads one's own write: never older data in silence. ${AS_OF}`,
    permission: "read",
    params: levelParams,
    query: levelQuery,
    answers: {
      200: { description: "The level; zeros where it never moved.", schema: levelEntry },
    },
    handler: async ({ params, query, caller, c }) => {
      const { item, warehouse } = await pairOf(catalogue, params, caller);
      const names = { sku: item.sku, warehouse: warehouse.code };
      const key = { itemId: item.id, warehouseId: warehouse.id };
      if (query.as_of !== undefined) {
        if (query.min_version !== undefined) throw bothGiven();
        const past = await stockLevelsAsOf(db, { ...key, at: query.as_of });
        return { status: 200, body: { ...names, ...showPastLevel(past), as_of: query.as_of } };
      }
      const level = await levels.read(key, {
        minVersion: query.min_version,
        fresh: /\bno-(?:cache|store)\b/i.test(c.req.header("cache-control") ?? ""),
      });
      return { status: 200, body: { ...names, ...showLevel(level) } };
    },
  });
}

function listLedger({ db, catalogue }: StockDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/{warehouse}/movements",
    tag: TAG,
    summary: "List a level's ledger, newest first",
    permission: "read",
    params: levelParams,
    query: z.object(pageQuery),
    answers: {
      200: { description: "Entries, each with the balance after it.", schema: pageOf(ledgerEntry) },
    },
    handler: async ({ params, query: { limit, cursor }, caller }) => {
      const { item, warehouse } = await pairOf(catalogue, params, caller);
      const before = decodeCursor(cursor, [isCountPart])?.[0];
      const rows = await ledgerEntriesList(db, {
        itemId: item.id,
        warehouseId: warehouse.id,
        beforeVersion: before === undefined ? undefined : Number(before),
        limit: limit + 1,
      });
      const body = toPage(rows, {
        limit,
        keyOf: (row) => [String(row.version)],
        show: ({
          reference_type: type,
          reference_id: id,
          counterpart_warehouse: other,
          ...row
        }) => ({
          ...row,
          counterpart_warehouse: other !== null && mayUseWarehouse(caller, other) ? other : null,
          reference: type === null && id === null ? null : { type, id },
        }),
      });
      return { status: 200, body };
    },
  });
}

async function pairOf(
  catalogue: StockDeps["catalogue"],
  codes: { readonly sku: string; readonly warehouse: string },
  caller: Caller,
): Promise<{ item: ItemEntry; warehouse: WarehouseEntry }> {
  refuseOtherWarehouse(caller, codes.warehouse);
  const [item, warehouse] = await Promise.all([
    itemOf(catalogue, codes.sku),
    warehouseOf(catalogue, codes.warehouse),
  ]);
  return { item, warehouse };
}

async function itemOf(catalogue: StockDeps["catalogue"], sku: string): Promise<ItemEntry> {
  const item = await catalogue.itemBySku(sku);
  if (item === undefined) throw new NotFoundError("item", sku);
  return item;
}

async function warehouseOf(
  catalogue: StockDeps["catalogue"],
  code: string,
): Promise<WarehouseEntry> {
  const warehouse = await catalogue.warehouseByCode(code);
  if (warehouse === undefined) throw new NotFoundError("warehouse", code);
  return warehouse;
}

function ageSeconds(asOf: Date): number {
  return Math.max(0, Math.round((Date.now() - asOf.getTime()) / 1_000));
}

function bothGiven(): InvalidInputError {
  const detail = describeFault({
    thing: "min_version",
    found: "beside as_of",
    expected: "one of the two: a past moment has no version to wait for",
  });
  const code = "not_together";
  return new InvalidInputError([{ pointer: "/query/min_version", code, detail }], code);
}
