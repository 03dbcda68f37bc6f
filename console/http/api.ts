/**
 * Calls of the API from the browser, typed by the same operations as the command line's. Each carries the bearer token of who is signed
 * in; a 401 is tried once more with a fresh token. Nothing is repeated beyond that: whoever called decides.
 */
import type { Answer, Arguments, Operation, Taken } from "../../client/operations.ts";
import { Refusal, readProblem, Unreached } from "./refusal.ts";

/** No call waits longer; `Prefer: wait` takes up to 30 s of it. */
const PATIENCE_MS = 45_000;

/** Where tokens come from. */
export interface TokenSource {
  /** The token to send, refreshed if it is about to expire; undefined where nobody is signed in. */
  bearer(): Promise<string | undefined>;
  /** The API did not take that token: answers another one to try, or nothing. */
  refused(bearer: string): Promise<string | undefined>;
}

/** What goes with any operation. */
interface Extra {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What an operation is given. */
export type Given<O extends Operation> = Taken<O> & Extra;

/** An answer with what stands in its headers. */
export interface Exchange<T> {
  readonly value: T;
  readonly status: number;
  readonly etag: string | undefined;
}

export interface Api {
  /** Calls an operation; throws Refusal and Unreached. */
  call<O extends Operation>(operation: O, ...given: Arguments<Given<O>>): Promise<Answer<O>>;
  /** The same, with status and entity tag. */
  exchange<O extends Operation>(
    operation: O,
    ...given: Arguments<Given<O>>
  ): Promise<Exchange<Answer<O>>>;
  /** The answer as it comes (streams, downloads); throws as call does. */
  open(path: string, init?: RequestInit): Promise<Response>;
}

interface Parts extends Extra {
  readonly path?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<
    Record<string, string | number | boolean | readonly string[] | undefined>
  >;
  readonly body?: object;
}

/** Makes the caller of the API at this page's own origin. `onAnswer` sees every answer, e.g. for the server's clock. */
export function createApi(tokens: TokenSource, onAnswer: (answer: Response) => void): Api {
  const open: Api["open"] = async (path, init = {}) => {
    const token = await tokens.bearer();
    const first = await send(path, init, token);
    onAnswer(first);
    const other =
      first.status === 401 && token !== undefined ? await tokens.refused(token) : undefined;
    const last = other === undefined ? first : await send(path, init, other);
    if (last.ok) return last;
    throw await refusalOf(last);
  };
  const exchange: Api["exchange"] = async (operation, ...[given]) => {
    const { path, init } = requestOf(operation, partsOf(given));
    const response = await open(path, init);
    return {
      value: await valueOf(response),
      status: response.status,
      etag: response.headers.get("etag") ?? undefined,
    };
  };
  return {
    open,
    exchange,
    call: async (operation, ...given) => (await exchange(operation, ...given)).value,
  };
}

/** What one is given, when it does not matter any more which operation it is. */
function partsOf(given: object | undefined): Parts {
  return { ...given };
}

/** Path with query of an operation, as the browser asks for it. */
export function pathOf(operation: string, { path = {}, query = {} }: Parts): string {
  const template = operation.slice(operation.indexOf(" ") + 1);
  const filled = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(path[name] ?? "")),
  );
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") search.set(name, String(value));
  }
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}

function requestOf(operation: string, parts: Parts): { path: string; init: RequestInit } {
  const method = operation.slice(0, operation.indexOf(" "));
  const headers = new Headers(parts.headers);
  const hasBody = method !== "GET" && method !== "DELETE";
  if (hasBody) headers.set("content-type", "application/json");
  return {
    path: pathOf(operation, parts),
    init: {
      method,
      headers,
      ...(hasBody ? { body: JSON.stringify(parts.body ?? {}) } : {}),
      ...(parts.signal === undefined ? {} : { signal: parts.signal }),
    },
  };
}

async function send(path: string, init: RequestInit, token: string | undefined): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("authorization", `Bearer ${token}`);
  const late = AbortSignal.timeout(PATIENCE_MS);
  const isStream = headers.get("accept") === "text/event-stream";
  const signals = [...(init.signal ? [init.signal] : []), ...(isStream ? [] : [late])];
  try {
    return await fetch(path, { ...init, headers, signal: AbortSignal.any(signals) });
  } catch (thrown) {
    init.signal?.throwIfAborted();
    const why = late.aborted ? `no answer within ${PATIENCE_MS / 1_000} s` : "no connection";
    throw new Unreached(`The API did not answer (${why}).`, { cause: thrown });
  }
}

/** Makes the error of an answer that is not 2xx. */
async function refusalOf(response: Response): Promise<Refusal> {
  const problem = readProblem(response.status, await response.text());
  return new Refusal(response.status, problem, response.headers.get("x-request-id") ?? undefined);
}

async function valueOf<T>(response: Response): Promise<T> {
  const text = await response.text();
  try {
    const value: T = text === "" ? undefined : JSON.parse(text);
    return value;
  } catch (cause) {
    throw new Unreached("The answer is not one of Stockline's.", { cause });
  }
}
