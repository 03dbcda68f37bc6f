/**
 * The one port to every broker that events are published to. A sink sends what it is given and says of each record whether the
 * broker acknowledged it; order, retries and cursors are the publisher's. One conformance suite runs on every adapter.
 */

/** Kinds of sinks that this version publishes to. */
export type SinkKind = "kinesis" | "sqs" | "kafka" | "webhook";

/** One event on its way: the key keeps its order, the body is the CloudEvent. */
export interface SinkRecord {
  readonly id: string;
  readonly key: string;
  readonly type: string;
  /** W3C trace context of whatever caused the event; in the body too. */
  readonly traceparent: string | null;
  readonly body: string;
}

/**
 * What became of one record: `failed` may come right by itself and is tried again; `refused` never will, so the record becomes
 * a dead letter. `code` is a machine word of the broker, never its free text.
 */
export type SendOutcome =
  | { readonly status: "acknowledged" }
  | { readonly status: "refused"; readonly code: string }
  | {
      readonly status: "failed";
      readonly code: string;
      /** The sink asks to be left alone for so long; nothing else is sent to it meanwhile. */
      readonly retryAfterMs?: number | undefined;
    };

/** The sink refused a whole call for what is in it (too large, not valid): sent one by one, only the culprit is refused. */
export class CallRefusedError extends Error {
  readonly code: string;

  constructor(code: string, cause?: unknown) {
    super(`the sink refused a call: ${code}`, { cause });
    this.name = "CallRefusedError";
    this.code = code;
  }
}

export interface SinkLimits {
  /** Records and bytes (keys and bodies) of one call. */
  readonly callRecordsMax: number;
  readonly callBytesMax: number;
  /** Calls of different keys that may be under way side by side. */
  readonly callsInFlightMax: number;
  /** True where a call may fail in part, so that two records of one key in it could change places. */
  readonly oneRecordPerKey: boolean;
  /** Consecutive records of one key that share a fate in a call, where oneRecordPerKey holds otherwise. Default 1. */
  readonly recordsPerKeyMax?: number;
}

/** What a filter looks at. */
export interface SinkEvent {
  readonly type: string;
  readonly subject: string;
  readonly partition_key: string;
  /** JSON text. */
  readonly data: string;
}

export interface EventSink {
  readonly name: string;
  readonly kind: SinkKind;
  readonly limits: SinkLimits;
  /** Longest pause after failures. Default 10 s. */
  readonly pauseMsMax?: number;
  /** An event that fails for longer becomes a dead letter, a sink in which nothing succeeds for longer is given up. Default: never. */
  readonly giveUpAfterMs?: number;
  /** Whether the sink wants the event; the others count as delivered. Default: all. */
  wants?(event: SinkEvent): boolean;
  /** Connects, and makes the stream or queue where that is allowed. Safe to call again after a failure. */
  open(): Promise<void>;
  /** Sends one call; answers an outcome a record, in order. Throws where the outcome of all of them is unknown. */
  send(records: readonly SinkRecord[]): Promise<SendOutcome[]>;
  close(): Promise<void>;
}

export const ACKNOWLEDGED: SendOutcome = { status: "acknowledged" };

/** Time to reach a broker, and for it to answer; after that the outcome is unknown and the records are sent again. */
export const SINK_CONNECT_MS = 2_000;
export const SINK_ANSWER_MS = 5_000;

/** Bytes that a record counts for in a call. */
export function recordBytes(record: SinkRecord): number {
  return Buffer.byteLength(record.key) + Buffer.byteLength(record.body);
}

/** A machine word for a failure: the error's own code or name. Messages may name hosts, so they stay out. */
export function failureCode(thrown: unknown): string {
  if (!(thrown instanceof Error)) return "unknown";
  const code = "code" in thrown && typeof thrown.code === "string" ? thrown.code : undefined;
  return code ?? thrown.name;
}

/** True for an endpoint of Amazon's own, where streams and queues are made by infrastructure code and never by us. */
export function isAmazon(endpoint: string | undefined): boolean {
  if (endpoint === undefined) return true;
  return /(^|\.)(amazonaws\.com(\.cn)?|api\.aws)$/.test(new URL(endpoint).hostname);
}
