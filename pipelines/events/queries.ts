/** SQL that appends to the event log. Positions are drawn under the lane row's lock, so they commit in order and without gaps. */
import { copyRows, copyValue } from "../../platform/copyRows.ts";
import type { Db, DbClient } from "../../platform/postgres.ts";
import { plainArray, textArray } from "../../platform/sqlArrays.ts";

interface NewEventRow {
  readonly id: string;
  readonly lane: number;
  readonly type: string;
  readonly subject: string;
  readonly partitionKey: string;
  /** JSON text. */
  readonly data: string;
  readonly traceparent: string | null;
}

/** An event with its place in its lane. */
export interface PlacedEvent extends NewEventRow {
  readonly position: number;
  /** As PostgreSQL reads it. */
  readonly recordedAt: string;
}

/** More events than these are written by COPY, which takes half of the time for each but more round trips. */
const INSERT_MAX = 100;

/** Locks the lanes in ascending order, appends the events in the given order and moves the lanes' next positions. */
export async function eventsAppend(tx: DbClient, events: readonly NewEventRow[]): Promise<void> {
  await tx.query({
    name: "lanes_lock_for_events",
    text: `
      select id
      from lanes
      where id = any($1::smallint[])
      order by id
      for update`,
    values: [[...new Set(events.map((event) => event.lane))]],
  });
  if (events.length > INSERT_MAX) await eventsCopy(tx, await placeEvents(tx, events));
  else await eventsInsert(tx, events);
}

/** Draws the places of events in their lanes, which are locked. */
async function placeEvents(db: Db, events: readonly NewEventRow[]): Promise<PlacedEvent[]> {
  const counts = new Map<number, number>();
  for (const { lane } of events) counts.set(lane, (counts.get(lane) ?? 0) + 1);
  const { rows } = await db.query<{ lane: number; first_position: number; recorded_at: string }>({
    name: "event_places_draw",
    text: `
      update lanes n
      set next_position = n.next_position + c.events
      from unnest($1::smallint[], $2::bigint[]) as c (lane, events)
      where n.id = c.lane
      returning n.id as lane, n.next_position - c.events as first_position, clock_timestamp()::text as recorded_at`,
    values: [plainArray([...counts.keys()]), plainArray([...counts.values()])],
  });
  const places = new Map(
    rows.map((row) => [row.lane, { next: row.first_position, recordedAt: row.recorded_at }]),
  );
  return events.map((event) => {
    const place = places.get(event.lane);
    if (place === undefined) throw new Error(`there is no lane ${event.lane}`);
    const position = place.next;
    place.next += 1;
    return { position, recordedAt: place.recordedAt, ...event };
  });
}

/** Writes events whose places are drawn, by COPY; answers how many. */
export async function eventsCopy(tx: DbClient, events: readonly PlacedEvent[]): Promise<number> {
  if (events.length === 0) return 0;
  return copyRows(
    tx,
    "copy events (lane, position, id, type, subject, partition_key, data, recorded_at, traceparent) from stdin",
    events.map(eventLine).join(""),
  );
}

function eventLine(event: PlacedEvent): string {
  const { lane, position, id, type, subject, partitionKey, data, recordedAt, traceparent } = event;
  const texts = [type, subject, partitionKey, data, recordedAt, traceparent].map(copyValue);
  return `${[lane, position, id, ...texts].join("\t")}\n`;
}

async function eventsInsert(db: Db, events: readonly NewEventRow[]): Promise<void> {
  await db.query({
    name: "events_insert",
    text: `
      with given as (
        select ordinal, id, lane, type, subject, partition_key, data, traceparent,
          row_number() over (partition by lane order by ordinal) - 1 as nth
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
          with ordinality as e (id, lane, type, subject, partition_key, data, traceparent, ordinal)
      ),
      moved as (
        update lanes n
        set next_position = n.next_position + c.events
        from (select lane, count(*) as events from given group by lane) c
        where n.id = c.lane
        returning n.id, n.next_position - c.events as first_position
      )
      insert into events (lane, position, id, type, subject, partition_key, data, recorded_at, traceparent)
      select g.lane, m.first_position + g.nth, g.id, g.type, g.subject, g.partition_key, g.data::json, clock_timestamp(),
        g.traceparent
      from given g
      join moved m on m.id = g.lane
      order by g.ordinal`,
    values: [
      plainArray(events.map((event) => event.id)),
      plainArray(events.map((event) => event.lane)),
      plainArray(events.map((event) => event.type)),
      textArray(events.map((event) => event.subject)),
      plainArray(events.map((event) => event.partitionKey)),
      textArray(events.map((event) => event.data)),
      textArray(events.map((event) => event.traceparent)),
    ],
  });
}

/** An event as it stands in the log; `data` is its JSON text, so that nothing is lost by parsing it. */
export interface EventRow {
  readonly lane: number;
  readonly position: number;
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly partition_key: string;
  readonly data: string;
  readonly incarnation: number;
  readonly traceparent: string | null;
  readonly recorded_at: Date;
}

/**
 * Events past the given place of each lane: in order within a lane, lanes merged by the time of recording, at most `limit` in
 * all and `laneLimit` of a lane. What is answered of a lane is always what comes next in it, without a gap.
 */
export async function eventsAfter(
  db: Db,
  args: {
    lanes: readonly number[];
    positions: readonly number[];
    limit: number;
    laneLimit: number;
  },
): Promise<EventRow[]> {
  const { rows } = await db.query<EventRow>({
    name: "events_after",
    text: `
      with news as (
        select g.lane, g.position
        from unnest($1::smallint[], $2::bigint[]) as g (lane, position)
        join lanes n on n.id = g.lane
        where n.next_position > g.position + 1
      ),
      next as (
        select p.lane, p.position, p.recorded_at,
          max(p.recorded_at) over (partition by p.lane order by p.position) as merged_at
        from news g
        cross join lateral (
          select e.lane, e.position, e.recorded_at
          from events e
          where e.lane = g.lane
            and e.position > g.position
          order by e.position
          limit $4::int
        ) p
        order by merged_at, lane, position
        limit $3::int
      )
      select e.lane, e.position, e.id, e.type, e.subject, e.partition_key, e.data, e.incarnation, e.traceparent, e.recorded_at
      from next x
      cross join lateral (
        select lane, position, id, type, subject, partition_key, data::text as data, incarnation, traceparent, recorded_at
        from events
        where lane = x.lane
          and position = x.position
          and recorded_at = x.recorded_at
        limit 1
      ) e
      order by x.merged_at, x.lane, x.position`,
    values: [args.lanes, args.positions, args.limit, args.laneLimit],
  });
  return rows;
}

/** The last position of every lane that has events. */
export async function eventHeads(db: Db): Promise<{ lane: number; position: number }[]> {
  const { rows } = await db.query<{ lane: number; position: number }>({
    name: "event_heads",
    text: `
      select id as lane, next_position - 1 as position
      from lanes
      where next_position > 1
      order by id`,
  });
  return rows;
}

/** A number that grows with every event. */
export async function eventCount(db: Db): Promise<number> {
  const { rows } = await db.query<{ events: number }>({
    name: "event_count",
    text: `
      select sum(next_position - 1)::bigint as events
      from lanes`,
  });
  return rows[0]?.events ?? 0;
}

/** A new incarnation of the database that the log does not tell of, marked as told; undefined where there is none. */
export async function incarnationUntold(
  db: Db,
): Promise<{ readonly incarnation: number; readonly began_at: Date } | undefined> {
  const { rows } = await db.query<{ incarnation: number; began_at: Date }>({
    name: "incarnation_untold",
    text: `
      update database_incarnation
      set is_told = true
      where not is_told
      returning incarnation, began_at`,
    values: [],
  });
  return rows[0];
}
