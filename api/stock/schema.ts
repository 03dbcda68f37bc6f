/** Stock as it is answered: decimal strings, version, age. */
import { z } from "zod";
import {
  type NamedLevel,
  type PastLevel,
  RESERVATION_STATUSES,
  type StockLevel,
} from "../../pipelines/stock/index.ts";
import { textOut } from "../entities/fields.ts";
import { codeField, decimalOut, timeField, timeOut } from "../http/fields.ts";
import { pageOf, pageQuery } from "../http/pagination.ts";

export const levelParams = z.object({ sku: codeField, warehouse: codeField });

const quantities = {
  on_hand: decimalOut,
  reserved: decimalOut.describe("Held by reservations that have not lapsed."),
  unavailable: decimalOut,
  available: decimalOut.describe("on_hand - reserved - unavailable"),
  incoming: decimalOut.nullable().describe("Ordered and not yet received; null with as_of."),
  in_transit: decimalOut.describe("On its way to the warehouse."),
};

const rest = {
  average_cost: decimalOut
    .nullable()
    .describe("Moving average, in the item's currency; null with as_of or without a cost."),
  version: z.int().describe("Number of the level's ledger entries; 0 before the first."),
  updated_at: timeOut
    .nullable()
    .describe("When the last entry was recorded; a reservation that lapses changes nothing here."),
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

/** Clocks of clients may be ahead by this much. */
const AHEAD_MS_MAX = 10 * 60_000;

const asOfQuery = {
  as_of: timeField
    .refine((at) => at.getTime() <= Date.now() + AHEAD_MS_MAX, {
      message: "a time that is not in the future",
      params: { code: "date_future" },
    })
    .optional()
    .describe("Any past moment."),
};

export const stockQuery = z.strictObject({
  ...pageQuery,
  sku: codeField.optional(),
  warehouse: codeField.optional(),
  ...asOfQuery,
  low: z
    .enum(["true", "false"])
    .optional()
    .describe("true: only levels whose position is at or below the reorder level, read live."),
});

export const itemQuery = z.strictObject(asOfQuery);

/** An empty text would be coerced to 0: it is no number. */
const emptyToNaN = (value: unknown): unknown =>
  typeof value === "string" && value.trim() === "" ? Number.NaN : value;

export const levelQuery = z.strictObject({
  ...asOfQuery,
  min_version: z
    .preprocess(emptyToNaN, z.coerce.number().int().min(0))
    .optional()
    .describe("Waits up to 2 s for this version, else answers 409 not_yet."),
});

/** Change and balance of a bucket beside on hand; a change of none and a balance of zero are left out. */
function bucket<Name extends string>(name: Name) {
  const changed = { [`${name}_change`]: decimalOut.optional() } as const;
  return { ...changed, [`${name}_after`]: decimalOut.optional() };
}

export const ledgerEntry = z
  .object({
    movement_id: z.string(),
    type: z.string(),
    quantity: decimalOut.describe("Signed change."),
    balance_after: decimalOut.describe("On hand after it."),
    ...bucket("reserved"),
    ...bucket("unavailable"),
    ...bucket("in_transit"),
    lot: z.string().optional().describe("Lot or serial number."),
    lot_balance_after: decimalOut.optional().describe("On hand of the lot there after it."),
    target_id: z
      .string()
      .optional()
      .describe("The reservation, transfer or movement that this one is about."),
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

const lotNames = {
  lot: z.string(),
  sku: z.string(),
  warehouse: z.string(),
  expires_on: z.string().nullable().meta({ format: "date" }),
};

export const lotEntry = z
  .object({
    ...lotNames,
    on_hand: decimalOut,
    reserved: decimalOut.describe("Held by reservations that name the lot."),
    unavailable: decimalOut,
    available: decimalOut.describe("on_hand - reserved - unavailable"),
    in_transit: decimalOut,
    updated_at: timeOut,
  })
  .meta({ title: "LotBalance" });

export const reservationEntry = z
  .object({
    id: z.string(),
    sku: z.string(),
    warehouse: z.string(),
    lot: textOut,
    status: z.enum(RESERVATION_STATUSES),
    quantity: decimalOut.describe("open + issued + released"),
    open: decimalOut.describe("Held still; 0 once it has lapsed."),
    issued: decimalOut,
    released: decimalOut,
    expires_at: timeOut.nullable(),
    created_at: timeOut,
    updated_at: timeOut,
  })
  .meta({ title: "Reservation" });

export const transitEntry = z
  .object({
    id: z.string().describe("Id of the transfer: POST /v1/movements/{id}/arrive."),
    line: z.int(),
    sku: z.string(),
    from_warehouse: textOut,
    to_warehouse: textOut,
    lot: textOut,
    quantity: decimalOut,
    open: decimalOut.describe("Still on its way."),
    arrived: decimalOut,
    lost: decimalOut,
    shipped_at: timeOut,
    updated_at: timeOut,
  })
  .meta({ title: "Transit" });

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

/** A past level: what the ledger does not hold (orders, cost) is null. */
export function showPastLevel(past: PastLevel) {
  return {
    on_hand: past.onHand,
    reserved: past.reserved,
    unavailable: past.unavailable,
    available: past.available,
    incoming: null,
    in_transit: past.inTransit,
    average_cost: null,
    version: past.version,
    updated_at: past.updatedAt,
  };
}
