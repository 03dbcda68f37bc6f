/**
 * A small client of Stockline's public HTTP API: JSON in and out, every answer checked by a schema.
 * A busy answer (429, 503) is tried again as Retry-After says; a POST carries an Idempotency-Key, so
 * that trying again does nothing twice. Knows no route; the files beside this one do.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { ApiProblemError, ApiUnreachableError, problemOf } from "./problem.ts";

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

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

interface RequestOptions {
  readonly query?: Query | undefined;
  /** Sent as JSON. */
  readonly body?: object | undefined;
  /** Sent as multipart/form-data, never tried again. */
  readonly form?: FormData;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface StocklineClient {
  readonly url: string;
  get<T>(schema: z.ZodType<T>, path: string, query?: Query): Promise<T>;
  post<T>(schema: z.ZodType<T>, path: string, options?: RequestOptions): Promise<T>;
  /** A page's rows one by one, page after page, up to `rowsMax` rows. */
  list<T>(schema: z.ZodType<T>, path: string, options?: ListOptions): AsyncGenerator<T>;
  /** The body as it comes; `path` may be a whole URL, which then gets no token. */
  download(path: string): Promise<Response>;
}

export interface ListOptions {
  readonly query?: Query;
  readonly rowsMax?: number;
}

/** Makes a client; nothing is sent yet. Its calls throw ApiProblemError and ApiUnreachableError. */
export function createStocklineClient(options: ClientOptions): StocklineClient {
  const get: StocklineClient["get"] = async (schema, path, query) =>
    parse(schema, path, await send(options, "GET", path, { query }));
  return {
    url: options.url,
    get,
    post: async (schema, path, request = {}) =>
      parse(schema, path, await send(options, "POST", path, request)),
    list: (schema, path, wanted = {}) => rowsOf(get, pageOf(schema), { path, ...wanted }),
    download: (path) => send(options, "GET", path, {}),
  };
}

function pageOf<T>(schema: z.ZodType<T>) {
  return z.object({ data: z.array(schema), next_cursor: z.string().nullish() });
}

async function* rowsOf<T>(
  get: StocklineClient["get"],
  page: z.ZodType<{ data: T[]; next_cursor?: string | null | undefined }>,
  { path, query, rowsMax = Number.POSITIVE_INFINITY }: ListOptions & { readonly path: string },
): AsyncGenerator<T> {
  let left = rowsMax;
  let cursor: string | undefined;
  do {
    const limit = Math.min(left, PAGE_ROWS);
    const { data, next_cursor: next } = await get(page, path, { ...query, limit, cursor });
    yield* data;
    left -= data.length;
    cursor = next ?? undefined;
  } while (cursor !== undefined && left > 0);
}

async function send(
  options: ClientOptions,
  method: "GET" | "POST",
  path: string,
  request: RequestOptions,
): Promise<Response> {
  const url = urlOf(options, path, request.query);
  const init = await initOf(options, { method, url, request });
  const triesMax = request.form === undefined ? TRIES_MAX : 1;
  for (let tries = 1; ; tries += 1) {
    const response = await reach(url, init);
    if (response.ok) return response;
    const error = problemOf(response.status, await response.text());
    if (!error.retriable || tries === triesMax) throw error;
    await pause(retryAfterMs(response), undefined, { signal: options.signal });
  }
}

function urlOf(options: ClientOptions, path: string, query: Query = {}): URL {
  const url = new URL(path, options.url);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

interface Sending {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly request: RequestOptions;
}

/** What goes with every try of a request: one token, one Idempotency-Key. */
async function initOf(
  options: ClientOptions,
  { method, url, request }: Sending,
): Promise<RequestInit> {
  const headers = new Headers(request.headers);
  // A download elsewhere (object storage) is signed by its own URL, and must not see the token.
  const own = url.origin === new URL(options.url).origin;
  if (own) headers.set("authorization", `Bearer ${await options.token()}`);
  const signal = options.signal ?? null;
  if (method === "GET") return { method, headers, signal };
  if (request.form !== undefined) return { method, headers, body: request.form, signal };
  headers.set("content-type", "application/json");
  headers.set("idempotency-key", randomUUID());
  return { method, headers, body: JSON.stringify(request.body ?? {}), signal };
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

async function parse<T>(schema: z.ZodType<T>, path: string, response: Response): Promise<T> {
  const text = await response.text();
  const parsed = schema.safeParse(text === "" ? {} : parseJson(text, path));
  if (parsed.success) return parsed.data;
  const fault = parsed.error.issues[0];
  const place = `/${fault?.path.join("/") ?? ""}`;
  throw new ApiUnreachableError(
    `the answer to ${path} is not one that this client knows (${place}: ${fault?.message ?? ""}); ` +
      "is the API of the same version?",
  );
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ApiUnreachableError(`the answer to ${path} is not JSON; is the URL right?`, cause);
  }
}

/** True where the API refused with that code. */
export function isProblem(thrown: unknown, code: string): thrown is ApiProblemError {
  return thrown instanceof ApiProblemError && thrown.code === code;
}
