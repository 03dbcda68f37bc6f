/** /v1/stock: levels now and at any past moment, and low stock. Reads only; the ledger and what binds stock have files of their own. */
import { z } from "zod";
import { InvalidInputError } from "../../domain/errors.ts";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import {
  type LevelReader,
  lowLevelsList,
  type NamedPastLevel,
  stockLevelAsOf,
  stockLevelsAsOfList,
  stockLevelsList,
  stockLevelsOfItem,
} from "../../pipelines/stock/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { asksForFresh } from "../http/asksForFresh.ts";
import { codeField } from "../http/fields.ts";
import { decodeCursor, isTextPart, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { listLedger } from "./ledgerRoute.ts";
import { lotRoutes } from "./lotRoutes.ts";
import { reservationRoutes } from "./reservationRoutes.ts";
import { filterOf, itemOf, pairOf } from "./resolveCodes.ts";
import {
  itemQuery,
  itemStockEntry,
  levelEntry,
  levelParams,
  levelQuery,
  showLevel,
  showNamedLevel,
  showPastLevel,
  stockPage,
  stockQuery,
} from "./schema.ts";
import { showTotals } from "./showTotals.ts";
import { transitRoutes } from "./transitRoutes.ts";

export interface StockDeps {
  readonly db: DbPool;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
  readonly levels: LevelReader;
}

const TAG = "Stock";

/** The routes of stock reads. */
export function stockRoutes(deps: StockDeps): Route[] {
  return [
    listStock(deps),
    readItemStock(deps),
    readLevel(deps),
    listLedger(deps),
    ...lotRoutes(deps),
    ...reservationRoutes(deps),
    ...transitRoutes(deps),
  ];
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
    handler: async ({ query, caller }) => {
      const { low, limit, as_of } = query;
      if (as_of !== undefined && low === "true") throw notTogether("low");
      const filter = {
        ...(await filterOf(catalogue, query, caller)),
        codes: caller.warehouses,
        after: decodeCursor(query.cursor, [isTextPart, isTextPart]),
        limit: limit + 1,
      };
      const asOf = as_of ?? new Date();
      const page = await readPage(db, { filter, limit, low: low === "true", pastAt: as_of });
      return { status: 200, body: { ...page, as_of: asOf, age_seconds: ageSeconds(asOf) } };
    },
  });
}

interface PageWanted {
  readonly filter: Parameters<typeof stockLevelsList>[1];
  readonly limit: number;
  readonly low: boolean;
  readonly pastAt: Date | undefined;
}

async function readPage(db: DbPool, { filter, limit, low, pastAt }: PageWanted) {
  const keyOf = (row: { sku: string; warehouse: string }) => [row.sku, row.warehouse];
  if (pastAt !== undefined) {
    const rows = await stockLevelsAsOfList(db, { ...filter, at: pastAt });
    const show = (row: NamedPastLevel) => ({
      sku: row.sku,
      warehouse: row.warehouse,
      ...showPastLevel(row),
    });
    return toPage(rows, { limit, keyOf, show });
  }
  if (!low)
    return toPage(await stockLevelsList(db, filter), { limit, keyOf, show: showNamedLevel });
  return toPage(await lowLevelsList(db, filter), {
    limit,
    keyOf,
    show: ({ level, reorderAt, ...row }) => ({
      ...showNamedLevel({ ...row, level }),
      position: row.position,
      reorder_at: reorderAt,
      shortfall: row.shortfall,
      method: row.method,
    }),
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
    query: itemQuery,
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
          : (await stockLevelsAsOfList(db, { ...args, at: query.as_of })).map((past) => ({
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
  "as_of answers from the ledger for any past moment, by occurred_at: an entry counts from the moment it occurred, also where it was recorded later. version is the number of these entries; updated_at is when the last entry was recorded that was recorded by then (null where all were recorded later). What the ledger does not hold is not told: incoming and average_cost are null.";

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
    reads: ["Cache-Control"],
    answers: {
      200: { description: "The level; zeros where it never moved.", schema: levelEntry },
    },
    handler: async ({ params, query, caller, c }) => {
      const { item, warehouse } = await pairOf(catalogue, params, caller);
      const names = { sku: item.sku, warehouse: warehouse.code };
      const key = { itemId: item.id, warehouseId: warehouse.id };
      if (query.as_of !== undefined) {
        if (query.min_version !== undefined) throw notTogether("min_version");
        const past = await stockLevelAsOf(db, { ...key, at: query.as_of });
        return { status: 200, body: { ...names, ...showPastLevel(past), as_of: query.as_of } };
      }
      const level = await levels.read(key, {
        minVersion: query.min_version,
        fresh: asksForFresh(c),
      });
      return { status: 200, body: { ...names, ...showLevel(level) } };
    },
  });
}

function ageSeconds(asOf: Date): number {
  return Math.max(0, Math.round((Date.now() - asOf.getTime()) / 1_000));
}

/** What asks for a present level beside as_of. */
function notTogether(name: "min_version" | "low"): InvalidInputError {
  const why = name === "low" ? "is judged by what is on order now" : "waits for what is to come";
  const detail = `${name} can't stand beside as_of; expected one of the two: ${name} ${why}`;
  const code = "not_together";
  return new InvalidInputError([{ pointer: `/query/${name}`, code, detail }], code);
}
