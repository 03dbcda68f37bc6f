/**
 * SQL of the dead letters of sinks. A key is kept in order: behind a letter that was refused every later event of its key waits
 * as a letter too, until the first is sent or discarded.
 */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";

/** A lane and a key whose events may not be sent past a letter. */
export interface HeldKey {
  readonly lane: number;
  readonly partition_key: string;
}

/** Keys that have letters not yet sent or discarded. */
export async function heldKeysRead(db: Db, sink: string): Promise<HeldKey[]> {
  const { rows } = await db.query<HeldKey>({
    name: "sink_held_keys_read",
    text: `
      select distinct lane, partition_key
      from sink_dead_letters
      where sink = $1::text
        and status in ('parked', 'released')`,
    values: [sink],
  });
  return rows;
}

export interface DueLetter {
  readonly id: string;
  readonly lane: number;
  readonly position: number;
  readonly event_id: string;
  readonly event_type: string;
  readonly partition_key: string;
  readonly traceparent: string | null;
  readonly body: string;
}

/** Letters that may be sent: released, or behind nothing any more; of a key only what stands before its next refused one. */
export async function dueLettersRead(
  db: Db,
  args: { sink: string; limit: number },
): Promise<DueLetter[]> {
  const { rows } = await db.query<DueLetter>({
    name: "sink_due_letters_read",
    text: `
      select l.id, l.lane, l.position, l.event_id, l.event_type, l.partition_key, l.traceparent, l.body
      from sink_dead_letters l
      where l.sink = $1::text
        and (l.status = 'released' or (l.status = 'parked' and l.behind))
        and not exists (
          select
          from sink_dead_letters r
          where r.sink = l.sink
            and r.lane = l.lane
            and r.partition_key = l.partition_key
            and r.status = 'parked'
            and not r.behind
            and r.position < l.position)
      order by l.lane, l.position
      limit $2::int`,
    values: [args.sink, args.limit],
  });
  return rows;
}

export interface NewLetter extends Omit<DueLetter, "id"> {
  readonly id: string;
  readonly code: string;
  readonly behind: boolean;
}

/** Parks events; one that is parked already stays as it is. */
export async function lettersInsert(
  db: Db,
  sink: string,
  letters: readonly NewLetter[],
): Promise<void> {
  await db.query({
    name: "sink_letters_insert",
    text: `
      insert into sink_dead_letters (
        id, sink, lane, position, event_id, event_type, partition_key, traceparent, body, code, behind)
      select id, $1::text, lane, position, event_id, event_type, partition_key, traceparent, body, code, behind
      from unnest($2::uuid[], $3::smallint[], $4::bigint[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::boolean[])
        as l (id, lane, position, event_id, event_type, partition_key, traceparent, body, code, behind)
      on conflict (sink, lane, position) where status in ('parked', 'released') do nothing`,
    values: [
      sink,
      plainArray(letters.map((letter) => letter.id)),
      plainArray(letters.map((letter) => letter.lane)),
      plainArray(letters.map((letter) => letter.position)),
      plainArray(letters.map((letter) => letter.event_id)),
      textArray(letters.map((letter) => letter.event_type)),
      textArray(letters.map((letter) => letter.partition_key)),
      textArray(letters.map((letter) => letter.traceparent)),
      textArray(letters.map((letter) => letter.body)),
      textArray(letters.map((letter) => letter.code)),
      plainArray(letters.map((letter) => (letter.behind ? "t" : "f"))),
    ],
  });
}

/** Notes letters that the sink has acknowledged. */
export async function lettersSent(db: Db, ids: readonly string[]): Promise<void> {
  await db.query({
    name: "sink_letters_sent",
    text: `
      update sink_dead_letters
      set status = 'replayed',
        resolved_at = clock_timestamp()
      where id = any($1::uuid[])
        and status in ('parked', 'released')`,
    values: [ids],
  });
}

/** Parks letters that the sink refused again. */
export async function lettersRefused(
  db: Db,
  args: { ids: readonly string[]; codes: readonly string[] },
): Promise<void> {
  await db.query({
    name: "sink_letters_refused",
    text: `
      update sink_dead_letters l
      set status = 'parked',
        behind = false,
        code = g.code
      from unnest($1::uuid[], $2::text[]) as g (id, code)
      where l.id = g.id
        and l.status in ('parked', 'released')`,
    values: [args.ids, args.codes],
  });
}

export interface LetterRow extends Omit<DueLetter, "body"> {
  readonly code: string;
  readonly behind: boolean;
  readonly status: "parked" | "released" | "replayed" | "discarded";
  readonly body: string;
  readonly created_at: Date;
  readonly created_key: string;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly reason: string | null;
}

/** A page of a sink's letters, the oldest first. */
export async function lettersPage(
  db: Db,
  args: {
    sink: string;
    status: string | undefined;
    after: readonly string[] | undefined;
    limit: number;
  },
): Promise<LetterRow[]> {
  const { rows } = await db.query<LetterRow>({
    name: "sink_letters_page",
    text: `
      select id, lane, position, event_id, event_type, partition_key, traceparent, code, behind, status, body, created_at,
        created_at::text as created_key, resolved_at, resolved_by, reason
      from sink_dead_letters
      where sink = $1::text
        and ($2::text is null or status = $2::text)
        and ($3::timestamptz is null or (created_at, id) > ($3::timestamptz, $4::uuid))
      order by created_at, id
      limit $5::int`,
    values: [
      args.sink,
      args.status ?? null,
      args.after?.[0] ?? null,
      args.after?.[1] ?? null,
      args.limit,
    ],
  });
  return rows;
}

/** Lets the publisher send parked letters: the given one, or all of the sink. Answers how many. */
export async function lettersRelease(
  db: Db,
  args: { sink: string; id: string | undefined; actor: string },
): Promise<number> {
  const { rowCount } = await db.query({
    name: "sink_letters_release",
    text: `
      update sink_dead_letters
      set status = 'released',
        resolved_by = $3::text
      where sink = $1::text
        and ($2::uuid is null or id = $2::uuid)
        and status = 'parked'`,
    values: [args.sink, args.id ?? null, args.actor],
  });
  return rowCount ?? 0;
}

/** Gives a letter up: it will not be sent. Answers whether it still could be. */
export async function letterDiscard(
  db: Db,
  args: { sink: string; id: string; actor: string; reason: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "sink_letter_discard",
    text: `
      update sink_dead_letters
      set status = 'discarded',
        resolved_at = clock_timestamp(),
        resolved_by = $3::text,
        reason = $4::text
      where sink = $1::text
        and id = $2::uuid
        and status in ('parked', 'released')`,
    values: [args.sink, args.id, args.actor, args.reason],
  });
  return (rowCount ?? 0) > 0;
}
