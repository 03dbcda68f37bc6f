/** SQL and waiting of the section streams: a backlog in the event log, a webhook, and how far a sink has come. */
import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import type { RunningProgram } from "./childPrograms.ts";
import type { BenchDatabase } from "./stage.ts";

/** What events of a backlog look like. */
export interface BacklogShape {
  /** Partition keys that they are spread over. */
  readonly keys: number;
  /** Bytes of each event's data. */
  readonly dataBytes: number;
}

const LOOK_MS = 20;
const DRAIN_MS_MAX = 600_000;
/** Bytes of the envelope around the data, as sinks carry it (a mean: positions grow). */
const ENVELOPE_BYTES = 415;
const CHUNK = 100_000;

/** Bytes of an event as a sink carries it, envelope and all. */
export function eventBytes({ dataBytes }: BacklogShape): number {
  return dataBytes + ENVELOPE_BYTES;
}

/** Appends events to the lanes of their keys, as batches of movements would have left them. */
export async function eventBacklogInsert(
  db: Pool,
  { events, keys, dataBytes }: BacklogShape & { readonly events: number },
): Promise<void> {
  const client = await db.connect();
  try {
    await client.query("create temporary table bench_keys (n int, id uuid, lane smallint)");
    await client.query(
      `insert into bench_keys (n, id, lane)
       select n, id, lane_of(id)
       from (select n, make_uuid7() as id from generate_series(0, $1::int - 1) as n) k`,
      [keys],
    );
    for (let first = 0; first < events; first += CHUNK) {
      await client.query(EVENTS_FILL, [first, Math.min(first + CHUNK, events), keys, dataBytes]);
    }
    await client.query("drop table bench_keys");
    await client.query("analyze");
  } finally {
    client.release();
  }
}

const EVENTS_FILL = `
  with given as (
    select e.n, k.id as key, k.lane, row_number() over (partition by k.lane order by e.n) as nth
    from generate_series($1::int, $2::int - 1) as e (n)
    join bench_keys k on k.n = e.n % $3::int
  ),
  moved as (
    update lanes l
    set next_position = l.next_position + c.events
    from (select lane, count(*) as events from given group by lane) c
    where l.id = c.lane
    returning l.id, l.next_position - c.events as first_position
  )
  insert into events (lane, position, id, type, subject, partition_key, data, recorded_at)
  select g.lane, m.first_position + g.nth - 1, make_uuid7(), 'stockline.movement.applied', 'movements/' || g.key, g.key::text,
    (rpad('{"sku":"SKU-' || g.n || '","filler":"', $4::int - 2, 'x') || '"}')::json, clock_timestamp()
  from given g
  join moved m on m.id = g.lane
  order by g.n`;

/** A webhook named "bench" that takes everything from now on. */
export async function webhookSeed({ admin }: BenchDatabase, url: string): Promise<void> {
  await admin.query("insert into sinks (name, kind) values ('bench', 'webhook')");
  await admin.query(
    `insert into sink_cursors (sink, lane, position)
     select 'bench', id, next_position - 1 from lanes`,
  );
  await admin.query(
    `insert into webhooks (name, url, secret, types, warehouses, skus, created_by)
     values ('bench', $1, 'whsec_YmVuY2htYXJr', '{}', '{}', '{}', 'bench')`,
    [url],
  );
}

/** Events that the sink has not acknowledged; all of them before it has a place. */
async function backlogOf(db: Pool, sink: string): Promise<number> {
  const { rows } = await db.query<{ events: string }>(
    `select sum(l.next_position - 1 - coalesce(c.position, 0)) as events
     from lanes l
     left join sink_cursors c on c.lane = l.id and c.sink = $1`,
    [sink],
  );
  return Number(rows[0]?.events ?? 0);
}

/** Sends the sink back to the beginning, starts the worker, and answers the events a second from the first that got through. */
export async function drainSink(args: {
  readonly database: BenchDatabase;
  readonly sink: string;
  readonly events: number;
  readonly start: () => Promise<RunningProgram>;
}): Promise<number> {
  const { database, sink, events, start } = args;
  const { admin } = database;
  await admin.query("update sink_cursors set position = 0 where sink = $1", [sink]);
  const worker = await start();
  const begunAt = performance.now();
  let first: { at: number; left: number } | undefined;
  try {
    for (;;) {
      const left = await backlogOf(admin, sink);
      const at = performance.now();
      if (left < events) first ??= { at, left };
      if (left === 0 && first !== undefined) return first.left / ((at - first.at) / 1_000);
      if (at - begunAt > DRAIN_MS_MAX) throw new Error(`${left} events are still to be sent`);
      await pause(LOOK_MS);
    }
  } finally {
    await worker.stop();
  }
}
