/** The ledger of a level, newest first. What an entry does not change is left out of it. */
import { z } from "zod";
import type { CatalogueLookup } from "../../pipelines/catalogue/index.ts";
import { type LedgerRow, ledgerEntriesList } from "../../pipelines/stock/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { Db } from "../../platform/postgres.ts";
import { decodeCursor, isCountPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { mayUseWarehouse } from "../http/warehouseLimit.ts";
import { pairOf } from "./resolveCodes.ts";
import { ledgerEntry, levelParams } from "./schema.ts";

interface LedgerDeps {
  readonly db: Db;
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
}

/** The route of a level's ledger. */
export function listLedger({ db, catalogue }: LedgerDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/stock/{sku}/{warehouse}/movements",
    tag: "Stock",
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
        show: (row) => showEntry(row, caller),
      });
      return { status: 200, body };
    },
  });
}

/** Buckets beside on hand: what an entry changed, or what was there all the same. */
const BUCKETS = ["reserved", "unavailable", "in_transit"] as const;

function showEntry(entry: LedgerRow, caller: Caller) {
  const buckets: Record<string, string> = {};
  for (const bucket of BUCKETS) {
    const change = entry[`${bucket}_change`];
    const after = entry[`${bucket}_after`];
    if (change !== null) buckets[`${bucket}_change`] = change;
    if (change !== null || after !== "0") buckets[`${bucket}_after`] = after;
  }
  const { counterpart_warehouse: other, reference_type: type, reference_id: id } = entry;
  return {
    movement_id: entry.movement_id,
    type: entry.type,
    quantity: entry.quantity,
    balance_after: entry.balance_after,
    ...buckets,
    ...(entry.lot === null ? {} : { lot: entry.lot, lot_balance_after: entry.lot_balance_after }),
    ...(entry.target_id === null ? {} : { target_id: entry.target_id }),
    version: entry.version,
    unit_cost: entry.unit_cost,
    currency: entry.currency,
    counterpart_warehouse: other !== null && mayUseWarehouse(caller, other) ? other : null,
    reason: entry.reason,
    reference: type === null && id === null ? null : { type, id },
    source: entry.source,
    actor: entry.actor,
    occurred_at: entry.occurred_at,
    recorded_at: entry.recorded_at,
    hash: entry.hash,
  };
}
