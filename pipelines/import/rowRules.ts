/** Rules between the fields of one row, with the codes and sentences that the API has for the same mistakes. Pure. */
import { describeFault, type Fault } from "../../domain/errors.ts";
import type { PostedType } from "../../domain/movement.ts";
import { fieldRefusal, signRefusal } from "../../domain/movementFields.ts";
import { quantityFromText } from "../../domain/quantity.ts";
import type { ImportKind } from "./importKinds.ts";
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
    case "items":
    case "suppliers":
    case "supplier_items":
      return undefined;
  }
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
    const found = fields[column];
    const expected = found === undefined ? undefined : fieldRefusal(type, column);
    if (found !== undefined && expected !== undefined) {
      return fault(column, "not_allowed", { found, expected });
    }
  }
  return expiryFault(type, fields);
}

function expiryFault(type: PostedType, fields: RowFields): RowError | undefined {
  const { lot, expires_on: found, quantity = "" } = fields;
  if (found === undefined) return undefined;
  if (lot === undefined) {
    return fault("lot", "required", { expected: "the lot that expires_on belongs to" });
  }
  if (type !== "adjustment" || !quantity.startsWith("-")) return undefined;
  const expected = "nothing: an adjustment downwards concerns a lot that is known";
  return fault("expires_on", "not_allowed", { found, expected });
}

function endsFault(type: PostedType, fields: RowFields): RowError | undefined {
  const { warehouse, to_warehouse: to } = fields;
  if (type === "transfer" && to === undefined) {
    const expected = "the code of the warehouse that a transfer goes to";
    return fault("to_warehouse", "required", { expected });
  }
  if (to !== undefined && to === warehouse) {
    const expected = "another warehouse than the one it leaves";
    return fault("to_warehouse", "same_warehouse", { found: to, expected });
  }
  return undefined;
}

function signFault(type: PostedType, fields: RowFields): RowError | undefined {
  const { quantity: found = "" } = fields;
  const expected = signRefusal(type, found);
  return expected === undefined
    ? undefined
    : fault("quantity", "quantity_sign", { found, expected });
}

function futureFault(fields: RowFields, column: string, now: Date): RowError | undefined {
  const { occurred_at: found } = fields;
  if (found === undefined || Date.parse(found) <= now.getTime() + AHEAD_MS_MAX) return undefined;
  return fault(column, "date_future", { found, expected: "a time that is not in the future" });
}

function policyFault(fields: RowFields): RowError | undefined {
  const { min_quantity: min, max_quantity: max } = fields;
  if (min === undefined || max === undefined) return undefined;
  if (quantityFromText(max) >= quantityFromText(min)) return undefined;
  return fault("max", "below_min", { found: max, expected: `at least the minimum ${min}` });
}

function locationFault(fields: RowFields): RowError | undefined {
  const { latitude, longitude } = fields;
  if ((latitude === undefined) === (longitude === undefined)) return undefined;
  const column = latitude === undefined ? "latitude" : "longitude";
  return fault(column, "required", { expected: "latitude and longitude together, or neither" });
}
