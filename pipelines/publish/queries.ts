/** SQL of the sinks: their leases, and their places in the event log, which move only by compare-and-set. */
import type { Db } from "../../platform/postgres.ts";

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

/** Lanes in which the sink is behind: its place, and the number of events past it. */
export async function sinkBacklog(
  db: Db,
  sink: string,
): Promise<{ lane: number; position: number; events: number }[]> {
  const { rows } = await db.query<{ lane: number; position: number; events: number }>({
    name: "sink_backlog",
    text: `
      select c.lane, c.position, n.next_position - 1 - c.position as events
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

/** Keeps the last failure for GET /v1/sinks. */
export async function sinkFailureNote(
  db: Db,
  args: { sink: string; error: string },
): Promise<void> {
  await db.query({
    name: "sink_failure_note",
    text: `
      update sinks
      set last_error = $2::text,
        last_error_at = clock_timestamp()
      where name = $1::text`,
    values: [args.sink, args.error],
  });
}

export interface SinkRow {
  readonly name: string;
  readonly kind: string;
  readonly paused: boolean;
  readonly publishing: boolean;
  readonly lag_events: number;
  readonly lanes_behind: number;
  readonly acknowledged_events: number;
  readonly log_events: number;
  readonly oldest_waiting_at: Date | null;
  readonly last_error: string | null;
  readonly last_error_at: Date | null;
}

/** Every sink with its place in the log. */
export async function sinksRead(db: Db): Promise<SinkRow[]> {
  const { rows } = await db.query<SinkRow>({
    name: "sinks_read",
    text: `
      select s.name,
        s.kind,
        s.paused,
        coalesce(s.lease_until > clock_timestamp(), false) as publishing,
        coalesce(sum(n.next_position - 1 - c.position), 0)::bigint as lag_events,
        count(*) filter (where n.next_position > c.position + 1) as lanes_behind,
        coalesce(sum(c.position), 0)::bigint as acknowledged_events,
        coalesce(sum(n.next_position - 1), 0)::bigint as log_events,
        min(w.recorded_at) as oldest_waiting_at,
        s.last_error,
        s.last_error_at
      from sinks s
      left join sink_cursors c on c.sink = s.name
      left join lanes n on n.id = c.lane
      left join lateral (
        select e.recorded_at
        from events e
        where e.lane = c.lane
          and e.position = c.position + 1
          and n.next_position > c.position + 1
        limit 1
      ) w on true
      group by s.name
      order by s.name`,
  });
  return rows;
}

/** Locks a sink's row until the transaction ends; false where there is no such sink. */
export async function sinkLock(db: Db, sink: string): Promise<boolean> {
  const { rows } = await db.query({
    name: "sink_lock",
    text: `
      select name
      from sinks
      where name = $1::text
      for update`,
    values: [sink],
  });
  return rows.length > 0;
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
