/** Goods on their way between warehouses as reads. A caller who is limited sees those of which one end is his, and that end only. */
import { z } from "zod";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import { type TransitRow, transitsList } from "../../pipelines/stock/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { Db } from "../../platform/postgres.ts";
import { codeField } from "../http/fields.ts";
import {
  decodeCursor,
  isCountPart,
  isIdPart,
  pageOf,
  pageQuery,
  toPage,
} from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { mayUseWarehouse } from "../http/warehouseLimit.ts";
import { filterOf } from "./resolveCodes.ts";
import { transitEntry } from "./schema.ts";

interface TransitDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
}

const isLinePart = (part: string): boolean => isCountPart(part) && Number(part) < 32_768;

/** The routes of transits. */
export function transitRoutes({ db, catalogue }: TransitDeps): Route[] {
  const route = defineRoute({
    method: "get",
    path: "/v1/transits",
    tag: "Stock",
    summary: "List transfers in transit, a line a lot",
    permission: "read",
    query: z.strictObject({
      ...pageQuery,
      sku: codeField.optional(),
      from_warehouse: codeField.optional(),
      to_warehouse: codeField.optional(),
      status: z
        .enum(["open", "all"])
        .default("open")
        .describe("open: only lines of which something is still on its way."),
    }),
    answers: {
      200: { description: "By transfer, the highest id first.", schema: pageOf(transitEntry) },
    },
    handler: async ({ query, caller }) => {
      const { limit, sku, from_warehouse, to_warehouse } = query;
      const [from, to] = await Promise.all([
        filterOf(catalogue, { sku, warehouse: from_warehouse }, caller),
        filterOf(catalogue, { warehouse: to_warehouse }, caller),
      ]);
      const rows = await transitsList(db, {
        itemId: from.itemId,
        fromWarehouseId: from.warehouseId,
        toWarehouseId: to.warehouseId,
        open: query.status === "open",
        codes: caller.warehouses,
        after: decodeCursor(query.cursor, [isIdPart, isLinePart]),
        limit: limit + 1,
      });
      const keyOf = (row: TransitRow) => [row.id, String(row.line)];
      const show = (row: TransitRow) => showTransit(row, caller);
      return { status: 200, body: toPage(rows, { limit, keyOf, show }) };
    },
  });
  return [route];
}

function showTransit(row: TransitRow, caller: Caller) {
  const shown = (code: string) => (mayUseWarehouse(caller, code) ? code : null);
  return {
    ...row,
    from_warehouse: shown(row.from_warehouse),
    to_warehouse: shown(row.to_warehouse),
  };
}
