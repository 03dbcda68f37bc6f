/** SQL of reorder decisions: the locks that keep two deciders apart, then every figure in one statement, one snapshot. */
import type { Db } from "../../platform/postgres.ts";

/** Names of the advisory locks: a space of our own, one number for each kind of decision. */
const LOCK_SPACE = 20_481;
const LOCKS = { drafts: 1, alerts: 2 } as const;

/** Decisions look at every policy at once; a million of them take tens of seconds. */
const STATEMENT_TIMEOUT_MS = 5 * 60_000;

/** Waits for the lock of a kind of decision and holds it until the transaction ends. Read in a later statement (P3). */
export async function decisionLock(
  db: Db,
  args: { decision: keyof typeof LOCKS; timeoutMs: number },
): Promise<void> {
  await db.query({
    text: `
      select set_config('lock_timeout', $1::text, true),
        set_config('statement_timeout', $2::text, true)`,
    values: [String(args.timeoutMs), String(STATEMENT_TIMEOUT_MS)],
  });
  await db.query({
    name: "decision_lock",
    text: "select pg_advisory_xact_lock($1::int, $2::int)",
    values: [LOCK_SPACE, LOCKS[args.decision]],
  });
}

export interface NeedRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly method: "min_max" | "reorder_point";
  readonly reorder_at: string;
  readonly max_quantity: string | null;
  readonly reorder_quantity: string | null;
  readonly safety_stock: string | null;
  readonly on_hand: string;
  readonly reserved: string;
  readonly available: string;
  readonly in_transit: string;
  readonly on_order: string;
  readonly drafted: string;
  readonly receipts_pending: string;
  readonly position: string;
  /** The supplier to order from; null where no active one sells the item. */
  readonly supplier_id: string | null;
  readonly supplier: string | null;
  readonly unit_cost: string | null;
  readonly currency: string | null;
  readonly supplier_currency: string | null;
  readonly moq: string | null;
  readonly pack_size: string | null;
  readonly lead_time_days: number | null;
  readonly preferred: boolean | null;
  /** Active suppliers of the item. */
  readonly candidates: number | null;
}

/**
 * Every active policy whose position, drafts counted in, is at or below its reorder level, with the supplier to order from:
 * preferred first, then lowest cost, shortest lead time, code. One statement: ledger, orders and inbox in one snapshot.
 */
export async function reorderNeedsRead(db: Db): Promise<NeedRow[]> {
  const { rows } = await db.query<NeedRow>({
    name: "reorder_needs_read",
    text: `
      select r.item_id,
        r.warehouse_id,
        i.sku,
        w.code as warehouse,
        r.method,
        trim_scale(r.reorder_at)::text as reorder_at,
        trim_scale(r.max_quantity)::text as max_quantity,
        trim_scale(r.reorder_quantity)::text as reorder_quantity,
        trim_scale(r.safety_stock)::text as safety_stock,
        trim_scale(x.on_hand)::text as on_hand,
        trim_scale(x.reserved)::text as reserved,
        trim_scale(x.available)::text as available,
        trim_scale(x.in_transit)::text as in_transit,
        trim_scale(x.on_order)::text as on_order,
        trim_scale(x.drafted)::text as drafted,
        trim_scale(x.receipts_pending)::text as receipts_pending,
        trim_scale(x.position)::text as position,
        c.supplier_id,
        c.supplier,
        trim_scale(c.unit_cost)::text as unit_cost,
        c.currency,
        c.supplier_currency,
        trim_scale(c.moq)::text as moq,
        trim_scale(c.pack_size)::text as pack_size,
        c.lead_time_days,
        c.preferred,
        c.candidates
      from reorder_policies r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
      left join lateral (
        select s.id as supplier_id,
          s.code as supplier,
          a.unit_cost,
          a.currency,
          s.currency as supplier_currency,
          a.moq,
          a.pack_size,
          coalesce(a.lead_time_days, s.lead_time_days) as lead_time_days,
          a.preferred,
          count(*) over () as candidates
        from supplier_items a
        join suppliers s on s.id = a.supplier_id
        where a.item_id = r.item_id
          and a.status = 'active'
          and s.status = 'active'
        order by a.preferred desc,
          a.unit_cost nulls last,
          coalesce(a.lead_time_days, s.lead_time_days) nulls last,
          s.code
        limit 1
      ) c on true
      where r.status = 'active'
        and i.status = 'active'
        and w.status = 'active'
        and x.position + x.drafted <= r.reorder_at
      order by c.supplier, w.code, i.sku`,
  });
  return rows;
}

export interface EdgeRow {
  readonly edge: "low" | "recovered";
  readonly item_id: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly reorder_at: string;
  readonly position: string;
  readonly on_hand: string;
  readonly available: string;
  readonly on_order: string;
}

/**
 * Compares every position with its active policy and moves low_stock_alerts to what it found; answers the edges: a row that
 * is new (low) or gone (recovered). A level that stays low changes nothing. Hold the lock "alerts" before.
 */
export async function lowStockEdges(db: Db): Promise<EdgeRow[]> {
  const { rows } = await db.query<EdgeRow>({
    name: "low_stock_edges",
    text: `
      with watched as materialized (
        select x.item_id, x.warehouse_id, r.reorder_at, x.position, x.on_hand, x.available, x.on_order,
          coalesce(r.status = 'active' and i.status = 'active' and w.status = 'active'
            and x.position <= r.reorder_at, false) as low
        from stock_positions x
        join inventory_items i on i.id = x.item_id
        join warehouses w on w.id = x.warehouse_id
        left join reorder_policies r on r.item_id = x.item_id and r.warehouse_id = x.warehouse_id
      ),
      raised as (
        insert into low_stock_alerts (item_id, warehouse_id, reorder_at, position)
        select item_id, warehouse_id, reorder_at, position
        from watched
        where low
        on conflict on constraint low_stock_alerts_pkey do nothing
        returning item_id, warehouse_id, reorder_at
      ),
      cleared as (
        delete from low_stock_alerts a
        where not exists (
          select from watched x
          where x.item_id = a.item_id
            and x.warehouse_id = a.warehouse_id
            and x.low
        )
        returning a.item_id, a.warehouse_id, a.reorder_at
      ),
      edges as (
        select 'low' as edge, item_id, warehouse_id, reorder_at
        from raised
        union all
        select 'recovered', item_id, warehouse_id, reorder_at
        from cleared
      )
      select e.edge,
        e.item_id,
        i.sku,
        w.code as warehouse,
        trim_scale(coalesce(x.reorder_at, e.reorder_at))::text as reorder_at,
        trim_scale(coalesce(x.position, 0))::text as position,
        trim_scale(coalesce(x.on_hand, 0))::text as on_hand,
        trim_scale(coalesce(x.available, 0))::text as available,
        trim_scale(coalesce(x.on_order, 0))::text as on_order
      from edges e
      join inventory_items i on i.id = e.item_id
      join warehouses w on w.id = e.warehouse_id
      left join watched x on x.item_id = e.item_id and x.warehouse_id = e.warehouse_id
      order by i.sku, w.code, e.edge`,
  });
  return rows;
}
