/** The working of an order line, figure by figure, as it is kept in `explanation`: quantities as decimal strings. */
import { formatQuantity } from "../../domain/quantity.ts";
import type { NeedWithSupplier, OrderLineNeed } from "./groupNeeds.ts";

/** Why this supplier: "preferred", "only_supplier", or the lowest by cost, then lead time, then code. */
export type SupplierChoice = "preferred" | "only_supplier" | "lowest_cost";

/** Explains how a line's quantity and supplier were reached. */
export function explainLine({ row, need, quantity }: OrderLineNeed): Record<string, unknown> {
  return {
    on_hand: row.on_hand,
    reserved: row.reserved,
    available: row.available,
    on_order: row.on_order,
    drafted: row.drafted,
    in_transit: row.in_transit,
    receipts_pending: row.receipts_pending,
    position: row.position,
    method: row.method,
    ...(row.method === "min_max"
      ? { min: row.reorder_at, max: row.max_quantity }
      : { reorder_point: row.reorder_at, reorder_quantity: row.reorder_quantity }),
    safety_stock: row.safety_stock,
    need: formatQuantity(need),
    moq: row.moq,
    pack_size: row.pack_size,
    quantity: formatQuantity(quantity),
    supplier: row.supplier,
    supplier_choice: choiceOf(row),
    lead_time_days: row.lead_time_days,
  };
}

function choiceOf(row: NeedWithSupplier): SupplierChoice {
  if (row.preferred === true) return "preferred";
  return row.candidates === 1 ? "only_supplier" : "lowest_cost";
}
