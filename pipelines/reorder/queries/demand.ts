/** SQL of demand: what left each level day by day, out of the ledger, and how long suppliers really took. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";

/** A level whose demand is asked for, up to the day before `today` (YYYY-MM-DD at the warehouse). */
export interface DemandKey {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly today: string;
}

export interface DemandRow {
  /** Place of the level among those asked, from 0 on. */
  readonly nth: number;
  /** Null for a level without entries in the time asked for. */
  readonly day: string | null;
  readonly demand: number;
  /** On-hand change of the day. */
  readonly net: number;
  /** On hand now. */
  readonly on_hand: number;
}

/**
 * Demand and on-hand change by day of the last `days` days, days being those of the warehouse's time zone. Demand: issues and
 * transfers out; a reversed one is taken off its own day. One statement: history and level in one snapshot.
 */
export async function demandRead(
  db: Db,
  { keys, days }: { readonly keys: readonly DemandKey[]; readonly days: number },
): Promise<DemandRow[]> {
  const { rows } = await db.query<DemandRow>({
    name: "demand_read",
    text: `
      with asked as materialized (
        select k.nth - 1 as nth, k.item_id, k.warehouse_id, w.time_zone,
          ((k.today - $4::int)::timestamp at time zone w.time_zone) as since
        from unnest($1::uuid[], $2::uuid[], $3::date[]) with ordinality as k (item_id, warehouse_id, today, nth)
        join warehouses w on w.id = k.warehouse_id
      ),
      entries as materialized (
        select a.nth, a.time_zone, a.since, m.item_id, m.warehouse_id, m.type, m.quantity, m.occurred_at, m.target_id
        from asked a
        join stock_movements m on m.item_id = a.item_id
          and m.warehouse_id = a.warehouse_id
          and m.occurred_at >= a.since
          and m.recorded_at >= a.since - interval '1 day' -- leaves out partitions
      ),
      changes as (
        select nth, (occurred_at at time zone time_zone)::date as day, quantity as net,
          case when quantity < 0 and type in ('issue', 'transfer') then -quantity else 0 end as demand
        from entries
        union all
        select e.nth, (t.occurred_at at time zone e.time_zone)::date, 0, -e.quantity
        from entries e
        join movement_outcomes o on o.id = e.target_id
        join stock_movements t on t.item_id = e.item_id
          and t.warehouse_id = e.warehouse_id
          and t.movement_id = o.id
          and t.version = o.version
          and t.type in ('issue', 'transfer')
          and t.quantity < 0
          and t.occurred_at >= e.since
        where e.type = 'reversal'
      )
      select a.nth::int as nth, c.day::text as day,
        coalesce(c.demand, 0)::float8 as demand,
        coalesce(c.net, 0)::float8 as net,
        coalesce(s.on_hand, 0)::float8 as on_hand
      from asked a
      left join stock_levels s on s.item_id = a.item_id and s.warehouse_id = a.warehouse_id
      left join (
        select nth, day, greatest(sum(demand), 0) as demand, sum(net) as net
        from changes
        group by nth, day
      ) c on c.nth = a.nth
      order by a.nth, c.day`,
    values: [
      plainArray(keys.map((key) => key.itemId)),
      plainArray(keys.map((key) => key.warehouseId)),
      plainArray(keys.map((key) => key.today)),
      days,
    ],
  });
  return rows;
}

export interface LeadTimeRow {
  readonly supplier_id: string;
  readonly orders: number;
  readonly mean_days: number;
  readonly deviation_days: number;
}

/** Days from sending to the last receipt of the suppliers' orders of the last two years; suppliers with fewer orders are left out. */
export async function leadTimesRead(
  db: Db,
  args: { readonly supplierIds: readonly string[]; readonly now: Date; readonly ordersMin: number },
): Promise<LeadTimeRow[]> {
  const { rows } = await db.query<LeadTimeRow>({
    name: "lead_times_read",
    text: `
      select supplier_id,
        count(*) as orders,
        avg(extract(epoch from received_at - sent_at) / 86400)::float8 as mean_days,
        coalesce(stddev_samp(extract(epoch from received_at - sent_at) / 86400), 0)::float8 as deviation_days
      from purchase_orders
      where supplier_id = any($1::uuid[])
        and sent_at >= $2::timestamptz - interval '2 years'
        and received_at >= sent_at
      group by supplier_id
      having count(*) >= $3::int`,
    values: [args.supplierIds, args.now, args.ordersMin],
  });
  return rows;
}
