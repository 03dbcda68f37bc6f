/**
 * The client of Stockline's public HTTP API. What each operation takes and answers is typed by apiTypes.ts, which is made from the
 * OpenAPI document. A busy answer (429, 503) is tried again as Retry-After says; a POST carries an Idempotency-Key, so that trying
 * again does nothing twice.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Arguments, ListOperation, Operation, Row, Taken } from "./operations.ts";
import { ApiProblemError, ApiUnreachableError, problemOf } from "./problem.ts";

export type { Answer, ListOperation, Operation, Row } from "./operations.ts";

const TRIES_MAX = 5;
const RETRY_AFTER_MS_MAX = 10_000;
/** Rows that a list asks for at a time: the most that the API gives. */
const PAGE_ROWS = 500;

export interface ClientOptions {
  /** Where the API is, e.g. http://127.0.0.1:3001 */
  readonly url: string;
  /** Answers the bearer token of a request. */
  readonly token: () => Promise<string>;
  /** Ends requests that are under way. */
  readonly signal?: AbortSignal;
}

/** What an operation takes, and what goes with any. */
export type Given<O extends Operation> = Taken<O> & Extra;

/** What goes with any operation. */
interface Extra {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as multipart/form-data instead of a body, and never tried again. */
  readonly form?: FormData;
}

export interface StocklineClient {
  readonly url: string;
  /** Calls an operation: `client.call("GET /v1/items/{id}", { path: { id: "sku:BOLT" } })`. */
  call<O extends Operation>(operation: O, ...given: Arguments<Given<O>>): Promise<Answer<O>>;
  /** A list's rows one by one, page after page, up to `rowsMax` rows. */
  list<O extends ListOperation>(
    operation: O,
    ...given: Arguments<Given<O> & { readonly rowsMax?: number }>
  ): AsyncGenerator<Row<O>>;
  /** The body as it comes; `path` may be a whole URL, which then gets no token. */
  download(path: string): Promise<Response>;
}

/** The parts of any operation, when which one it is does not matter any more. */
interface Parts extends Extra {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: object;
  readonly rowsMax?: number;
}

/** Makes a client; nothing is sent yet. Its calls throw ApiProblemError and ApiUnreachableError. */
export function createStocklineClient(options: ClientOptions): StocklineClient {
  return {
    url: options.url,
    call: async (operation, ...[given]) =>
      valueOf(operation, await request(options, operation, given)),
    list: (operation, ...[given]) => rowsOf(options, operation, given),
    download: (path) => send(options, { method: "GET", path }, {}),
  };
}

/** What a person typed in the place of a body or of its members: the API says what is wrong with it. */
export function unchecked<T>(typed: object): NonNullable<T> {
  const value: NonNullable<T> = JSON.parse(JSON.stringify(typed));
  return value;
}

async function* rowsOf<T>(
  options: ClientOptions,
  operation: string,
  given: object | undefined,
): AsyncGenerator<T> {
  const { rowsMax = Number.POSITIVE_INFINITY, query, ...rest }: Parts = { ...given };
  let left = rowsMax;
  let cursor: string | undefined;
  do {
    const limit = Math.min(left, PAGE_ROWS);
    const asked = { ...rest, query: { ...query, limit, cursor } };
    const page = await valueOf<Page<T>>(operation, await request(options, operation, asked));
    if (!Array.isArray(page?.data)) throw notOurs(operation, "/data: expected a list");
    yield* page.data;
    left -= page.data.length;
    cursor = page.next_cursor ?? undefined;
  } while (cursor !== undefined && left > 0);
}

interface Page<T> {
  readonly data: readonly T[];
  readonly next_cursor?: string | null;
}

function request(
  options: ClientOptions,
  operation: string,
  given: object | undefined,
): Promise<Response> {
  const parts: Parts = { ...given };
  const [method = "", template = ""] = operation.split(" ");
  const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(parts.path?.[name] ?? "")),
  );
  return send(options, { method, path }, parts);
}

interface Target {
  readonly method: string;
  readonly path: string;
}

async function send(
  options: ClientOptions,
  { method, path }: Target,
  parts: Parts,
): Promise<Response> {
  const url = urlOf(options, path, parts.query);
  const init = await initOf(options, { method, url, parts });
  const triesMax = parts.form === undefined ? TRIES_MAX : 1;
  for (let tries = 1; ; tries += 1) {
    const response = await reach(url, init);
    if (response.ok) return response;
    const error = problemOf(response.status, await response.text());
    if (!error.retriable || tries === triesMax) throw error;
    await pause(retryAfterMs(response), undefined, { signal: options.signal });
  }
}

function urlOf(options: ClientOptions, path: string, query: Parts["query"] = {}): URL {
  const url = new URL(path, options.url);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

interface Sending {
  readonly method: string;
  readonly url: URL;
  readonly parts: Parts;
}

/** What goes with every try of a request: one token, one Idempotency-Key. */
async function initOf(
  options: ClientOptions,
  { method, url, parts }: Sending,
): Promise<RequestInit> {
  const headers = new Headers(parts.headers);
  // A download elsewhere (object storage) is signed by its own URL, and must not see the token.
  const own = url.origin === new URL(options.url).origin;
  if (own) headers.set("authorization", `Bearer ${await options.token()}`);
  const signal = options.signal ?? null;
  if (method === "GET" || method === "DELETE") return { method, headers, signal };
  if (method === "POST") headers.set("idempotency-key", randomUUID());
  if (parts.form !== undefined) return { method, headers, body: parts.form, signal };
  headers.set("content-type", "application/json");
  return { method, headers, body: JSON.stringify(parts.body ?? {}), signal };
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (thrown) {
    init.signal?.throwIfAborted();
    throw new ApiUnreachableError(`${url.origin} can't be reached (${reasonOf(thrown)})`, thrown);
  }
}

/** fetch says "fetch failed"; the reason is in its cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  if (!(thrown.cause instanceof Error)) return thrown.message;
  const { cause } = thrown;
  return "code" in cause && typeof cause.code === "string" ? cause.code : cause.message;
}

function retryAfterMs(response: Response): number {
  const seconds = Number(response.headers.get("retry-after") ?? "1");
  const ms = Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 1_000;
  return Math.min(ms, RETRY_AFTER_MS_MAX);
}

/** What the answer says; undefined for one without a body. */
async function valueOf<T>(operation: string, response: Response): Promise<T> {
  const text = await response.text();
  const value: T = text === "" ? undefined : parseJson(operation, text);
  if (text !== "" && Object(value) !== value) throw notOurs(operation, "/: expected an object");
  return value;
}

function parseJson(operation: string, text: string) {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const detail = `the answer to ${operation} is not JSON; is the URL right?`;
    throw new ApiUnreachableError(detail, cause);
  }
}

function notOurs(operation: string, why: string): ApiUnreachableError {
  return new ApiUnreachableError(
    `the answer to ${operation} is not one that this client knows (${why}); is the API of the same version?`,
  );
}

/** True where the API refused with that code. */
export function isProblem(thrown: unknown, code: string): thrown is ApiProblemError {
  return thrown instanceof ApiProblemError && thrown.code === code;
}
