/** Rules between the fields of one row, with the codes and sentences that the API has for the same mistakes. Pure. */
import { describeFault, type Fault } from "../../domain/errors.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import type { PostedType } from "../../domain/movement.ts";
import { fieldRefusal, signRefusal } from "../../domain/movementFields.ts";
import { quantityFromText } from "../../domain/quantity.ts";
import type { RowError, RowFields } from "./rowFault.ts";

/** Clocks of senders may be ahead by this much. */
const AHEAD_MS_MAX = 10 * 60_000;

/** The first rule that the row breaks, if any. */
export function ruleFault(kind: ImportKind, fields: RowFields, now: Date): RowError | undefined {
  switch (kind) {
    case "movements":
      return movementFault(fields) ?? futureFault(fields, "occurred_at", now);
    case "counts":
      return signFault("count", fields) ?? futureFault(fields, "counted_at", now);
    case "reorder_policies":
      return policyFault(fields);
    case "warehouses":
      return locationFault(fields);
    case "purchase_orders":
      return orderStatusFault(fields);
    case "items":
    case "suppliers":
    case "supplier_items":
      return undefined;
  }
}

/** The value that a row gives; undefined also where it takes the stored one away. */
function said(fields: RowFields, field: string): string | undefined {
  return fields[field] ?? undefined;
}

function fault(column: string, code: string, words: Omit<Fault, "thing">): RowError {
  const value = typeof words.found === "string" ? words.found : "";
  return { column, code, detail: describeFault({ thing: column, ...words }), value };
}

/** Columns that only some types carry. */
// (a currency is taken on every row: files carry it as a column, and without a cost it says nothing)
const TYPED_COLUMNS = ["to_warehouse", "unit_cost", "lot", "expires_on"] as const;

function movementFault(fields: RowFields): RowError | undefined {
  const type = fields["type"] as PostedType; // its cell was checked against the closed list
  if (type === "release") {
    return fault("type", "not_allowed", {
      found: type,
      expected: "a type that needs no reservation: a file has no column for it",
      mend: "post the release through the API",
    });
  }
  return signFault(type, fields) ?? typedFault(type, fields) ?? endsFault(type, fields);
}

function typedFault(type: PostedType, fields: RowFields): RowError | undefined {
  for (const column of TYPED_COLUMNS) {
    const found = said(fields, column);
    const expected = found === undefined ? undefined : fieldRefusal(type, column);
    if (found !== undefined && expected !== undefined) {
      return fault(column, "not_allowed", { found, expected });
    }
  }
  return expiryFault(type, fields);
}

function expiryFault(type: PostedType, fields: RowFields): RowError | undefined {
  const found = said(fields, "expires_on");
  if (found === undefined) return undefined;
  if (said(fields, "lot") === undefined) {
    return fault("lot", "required", { expected: "the lot that expires_on belongs to" });
  }
  if (type !== "adjustment" || said(fields, "quantity")?.startsWith("-") !== true) return undefined;
  const expected = "nothing: an adjustment downwards concerns a lot that is known";
  return fault("expires_on", "not_allowed", { found, expected });
}

function endsFault(type: PostedType, fields: RowFields): RowError | undefined {
  const to = said(fields, "to_warehouse");
  if (type === "transfer" && to === undefined) {
    const expected = "the code of the warehouse that a transfer goes to";
    return fault("to_warehouse", "required", { expected });
  }
  if (to !== undefined && to === said(fields, "warehouse")) {
    const expected = "another warehouse than the one it leaves";
    return fault("to_warehouse", "same_warehouse", { found: to, expected });
  }
  return undefined;
}

function signFault(type: PostedType, fields: RowFields): RowError | undefined {
  const found = said(fields, "quantity") ?? "";
  const expected = signRefusal(type, found);
  return expected === undefined
    ? undefined
    : fault("quantity", "quantity_sign", { found, expected });
}

function futureFault(fields: RowFields, column: string, now: Date): RowError | undefined {
  const found = said(fields, "occurred_at");
  if (found === undefined || Date.parse(found) <= now.getTime() + AHEAD_MS_MAX) return undefined;
  return fault(column, "date_future", { found, expected: "a time that is not in the future" });
}

function policyFault(fields: RowFields): RowError | undefined {
  const min = said(fields, "min_quantity");
  const max = said(fields, "max_quantity");
  if (min === undefined || max === undefined) return undefined;
  if (quantityFromText(max) >= quantityFromText(min)) return undefined;
  return fault("max", "below_min", { found: max, expected: `at least the minimum ${min}` });
}

function locationFault(fields: RowFields): RowError | undefined {
  const given = (column: string) => said(fields, column) !== undefined;
  const emptied = (column: string) => fields[column] === null;
  const isWhole =
    given("latitude") === given("longitude") && emptied("latitude") === emptied("longitude");
  if (isWhole) return undefined;
  const isLongitudeMissing = given("latitude") || (emptied("latitude") && !given("longitude"));
  const column = isLongitudeMissing ? "longitude" : "latitude";
  return fault(column, "required", { expected: "latitude and longitude together, or neither" });
}

/** Statuses that an order in a file can't come with, and why. */
const STATUS_REFUSED: Readonly<Record<string, string>> = {
  partially_received:
    'send the order as "sent" with the quantities that are still open, and what was received as movements',
  received: "send what was received as movements: the order is over",
  cancelled: "leave the order out: nothing is expected from it",
};

function orderStatusFault(fields: RowFields): RowError | undefined {
  const found = said(fields, "status");
  const mend = found === undefined ? undefined : STATUS_REFUSED[found];
  if (mend === undefined) return undefined;
  const expected = "draft, approved or sent: goods come in by receipts, which move stock";
  return fault("status", "not_allowed", { found, expected, mend });
}
