/** SQL of what was ordered before, at which price and how it came; and of whom an order is between. */
import type { Db } from "../../../platform/postgres.ts";

/** A line of an order that was sent, with what came of it. */
export interface PurchaseRow {
  readonly line_id: string;
  readonly purchase_order_id: string;
  readonly number: string;
  readonly status: string;
  readonly supplier: string;
  readonly warehouse: string;
  readonly sku: string;
  readonly quantity: string;
  readonly received_quantity: string;
  readonly unit_cost: string | null;
  readonly currency: string | null;
  /** Against the purchase of the item before, at the same supplier in the same currency; null where there is none. */
  readonly unit_cost_change: string | null;
  readonly sent_at: Date;
  readonly expected_on: string | null;
  readonly first_received_at: Date | null;
  readonly last_received_at: Date | null;
  /** Received quantity at the cost that its receipts named. */
  readonly received_cost: string | null;
  /** sent_at as text, with all its digits, for cursors. */
  readonly sent_key: string;
}

export interface PurchaseFilter {
  readonly sku: string | undefined;
  readonly supplier: string | undefined;
  readonly warehouses: readonly string[] | undefined;
  /** Cursor (sent_key, line_id): only older ones. */
  readonly after: readonly string[] | undefined;
  readonly limit: number;
}

/** Lines of sent orders, the latest first; receipts are those of the ledger. */
export async function purchasesPage(db: Db, filter: PurchaseFilter): Promise<PurchaseRow[]> {
  const { rows } = await db.query<PurchaseRow>({
    name: "purchases_page",
    text: `
      select p.line_id, p.purchase_order_id, p.number, p.status, p.supplier, p.warehouse, p.sku,
        trim_scale(p.quantity)::text as quantity,
        trim_scale(p.received_quantity)::text as received_quantity,
        trim_scale(p.unit_cost)::text as unit_cost,
        p.currency,
        trim_scale(p.unit_cost - b.unit_cost)::text as unit_cost_change,
        p.sent_at, p.expected_on, r.first_received_at, r.last_received_at,
        trim_scale(r.received_cost)::text as received_cost,
        p.sent_at::text as sent_key
      from (
        select l.id as line_id, o.id as purchase_order_id, o.number, o.status, s.code as supplier, o.supplier_id,
          w.code as warehouse, o.warehouse_id, i.sku, l.item_id, l.quantity, l.received_quantity, l.unit_cost, o.currency,
          o.sent_at, o.expected_on, o.created_at
        from purchase_orders o
        join purchase_order_lines l on l.purchase_order_id = o.id
        join inventory_items i on i.id = l.item_id
        join suppliers s on s.id = o.supplier_id
        join warehouses w on w.id = o.warehouse_id
        where o.sent_at is not null
          and ($1::text is null or i.sku = $1::text)
          and ($2::text is null or s.code = $2::text)
          and ($3::text[] is null or w.code = any($3::text[]))
          and ($4::timestamptz is null or (o.sent_at, l.id) < ($4::timestamptz, $5::uuid))
        order by o.sent_at desc, l.id desc
        limit $6::int
      ) p
      left join lateral (
        select bl.unit_cost
        from purchase_order_lines bl
        join purchase_orders bo on bo.id = bl.purchase_order_id
        where bl.item_id = p.item_id
          and bo.supplier_id = p.supplier_id
          and bo.currency is not distinct from p.currency
          and bl.unit_cost is not null
          and (bo.sent_at, bl.id) < (p.sent_at, p.line_id)
        order by bo.sent_at desc, bl.id desc
        limit 1
      ) b on true
      left join lateral (
        select min(m.occurred_at) as first_received_at,
          max(m.occurred_at) as last_received_at,
          sum(m.quantity * m.unit_cost) as received_cost
        from stock_movements m
        where m.item_id = p.item_id
          and m.warehouse_id = p.warehouse_id
          and m.source = 'purchase_order'
          and m.source_id = p.purchase_order_id
          and m.recorded_at >= p.created_at
      ) r on p.received_quantity > 0
      order by p.sent_at desc, p.line_id desc`,
    values: [
      filter.sku ?? null,
      filter.supplier ?? null,
      filter.warehouses ?? null,
      filter.after?.[0] ?? null,
      filter.after?.[1] ?? null,
      filter.limit,
    ],
  });
  return rows;
}

/** Whom an order is between, and what its lines lack for a document, in the order of their numbers. */
export interface PartiesRow {
  readonly supplier: Readonly<Record<"name" | "city" | "country", string | null>>;
  readonly warehouse: Readonly<Record<"name" | "address", string | null>>;
  readonly lines: readonly {
    readonly unit: string;
    readonly supplier_sku: string | null;
    readonly amount: string | null;
  }[];
}

/** Reads them for one order, which is there. */
export async function purchaseOrderParties(db: Db, orderId: string): Promise<PartiesRow> {
  const { rows } = await db.query<PartiesRow>({
    name: "purchase_order_parties",
    text: `
      select json_build_object('name', s.name, 'city', s.city, 'country', s.country) as supplier,
        json_build_object('name', w.name, 'address', w.address) as warehouse,
        coalesce((
          select json_agg(json_build_object('unit', i.unit, 'supplier_sku', c.supplier_sku,
            'amount', trim_scale(l.quantity * l.unit_cost)::text) order by l.line_number)
          from purchase_order_lines l
          join inventory_items i on i.id = l.item_id
          left join supplier_items c on c.item_id = l.item_id and c.supplier_id = o.supplier_id
          where l.purchase_order_id = o.id
        ), '[]') as lines
      from purchase_orders o
      join suppliers s on s.id = o.supplier_id
      join warehouses w on w.id = o.warehouse_id
      where o.id = $1::uuid`,
    values: [orderId],
  });
  const parties = rows[0];
  if (parties === undefined) throw new Error(`order ${orderId} was read and is not there`);
  return parties;
}
