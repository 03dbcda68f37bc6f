/**
 * Clients that post movements over HTTP, one request after another, until they are stopped. A request without a final answer is
 * sent again as it was, with its ids, as the contract asks of clients. Remembers what was sent and what was acknowledged.
 */
import { setTimeout as pause } from "node:timers/promises";
import { newId } from "../../platform/clock.ts";
import type { Random } from "./faultRun.ts";
import {
  type MovementBody,
  type MovementKinds,
  makeConsequence,
  makeMovement,
} from "./movementMix.ts";

export interface LoadOptions {
  /** Base URLs of the APIs, asked before each request; each is sent to one of them. */
  readonly urls: () => readonly string[];
  readonly token: string;
  readonly random: Random;
  readonly skus: MovementKinds["skus"];
  readonly warehouses: readonly string[];
  /** "plain": no lots, reservations, transits or groups. */
  readonly kinds: "plain" | "full";
  readonly clients?: number;
  /** Acknowledged movements that may wait to be decided before the clients pause. */
  readonly backlogMax?: number;
  /** How many of all movements are decided; asked now and then. */
  readonly decided: () => Promise<number>;
}

export interface Load {
  /** Ids of movements that got a 2xx. */
  readonly acked: ReadonlySet<string>;
  /** Ids of every movement that was ever sent, answered or not. */
  readonly sent: ReadonlySet<string>;
  /** Answers that no fault excuses: anything but 2xx, 429 and 503. */
  readonly refusals: readonly string[];
  /** Requests that got no answer, or 429 or 503, and were sent again. */
  readonly retries: number;
  /** 503s without Retry-After, which there may be none of. */
  readonly bare503s: number;
  /** Milliseconds from sending to 2xx of each request, in the order of their ends. */
  readonly latencies: readonly number[];
  /** Ends the load; answers when the last request has its 2xx. */
  stop(): Promise<void>;
}

const RETRY_MS = 25;
const BACKLOG_CHECK_MS = 50;
/** A client that gets no 2xx for so long reports that and gives up. */
const PATIENCE_MS = 60_000;
/** Longer than any deadline of the API. */
const ANSWER_MS = 40_000;

interface LoadState {
  readonly options: LoadOptions;
  readonly acked: Set<string>;
  readonly sent: Set<string>;
  readonly refusals: string[];
  readonly latencies: number[];
  readonly past: MovementKinds["past"];
  running: boolean;
  retries: number;
  bare503s: number;
}

/** Starts the clients. */
export function startLoad(options: LoadOptions): Load {
  const state: LoadState = {
    options,
    acked: new Set(),
    sent: new Set(),
    refusals: [],
    latencies: [],
    past: { reservations: [], transits: [], applied: [] },
    running: true,
    retries: 0,
    bare503s: 0,
  };
  const clients = Array.from({ length: options.clients ?? 6 }, () =>
    // A client that breaks is a fault of the suite; said at the end with the answers that nobody expects.
    runClient(state).catch((thrown: unknown) => state.refusals.push(String(thrown))),
  );
  return {
    acked: state.acked,
    sent: state.sent,
    refusals: state.refusals,
    latencies: state.latencies,
    get retries() {
      return state.retries;
    },
    get bare503s() {
      return state.bare503s;
    },
    stop: async () => {
      state.running = false;
      await Promise.all(clients);
    },
  };
}

async function runClient(state: LoadState): Promise<void> {
  const { options } = state;
  for (let n = 0; state.running; n += 1) {
    if (n % 5 === 0) await roomInBacklog(state);
    const { path, body, lines } = makeRequest(options, state.past);
    for (const line of lines) state.sent.add(line.id);
    const begun = performance.now();
    if (!(await sendUntilAccepted(state, path, JSON.stringify(body)))) continue;
    state.latencies.push(performance.now() - begun);
    for (const line of lines) {
      state.acked.add(line.id);
      remember(state.past, line);
    }
  }
}

async function roomInBacklog({ options, acked, ...state }: LoadState): Promise<void> {
  const most = options.backlogMax ?? 400;
  const deadline = performance.now() + PATIENCE_MS;
  while (state.running && performance.now() < deadline) {
    // A database that is away has no answer; the clients go on and meet that themselves.
    const decided = await options.decided().catch(() => acked.size);
    if (acked.size - decided < most) return;
    await pause(BACKLOG_CHECK_MS);
  }
}

interface Request {
  readonly path: string;
  readonly body: unknown;
  readonly lines: readonly { readonly id: string }[];
}

function makeRequest(options: LoadOptions, past: LoadState["past"]): Request {
  const { random, kinds } = options;
  const world = { ...options, past };
  const shape = random.next();
  if (kinds === "full" && shape < 0.12) {
    const consequence = makeConsequence(world, newId());
    if (consequence !== undefined) return { ...consequence, lines: [consequence.body] };
  }
  if (shape < 0.7) {
    const body = makeMovement(world, newId());
    return { path: "/v1/movements", body, lines: [body] };
  }
  const lines = Array.from({ length: random.between(2, 6) }, () => makeMovement(world, newId()));
  const atomic = kinds === "full" && shape > 0.85;
  const body = { movements: lines, ...(atomic ? { atomic } : {}) };
  return { path: "/v1/movements", body, lines };
}

/** Answers whether it got a 2xx in the end. */
async function sendUntilAccepted(state: LoadState, path: string, body: string): Promise<boolean> {
  const { random, urls } = state.options;
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await post(state.options, random.pick(urls()) + path, body);
    if (answer.status >= 200 && answer.status < 300) return true;
    if (isHonestNo(answer)) return false;
    if (!COME_AGAIN.includes(answer.status) || performance.now() > deadline) {
      state.refusals.push(`${answer.status} ${answer.text} for ${body}`);
      return false;
    }
    if (answer.status === 503 && !answer.hasRetryAfter) state.bare503s += 1;
    state.retries += 1;
    await pause(RETRY_MS);
  }
}

/** No answer at all, too many requests, unavailable. */
const COME_AGAIN = [0, 429, 503];

/**
 * What follows from a movement that was rejected is refused, and so is a reservation that lapsed while it was sent again and again.
 * Neither may count as acknowledged.
 */
function isHonestNo({ status, text }: Answer): boolean {
  const code = /"code":"(\w+)"/.exec(text)?.[1] ?? "";
  if (status === 409) return ["not_applied", "not_in_transit"].includes(code);
  return status === 422 && text.includes('/expires_at"');
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly hasRetryAfter: boolean;
}

/** Status 0: no answer came. */
async function post({ token }: LoadOptions, url: string, body: string): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    return { status: response.status, text, hasRetryAfter: response.headers.has("retry-after") };
  } catch (thrown) {
    return { status: 0, text: String(thrown), hasRetryAfter: false };
  }
}

const PAST_MAX = 50;

/** Keeps what later movements may refer to. */
function remember(past: LoadState["past"], line: { readonly id: string } | MovementBody): void {
  if (!("type" in line)) return;
  const list =
    line.type === "reserve"
      ? past.reservations
      : line.type === "transfer" && line.in_transit === true
        ? past.transits
        : past.applied;
  list.push(line);
  if (list.length > PAST_MAX) list.shift();
}
