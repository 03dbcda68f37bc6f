/** SQL that finds the items whose ledger has grown, and takes the new entries into the order of business time. */
import type { Db } from "../../../platform/postgres.ts";

/** How far the look through the events has come. */
export interface LanesBehind {
  /** Events in all that were not looked at yet. */
  readonly events: number;
}

/** Counts the events that were recorded since the last look: 256 rows, whatever the size of the log. */
export async function lanesBehind(db: Db): Promise<LanesBehind> {
  const { rows } = await db.query<LanesBehind>({
    name: "valuation_lanes_behind",
    text: `
      select coalesce(sum(l.next_position - 1 - v.position), 0)::bigint as events
      from valuation_lanes v
      join lanes l on l.id = v.lane`,
    values: [],
  });
  return rows[0] ?? { events: 0 };
}

/** What one look through the events found. */
export interface EventsFollowed {
  /** Events that the lanes' counters name. */
  readonly expected: number;
  /** Events that were there; fewer where old ones are gone. */
  readonly found: number;
}

/**
 * Marks the items of the movements applied since the last look, and notes how far it looked. Positions are gapless and
 * become visible in order, so nothing is passed over.
 */
export async function changedItemsMark(db: Db): Promise<EventsFollowed> {
  const { rows } = await db.query<EventsFollowed>({
    name: "valuation_changed_items_mark",
    text: `
      with behind as materialized (
        select v.lane, v.position as after, l.next_position - 1 as upto
        from valuation_lanes v
        join lanes l on l.id = v.lane
        where l.next_position - 1 > v.position
      ),
      looked as materialized (
        select b.lane, e.type, e.partition_key
        from behind b
        cross join lateral (
          select n.type, n.partition_key
          from events n
          where n.lane = b.lane
            and n.position > b.after
            and n.position <= b.upto
        ) e
      ),
      marked as (
        insert into valuation_items as i (item_id)
        select distinct partition_key::uuid
        from looked
        where type = 'stockline.movement.applied'
        order by 1
        on conflict (item_id) do update set dirty = true
        where not i.dirty
      ),
      moved as (
        update valuation_lanes v
        set position = b.upto
        from behind b
        where v.lane = b.lane
      )
      select coalesce((select sum(upto - after) from behind), 0)::bigint as expected,
        (select count(*) from looked) as found`,
    values: [],
  });
  return rows[0] ?? { expected: 0, found: 0 };
}

/** Marks every item with a level whose ledger holds more than was taken, by comparing all levels; notes the lanes as looked through. */
export async function changedItemsCompare(db: Db): Promise<void> {
  await db.query({
    name: "valuation_changed_items_compare",
    text: `
      with marked as (
        insert into valuation_items as i (item_id)
        select distinct s.item_id
        from stock_levels s
        left join valuation_levels v on v.item_id = s.item_id and v.warehouse_id = s.warehouse_id
        where s.version > coalesce(v.taken_version, 0)
        order by 1
        on conflict (item_id) do update set dirty = true
        where not i.dirty
      )
      update valuation_lanes v
      set position = l.next_position - 1
      from lanes l
      where l.id = v.lane`,
    values: [],
  });
}

/** What taking the new entries of an item came to. */
export interface TakenRow {
  readonly item_id: string;
  readonly entries: number;
  /** Key of the first new entry in business time where it lies before what was folded, else null. */
  readonly late_occurred_at: string | null;
  readonly late_position: number | null;
  /** True where a level may have more than was taken now. */
  readonly more: boolean;
}

/**
 * Takes up to `entriesMax` new ledger entries of the items, level by level in the order of versions, into movement_costs.
 * All levels are read in one snapshot: where nothing more is left, both ends of every transfer are in.
 */
export async function entriesTake(
  db: Db,
  args: { readonly itemIds: readonly string[]; readonly entriesMax: number },
): Promise<TakenRow[]> {
  const { rows } = await db.query<TakenRow>({
    name: "valuation_entries_take",
    text: ENTRIES_TAKE,
    values: [args.itemIds, args.entriesMax],
  });
  return rows;
}

const ENTRIES_TAKE = `
  with wanted as materialized (
    select s.item_id, s.warehouse_id, coalesce(v.taken_version, 0) as after,
      coalesce(v.taken_recorded_at, '-infinity') as since, s.version
    from unnest($1::uuid[]) as i (item_id)
    join stock_levels s on s.item_id = i.item_id
    left join valuation_levels v on v.item_id = s.item_id and v.warehouse_id = s.warehouse_id
    where s.version > coalesce(v.taken_version, 0)
  ),
  found as materialized (
    select w.item_id, w.warehouse_id, w.version as last_version, m.*
    from wanted w
    cross join lateral (
      select e.version, e.recorded_at, e.occurred_at, e.position, e.movement_id,
        e.quantity <> 0 or e.in_transit_change <> 0 as counts
      from stock_movements e
      where e.item_id = w.item_id
        and e.warehouse_id = w.warehouse_id
        and e.version > w.after
        and e.recorded_at >= w.since
      order by e.version
      limit greatest(10, $2::bigint / (select count(*) from wanted))
    ) m
  ),
  added as (
    insert into movement_costs (item_id, occurred_at, position, warehouse_id, version, recorded_at, movement_id)
    select item_id, occurred_at, position, warehouse_id, version, recorded_at, movement_id
    from found
    where counts
  ),
  taken as (
    select item_id, warehouse_id, max(version) as version, max(recorded_at) as recorded_at,
      max(last_version) as last_version, count(*) as entries
    from found
    group by item_id, warehouse_id
  ),
  noted as (
    insert into valuation_levels as l (item_id, warehouse_id, taken_version, taken_recorded_at)
    select item_id, warehouse_id, version, recorded_at
    from taken
    on conflict (item_id, warehouse_id) do update
    set taken_version = excluded.taken_version,
      taken_recorded_at = excluded.taken_recorded_at
  ),
  earliest as (
    select distinct on (item_id) item_id, occurred_at, position
    from found
    where counts
    order by item_id, occurred_at, position
  )
  select i.item_id, coalesce(n.entries, 0)::bigint as entries, e.occurred_at::text as late_occurred_at,
    e.position as late_position, coalesce(n.more, false) as more
  from valuation_items i
  left join (
    select item_id, sum(entries) as entries, bool_or(version < last_version) as more
    from taken
    group by item_id
  ) n on n.item_id = i.item_id
  left join earliest e
    on e.item_id = i.item_id
    and (e.occurred_at, e.position) < (i.folded_occurred_at, i.folded_position)
  where i.item_id = any($1::uuid[])`;
