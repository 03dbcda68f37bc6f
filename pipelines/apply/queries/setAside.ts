/** SQL of movements that are set aside and of halted lanes: taking them out of the inbox, putting them back, listing them. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray } from "../../../platform/sqlArrays.ts";

/**
 * Keeps everybody from putting movements into the inbox until the transaction ends, after those who are at it have ended. An
 * insert that began before would not see the id in set_aside_movements, and no longer in the inbox, and take it for a new one.
 */
export async function inboxInsertsHold(db: Db): Promise<void> {
  await db.query({
    name: "inbox_inserts_hold",
    text: "lock table movement_inbox in share row exclusive mode",
  });
}

/**
 * Movements (groups counted as one) that were set aside since their lane last decided something, in the lane with the fewest:
 * a group that touches one quiet lane says nothing of the others.
 */
export async function setAsideInARow(db: Db, lanes: readonly number[]): Promise<number> {
  const { rows } = await db.query<{ least: number }>({
    name: "set_aside_in_a_row",
    text: `
      select coalesce(min(c.in_a_row), 0) as least
      from unnest($1::smallint[]) as l (lane)
      cross join lateral (
        select count(distinct coalesce(a.movement ->> 'group_id', a.id::text)) as in_a_row
        from set_aside_movements a
        join lanes n on n.id = a.lane
        where a.lane = l.lane
          and a.set_aside_at > n.last_recorded_at
      ) c`,
    values: [lanes],
  });
  return rows[0]?.least ?? 0;
}

/** A movement on its way out of the inbox or back, as its event tells it. */
export interface MovedRow {
  readonly id: string;
  readonly lane: number;
  readonly item_id: string;
  readonly type: string;
  readonly sku: string;
  readonly warehouse: string;
  readonly to_warehouse: string | null;
  readonly quantity: string;
}

/** Columns of a MovedRow out of the inbox row `i`. */
const MOVED_COLUMNS = `
        i.id, i.lane, i.item_id, i.type, trim_scale(i.quantity)::text as quantity,
        (select sku from inventory_items where id = i.item_id) as sku,
        (select code from warehouses where id = i.warehouse_id) as warehouse,
        (select code from warehouses where id = i.to_warehouse_id) as to_warehouse`;

/** Moves undone movements out of the inbox; answers those that were still there, in the order of their acceptance. */
export async function movementsSetAside(
  db: Db,
  args: { readonly ids: readonly string[]; readonly error: string },
): Promise<MovedRow[]> {
  const { rows } = await db.query<MovedRow>({
    name: "movements_set_aside",
    text: `
      with gone as (
        delete from movement_inbox i
        where i.id = any($1::uuid[])
          and not exists (select from movement_outcomes o where o.id = i.id)
        returning i.*
      ),
      kept as (
        insert into set_aside_movements (id, lane, body_hash, movement, error, set_aside_at)
        select id, lane, body_hash, to_jsonb(gone), $2::text, clock_timestamp()
        from gone
      )
      select ${MOVED_COLUMNS}
      from gone i
      order by i.seq`,
    values: [plainArray(args.ids), args.error],
  });
  return rows;
}

/** Ids and lanes of a movement that is set aside and of those of its atomic group; nothing where it is not set aside. */
export async function setAsideGroupRead(
  db: Db,
  id: string,
): Promise<{ id: string; lane: number }[]> {
  const { rows } = await db.query<{ id: string; lane: number }>({
    name: "set_aside_group_read",
    text: `
      select a.id, a.lane
      from set_aside_movements a
      join set_aside_movements one on one.id = $1::uuid
      where a.id = one.id
        or a.movement ->> 'group_id' = one.movement ->> 'group_id'
      order by a.lane, a.id`,
    values: [id],
  });
  return rows;
}

/**
 * Puts movements that are set aside back into the inbox, as they were but behind all others, in their order among each other.
 * Answers those that were still set aside.
 */
export async function movementsPutBack(db: Db, ids: readonly string[]): Promise<MovedRow[]> {
  const { rows } = await db.query<MovedRow>({
    name: "movements_put_back",
    text: `
      with gone as (
        delete from set_aside_movements a
        where a.id = any($1::uuid[])
        returning a.movement
      ),
      back as (
        insert into movement_inbox (
          lane, id, body_hash, type, item_id, warehouse_id, to_warehouse_id, quantity, unit_cost, currency,
          expected_version, reason, reference_type, reference_id, source, source_id, actor, occurred_at, accepted_at,
          lot_code, lot_expires_on, target_id, expires_at, counted_version, in_transit, group_id, traceparent)
        select m.lane, m.id, m.body_hash, m.type, m.item_id, m.warehouse_id, m.to_warehouse_id, m.quantity, m.unit_cost,
          m.currency, m.expected_version, m.reason, m.reference_type, m.reference_id, m.source, m.source_id, m.actor,
          m.occurred_at, m.accepted_at, m.lot_code, m.lot_expires_on, m.target_id, m.expires_at, m.counted_version,
          m.in_transit, m.group_id, m.traceparent
        from gone g
        cross join lateral jsonb_populate_record(null::movement_inbox, g.movement) m
        order by m.seq
        returning *
      )
      select ${MOVED_COLUMNS}
      from back i
      order by i.seq`,
    values: [plainArray(ids)],
  });
  return rows;
}

/** Halts the lanes; answers those that were not halted before. */
export async function lanesHalt(
  db: Db,
  args: { readonly lanes: readonly number[]; readonly reason: string },
): Promise<number[]> {
  const { rows } = await db.query<{ id: number }>({
    name: "lanes_halt",
    text: `
      update lanes
      set halted_at = clock_timestamp(),
        halted_reason = $2::text
      where id = any($1::smallint[])
        and halted_at is null
      returning id`,
    values: [args.lanes, args.reason],
  });
  return rows.map((row) => row.id);
}

/** Lets a halted lane go on; false where it is not halted. */
export async function laneResume(db: Db, lane: number): Promise<boolean> {
  const { rows } = await db.query<{ id: number }>({
    name: "lane_resume",
    text: `
      update lanes
      set halted_at = null,
        halted_reason = null
      where id = $1::smallint
        and halted_at is not null
      returning id`,
    values: [lane],
  });
  return rows.length > 0;
}

/** A movement that is set aside. */
export interface SetAsideRow extends Omit<MovedRow, "item_id"> {
  readonly group_id: string | null;
  /** The inbox row. */
  readonly movement: Readonly<Record<string, unknown>>;
  readonly error: string;
  readonly set_aside_at: Date;
  /** To the microsecond, for the cursor. */
  readonly set_aside_key: string;
}

/** Movements that are set aside, the oldest first, after the given place in the list. */
export async function setAsidePage(
  db: Db,
  args: {
    readonly after: readonly string[] | undefined;
    readonly lane: number | undefined;
    readonly limit: number;
  },
): Promise<SetAsideRow[]> {
  const { rows } = await db.query<SetAsideRow>({
    name: "set_aside_page",
    text: `
      select a.id, a.lane, m.type, m.group_id, trim_scale(m.quantity)::text as quantity, i.sku, w.code as warehouse,
        t.code as to_warehouse, a.movement, a.error, a.set_aside_at, a.set_aside_at::text as set_aside_key
      from set_aside_movements a
      cross join lateral jsonb_populate_record(null::movement_inbox, a.movement) m
      join inventory_items i on i.id = m.item_id
      join warehouses w on w.id = m.warehouse_id
      left join warehouses t on t.id = m.to_warehouse_id
      where ($1::timestamptz is null or (a.set_aside_at, a.id) > ($1::timestamptz, $2::uuid))
        and ($3::smallint is null or a.lane = $3::smallint)
      order by a.set_aside_at, a.id
      limit $4::int`,
    values: [args.after?.[0] ?? null, args.after?.[1] ?? null, args.lane ?? null, args.limit],
  });
  return rows;
}

/** Halted lanes and movements set aside, for the metrics. */
export async function troubleCounts(db: Db): Promise<{ halted: number; set_aside: number }> {
  const { rows } = await db.query<{ halted: number; set_aside: number }>({
    name: "trouble_counts",
    text: `
      select (select count(*) from lanes where halted_at is not null) as halted,
        (select count(*) from set_aside_movements) as set_aside`,
  });
  return rows[0] ?? { halted: 0, set_aside: 0 };
}

/** How a lane stands. */
export interface LaneStateRow {
  readonly id: number;
  /** Undone movements, counted up to the bound. */
  readonly depth: number;
  /** When the first of them was accepted. */
  readonly oldest_accepted_at: Date | null;
  readonly set_aside: number;
  readonly next_position: number;
  readonly last_decided_at: Date | null;
  readonly halted_at: Date | null;
  readonly halted_reason: string | null;
}

/** How the item lanes stand; `depthMax` bounds what is counted of each. */
export async function laneStatesRead(
  db: Db,
  args: { readonly depthMax: number; readonly halted: boolean | undefined },
): Promise<LaneStateRow[]> {
  const { rows } = await db.query<LaneStateRow>({
    name: "lane_states_read",
    text: `
      select n.id, undone.depth, undone.oldest_accepted_at, coalesce(a.set_aside, 0) as set_aside, n.next_position,
        nullif(n.last_recorded_at, '-infinity') as last_decided_at, n.halted_at, n.halted_reason
      from lanes n
      cross join lateral (
        select count(*) as depth, min(accepted_at) as oldest_accepted_at
        from (
          select i.accepted_at
          from movement_inbox i
          where i.lane = n.id
            and i.seq > n.low_water
            and (select true from movement_outcomes o where o.id = i.id) is null
          order by i.lane, i.seq
          limit $1::int
        ) first
      ) undone
      left join (
        select lane, count(*) as set_aside
        from set_aside_movements
        group by lane
      ) a on a.lane = n.id
      where n.id < 256
        and ($2::boolean is null or (n.halted_at is not null) = $2::boolean)
      order by n.id`,
    values: [args.depthMax, args.halted ?? null],
  });
  return rows;
}
