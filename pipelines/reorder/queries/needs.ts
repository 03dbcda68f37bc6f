/** SQL of reorder decisions: the lock that keeps two deciders apart, then every figure in one statement, one snapshot. */
import type { ReorderMethod } from "../../../domain/reorder/reorderPolicy.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";
import type { OfferJson } from "../readOffers.ts";

/** Name of the advisory lock: a space of our own, one number for each kind of decision. */
const LOCK_SPACE = 20_481;
const DRAFTS = 1;

/** Decisions look at every policy at once; a million of them take tens of seconds. */
const STATEMENT_TIMEOUT_MS = 5 * 60_000;

/** Waits for the lock of drafting and holds it until the transaction ends. Read in a later statement (P3). */
export async function draftsLock(db: Db, timeoutMs: number): Promise<void> {
  await statementsMayLast(db, timeoutMs);
  await db.query({
    name: "drafts_lock",
    text: "select pg_advisory_xact_lock($1::int, $2::int)",
    values: [LOCK_SPACE, DRAFTS],
  });
}

/** Lets the statements of this transaction take minutes, and wait for locks so long. */
export async function statementsMayLast(db: Db, lockTimeoutMs: number): Promise<void> {
  await db.query({
    text: `
      select set_config('lock_timeout', $1::text, true),
        set_config('statement_timeout', $2::text, true)`,
    values: [String(lockTimeoutMs), String(STATEMENT_TIMEOUT_MS)],
  });
}

/** What a policy says, as texts. */
export interface PolicyColumns {
  readonly method: ReorderMethod;
  readonly reorder_point: string | null;
  readonly reorder_quantity: string | null;
  readonly min_quantity: string | null;
  readonly max_quantity: string | null;
  readonly safety_stock: string | null;
  readonly service_level: number | null;
  readonly review_days: number | null;
}

/** Columns of a PolicyColumns out of the policy `r`. */
export const POLICY_COLUMNS = `
        r.method,
        trim_scale(r.reorder_point)::text as reorder_point,
        trim_scale(r.reorder_quantity)::text as reorder_quantity,
        trim_scale(r.min_quantity)::text as min_quantity,
        trim_scale(r.max_quantity)::text as max_quantity,
        trim_scale(r.safety_stock)::text as safety_stock,
        r.service_level::float8 as service_level,
        r.review_days`;

/** The active offers of an item, as JSON. `item`: the column that names it. */
export const offersOf = (item: string): string => `
        select coalesce(jsonb_agg(jsonb_build_object(
            'supplier_id', s.id,
            'supplier', s.code,
            'preferred', a.preferred,
            'unit_cost', trim_scale(a.unit_cost)::text,
            'currency', case when a.unit_cost is null then null else coalesce(a.currency, s.currency) end,
            'moq', trim_scale(a.moq)::text,
            'pack_size', trim_scale(a.pack_size)::text,
            'order_multiple', trim_scale(a.order_multiple)::text,
            'order_maximum', trim_scale(a.order_maximum)::text,
            'price_breaks', a.price_breaks,
            'lead_time_days', coalesce(a.lead_time_days, s.lead_time_days),
            'working_days', s.working_days,
            'holidays', s.holidays) order by s.code), '[]') as offers
        from supplier_items a
        join suppliers s on s.id = a.supplier_id
        where a.item_id = ${item}
          and a.status = 'active'
          and s.status = 'active'`;

export interface NeedRow extends PolicyColumns {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly sku: string;
  readonly warehouse: string;
  /** Today at the warehouse, YYYY-MM-DD. */
  readonly today: string;
  readonly supplier_currencies: Readonly<Record<string, string | null>>;
  readonly reorder_at: string | null;
  readonly order_up_to: string | null;
  /** Figures on the way of a planned policy; null where the policy's own figures decide. */
  readonly working: Readonly<Record<string, unknown>> | null;
  readonly on_hand: string;
  readonly reserved: string;
  readonly available: string;
  readonly in_transit: string;
  readonly on_order: string;
  readonly drafted: string;
  readonly receipts_pending: string;
  readonly position: string;
  readonly offers: readonly OfferJson[];
}

/**
 * Every active policy that calls for a decision: its position, drafts counted in, is at or below its reorder level, or it is a review
 * day. With all offers of its item. One statement: ledger, orders, inbox and plans in one snapshot.
 */
export async function reorderNeedsRead(db: Db, now: Date): Promise<NeedRow[]> {
  const { rows } = await db.query<NeedRow>({
    name: "reorder_needs_read",
    text: `
      select r.item_id,
        r.warehouse_id,
        i.sku,
        w.code as warehouse,
        t.today::text as today,
        ${POLICY_COLUMNS},
        trim_scale(r.reorder_at)::text as reorder_at,
        trim_scale(p.order_up_to)::text as order_up_to,
        p.working,
        trim_scale(x.on_hand)::text as on_hand,
        trim_scale(x.reserved)::text as reserved,
        trim_scale(x.available)::text as available,
        trim_scale(x.in_transit)::text as in_transit,
        trim_scale(x.on_order)::text as on_order,
        trim_scale(x.drafted)::text as drafted,
        trim_scale(x.receipts_pending)::text as receipts_pending,
        trim_scale(x.position)::text as position,
        c.offers,
        (
          select coalesce(jsonb_object_agg(s.code, s.currency), '{}')
          from suppliers s
          join supplier_items a on a.supplier_id = s.id
          where a.item_id = r.item_id
        ) as supplier_currencies
      from reorder_policies r
      join inventory_items i on i.id = r.item_id
      join warehouses w on w.id = r.warehouse_id
      join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
      left join reorder_plans p on p.item_id = r.item_id and p.warehouse_id = r.warehouse_id
        and p.policy_version = r.version
        and r.method not in ('min_max', 'reorder_point')
      cross join lateral (
        select ($1::timestamptz at time zone w.time_zone)::date as today
      ) t
      cross join lateral (${offersOf("r.item_id")}
      ) c
      where r.status = 'active'
        and i.status = 'active'
        and w.status = 'active'
        and case
          when r.method = 'periodic_review' then p.order_up_to is not null
            and (p.reviewed_on is null or p.reviewed_on + r.review_days <= t.today)
          else x.position + x.drafted <= r.reorder_at
        end
      order by i.sku, w.code`,
    values: [now],
  });
  return rows;
}

/** Notes that the pairs were reviewed on these days. */
export async function reviewsNote(
  db: Db,
  reviews: readonly Pick<NeedRow, "item_id" | "warehouse_id" | "today">[],
): Promise<void> {
  if (reviews.length === 0) return;
  await db.query({
    name: "reorder_reviews_note",
    text: `
      update reorder_plans p
      set reviewed_on = g.today
      from unnest($1::uuid[], $2::uuid[], $3::date[]) as g (item_id, warehouse_id, today)
      where p.item_id = g.item_id
        and p.warehouse_id = g.warehouse_id`,
    values: [
      plainArray(reviews.map((review) => review.item_id)),
      plainArray(reviews.map((review) => review.warehouse_id)),
      plainArray(reviews.map((review) => review.today)),
    ],
  });
}
