/** SQL that reads what a batch decides on: pending movements of locked lanes, and the levels that they touch. */
import type { MovementType } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";

export interface PendingRow {
  /** Where the row lies in the inbox; stays so while this transaction looks at the table. */
  readonly place: string;
  readonly seq: number;
  readonly lane: number;
  readonly id: string;
  readonly type: MovementType;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly to_warehouse_id: string | null;
  readonly quantity: string;
  readonly unit_cost: string | null;
  readonly expected_version: number | null;
  readonly reason: string | null;
  readonly reference_type: string | null;
  readonly reference_id: string | null;
  readonly source_id: string | null;
  readonly actor: string;
  readonly occurred_at_ms: number;
}

/**
 * Undone movements of the lanes in the order of their acceptance, past their low-water marks and at most `perLane` of each. Undone: no
 * outcome for the id. The look-up is a scalar subquery on purpose: it stays an index probe a row.
 */
export async function pendingMovementsRead(
  db: Db,
  args: { lanes: readonly { id: number; low_water: number }[]; perLane: number },
): Promise<PendingRow[]> {
  const { rows } = await db.query<PendingRow>({
    name: "pending_movements_read",
    text: `
      select p.ctid::text as place, p.seq, n.lane, p.id, p.type, p.item_id, p.warehouse_id, p.to_warehouse_id, p.quantity,
        p.unit_cost, p.expected_version, p.reason, p.reference_type, p.reference_id, p.actor,
        (extract(epoch from p.occurred_at) * 1000)::bigint as occurred_at_ms
      from unnest($1::smallint[], $2::bigint[]) as n (lane, low_water)
      cross join lateral (
        select i.ctid, i.*
        from movement_inbox i
        where i.lane = n.lane
          and i.seq > n.low_water
          and (select true from movement_outcomes o where o.id = i.id) is null
        order by i.lane, i.seq
        limit $3::int
      ) p
      order by n.lane, p.seq`,
    values: [
      plainArray(args.lanes.map((lane) => lane.id)),
      plainArray(args.lanes.map((lane) => lane.low_water)),
      args.perLane,
    ],
  });
  return rows;
}

export interface LevelRow {
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly sku: string;
  readonly lane: number;
  readonly warehouse: string;
  readonly allow_negative: boolean;
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly average_cost: string | null;
  readonly version: number;
  readonly last_hash: string;
}

/**
 * The levels of the pairs with what the fold and the events need; a level that does not exist yet reads as zero, version 0.
 * `limit 1` in the look-ups keeps each an index probe a pair, whatever the statistics say.
 */
export async function stockLevelsRead(
  db: Db,
  pairs: readonly { itemId: string; warehouseId: string }[],
): Promise<LevelRow[]> {
  const { rows } = await db.query<LevelRow>({
    name: "stock_levels_read",
    text: `
      select k.item_id,
        k.warehouse_id,
        i.sku,
        i.lane,
        w.code as warehouse,
        w.allow_negative,
        coalesce(s.on_hand, 0)::text as on_hand,
        coalesce(s.reserved, 0)::text as reserved,
        coalesce(s.unavailable, 0)::text as unavailable,
        s.average_cost::text as average_cost,
        coalesce(s.version, 0) as version,
        encode(coalesce(s.last_hash, ''), 'hex') as last_hash
      from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
      cross join lateral (
        select sku, lane
        from inventory_items
        where id = k.item_id
        limit 1
      ) i
      cross join lateral (
        select code, allow_negative
        from warehouses
        where id = k.warehouse_id
        limit 1
      ) w
      left join lateral (
        select on_hand, reserved, unavailable, average_cost, version, last_hash
        from stock_levels
        where item_id = k.item_id
          and warehouse_id = k.warehouse_id
        limit 1
      ) s on true`,
    values: [
      plainArray(pairs.map((pair) => pair.itemId)),
      plainArray(pairs.map((pair) => pair.warehouseId)),
    ],
  });
  return rows;
}
