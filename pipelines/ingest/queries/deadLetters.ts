/** SQL of dead letters: inbound records that could not be taken. */
import type { Db } from "../../../platform/postgres.ts";
import { plainArray, textArray } from "../../../platform/sqlArrays.ts";
import type { DeadLetter } from "../deadLetter.ts";

export type LetterStatus = "parked" | "replayed" | "discarded";

export interface LetterRow {
  readonly id: string;
  readonly origin: string;
  readonly position: string;
  readonly code: string;
  readonly reason: string;
  readonly status: LetterStatus;
  readonly event_id: string | null;
  readonly event_source: string | null;
  readonly event_type: string | null;
  readonly bytes: number;
  readonly created_at: Date;
  /** created_at as the database orders it. */
  readonly created_key: string;
  readonly movement_id: string | null;
  readonly resolved_at: Date | null;
  readonly resolved_by: string | null;
  readonly resolution: string | null;
}

/** A letter with what it holds. */
export interface WholeLetterRow extends LetterRow {
  readonly payload: string;
  readonly encoding: "utf8" | "base64";
  readonly mended: string | null;
}

const COLUMNS = `
        id, origin, position, code, reason, status, event_id, event_source, event_type,
        coalesce(payload_bytes, octet_length(payload)) as bytes, created_at, created_at::text as created_key,
        movement_id, resolved_at, resolved_by, resolution`;

/** Parks letters; one that is known already, in whatever state, stays as it is. */
export async function deadLettersInsert(
  db: Db,
  letters: readonly (DeadLetter & { readonly payloadBytes?: number })[],
): Promise<void> {
  await db.query({
    name: "dead_letters_insert",
    text: `
      insert into dead_letters (
        id, origin, position, payload, encoding, code, reason, event_id, event_source, event_type, payload_bytes)
      select id, origin, position, payload, encoding, code, reason, event_id, event_source, event_type, payload_bytes
      from unnest(
        $1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
        $10::text[], $11::int[])
        as l (id, origin, position, payload, encoding, code, reason, event_id, event_source, event_type, payload_bytes)
      on conflict (id) do nothing`,
    values: [
      plainArray(letters.map((letter) => letter.id)),
      textArray(letters.map((letter) => letter.origin)),
      textArray(letters.map((letter) => letter.position)),
      textArray(letters.map((letter) => letter.payload)),
      plainArray(letters.map((letter) => letter.encoding)),
      textArray(letters.map((letter) => letter.code)),
      textArray(letters.map((letter) => letter.reason)),
      textArray(letters.map((letter) => letter.eventId)),
      textArray(letters.map((letter) => letter.eventSource)),
      textArray(letters.map((letter) => letter.eventType)),
      letters.map((letter) => letter.payloadBytes ?? null),
    ],
  });
}

/** What a page of letters may be narrowed to. */
export interface LetterFilter {
  readonly status?: LetterStatus | undefined;
  readonly code?: string | undefined;
  readonly origin?: string | undefined;
}

/** A page of letters, the oldest first. */
export async function deadLettersPage(
  db: Db,
  args: LetterFilter & { after: readonly string[] | undefined; limit: number },
): Promise<LetterRow[]> {
  const { rows } = await db.query<LetterRow>({
    name: "dead_letters_page",
    text: `
      select${COLUMNS}
      from dead_letters
      where ($1::text is null or status = $1::text)
        and ($2::text is null or code = $2::text)
        and ($3::text is null or origin = $3::text)
        and ($4::timestamptz is null or (created_at, id) > ($4::timestamptz, $5::uuid))
      order by created_at, id
      limit $6::int`,
    values: [
      args.status ?? null,
      args.code ?? null,
      args.origin ?? null,
      args.after?.[0] ?? null,
      args.after?.[1] ?? null,
      args.limit,
    ],
  });
  return rows;
}

/** One letter whole; undefined where there is none. */
export async function deadLetterRead(db: Db, id: string): Promise<WholeLetterRow | undefined> {
  const { rows } = await db.query<WholeLetterRow>({
    name: "dead_letter_read",
    text: `
      select${COLUMNS}, payload, encoding, mended
      from dead_letters
      where id = $1::uuid`,
    values: [id],
  });
  return rows[0];
}

/** As deadLetterRead; the row is locked until the transaction ends. */
export async function deadLetterLock(db: Db, id: string): Promise<WholeLetterRow | undefined> {
  const { rows } = await db.query<WholeLetterRow>({
    name: "dead_letter_lock",
    text: `
      select${COLUMNS}, payload, encoding, mended
      from dead_letters
      where id = $1::uuid
      for update`,
    values: [id],
  });
  return rows[0];
}

/** Ends a letter: what was decided about it, by whom. */
export async function deadLetterResolve(
  db: Db,
  args: {
    id: string;
    status: "replayed" | "discarded";
    actor: string;
    movementId?: string;
    mended?: string;
    resolution?: string;
  },
): Promise<void> {
  await db.query({
    name: "dead_letter_resolve",
    text: `
      update dead_letters
      set status = $2::text,
        resolved_at = clock_timestamp(),
        resolved_by = $3::text,
        movement_id = $4::uuid,
        mended = $5::text,
        resolution = $6::text
      where id = $1::uuid
        and status = 'parked'`,
    values: [
      args.id,
      args.status,
      args.actor,
      args.movementId ?? null,
      args.mended ?? null,
      args.resolution ?? null,
    ],
  });
}

/** Letters that wait for somebody, by origin. */
export async function deadLettersParked(db: Db): Promise<{ origin: string; letters: number }[]> {
  const { rows } = await db.query<{ origin: string; letters: number }>({
    name: "dead_letters_parked",
    text: `
      select origin, count(*) as letters
      from dead_letters
      where status = 'parked'
      group by origin
      order by origin`,
  });
  return rows;
}
