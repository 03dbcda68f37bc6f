/** SQL of the sinks as an operator sees them: how far, how well, paused or not. */
import type { SinkKind } from "../../../platform/eventSink.ts";
import type { Db } from "../../../platform/postgres.ts";

export type CircuitState = "closed" | "open" | "half_open";

/** Keeps the last failure for GET /v1/sinks; answers for how long the sink has been failing, in milliseconds. */
export async function sinkFailureNote(
  db: Db,
  args: { sink: string; error: string; circuit: CircuitState; isWhole: boolean },
): Promise<number> {
  const { rows } = await db.query<{ failing_ms: number }>({
    name: "sink_failure_note",
    text: `
      update sinks
      set last_error = $2::text,
        last_error_at = clock_timestamp(),
        circuit = $3::text,
        failing_since = case when $4::boolean then coalesce(failing_since, clock_timestamp()) else failing_since end
      where name = $1::text
      returning coalesce((extract(epoch from clock_timestamp() - failing_since) * 1000)::bigint, 0) as failing_ms`,
    values: [args.sink, args.error, args.circuit, args.isWhole],
  });
  return rows[0]?.failing_ms ?? 0;
}

/** Notes what the circuit does; a closed one is failing no more. */
export async function sinkCircuitNote(
  db: Db,
  args: { sink: string; circuit: CircuitState },
): Promise<void> {
  await db.query({
    name: "sink_circuit_note",
    text: `
      update sinks
      set circuit = $2::text,
        failing_since = case when $2::text = 'closed' then null else failing_since end
      where name = $1::text
        and (circuit <> $2::text or (failing_since is not null and $2::text = 'closed'))`,
    values: [args.sink, args.circuit],
  });
}

export interface SinkRow {
  readonly name: string;
  readonly kind: SinkKind;
  readonly paused: boolean;
  readonly paused_by: string | null;
  readonly publishing: boolean;
  readonly circuit: CircuitState;
  readonly failing_since: Date | null;
  readonly lag_events: number;
  readonly lanes_behind: number;
  readonly acknowledged_events: number;
  readonly log_events: number;
  readonly dead_letters: number;
  readonly oldest_waiting_at: Date | null;
  readonly lag_seconds: number;
  readonly last_error: string | null;
  readonly last_error_at: Date | null;
}

/** Sinks with their places in the log: all, or the named one. */
export async function sinksRead(db: Db, name?: string): Promise<SinkRow[]> {
  const { rows } = await db.query<SinkRow>({
    name: "sinks_read",
    text: `
      select s.name,
        s.kind,
        s.paused,
        s.paused_by,
        coalesce(s.lease_until > clock_timestamp(), false) as publishing,
        s.circuit,
        s.failing_since,
        coalesce(sum(n.next_position - 1 - c.position), 0)::bigint as lag_events,
        count(*) filter (where n.next_position > c.position + 1) as lanes_behind,
        coalesce(sum(c.position), 0)::bigint as acknowledged_events,
        coalesce(sum(n.next_position - 1), 0)::bigint as log_events,
        (select count(*) from sink_dead_letters d where d.sink = s.name and d.status in ('parked', 'released')) as dead_letters,
        min(w.recorded_at) as oldest_waiting_at,
        coalesce(greatest(extract(epoch from clock_timestamp() - min(w.recorded_at)), 0), 0)::float8 as lag_seconds,
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
      where $1::text is null or s.name = $1::text
      group by s.name
      order by s.name`,
    values: [name ?? null],
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

/** Pauses a sink, or lets it go on; false where there is no such sink. */
export async function sinkPause(
  db: Db,
  args: { sink: string; paused: boolean; actor: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "sink_pause",
    text: `
      update sinks
      set paused = $2::boolean,
        paused_by = case when $2::boolean then $3::text end
      where name = $1::text`,
    values: [args.sink, args.paused, args.actor],
  });
  return (rowCount ?? 0) > 0;
}
