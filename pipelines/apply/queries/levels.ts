/** SQL that reads the levels that a batch touches, and what binds their stock for a time. */
import type { Tracking } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";

export interface LevelKey {
  readonly itemId: string;
  readonly warehouseId: string;
}

export interface LevelRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly sku: string;
  readonly tracking: Tracking;
  readonly lane: number;
  readonly warehouse: string;
  readonly allow_negative: boolean;
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly in_transit: string;
  readonly next_expiry_ms: number | null;
  readonly average_cost: string | null;
  readonly version: number;
  readonly last_hash: string;
  /** Of the active policy; null where nothing says when the level is low. */
  readonly reorder_at: string | null;
  readonly recovery_margin: string | null;
  readonly is_low: boolean | null;
}

/**
 * The levels of the pairs with what the fold and the events need; a level that does not exist yet reads as zero, version 0.
 * `limit 1` in the look-ups keeps each an index probe a pair, whatever the statistics say.
 */
export async function stockLevelsRead(db: Db, pairs: readonly LevelKey[]): Promise<LevelRow[]> {
  const { rows } = await db.query<LevelRow>({
    name: "stock_levels_read",
    text: `
      select k.item_id,
        k.warehouse_id,
        i.sku,
        i.tracking,
        i.lane,
        w.code as warehouse,
        w.allow_negative,
        coalesce(s.on_hand, 0)::text as on_hand,
        coalesce(s.reserved, 0)::text as reserved,
        coalesce(s.unavailable, 0)::text as unavailable,
        coalesce(s.in_transit, 0)::text as in_transit,
        (extract(epoch from s.next_expiry) * 1000)::bigint as next_expiry_ms,
        s.average_cost::text as average_cost,
        coalesce(s.version, 0) as version,
        encode(coalesce(s.last_hash, ''), 'hex') as last_hash,
        p.reorder_at::text as reorder_at,
        p.recovery_margin::text as recovery_margin,
        p.is_low
      from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
      cross join lateral (
        select sku, tracking, lane, status
        from inventory_items
        where id = k.item_id
        limit 1
      ) i
      cross join lateral (
        select code, allow_negative, status
        from warehouses
        where id = k.warehouse_id
        limit 1
      ) w
      left join lateral (
        select on_hand, reserved, unavailable, in_transit, next_expiry, average_cost, version, last_hash
        from stock_levels
        where item_id = k.item_id
          and warehouse_id = k.warehouse_id
        limit 1
      ) s on true
      left join lateral (
        select r.reorder_at, r.recovery_margin, (
            select true
            from low_stock_alerts a
            where a.item_id = k.item_id
              and a.warehouse_id = k.warehouse_id
            limit 1
          ) as is_low
        from reorder_policies r
        where r.item_id = k.item_id
          and r.warehouse_id = k.warehouse_id
          and r.status = 'active'
          and i.status = 'active'
          and w.status = 'active'
        limit 1
      ) p on true`,
    values: [
      plainArray(pairs.map((pair) => pair.itemId)),
      plainArray(pairs.map((pair) => pair.warehouseId)),
    ],
  });
  return rows;
}

interface LapsedRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  /** Null for the reservations that name no lot. */
  readonly lot_id: string | null;
  /** What reservations hold whose time is over. */
  readonly lapsed: string;
  /** When the next of the others lapses. */
  readonly later_expiry_ms: number | null;
}

/** What has lapsed of the levels' reservations by the given moment (milliseconds since 1970) of each, lot by lot. */
export async function reservationsLapsedRead(
  db: Db,
  levels: readonly (LevelKey & { readonly nowMs: number })[],
): Promise<LapsedRow[]> {
  const { rows } = await db.query<LapsedRow>({
    name: "reservations_lapsed_read",
    text: `
      select k.item_id,
        k.warehouse_id,
        r.lot_id,
        coalesce(sum(r.open_quantity) filter (where (extract(epoch from r.expires_at) * 1000)::bigint <= k.now_ms), 0)::text
          as lapsed,
        min((extract(epoch from r.expires_at) * 1000)::bigint)
          filter (where (extract(epoch from r.expires_at) * 1000)::bigint > k.now_ms) as later_expiry_ms
      from unnest($1::uuid[], $2::uuid[], $3::bigint[]) as k (item_id, warehouse_id, now_ms)
      left join reservations r
        on r.item_id = k.item_id
        and r.warehouse_id = k.warehouse_id
        and r.open_quantity > 0
        and r.expires_at is not null
      group by k.item_id, k.warehouse_id, r.lot_id`,
    values: [
      plainArray(levels.map((level) => level.itemId)),
      plainArray(levels.map((level) => level.warehouseId)),
      plainArray(levels.map((level) => level.nowMs)),
    ],
  });
  return rows;
}

/** A count against an earlier version of a level, or of a lot there. */
export interface CountedKey extends LevelKey {
  readonly version: number;
  readonly lotCode: string | null;
}

/** On-hand change since each counted version, in the order asked; zero where nothing has moved since. */
export async function changesSinceRead(db: Db, counted: readonly CountedKey[]): Promise<string[]> {
  const { rows } = await db.query<{ change: string }>({
    name: "changes_since_read",
    text: `
      select (case
          when s.version is null or k.version >= s.version then 0
          when k.lot_code is null then s.on_hand - coalesce((
            select m.balance_after
            from stock_movements m
            where m.item_id = k.item_id
              and m.warehouse_id = k.warehouse_id
              and m.version = k.version), 0)
          else coalesce((
            select sum(m.quantity)
            from stock_movements m
            join lots l on l.id = m.lot_id
            where m.item_id = k.item_id
              and m.warehouse_id = k.warehouse_id
              and m.version > k.version
              and l.item_id = k.item_id
              and l.code = k.lot_code), 0)
        end)::text as change
      from unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[])
        with ordinality as k (item_id, warehouse_id, version, lot_code, nth)
      left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
      order by k.nth`,
    values: [
      plainArray(counted.map((one) => one.itemId)),
      plainArray(counted.map((one) => one.warehouseId)),
      plainArray(counted.map((one) => one.version)),
      textArray(counted.map((one) => one.lotCode)),
    ],
  });
  return rows.map((row) => row.change);
}

/** The closed months, as YYYY-MM. */
export async function closedMonthsRead(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ month: string }>({
    name: "closed_months_read",
    text: "select to_char(month, 'YYYY-MM') as month from closed_periods",
  });
  return rows.map((row) => row.month);
}
