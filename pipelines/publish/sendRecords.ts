/**
 * Sends the records of a round, wave by wave, and keeps what became of each. A failure stops its lane for the round; a refusal
 * stops its key, whose later records wait behind the refused one. A call that the sink refuses for its content is cut in halves
 * down to the culprit. No record is sent past one of its key that did not get through.
 */
import {
  CallRefusedError,
  type EventSink,
  failureCode,
  type SendOutcome,
} from "../../platform/eventSink.ts";
import { inSharedSpan, isTracing, noteSpan, recordedTrace } from "../../platform/tracing.ts";
import { type PlacedRecord, planWaves } from "./planWaves.ts";

/** After this a round sends no further wave: cursors move, and other lanes get their turn. */
const ROUND_MS_MAX = 2_000;

/** Code of a record that was not sent since an earlier one of its key was refused. */
export const BEHIND_REFUSED = "behind_refused";

export interface SendDeps {
  readonly sink: EventSink;
  /** Records of one call at most, where that is less than the sink's own limit. */
  readonly callRecordsMax: number;
  /** Asked before every wave: may we still send? */
  readonly mayGoOn: () => Promise<boolean>;
  /** Told of every call, whatever came of it. */
  readonly onCall?: (seconds: number) => void;
}

/** A record's lane and key: what keeps its order. */
export function orderKey(record: { readonly lane: number; readonly key: string }): string {
  return `${record.lane}/${record.key}`;
}

/** What became of the records of one round. */
export class SendReport {
  readonly acknowledged = new Set<PlacedRecord>();
  /** Refused for ever, with the broker's machine word. */
  readonly refused = new Map<PlacedRecord, string>();
  /** Lanes that failed, with the broker's machine word. */
  readonly failedLanes = new Map<number, string>();
  /** Keys (orderKey) behind which nothing may be sent. */
  readonly heldKeys: Set<string>;
  /** The machine word of a call whose outcome is unknown: the sink itself is in trouble. */
  sinkFailure: string | undefined;
  /** For how long the sink asks to be left alone. */
  retryAfterMs: number | undefined;

  constructor(heldKeys: Iterable<string> = []) {
    this.heldKeys = new Set(heldKeys);
  }

  note(placed: PlacedRecord, outcome: SendOutcome): void {
    if (outcome.status === "acknowledged") this.acknowledged.add(placed);
    else if (outcome.status === "failed") {
      this.failedLanes.set(placed.lane, outcome.code);
      const { retryAfterMs: ms } = outcome;
      if (ms !== undefined) this.retryAfterMs = Math.max(ms, this.retryAfterMs ?? 0);
    } else {
      this.refused.set(placed, outcome.code);
      this.heldKeys.add(orderKeyOf(placed));
    }
  }

  /** Nothing more may be sent in this round. */
  get isOver(): boolean {
    return this.sinkFailure !== undefined || this.retryAfterMs !== undefined;
  }

  isOpen(placed: PlacedRecord): boolean {
    return !this.failedLanes.has(placed.lane) && !this.heldKeys.has(orderKeyOf(placed));
  }
}

function orderKeyOf({ lane, record }: PlacedRecord): string {
  return orderKey({ lane, key: record.key });
}

/** Sends the records in order; stops at the deadline, when the sink fails as a whole, or when it may not go on. */
export async function sendRecords(
  deps: SendDeps,
  report: SendReport,
  records: readonly PlacedRecord[],
): Promise<void> {
  const deadline = performance.now() + ROUND_MS_MAX;
  const { limits } = deps.sink;
  const callRecordsMax = Math.min(limits.callRecordsMax, deps.callRecordsMax);
  for (const wave of planWaves(records, { ...limits, callRecordsMax })) {
    if (report.isOver || performance.now() > deadline) return;
    if (!(await deps.mayGoOn())) return;
    const rest = wave.values();
    const senders = Array.from({ length: limits.callsInFlightMax }, async () => {
      for (const call of rest) await sendCall(deps, report, call);
    });
    await Promise.all(senders);
  }
}

async function sendCall(
  deps: SendDeps,
  report: SendReport,
  planned: readonly PlacedRecord[],
): Promise<void> {
  const call = planned.filter((placed) => report.isOpen(placed));
  if (report.isOver || call.length === 0) return;
  const begunMs = performance.now();
  try {
    const outcomes = await sendTraced(deps.sink, call);
    for (const [index, placed] of call.entries()) {
      report.note(placed, outcomes[index] ?? { status: "failed", code: "no_outcome" });
    }
  } catch (thrown) {
    if (!(thrown instanceof CallRefusedError)) {
      report.sinkFailure = failureCode(thrown);
      return;
    }
    const [first, ...more] = call;
    if (first !== undefined && more.length === 0) {
      report.note(first, { status: "refused", code: thrown.code });
      return;
    }
    const half = Math.ceil(call.length / 2);
    await sendCall(deps, report, call.slice(0, half));
    await sendCall(deps, report, call.slice(half));
  } finally {
    deps.onCall?.((performance.now() - begunMs) / 1_000);
  }
}

/** The call as a span in the trace of what it carries, and a span in the trace of each event, where these are recorded. */
async function sendTraced(
  sink: EventSink,
  call: readonly PlacedRecord[],
): Promise<readonly SendOutcome[]> {
  const send = () => sink.send(call.map(({ record }) => record));
  if (!isTracing()) return send();
  const begunAtMs = Date.now();
  const traces = call.map(({ record }) => recordedTrace(record.traceparent));
  const attributes = { "messaging.batch.message_count": call.length, "stockline.sink": sink.name };
  const outcomes = await inSharedSpan(`publish ${sink.name}`, traces, send, {
    kind: "PRODUCER",
    attributes,
  });
  for (const [index, { record }] of call.entries()) {
    const parent = traces[index];
    if (parent === undefined) continue;
    const status = outcomes[index]?.status ?? "failed";
    const told = { "stockline.event.id": record.id, "stockline.sink": sink.name, status };
    noteSpan("event.publish", { parent, startTime: begunAtMs, attributes: told });
  }
  return outcomes;
}
