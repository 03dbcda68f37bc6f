/** SQL of purchase orders: reading them for a caller, locking one, changing its state, and adding many at once. */
import type { Db } from "../../../platform/postgres.ts";
import { asId } from "./lines.ts";

export type OrderStatus =
  | "draft"
  | "approved"
  | "sent"
  | "partially_received"
  | "received"
  | "cancelled";

export interface OrderRow {
  readonly id: string;
  readonly number: string;
  readonly status: OrderStatus;
  readonly supplier_id: string;
  readonly supplier: string;
  readonly warehouse_id: string;
  readonly warehouse: string;
  readonly currency: string | null;
  readonly expected_on: string | null;
  /** Days past the expected one while something is still awaited; 0 where it is not late. */
  readonly days_late: number;
  readonly note: string | null;
  readonly line_count: number;
  /** Sum of quantity × unit cost; null while a line has no cost. */
  readonly total_cost: string | null;
  readonly created_by: string;
  readonly approved_by: string | null;
  readonly approved_at: Date | null;
  readonly sent_at: Date | null;
  readonly received_at: Date | null;
  readonly cancelled_at: Date | null;
  readonly generated_by_run: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
  /** created_at as text, with all its digits, for cursors. */
  readonly created_key: string;
}

/** The expected day is over (UTC), and the supplier has it to deliver. */
const IS_LATE = `o.status in ('sent', 'partially_received') and o.expected_on < (now() at time zone 'UTC')::date`;

const ORDERS_SHOWN = `
  select o.id, o.number, o.status, o.supplier_id, s.code as supplier, o.warehouse_id, w.code as warehouse, o.currency,
    o.expected_on, case when ${IS_LATE} then (now() at time zone 'UTC')::date - o.expected_on else 0 end as days_late, o.note, t.line_count, t.total_cost, o.created_by, o.approved_by, o.approved_at, o.sent_at,
    o.received_at, o.cancelled_at, o.generated_by_run, o.version, o.created_at, o.updated_at,
    o.created_at::text as created_key
  from purchase_orders o
  join suppliers s on s.id = o.supplier_id
  join warehouses w on w.id = o.warehouse_id
  cross join lateral (
    select count(*) as line_count,
      case when bool_and(l.unit_cost is not null) then trim_scale(sum(l.quantity * l.unit_cost))::text end as total_cost
    from purchase_order_lines l
    where l.purchase_order_id = o.id
  ) t`;

/** Codes of the warehouses that a caller may see; undefined means all. */
type Visible = readonly string[] | undefined;

/** Orders by their ids, in the order of their numbers; those of warehouses out of sight are missing. */
export async function purchaseOrdersRead(
  db: Db,
  args: { ids: readonly string[]; warehouses: Visible },
): Promise<OrderRow[]> {
  const { rows } = await db.query<OrderRow>({
    name: "purchase_orders_read",
    text: `
      ${ORDERS_SHOWN}
      where o.id = any($1::uuid[])
        and ($2::text[] is null or w.code = any($2::text[]))
      order by o.number`,
    values: [args.ids, args.warehouses ?? null],
  });
  return rows;
}

export interface OrderFilter {
  readonly status: OrderStatus | undefined;
  /** Code or id. */
  readonly supplier: string | undefined;
  /** Code or id. */
  readonly warehouse: string | undefined;
  /** True: only late ones; false: only those that are not. */
  readonly late: boolean | undefined;
  readonly warehouses: Visible;
  /** Cursor (created_key, id): only older ones. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** Orders, newest first. */
export async function purchaseOrdersPage(db: Db, filter: OrderFilter): Promise<OrderRow[]> {
  const { rows } = await db.query<OrderRow>({
    name: "purchase_orders_page",
    text: `
      ${ORDERS_SHOWN}
      where ($1::text is null or o.status = $1::text)
        and ($2::text is null or s.code = $2::text or s.id = $8::uuid)
        and ($3::text is null or w.code = $3::text or w.id = $9::uuid)
        and ($4::text[] is null or w.code = any($4::text[]))
        and ($10::boolean is null or ((${IS_LATE}) is true) = $10::boolean)
        and ($5::timestamptz is null or (o.created_at, o.id) < ($5::timestamptz, $6::uuid))
      order by o.created_at desc, o.id desc
      limit $7::int`,
    values: [
      filter.status ?? null,
      filter.supplier ?? null,
      filter.warehouse ?? null,
      filter.warehouses ?? null,
      filter.after?.[0] ?? null,
      filter.after?.[1] ?? null,
      filter.limit,
      asId(filter.supplier),
      asId(filter.warehouse),
      filter.late ?? null,
    ],
  });
  return rows;
}

/** Locks an order until the transaction ends; false where there is none that the caller may see. Read it afterwards (P3). */
export async function purchaseOrderLock(
  db: Db,
  args: { id: string; warehouses: Visible },
): Promise<boolean> {
  const { rows } = await db.query<{ id: string }>({
    name: "purchase_order_lock",
    text: `
      select o.id
      from purchase_orders o
      join warehouses w on w.id = o.warehouse_id
      where o.id = $1::uuid
        and ($2::text[] is null or w.code = any($2::text[]))
      for update of o`,
    values: [args.id, args.warehouses ?? null],
  });
  return rows.length === 1;
}

/** Takes locked orders to a state, noting by whom and when. */
export async function purchaseOrdersSetStatus(
  db: Db,
  args: { ids: readonly string[]; status: OrderStatus; actor: string },
): Promise<void> {
  await db.query({
    name: "purchase_orders_set_status",
    text: `
      update purchase_orders
      set status = $2::text,
        approved_by = case when $2::text = 'approved' then $3::text else approved_by end,
        approved_at = case when $2::text = 'approved' then now() else approved_at end,
        sent_at = case when $2::text = 'sent' then now() else sent_at end,
        received_at = case when $2::text = 'received' then now() else received_at end,
        cancelled_at = case when $2::text = 'cancelled' then now() else cancelled_at end,
        version = version + 1,
        updated_at = now()
      where id = any($1::uuid[])`,
    values: [args.ids, args.status, args.actor],
  });
}

/** Changes the head of a locked draft. */
export async function purchaseOrderSetHead(
  db: Db,
  args: { id: string; currency: string | null; expectedOn: string | null; note: string | null },
): Promise<void> {
  await db.query({
    name: "purchase_order_set_head",
    text: `
      update purchase_orders
      set currency = $2::text,
        expected_on = $3::date,
        note = $4::text,
        version = version + 1,
        updated_at = now()
      where id = $1::uuid`,
    values: [args.id, args.currency, args.expectedOn, args.note],
  });
}

export interface NewOrder {
  readonly id: string;
  readonly supplierId: string;
  readonly warehouseId: string;
  readonly currency: string | null;
  readonly expectedOn: string | null;
  readonly note: string | null;
  readonly createdBy: string;
  readonly generatedByRun: string | null;
}

/** Adds orders in the given order (numbers follow it); answers the ids that are new. */
export async function purchaseOrdersInsert(
  db: Db,
  orders: readonly NewOrder[],
): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>({
    name: "purchase_orders_insert",
    text: `
      insert into purchase_orders (
        id, supplier_id, warehouse_id, currency, expected_on, note, created_by, generated_by_run)
      select id, supplier_id, warehouse_id, currency, expected_on, note, created_by, generated_by_run
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::text[], $7::text[], $8::uuid[])
        with ordinality as g (
          id, supplier_id, warehouse_id, currency, expected_on, note, created_by, generated_by_run, ordinal)
      order by ordinal
      on conflict on constraint purchase_orders_pkey do nothing
      returning id`,
    values: [
      orders.map((order) => order.id),
      orders.map((order) => order.supplierId),
      orders.map((order) => order.warehouseId),
      orders.map((order) => order.currency),
      orders.map((order) => order.expectedOn),
      orders.map((order) => order.note),
      orders.map((order) => order.createdBy),
      orders.map((order) => order.generatedByRun),
    ],
  });
  return new Set(rows.map((row) => row.id));
}

/** Ids of the orders that a run of generate-purchase-orders drafted, in the order of their numbers. */
export async function purchaseOrdersOfRun(db: Db, runId: string): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "purchase_orders_of_run",
    text: `
      select id
      from purchase_orders
      where generated_by_run = $1::uuid
      order by number`,
    values: [runId],
  });
  return rows.map((row) => row.id);
}

/** How many of the movement ids are in the inbox or have an outcome. */
export async function receiptsKnown(db: Db, ids: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ known: number }>({
    name: "receipts_known",
    text: `
      select count(*) as known
      from unnest($1::uuid[]) as g (id)
      where exists (select from movement_inbox i where i.id = g.id)
        or exists (select from movement_outcomes o where o.id = g.id)`,
    values: [ids],
  });
  return rows[0]?.known ?? 0;
}
