/** Adds orders with their lines and events inside the caller's transaction: drafts by hand and drafts by the job alike. */
import type { DbClient } from "../../platform/postgres.ts";
import { appendEvents, type EntityEvent } from "../events/index.ts";
import { type NewOrderLine, purchaseOrderLinesInsert } from "./queries/lines.ts";
import {
  type NewOrder,
  type OrderRow,
  type OrderStatus,
  purchaseOrdersInsert,
  purchaseOrdersRead,
} from "./queries/orders.ts";

/** A draft with its lines. */
export interface NewDraft extends NewOrder {
  readonly lines: readonly Omit<NewOrderLine, "orderId" | "lineNumber">[];
}

/**
 * Adds drafts and appends `purchase_order.draft` for each new one. An id that is there already is left as it is, lines and
 * all. Call it last in a transaction: it locks event lanes. Answers the orders by number.
 */
export async function addDrafts(tx: DbClient, drafts: readonly NewDraft[]): Promise<OrderRow[]> {
  if (drafts.length === 0) return [];
  const added = await purchaseOrdersInsert(tx, drafts);
  const lines = drafts
    .filter((draft) => added.has(draft.id))
    .flatMap((draft) =>
      draft.lines.map((line, index) => ({ ...line, orderId: draft.id, lineNumber: index + 1 })),
    );
  if (lines.length > 0) await purchaseOrderLinesInsert(tx, lines);
  const ids = drafts.map((draft) => draft.id);
  const orders = await purchaseOrdersRead(tx, { ids, warehouses: undefined });
  const events = orders.filter((order) => added.has(order.id)).map((order) => orderEvent(order));
  await appendEvents(tx, events);
  return orders;
}

/** The event that tells an order's state; "updated" where the state stayed. Lines are read by id, not carried. */
export function orderEvent(
  order: OrderRow,
  change: OrderStatus | "updated" = order.status,
): EntityEvent {
  return {
    type: `purchase_order.${change}`,
    entityId: order.id,
    subject: `purchase-orders/${order.number}`,
    data: {
      id: order.id,
      number: order.number,
      status: order.status,
      supplier: order.supplier,
      warehouse: order.warehouse,
      currency: order.currency,
      expected_on: order.expected_on,
      line_count: order.line_count,
      total_cost: order.total_cost,
      version: order.version,
    },
  };
}
