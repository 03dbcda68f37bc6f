/** Rules between the fields of one row, with the codes and sentences that the API has for the same mistakes. Pure. */
import { describeFault, type Fault } from "../../domain/errors.ts";
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

function movementFault(fields: RowFields): RowError | undefined {
  const { type = "", warehouse, to_warehouse: to, unit_cost: cost } = fields;
  const sign = signFault(type, fields);
  if (sign !== undefined) return sign;
  if (type === "transfer" && to === undefined) {
    const expected = "the code of the warehouse that a transfer goes to";
    return fault("to_warehouse", "required", { expected });
  }
  if (type !== "transfer" && to !== undefined) {
    const expected = `nothing: a ${type} stays in its warehouse`;
    return fault("to_warehouse", "not_allowed", { found: to, expected });
  }
  if (to !== undefined && to === warehouse) {
    const expected = "another warehouse than the one it leaves";
    return fault("to_warehouse", "same_warehouse", { found: to, expected });
  }
  if (type !== "receipt" && cost !== undefined) {
    const expected = `nothing: only a receipt carries a cost, not a ${type}`;
    return fault("unit_cost", "not_allowed", { found: cost, expected });
  }
  return undefined;
}

function signFault(type: string, fields: RowFields): RowError | undefined {
  const { quantity: found = "" } = fields;
  const negative = found.startsWith("-");
  const wrong = (expected: string) => fault("quantity", "quantity_sign", { found, expected });
  if (type === "adjustment") {
    return found === "0" ? wrong("a signed quantity other than 0 for adjustment") : undefined;
  }
  if (type === "count") return negative ? wrong("a counted quantity of 0 or more") : undefined;
  return negative || found === "0" ? wrong(`a quantity greater than 0 for ${type}`) : undefined;
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
