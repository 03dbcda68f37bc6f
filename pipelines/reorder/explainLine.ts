/** The working of an order line, figure by figure, as it is kept in `explanation`: quantities and money as decimal strings. */
import { formatQuantity } from "../../domain/quantity.ts";
import type { OrderLineNeed } from "./decideOrders.ts";

/** Figures on demand of a policy whose own figures decide; null where they could not be read. */
export type DemandFigures = Readonly<Record<string, unknown>> | null;

/** Figures of demand that every line carries, null where nothing is known. */
const DEMAND_FIGURES = [
  "forecast_method",
  "demand_pattern",
  "daily_demand",
  "lead_time_demand",
] as const;

/** Explains how a line's quantity, price and supplier were reached. Never a look at anything but the decision's own figures. */
export function explainLine(line: OrderLineNeed, demand: DemandFigures): Record<string, unknown> {
  const { row, offer, need, quantity } = line;
  const known = row.working ?? demand ?? {};
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
    ...policyFigures(line),
    ...Object.fromEntries(DEMAND_FIGURES.map((name) => [name, known[name] ?? null])),
    safety_stock: row.safety_stock ?? row.working?.["safety_stock"] ?? null,
    plan: row.working,
    need: formatQuantity(need),
    gathered_need: formatQuantity(line.gatheredNeed),
    moq: formatQuantity(offer.moq),
    pack_size: formatQuantity(offer.packSize),
    order_multiple: orNull(offer.orderMultiple),
    order_maximum: orNull(offer.maximum),
    gathered_quantity: formatQuantity(line.gatheredQuantity),
    rounded_by: line.roundedBy,
    price_breaks: offer.priceBreaks.map((one) => ({
      quantity: formatQuantity(one.quantity),
      unit_cost: formatQuantity(one.unitCost),
    })),
    price_break: orNull(line.breakAt),
    unit_cost: orNull(line.unitCost),
    quantity: formatQuantity(quantity),
    supplier: offer.code,
    supplier_choice: line.choice,
    suppliers: line.candidates,
    lead_time_days: offer.leadTimeDays,
    expected_on: line.expectedOn,
  };
}

function policyFigures({ row }: OrderLineNeed): Record<string, unknown> {
  switch (row.method) {
    case "min_max":
      return { reorder_point: row.reorder_at, min: row.min_quantity, max: row.max_quantity };
    case "reorder_point":
      return { reorder_point: row.reorder_at, reorder_quantity: row.reorder_quantity };
    case "periodic_review":
      return {
        reorder_point: row.reorder_at,
        order_up_to: row.order_up_to,
        review_days: row.review_days,
      };
    case "days_of_cover":
      return {
        reorder_point: row.reorder_at,
        order_up_to: row.order_up_to,
        min_days: row.min_quantity,
        max_days: row.max_quantity,
      };
    case "auto":
      return { reorder_point: row.reorder_at, order_up_to: row.order_up_to };
  }
}

function orNull(quantity: bigint | null): string | null {
  return quantity === null ? null : formatQuantity(quantity);
}
