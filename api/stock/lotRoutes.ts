/** Lots and serial numbers as reads: what each warehouse holds of them, the first to expire first. */
import { z } from "zod";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import { type LotRow, lotBalancesList } from "../../pipelines/stock/index.ts";
import type { Db } from "../../platform/postgres.ts";
import { codeField, dayField } from "../http/fields.ts";
import {
  decodeCursor,
  isIdPart,
  isTextPart,
  pageOf,
  pageQuery,
  toPage,
} from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { filterOf, pairOf } from "./resolveCodes.ts";
import { levelParams, lotEntry } from "./schema.ts";

interface LotDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
}

const TAG = "Stock";
const expiring = {
  expiring_before: dayField.optional().describe("Only lots that expire before this day."),
};
const isDayPart = (part: string): boolean =>
  part === "infinity" || dayField.safeParse(part).success;
const CURSOR = [(part: string) => isTextPart(part) && isDayPart(part), isIdPart, isIdPart];

/** The routes of lots. */
export function lotRoutes(deps: LotDeps): Route[] {
  return [listLots(deps), listLotsOfLevel(deps)];
}

function listLots({ db, catalogue }: LotDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/lots",
    tag: TAG,
    summary: "List what warehouses hold of lots and serial numbers",
    permission: "read",
    query: z.strictObject({
      ...pageQuery,
      sku: codeField.optional(),
      warehouse: codeField.optional(),
      ...expiring,
    }),
    answers: { 200: { description: "By day of expiry, none last.", schema: pageOf(lotEntry) } },
    handler: async ({ query, caller }) => {
      const filter = await filterOf(catalogue, query, caller);
      return readLots(db, { ...query, ...filter, codes: caller.warehouses });
    },
  });
}

function listLotsOfLevel({ db, catalogue }: LotDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/{warehouse}/lots",
    tag: TAG,
    summary: "List the lots of a level, the first to expire first",
    permission: "read",
    params: levelParams,
    query: z.strictObject({ ...pageQuery, ...expiring }),
    answers: { 200: { description: "By day of expiry, none last.", schema: pageOf(lotEntry) } },
    handler: async ({ params, query, caller }) => {
      const { item, warehouse } = await pairOf(catalogue, params, caller);
      const level = { itemId: item.id, warehouseId: warehouse.id };
      return readLots(db, { ...query, ...level, codes: undefined });
    },
  });
}

interface LotsWanted {
  readonly itemId: string | undefined;
  readonly warehouseId: string | undefined;
  readonly codes: readonly string[] | undefined;
  readonly expiring_before?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

async function readLots(db: Db, wanted: LotsWanted) {
  const { limit } = wanted;
  const rows = await lotBalancesList(db, {
    ...wanted,
    expiringBefore: wanted.expiring_before,
    after: decodeCursor(wanted.cursor, CURSOR),
    limit: limit + 1,
  });
  const keyOf = (row: LotRow) => [row.expiry_key, row.lot_id, row.warehouse_id];
  return { status: 200 as const, body: toPage(rows, { limit, keyOf, show: showLot }) };
}

function showLot({ lot_id: _lot, warehouse_id: _warehouse, expiry_key: _expiry, ...row }: LotRow) {
  return row;
}
