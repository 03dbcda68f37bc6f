/** SQL that adds up late entries of the ledger into late_marks and late_days (migration 0013). */
import type { Db } from "../../../platform/postgres.ts";
import type { LevelKey } from "../stockLevel.ts";

/** Entries between two marks. Fixed: stock_level_as_of counts on it. */
const MARK_ENTRIES = 256;

/** Levels past the given one, in key order, that have entries for at least one further mark. */
export async function levelsToMark(
  db: Db,
  args: { readonly after: LevelKey | undefined; readonly limit: number },
): Promise<LevelKey[]> {
  const { rows } = await db.query<LevelKey>({
    name: "levels_to_mark",
    text: `
      select s.item_id as "itemId", s.warehouse_id as "warehouseId"
      from stock_levels s
      where s.version >= $1::int
        and ($2::uuid is null or (s.item_id, s.warehouse_id) > ($2::uuid, $3::uuid))
        and s.version >= $1::int + coalesce((
          select k.version
          from late_marks k
          where k.item_id = s.item_id
            and k.warehouse_id = s.warehouse_id
          order by k.version desc
          limit 1), 0)
      order by s.item_id, s.warehouse_id
      limit $4::int`,
    values: [MARK_ENTRIES, args.after?.itemId ?? null, args.after?.warehouseId ?? null, args.limit],
  });
  return rows;
}

const LATE_MARKS_MAKE = `
  with due as (
    select s.item_id, s.warehouse_id, k.version as from_version, k.on_hand, k.reserved, k.unavailable, k.in_transit,
      k.entries, k.recorded_at,
      least(s.version / $3::int, coalesce(k.version, 0) / $3::int + $4::int) * $3::int as to_version
    from unnest($1::uuid[], $2::uuid[]) as l (item_id, warehouse_id)
    join stock_levels s on s.item_id = l.item_id and s.warehouse_id = l.warehouse_id
    left join lateral (
      select *
      from late_marks k
      where k.item_id = l.item_id
        and k.warehouse_id = l.warehouse_id
      order by k.version desc
      limit 1
    ) k on true
  ),
  read as materialized (
    select m.item_id, m.warehouse_id, (m.version + $3::int - 1) / $3::int * $3::int as mark, m.recorded_at,
      (m.occurred_at at time zone 'UTC')::date as day, m.recorded_at - m.occurred_at > interval '5 minutes' as is_late,
      m.quantity, m.reserved_change, m.unavailable_change, m.in_transit_change
    from due d
    cross join lateral (
      select *
      from stock_movements m
      where m.item_id = d.item_id
        and m.warehouse_id = d.warehouse_id
        and m.version > coalesce(d.from_version, 0)
        and m.version <= d.to_version
        and m.recorded_at >= coalesce(d.recorded_at, '-infinity')
    ) m
  ),
  blocks as (
    select item_id, warehouse_id, mark, max(recorded_at) as recorded_at,
      coalesce(sum(quantity) filter (where is_late), 0) as on_hand,
      coalesce(sum(reserved_change) filter (where is_late), 0) as reserved,
      coalesce(sum(unavailable_change) filter (where is_late), 0) as unavailable,
      coalesce(sum(in_transit_change) filter (where is_late), 0) as in_transit,
      count(*) filter (where is_late) as entries
    from read
    group by item_id, warehouse_id, mark
  ),
  marked as (
    insert into late_marks (item_id, warehouse_id, version, recorded_at, on_hand, reserved, unavailable, in_transit, entries)
    select b.item_id, b.warehouse_id, b.mark, b.recorded_at,
      coalesce(d.on_hand, 0) + sum(b.on_hand) over so_far,
      coalesce(d.reserved, 0) + sum(b.reserved) over so_far,
      coalesce(d.unavailable, 0) + sum(b.unavailable) over so_far,
      coalesce(d.in_transit, 0) + sum(b.in_transit) over so_far,
      coalesce(d.entries, 0) + sum(b.entries) over so_far
    from blocks b
    join due d on d.item_id = b.item_id and d.warehouse_id = b.warehouse_id
    window so_far as (partition by b.item_id, b.warehouse_id order by b.mark)
    returning 1
  ),
  days as (
    insert into late_days as t (item_id, warehouse_id, day, on_hand, reserved, unavailable, in_transit, entries)
    select item_id, warehouse_id, day, sum(quantity), sum(reserved_change), sum(unavailable_change),
      sum(in_transit_change), count(*)
    from read
    where is_late
    group by item_id, warehouse_id, day
    on conflict on constraint late_days_pkey do update
    set on_hand = t.on_hand + excluded.on_hand,
      reserved = t.reserved + excluded.reserved,
      unavailable = t.unavailable + excluded.unavailable,
      in_transit = t.in_transit + excluded.in_transit,
      entries = t.entries + excluded.entries
  )
  select count(*)::int as marks
  from marked`;

/**
 * Marks the levels as far as they go, at most `marksMax` marks each; answers how many marks were made. One statement: marks
 * and days change together or not at all. Two at once on one level: the second fails by the key of late_marks.
 */
export async function lateMarksMake(
  db: Db,
  args: { readonly levels: readonly LevelKey[]; readonly marksMax: number },
): Promise<number> {
  const { rows } = await db.query<{ marks: number }>({
    name: "late_marks_make",
    text: LATE_MARKS_MAKE,
    values: [
      args.levels.map((level) => level.itemId),
      args.levels.map((level) => level.warehouseId),
      MARK_ENTRIES,
      args.marksMax,
    ],
  });
  return rows[0]?.marks ?? 0;
}
