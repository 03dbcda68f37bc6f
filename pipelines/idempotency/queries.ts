/** SQL of idempotency keys. */
import type { Db } from "../../platform/postgres.ts";

interface KeyRow {
  readonly request_hash: Buffer;
  readonly response_status: number | null;
  readonly response_headers: Readonly<Record<string, string>> | null;
  readonly response_body: string | null;
  readonly taken: boolean;
  /** Of the attempt that took the key: what tells it from one that took the key over later. */
  readonly attempt: string | null;
}

/**
 * Takes the key for a first attempt (taken = true), or answers what is known of it. An attempt whose process died
 * is taken over once its time ran out.
 */
export async function idempotencyKeyTake(
  db: Db,
  args: {
    client: string;
    key: string;
    requestHash: Buffer;
    /** As releases before keyed hashes had it. */
    formerHash: Buffer;
    inFlightSeconds: number;
  },
): Promise<KeyRow | undefined> {
  const { rows } = await db.query<KeyRow>({
    name: "idempotency_key_take",
    text: `
      with taken as (
        insert into idempotency_keys as k (client, key, request_hash, in_flight_until)
        values ($1::text, $2::text, $3::bytea, clock_timestamp() + make_interval(secs => $4::int))
        on conflict (client, key) do update
        set in_flight_until = excluded.in_flight_until
        where k.response_status is null
          and k.in_flight_until < clock_timestamp()
          and k.request_hash in (excluded.request_hash, $5::bytea)
        returning request_hash, response_status, response_headers, response_body, true as taken,
          in_flight_until::text as attempt
      )
      select request_hash, response_status, response_headers, response_body, taken, attempt
      from taken
      union all
      select request_hash, response_status, response_headers, response_body, false as taken, null as attempt
      from idempotency_keys
      where client = $1::text
        and key = $2::text
        and not exists (select from taken)`,
    values: [args.client, args.key, args.requestHash, args.inFlightSeconds, args.formerHash],
  });
  return rows[0];
}

/** Keeps the answer of the attempt; changes nothing where another has taken the key over. */
export async function idempotencyKeyComplete(
  db: Db,
  args: {
    client: string;
    key: string;
    attempt: string;
    status: number;
    headers: Readonly<Record<string, string>>;
    body: string;
  },
): Promise<void> {
  await db.query({
    name: "idempotency_key_complete",
    text: `
      update idempotency_keys
      set response_status = $3::int,
        response_headers = $4::jsonb,
        response_body = $5::text,
        in_flight_until = null
      where client = $1::text
        and key = $2::text
        and in_flight_until = $6::timestamptz`,
    values: [
      args.client,
      args.key,
      args.status,
      JSON.stringify(args.headers),
      args.body,
      args.attempt,
    ],
  });
}

/** Frees a key whose attempt changed nothing and may be tried again; not one that another has taken over. */
export async function idempotencyKeyRelease(
  db: Db,
  args: { client: string; key: string; attempt: string },
): Promise<void> {
  await db.query({
    name: "idempotency_key_release",
    text: `
      delete from idempotency_keys
      where client = $1::text
        and key = $2::text
        and in_flight_until = $3::timestamptz`,
    values: [args.client, args.key, args.attempt],
  });
}

/** Forgets keys older than the given number of days, at most `rowsMax` of them; answers how many. */
export async function idempotencyKeysExpire(
  db: Db,
  chunk: { olderThanDays: number; rowsMax: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: "idempotency_keys_expire",
    text: `
      delete from idempotency_keys
      where (client, key) in (
        select client, key
        from idempotency_keys
        where created_at < now() - make_interval(days => $1::int)
        order by created_at
        limit $2::int
      )`,
    values: [chunk.olderThanDays, chunk.rowsMax],
  });
  return rowCount ?? 0;
}
