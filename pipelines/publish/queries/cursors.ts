/** SQL of the sinks' leases, and of their places in the event log, which move only by compare-and-set. */
import type { Db } from "../../../platform/postgres.ts";

/** Makes the rows of the sinks, and a cursor at the log's beginning for every lane; what is there already stays. */
export async function sinksEnsure(
  db: Db,
  sinks: readonly { readonly name: string; readonly kind: string }[],
): Promise<void> {
  await db.query({
    name: "sinks_ensure",
    text: `
      with given as (
        select name, kind
        from unnest($1::text[], $2::text[]) as s (name, kind)
      ),
      new_sinks as (
        insert into sinks (name, kind)
        select name, kind
        from given
        on conflict (name) do nothing
      )
      insert into sink_cursors (sink, lane)
      select g.name, n.id
      from given g
      cross join lanes n
      on conflict (sink, lane) do nothing`,
    values: [sinks.map((sink) => sink.name), sinks.map((sink) => sink.kind)],
  });
}

/** Takes or renews the lease of a sink; false where somebody else holds it, or the sink is paused. */
export async function sinkLeaseTake(
  db: Db,
  args: { sink: string; owner: string; seconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "sink_lease_take",
    text: `
      update sinks
      set lease_owner = $2::text,
        lease_until = clock_timestamp() + make_interval(secs => $3::int)
      where name = $1::text
        and not paused
        and (lease_owner = $2::text or lease_until is null or lease_until < clock_timestamp())`,
    values: [args.sink, args.owner, args.seconds],
  });
  return (rowCount ?? 0) > 0;
}

/** Gives the lease back, if it is still the owner's. */
export async function sinkLeaseRelease(
  db: Db,
  args: { sink: string; owner: string },
): Promise<void> {
  await db.query({
    name: "sink_lease_release",
    text: `
      update sinks
      set lease_owner = null,
        lease_until = null
      where name = $1::text
        and lease_owner = $2::text`,
    values: [args.sink, args.owner],
  });
}

/** A lane in which a sink is behind. */
export interface BacklogRow {
  readonly lane: number;
  readonly position: number;
  /** Events past the position. */
  readonly events: number;
  /** Since when the lane's next event fails, in milliseconds; kept only for sinks that give up on events (GIVEN_UP_MS). */
  readonly failing_ms: number | null;
}

/** Lanes in which the sink is behind: its place, and the number of events past it. */
export async function sinkBacklog(db: Db, sink: string): Promise<BacklogRow[]> {
  const { rows } = await db.query<BacklogRow>({
    name: "sink_backlog",
    text: `
      select c.lane, c.position, n.next_position - 1 - c.position as events,
        (extract(epoch from clock_timestamp() - c.failing_since) * 1000)::bigint as failing_ms
      from sink_cursors c
      join lanes n on n.id = c.lane
      where c.sink = $1::text
        and n.next_position > c.position + 1
      order by c.lane`,
    values: [sink],
  });
  return rows;
}

/** Moves the cursors that still stand where they were read; answers the lanes that moved. */
export async function sinkCursorsAdvance(
  db: Db,
  args: {
    sink: string;
    lanes: readonly number[];
    from: readonly number[];
    to: readonly number[];
  },
): Promise<number[]> {
  const { rows } = await db.query<{ lane: number }>({
    name: "sink_cursors_advance",
    text: `
      update sink_cursors c
      set position = g.to_position,
        failing_since = null,
        updated_at = clock_timestamp()
      from unnest($2::smallint[], $3::bigint[], $4::bigint[]) as g (lane, from_position, to_position)
      where c.sink = $1::text
        and c.lane = g.lane
        and c.position = g.from_position
      returning c.lane`,
    values: [args.sink, args.lanes, args.from, args.to],
  });
  return rows.map((row) => row.lane);
}

/**
 * Sets cursors back to stand before the first event recorded at or after the time; never forward, so nothing is skipped.
 * Answers how many events will be sent again.
 */
export async function sinkCursorsRewind(
  db: Db,
  args: { sink: string; from: Date | "-infinity" },
): Promise<number> {
  const { rows } = await db.query<{ events: number }>({
    name: "sink_cursors_rewind",
    text: `
      with target as (
        select c.lane,
          c.position as from_position,
          (select min(e.position) - 1
           from events e
           where e.lane = c.lane
             and e.recorded_at >= $2::timestamptz) as to_position
        from sink_cursors c
        where c.sink = $1::text
      ),
      moved as (
        update sink_cursors c
        set position = t.to_position,
          updated_at = clock_timestamp()
        from target t
        where c.sink = $1::text
          and c.lane = t.lane
          and t.to_position < c.position
      )
      select coalesce(sum(from_position - to_position), 0)::bigint as events
      from target
      where to_position < from_position`,
    values: [args.sink, args.from],
  });
  return rows[0]?.events ?? 0;
}

/** Notes that the next events of these lanes fail; the time of a lane's first failure stays until its cursor moves. */
export async function sinkLanesFailing(
  db: Db,
  args: { sink: string; lanes: readonly number[] },
): Promise<void> {
  await db.query({
    name: "sink_lanes_failing",
    text: `
      update sink_cursors
      set failing_since = clock_timestamp()
      where sink = $1::text
        and lane = any($2::smallint[])
        and failing_since is null`,
    values: [args.sink, args.lanes],
  });
}

/** Sets cursors back to the given positions; never forward. Answers how many events will be sent again. */
export async function sinkCursorsSetBack(
  db: Db,
  args: { sink: string; lanes: readonly number[]; positions: readonly number[] },
): Promise<number> {
  const { rows } = await db.query<{ events: number }>({
    name: "sink_cursors_set_back",
    text: `
      with target as (
        select c.lane, c.position as from_position, g.position as to_position
        from sink_cursors c
        join unnest($2::smallint[], $3::bigint[]) as g (lane, position) on g.lane = c.lane
        where c.sink = $1::text
          and g.position < c.position
      ),
      moved as (
        update sink_cursors c
        set position = t.to_position,
          failing_since = null,
          updated_at = clock_timestamp()
        from target t
        where c.sink = $1::text
          and c.lane = t.lane
      )
      select coalesce(sum(from_position - to_position), 0)::bigint as events
      from target`,
    values: [args.sink, args.lanes, args.positions],
  });
  return rows[0]?.events ?? 0;
}
