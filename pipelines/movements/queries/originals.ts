/**
 * SQL that reads what a movement is, for what follows from it (arrival, reversal) and for its page: out of the inbox while it
 * waits, else out of the ledger by its key. Never a scan.
 */
import type { MovementType } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";

/** A movement that another one follows from. */
export interface OriginalRow {
  readonly id: string;
  readonly status: "accepted" | "applied" | "rejected" | "set_aside";
  /** Null where it was rejected: only applied movements are in the ledger. */
  readonly type: MovementType | null;
  readonly item_id: string;
  readonly lane: number;
  readonly warehouse_id: string;
  readonly warehouse: string;
  readonly to_warehouse_id: string | null;
  readonly to_warehouse: string | null;
  /** As accepted; of an applied one, what changed on hand or, where nothing did, what was reserved, held or on its way. */
  readonly quantity: string | null;
  /** The goods left, or will leave, to arrive later. */
  readonly in_transit: boolean;
  readonly reversed_by: string | null;
  /** What the ledger entries at its own warehouse say of lots; null where there are none. */
  readonly lots: readonly { readonly lot: string; readonly quantity: string }[] | null;
}

/** What an entry moved: on hand, else the bucket that the movement was about. */
const MOVED = `
            case
              when m.quantity <> 0 then m.quantity
              when m.reserved_change <> 0 then m.reserved_change
              when m.unavailable_change <> 0 then m.unavailable_change
              else m.in_transit_change
            end`;

/** The movement, or undefined where the id is not known. */
export async function movementOriginalRead(db: Db, id: string): Promise<OriginalRow | undefined> {
  const { rows } = await db.query<OriginalRow>({
    name: "movement_original_read",
    text: `
      with known as (
        select o.id, o.status, e.type, o.item_id, o.warehouse_id, e.counterpart_warehouse_id as to_warehouse_id,
          e.quantity, exists (select from transits t where t.movement_id = o.id) as in_transit, e.lots
        from movement_outcomes o
        left join lateral (
          select min(m.type) as type,
            (array_agg(m.counterpart_warehouse_id))[1] as counterpart_warehouse_id,
            sum(${MOVED}) as quantity,
            jsonb_agg(jsonb_build_object('lot', l.code, 'quantity', trim_scale(${MOVED})::text) order by m.version)
              filter (where l.id is not null) as lots
          from (
            -- of a movement over several lots the outcome names the last entry; others have but one
            select case when last.lot_id is null then 0 else 999 end as before
            from stock_movements last
            where last.item_id = o.item_id
              and last.warehouse_id = o.warehouse_id
              and last.version = o.version
              and last.recorded_at = o.decided_at
            limit 1
          ) reach
          -- "offset 0" keeps both bounds of the version in the index probe
          cross join lateral (
            select *
            from stock_movements
            where item_id = o.item_id
              and warehouse_id = o.warehouse_id
              and version between o.version - reach.before and o.version
              and recorded_at = o.decided_at
            offset 0
          ) m
          left join lots l on l.id = m.lot_id
          where m.movement_id = o.id
        ) e on true
        where o.id = $1::uuid
        union all
        select m.id, 'accepted', m.type, m.item_id, m.warehouse_id, m.to_warehouse_id, m.quantity, m.in_transit, null
        from movement_inbox m
        where m.id = $1::uuid
          and not exists (select from movement_outcomes o where o.id = m.id)
        union all
        select m.id, 'set_aside', m.type, m.item_id, m.warehouse_id, m.to_warehouse_id, m.quantity, m.in_transit, null
        from set_aside_movements a
        cross join lateral jsonb_populate_record(null::movement_inbox, a.movement) m
        where a.id = $1::uuid
          and not exists (select from movement_outcomes o where o.id = a.id)
      )
      select k.id, k.status, k.type, k.item_id, i.lane, k.warehouse_id, w.code as warehouse, k.to_warehouse_id,
        t.code as to_warehouse, trim_scale(k.quantity)::text as quantity, k.in_transit, r.reversed_by, k.lots
      from known k
      join inventory_items i on i.id = k.item_id
      join warehouses w on w.id = k.warehouse_id
      left join warehouses t on t.id = k.to_warehouse_id
      left join reversals r on r.movement_id = k.id
      limit 1`,
    values: [id],
  });
  return rows[0];
}
