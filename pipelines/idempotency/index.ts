/**
 * Idempotency keys: the same key with the same request is answered once and replayed after; with another request it is refused;
 * while the first is in flight, 409. Effects stay exact over a crash because handlers derive their ids from the key.
 */
import { createHash } from "node:crypto";
import { ConflictError, InvalidInputError } from "../../domain/errors.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import { idempotencyKeyComplete, idempotencyKeyRelease, idempotencyKeyTake } from "./queries.ts";

export { idempotencyKeysExpire } from "./queries.ts";

/** An attempt is taken for dead after this; longer than any request may last. */
const IN_FLIGHT_SECONDS = 60;
const KEY_CHARS_MAX = 255;

/** An answer as it is kept. */
export interface KeptAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Request {
  readonly client: string;
  readonly key: string;
  /** Canonical text of the request: method, path and body. */
  readonly request: string;
  /** Given where the request speaks of a person: then its hash tells nothing to whoever lacks the key. Must be ready. */
  readonly personal?: Pick<PersonalData, "indexOf"> | undefined;
}

/** A request that has the key and must run; it holds it until its time has run out or it is settled. */
export interface Attempt {
  readonly client: string;
  readonly key: string;
  readonly attempt: string;
}

/** What became of taking a key: an attempt that must run, or the answer kept of an earlier one. */
export type Taken =
  | { readonly run: Attempt; readonly kept?: never }
  | { readonly kept: KeptAnswer; readonly run?: never };

/**
 * Takes the key for the request, or answers what an earlier attempt answered. An attempt whose time ran out is taken over.
 * Throws ConflictError (409 idempotency_key_in_flight) and InvalidInputError (422 idempotency_key_reused).
 */
export async function takeIdempotencyKey(
  db: Db,
  { client, key, request, personal }: Request,
): Promise<Taken> {
  checkKey(key);
  const plainHash = createHash("sha256").update(request).digest();
  const requestHash = personal === undefined ? plainHash : keyedHash(personal, request);
  const row = await idempotencyKeyTake(db, {
    client,
    key,
    requestHash,
    formerHash: plainHash,
    inFlightSeconds: IN_FLIGHT_SECONDS,
  });
  if (row === undefined) throw inFlight(key);
  if (row.taken) return { run: { client, key, attempt: row.attempt ?? "" } };
  const isSame = [requestHash, plainHash].some((hash) => hash.equals(row.request_hash));
  if (!isSame) throw reused(key);
  if (row.response_status === null) throw inFlight(key);
  const { response_status: status, response_headers: headers, response_body: body } = row;
  return { kept: { status, headers: headers ?? {}, body: body ?? "" } };
}

/**
 * Keeps the answer of an attempt, or frees the key when it failed in a way worth repeating (5xx, 429). An attempt whose key was
 * taken over comes too late for either: nothing happens.
 */
export async function settleIdempotencyKey(
  db: Db,
  attempt: Attempt,
  answer: KeptAnswer | undefined,
): Promise<void> {
  if (answer === undefined || answer.status >= 500 || answer.status === 429) {
    await idempotencyKeyRelease(db, attempt);
    return;
  }
  await idempotencyKeyComplete(db, { ...attempt, ...answer });
}

function keyedHash(personal: Pick<PersonalData, "indexOf">, request: string): Buffer {
  return Buffer.from(personal.indexOf("request", request).slice("\\x".length), "hex");
}

function checkKey(key: string): void {
  if (key.length >= 1 && key.length <= KEY_CHARS_MAX) return;
  const detail = `Idempotency-Key has ${key.length} characters; expected 1 to ${KEY_CHARS_MAX}`;
  throw new InvalidInputError(
    [{ pointer: "", code: "idempotency_key_length", detail }],
    "idempotency_key_length",
  );
}

function inFlight(key: string): ConflictError {
  return new ConflictError({
    code: "idempotency_key_in_flight",
    detail: `the first request with Idempotency-Key "${key}" has not been answered yet; try again shortly`,
    retriable: true,
  });
}

function reused(key: string): InvalidInputError {
  const detail = `Idempotency-Key "${key}" was used for another request; use a new key for a new request`;
  return new InvalidInputError(
    [{ pointer: "", code: "idempotency_key_reused", detail }],
    "idempotency_key_reused",
  );
}
