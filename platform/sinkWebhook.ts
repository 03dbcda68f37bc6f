/**
 * Publishes events to one webhook: a signed POST an event, several keys side by side, one event of a key at a time. Whatever is
 * not answered 2xx is tried again for a day, not before the time that the receiver names (Retry-After, up to an hour); an event that is
 * too large for the receiver (413) is refused at once.
 */
import {
  ACKNOWLEDGED,
  type EventSink,
  type SendOutcome,
  type SinkEvent,
  type SinkLimits,
  type SinkRecord,
} from "./eventSink.ts";
import { type WebhookClient, WebhookError } from "./webhookRequest.ts";

const LIMITS: SinkLimits = {
  callRecordsMax: 1,
  callBytesMax: 1024 * 1024,
  callsInFlightMax: 8, // as many as the client keeps connections to one receiver
  oneRecordPerKey: true,
};
const PAUSE_MS_MAX = 15 * 60_000;
const GIVE_UP_MS = 24 * 60 * 60_000;
const TOO_LARGE = 413;

export interface WebhookSinkOptions {
  readonly name: string;
  readonly url: string;
  readonly secret: string;
  /** Event types, exact or with * at the end; SKUs and codes of warehouses. An empty list takes all. */
  readonly types: readonly string[];
  readonly warehouses: readonly string[];
  readonly skus: readonly string[];
  /** Default: a day. */
  readonly giveUpAfterMs?: number;
}

/** Makes the sink of a webhook. The client stays the caller's. */
export function createWebhookSink(options: WebhookSinkOptions, client: WebhookClient): EventSink {
  return {
    name: options.name,
    kind: "webhook",
    limits: LIMITS,
    pauseMsMax: PAUSE_MS_MAX,
    giveUpAfterMs: options.giveUpAfterMs ?? GIVE_UP_MS,
    wants: (event) => isWanted(options, event),
    open: async () => undefined,
    send: (records) => Promise.all(records.map((record) => sendOne(options, client, record))),
    close: async () => undefined,
  };
}

async function sendOne(
  { url, secret }: WebhookSinkOptions,
  client: WebhookClient,
  { id, body }: SinkRecord,
): Promise<SendOutcome> {
  try {
    const contentType = "application/cloudevents+json";
    await client.send({ url, secret }, { id, body, contentType });
    return ACKNOWLEDGED;
  } catch (thrown) {
    if (!(thrown instanceof WebhookError) || thrown.status === undefined) throw thrown;
    const code = `http_${thrown.status}`;
    if (thrown.status === TOO_LARGE) return { status: "refused", code };
    const { retryAfterSeconds: seconds } = thrown;
    const retryAfterMs = seconds === undefined ? undefined : seconds * 1_000;
    return { status: "failed", code, retryAfterMs };
  }
}

/** Members of an event's data by which it belongs to a warehouse. */
const WAREHOUSES = ["warehouse", "to_warehouse", "from_warehouse", "counterpart_warehouse"];

/** Whether a filter lets the event through. */
export function isWanted(
  filter: Pick<WebhookSinkOptions, "types" | "warehouses" | "skus">,
  event: SinkEvent,
): boolean {
  const { types, warehouses, skus } = filter;
  if (types.length > 0 && !types.some((type) => matches(type, event.type))) return false;
  if (warehouses.length === 0 && skus.length === 0) return true;
  const parsed: unknown = JSON.parse(event.data);
  const members = new Map<string, unknown>(Object.entries(Object(parsed)));
  const has = (names: readonly string[], wanted: readonly string[]) =>
    wanted.length === 0 || names.some((name) => wanted.some((one) => one === members.get(name)));
  return has(WAREHOUSES, warehouses) && has(["sku"], skus);
}

function matches(wanted: string, type: string): boolean {
  return wanted.endsWith("*") ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
