/** SQL of low stock: how pairs stand, what is wrong, and writing crossings with their events. */
import type { Db } from "../../platform/postgres.ts";
import { plainArray, textArray } from "../../platform/sqlArrays.ts";

/** An item at a warehouse. */
export interface PairKey {
  readonly itemId: string;
  readonly warehouseId: string;
}

/** The sweep looks at every policy at once; a million of them take tens of seconds. */
const SWEEP_TIMEOUT_MS = 5 * 60_000;

/** On order for the pair `k`: what open orders (no drafts) still lack. */
const ON_ORDER = `
  select coalesce(sum(l.quantity - l.received_quantity), 0) as on_order
  from purchase_order_lines l
  join purchase_orders o on o.id = l.purchase_order_id
  where l.item_id = k.item_id
    and l.received_quantity < l.quantity
    and o.warehouse_id = k.warehouse_id
    and o.status in ('approved', 'sent', 'partially_received')`;

/** Receipts of orders for the pair `k` that are accepted and not decided. */
const RECEIPTS_PENDING = `
  select coalesce(sum(i.quantity), 0) as receipts_pending
  from movement_inbox i
  where i.item_id = k.item_id
    and i.warehouse_id = k.warehouse_id
    and i.source = 'purchase_order'
    and (select true from movement_outcomes o where o.id = i.id) is null`;

export interface OutstandingRow {
  readonly on_order: string;
  readonly receipts_pending: string;
}

/** What orders add to the positions of the pairs, in the order asked; on order and pending in one snapshot. */
export async function ordersOutstandingRead(
  db: Db,
  pairs: readonly PairKey[],
): Promise<OutstandingRow[]> {
  const { rows } = await db.query<OutstandingRow>({
    name: "orders_outstanding_read",
    text: `
      select a.on_order::text as on_order, p.receipts_pending::text as receipts_pending
      from unnest($1::uuid[], $2::uuid[]) with ordinality as k (item_id, warehouse_id, nth)
      cross join lateral (${ON_ORDER}) a
      cross join lateral (${RECEIPTS_PENDING}) p
      order by k.nth`,
    values: pairValues(pairs),
  });
  return rows;
}

function pairValues(pairs: readonly PairKey[]): string[] {
  return [
    plainArray(pairs.map((pair) => pair.itemId)),
    plainArray(pairs.map((pair) => pair.warehouseId)),
  ];
}

export interface HeldLane {
  readonly id: number;
  readonly next_position: number;
  /** ISO 8601; not before the lane's last entry. */
  readonly recorded_at: string;
}

/** Locks the lanes of the pairs' items, in ascending order, waiting for whoever holds one. */
export async function lanesHold(db: Db, pairs: readonly PairKey[]): Promise<HeldLane[]> {
  const { rows } = await db.query<HeldLane>({
    name: "low_stock_lanes_hold",
    text: `
      select id, next_position,
        to_char(date_trunc('milliseconds', greatest(clock_timestamp(), last_recorded_at)) at time zone 'UTC',
          'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as recorded_at
      from lanes
      where id in (select lane_of(item_id) from unnest($1::uuid[]) as k (item_id))
      order by id
      for update`,
    values: [plainArray(pairs.map((pair) => pair.itemId))],
  });
  return rows;
}

/** Moves the counters of held lanes past what was appended to them. */
export async function lanesMove(
  db: Db,
  lanes: readonly {
    readonly id: number;
    readonly nextPosition: number;
    readonly recordedAt: string;
  }[],
): Promise<void> {
  if (lanes.length === 0) return;
  await db.query({
    name: "low_stock_lanes_move",
    text: `
      update lanes n
      set next_position = g.next_position,
        last_recorded_at = greatest(n.last_recorded_at, g.recorded_at)
      from unnest($1::smallint[], $2::bigint[], $3::timestamptz[]) as g (id, next_position, recorded_at)
      where n.id = g.id`,
    values: [
      plainArray(lanes.map((lane) => lane.id)),
      plainArray(lanes.map((lane) => lane.nextPosition)),
      plainArray(lanes.map((lane) => lane.recordedAt)),
    ],
  });
}

export interface StandingRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly lane: number;
  readonly sku: string;
  readonly warehouse: string;
  /** Of the active policy of an active item at an active warehouse; null: the pair is not watched. */
  readonly reorder_at: string | null;
  readonly recovery_margin: string | null;
  readonly is_low: boolean;
  readonly alert_reorder_at: string | null;
  readonly position: string;
  readonly on_hand: string;
  readonly available: string;
  readonly on_order: string;
}

/** How the pairs stand: position, policy and alert. Hold their lanes before: then levels and alerts do not move. */
export async function pairStandingsRead(db: Db, pairs: readonly PairKey[]): Promise<StandingRow[]> {
  const { rows } = await db.query<StandingRow>({
    name: "low_stock_standings_read",
    text: `
      select k.item_id,
        k.warehouse_id,
        i.lane,
        i.sku,
        w.code as warehouse,
        r.reorder_at::text as reorder_at,
        r.recovery_margin::text as recovery_margin,
        e.item_id is not null as is_low,
        e.reorder_at::text as alert_reorder_at,
        (coalesce(s.on_hand - s.reserved + s.in_transit, 0) + a.on_order + p.receipts_pending)::text as position,
        coalesce(s.on_hand, 0)::text as on_hand,
        coalesce(s.on_hand - s.reserved - s.unavailable, 0)::text as available,
        a.on_order::text as on_order
      from (select distinct * from unnest($1::uuid[], $2::uuid[]) as g (item_id, warehouse_id)) k
      join inventory_items i on i.id = k.item_id
      join warehouses w on w.id = k.warehouse_id
      cross join lateral (${ON_ORDER}) a
      cross join lateral (${RECEIPTS_PENDING}) p
      left join stock_levels s on s.item_id = k.item_id and s.warehouse_id = k.warehouse_id
      left join reorder_policies r on r.item_id = k.item_id and r.warehouse_id = k.warehouse_id
        and r.status = 'active' and i.status = 'active' and w.status = 'active'
      left join low_stock_alerts e on e.item_id = k.item_id and e.warehouse_id = k.warehouse_id
      order by i.sku, w.code`,
    values: pairValues(pairs),
  });
  return rows;
}

/**
 * Pairs whose alert is not what their position calls for, in one snapshot: low and not told, or told and above the level and its
 * margin, or not watched any more. Reads every policy.
 */
export async function wrongPairsRead(db: Db): Promise<PairKey[]> {
  await db.query({
    text: "select set_config('statement_timeout', $1::text, true)",
    values: [String(SWEEP_TIMEOUT_MS)],
  });
  const { rows } = await db.query<PairKey>({
    name: "low_stock_wrong_pairs_read",
    text: `
      with watched as materialized (
        select r.item_id, r.warehouse_id, r.reorder_at, coalesce(r.recovery_margin, 0) as margin, x.position
        from reorder_policies r
        join inventory_items i on i.id = r.item_id
        join warehouses w on w.id = r.warehouse_id
        join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
        where r.status = 'active'
          and i.status = 'active'
          and w.status = 'active'
          and r.reorder_at is not null
      )
      select v.item_id as "itemId", v.warehouse_id as "warehouseId"
      from watched v
      left join low_stock_alerts e on e.item_id = v.item_id and e.warehouse_id = v.warehouse_id
      where case when e.item_id is null then v.position <= v.reorder_at else v.position > v.reorder_at + v.margin end
      union all
      select e.item_id, e.warehouse_id
      from low_stock_alerts e
      where not exists (
        select from watched v where v.item_id = e.item_id and v.warehouse_id = e.warehouse_id)
      order by 1, 2`,
  });
  return rows;
}

/** Takes up to so many notes, oldest first, leaving those that somebody else has taken. */
export async function checksTake(db: Db, limit: number): Promise<PairKey[]> {
  const { rows } = await db.query<PairKey>({
    name: "low_stock_checks_take",
    text: `
      delete from low_stock_checks c
      using (
        select id
        from low_stock_checks
        order by id
        limit $1::int
        for update skip locked
      ) t
      where c.id = t.id
      returning c.item_id as "itemId", c.warehouse_id as "warehouseId"`,
    values: [limit],
  });
  return rows;
}

export interface AlertWrite extends PairKey {
  readonly edge: "low" | "recovered";
  readonly reorderAt: string;
  readonly position: string;
  readonly movementId: string | null;
}

export interface EdgeEventWrite {
  readonly id: string;
  readonly lane: number;
  readonly position: number;
  readonly recordedAt: string;
  readonly type: string;
  readonly subject: string;
  readonly partitionKey: string;
  readonly data: string;
}

/** Raises and clears alerts and appends events at their places; answers how many alerts changed. */
export async function lowStockWrite(
  db: Db,
  { alerts, events }: { alerts: readonly AlertWrite[]; events: readonly EdgeEventWrite[] },
): Promise<number> {
  const { rows } = await db.query<{ changed: number }>({
    name: "low_stock_write",
    text: `
      with given as (
        select *
        from unnest($1::text[], $2::uuid[], $3::uuid[], $4::numeric[], $5::numeric[], $6::uuid[])
          as g (edge, item_id, warehouse_id, reorder_at, position, movement_id)
      ),
      raised as (
        insert into low_stock_alerts (item_id, warehouse_id, reorder_at, position, movement_id)
        select item_id, warehouse_id, reorder_at, position, movement_id
        from given
        where edge = 'low'
        on conflict on constraint low_stock_alerts_pkey do nothing
        returning 1
      ),
      cleared as (
        delete from low_stock_alerts a
        using given g
        where g.edge = 'recovered'
          and a.item_id = g.item_id
          and a.warehouse_id = g.warehouse_id
        returning 1
      ),
      told as (
        insert into events (id, lane, position, recorded_at, type, subject, partition_key, data)
        select id, lane, position, recorded_at, type, subject, partition_key, data::json
        from unnest($7::uuid[], $8::smallint[], $9::bigint[], $10::timestamptz[], $11::text[], $12::text[], $13::text[], $14::text[])
          as e (id, lane, position, recorded_at, type, subject, partition_key, data)
      )
      select (select count(*) from raised) + (select count(*) from cleared) as changed`,
    values: [
      plainArray(alerts.map((alert) => alert.edge)),
      plainArray(alerts.map((alert) => alert.itemId)),
      plainArray(alerts.map((alert) => alert.warehouseId)),
      plainArray(alerts.map((alert) => alert.reorderAt)),
      plainArray(alerts.map((alert) => alert.position)),
      plainArray(alerts.map((alert) => alert.movementId)),
      plainArray(events.map((event) => event.id)),
      plainArray(events.map((event) => event.lane)),
      plainArray(events.map((event) => event.position)),
      plainArray(events.map((event) => event.recordedAt)),
      plainArray(events.map((event) => event.type)),
      textArray(events.map((event) => event.subject)),
      plainArray(events.map((event) => event.partitionKey)),
      textArray(events.map((event) => event.data)),
    ],
  });
  return rows[0]?.changed ?? 0;
}
