/** SQL that takes many orders in at once: drafts with numbers of their own, and changes of drafts. */
import type { Db } from "../../../platform/postgres.ts";
import type { NewOrder } from "./orders.ts";

/** A draft that brings its number along. */
export interface NumberedOrder extends Omit<NewOrder, "note" | "generatedByRun"> {
  readonly number: string;
}

/** Adds drafts in the given order; answers the ids that are new: an id or a number that is there already is left as it is. */
export async function numberedOrdersInsert(
  db: Db,
  orders: readonly NumberedOrder[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: "numbered_orders_insert",
    text: `
      insert into purchase_orders (id, number, supplier_id, warehouse_id, currency, expected_on, created_by)
      select id, number, supplier_id, warehouse_id, currency, expected_on, created_by
      from unnest($1::uuid[], $2::text[], $3::uuid[], $4::uuid[], $5::text[], $6::date[], $7::text[])
        with ordinality as g (id, number, supplier_id, warehouse_id, currency, expected_on, created_by, ordinal)
      order by ordinal
      on conflict do nothing
      returning id`,
    values: [
      orders.map((order) => order.id),
      orders.map((order) => order.number),
      orders.map((order) => order.supplierId),
      orders.map((order) => order.warehouseId),
      orders.map((order) => order.currency),
      orders.map((order) => order.expectedOn),
      orders.map((order) => order.createdBy),
    ],
  });
  return new Set(rows.map((row) => row.id));
}

/** A line of a locked draft with what it is to be. */
export interface LineChange {
  readonly id: string;
  readonly quantity: string;
  readonly unitCost: string | null;
}

/** Changes lines of locked drafts. */
export async function purchaseOrderLinesChange(
  db: Db,
  lines: readonly LineChange[],
): Promise<void> {
  await db.query({
    name: "purchase_order_lines_change",
    text: `
      update purchase_order_lines l
      set quantity = g.quantity, unit_cost = g.unit_cost
      from unnest($1::uuid[], $2::numeric[], $3::numeric[]) as g (id, quantity, unit_cost)
      where l.id = g.id`,
    values: [
      lines.map((line) => line.id),
      lines.map((line) => line.quantity),
      lines.map((line) => line.unitCost),
    ],
  });
}

/** Head of a locked draft as it is to be. */
export interface TermsChange {
  readonly id: string;
  readonly currency: string | null;
  readonly expectedOn: string | null;
}

/** Changes the heads of locked drafts; each counts as changed, also where only its lines were. */
export async function purchaseOrdersSetTerms(
  db: Db,
  orders: readonly TermsChange[],
): Promise<void> {
  await db.query({
    name: "purchase_orders_set_terms",
    text: `
      update purchase_orders o
      set currency = g.currency,
        expected_on = g.expected_on,
        version = o.version + 1,
        updated_at = now()
      from unnest($1::uuid[], $2::text[], $3::date[]) as g (id, currency, expected_on)
      where o.id = g.id`,
    values: [
      orders.map((order) => order.id),
      orders.map((order) => order.currency),
      orders.map((order) => order.expectedOn),
    ],
  });
}
