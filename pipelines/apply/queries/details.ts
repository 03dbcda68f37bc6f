/** SQL that reads what only some movements touch: lots, reservations, transfers in transit, and movements to be reversed. */
import type { MovementType } from "../../../domain/movement.ts";
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { LevelKey } from "./levels.ts";

export interface ReservationRow {
  readonly id: string;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly lot_id: string | null;
  readonly quantity: string;
  readonly open_quantity: string;
  readonly issued_quantity: string;
  readonly released_quantity: string;
  readonly expires_at_ms: number | null;
}

/** Reservations by their ids. */
export async function reservationsRead(db: Db, ids: readonly string[]): Promise<ReservationRow[]> {
  const { rows } = await db.query<ReservationRow>({
    name: "reservations_read",
    text: `
      select id, item_id, warehouse_id, lot_id, quantity, open_quantity, issued_quantity, released_quantity,
        (extract(epoch from expires_at) * 1000)::bigint as expires_at_ms
      from reservations
      where id = any($1::uuid[])`,
    values: [plainArray(ids)],
  });
  return rows;
}

export interface TransitRow {
  readonly movement_id: string;
  readonly line: number;
  readonly item_id: string;
  readonly from_warehouse_id: string;
  readonly to_warehouse_id: string;
  readonly lot_id: string | null;
  readonly quantity: string;
  readonly open_quantity: string;
  readonly arrived_quantity: string;
  readonly lost_quantity: string;
  readonly unit_cost: string | null;
}

/** Transfers in transit by the ids of their movements, line by line. */
export async function transitsRead(db: Db, ids: readonly string[]): Promise<TransitRow[]> {
  const { rows } = await db.query<TransitRow>({
    name: "transits_read",
    text: `
      select movement_id, line, item_id, from_warehouse_id, to_warehouse_id, lot_id, quantity, open_quantity,
        arrived_quantity, lost_quantity, unit_cost
      from transits
      where movement_id = any($1::uuid[])
      order by movement_id, line`,
    values: [plainArray(ids)],
  });
  return rows;
}

export interface OriginalRow {
  readonly movement_id: string;
  readonly type: MovementType;
  readonly item_id: string;
  readonly warehouse_id: string;
  readonly counterpart_warehouse_id: string | null;
  readonly lot_id: string | null;
  readonly quantity: string;
  readonly unavailable_change: string;
  readonly unit_cost: string | null;
  /** Of a transfer that arrived at once: the average cost that left with it. */
  readonly cost_moved: string | null;
  readonly reversed_by: string | null;
}

/**
 * What applied movements changed at their own warehouse, entry by entry. Their entries there have versions in a row that end
 * with the outcome's; a movement has at most 1,000 of them (domain/fold/lots.ts).
 */
export async function originalsRead(db: Db, ids: readonly string[]): Promise<OriginalRow[]> {
  const { rows } = await db.query<OriginalRow>({
    name: "originals_read",
    text: `
      select m.movement_id, m.type, m.item_id, m.warehouse_id, m.counterpart_warehouse_id, m.lot_id, m.quantity,
        m.unavailable_change, m.unit_cost, t.unit_cost as cost_moved, r.reversed_by
      from movement_outcomes o
      cross join lateral (
        select *
        from stock_movements m
        where m.item_id = o.item_id
          and m.warehouse_id = o.warehouse_id
          and m.version between o.version - 999 and o.version
          and m.movement_id = o.id
      ) m
      left join transfer_costs t on t.movement_id = o.id
      left join reversals r on r.movement_id = o.id
      where o.id = any($1::uuid[])
        and o.status = 'applied'
      order by m.movement_id, m.version`,
    values: [plainArray(ids)],
  });
  return rows;
}

export interface LotRow {
  readonly id: string;
  readonly item_id: string;
  readonly code: string;
  readonly expires_on: string | null;
  /** Null where no warehouse has held the lot. */
  readonly warehouse_id: string | null;
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly in_transit: string;
}

/** Lots to be read: those with stock at a level, those named by code, those named by id; each with all its balances. */
export async function lotsRead(
  db: Db,
  wanted: {
    readonly levels: readonly LevelKey[];
    readonly named: readonly { readonly itemId: string; readonly code: string }[];
    readonly ids: readonly string[];
  },
): Promise<LotRow[]> {
  const { rows } = await db.query<LotRow>({
    name: "lots_read",
    text: `
      with wanted as (
        select b.lot_id as id
        from unnest($1::uuid[], $2::uuid[]) as k (item_id, warehouse_id)
        join lot_balances b
          on b.item_id = k.item_id
          and b.warehouse_id = k.warehouse_id
          and (b.on_hand <> 0 or b.reserved <> 0 or b.unavailable <> 0 or b.in_transit <> 0)
        union
        select l.id
        from unnest($3::uuid[], $4::text[]) as n (item_id, code)
        join lots l on l.item_id = n.item_id and l.code = n.code
        union
        select unnest($5::uuid[])
      )
      select l.id, l.item_id, l.code, l.expires_on, b.warehouse_id,
        coalesce(b.on_hand, 0)::text as on_hand,
        coalesce(b.reserved, 0)::text as reserved,
        coalesce(b.unavailable, 0)::text as unavailable,
        coalesce(b.in_transit, 0)::text as in_transit
      from wanted w
      join lots l on l.id = w.id
      left join lot_balances b on b.lot_id = l.id`,
    values: [
      plainArray(wanted.levels.map((level) => level.itemId)),
      plainArray(wanted.levels.map((level) => level.warehouseId)),
      plainArray(wanted.named.map((lot) => lot.itemId)),
      textArray(wanted.named.map((lot) => lot.code)),
      plainArray(wanted.ids),
    ],
  });
  return rows;
}
