/** Stock as it is answered: decimal strings, version, age. */
import { z } from "zod";
import type { NamedLevel, PastLevel, StockLevel } from "../../pipelines/stock/index.ts";
import { textOut } from "../entities/fields.ts";
import { codeField, decimalOut, timeField, timeOut } from "../http/fields.ts";
import { pageOf, pageQuery } from "../http/pagination.ts";

const quantities = {
  on_hand: decimalOut,
  reserved: decimalOut,
  unavailable: decimalOut,
  available: decimalOut.describe("on_hand - reserved - unavailable"),
  incoming: decimalOut.nullable().describe("Ordered and not yet received; null with as_of."),
  in_transit: decimalOut,
};

const rest = {
  average_cost: decimalOut
    .nullable()
    .describe("Moving average, in the item's currency; null with as_of or without a cost."),
  version: z.int().describe("Number of the level's ledger entries; 0 before the first."),
  updated_at: timeOut.nullable(),
};

const level = z.object({
  sku: z.string(),
  warehouse: z.string(),
  ...quantities,
  ...rest,
});

export const levelEntry = level
  .extend({ as_of: timeOut.optional().describe("The past moment that was asked for.") })
  .meta({ title: "StockLevel" });

const age = {
  as_of: timeOut.describe("Moment that the answer is true for."),
  age_seconds: z.number().describe("How old it is."),
};

export const itemStockEntry = z
  .object({
    sku: z.string(),
    warehouses: z.array(level.omit({ sku: true })),
    totals: z.object(quantities),
    ...age,
  })
  .meta({ title: "ItemStock" });

const low = {
  position: decimalOut.describe("on_hand - reserved + in_transit + incoming + receipts pending"),
  reorder_at: decimalOut,
  shortfall: decimalOut,
  method: z.string(),
};

export const stockPage = pageOf(level.extend(z.object(low).partial().shape)).extend(age);

export const stockQuery = z.strictObject({
  ...pageQuery,
  sku: codeField.optional(),
  warehouse: codeField.optional(),
  low: z
    .enum(["true", "false"])
    .optional()
    .describe("true: only levels whose position is at or below the reorder level, read live."),
});

export const asOfQuery = { as_of: timeField.optional().describe("Any past moment.") };

export const levelQuery = z.object({
  ...asOfQuery,
  min_version: z.coerce
    .number()
    .int()
    .min(0)
    .optional()
    .describe("Waits up to 2 s for this version, else answers 409 not_yet."),
});

export const ledgerEntry = z
  .object({
    movement_id: z.string(),
    type: z.string(),
    quantity: decimalOut.describe("Signed change."),
    balance_after: decimalOut,
    version: z.int(),
    unit_cost: decimalOut.nullable(),
    currency: textOut,
    counterpart_warehouse: textOut.describe("The other end of a transfer."),
    reason: textOut,
    reference: z.object({ type: textOut, id: textOut }).nullable(),
    source: z.string(),
    actor: z.string(),
    occurred_at: timeOut,
    recorded_at: timeOut,
    hash: z.string().describe("Hash link, hexadecimal."),
  })
  .meta({ title: "LedgerEntry" });

/** A level without its names, as it is answered. */
export function showLevel(shown: StockLevel) {
  return {
    on_hand: shown.onHand,
    reserved: shown.reserved,
    unavailable: shown.unavailable,
    available: shown.available,
    incoming: shown.incoming,
    in_transit: shown.inTransit,
    average_cost: shown.averageCost,
    version: shown.version,
    updated_at: shown.updatedAt,
  };
}

/** A named level as it is answered in lists. */
export function showNamedLevel(named: NamedLevel) {
  return { sku: named.sku, warehouse: named.warehouse, ...showLevel(named.level) };
}

/** A past level: what the ledger does not hold (orders, cost) is null, and nothing was held back. */
export function showPastLevel(past: PastLevel) {
  return {
    on_hand: past.onHand,
    reserved: "0",
    unavailable: "0",
    available: past.onHand,
    incoming: null,
    in_transit: "0",
    average_cost: null,
    version: past.version,
    updated_at: past.updatedAt,
  };
}
