/** Spans of applying: one for a batch that holds movements of recorded requests, and one in the trace of each of these requests. */
import { inSharedSpan, isTracing, noteSpan, recordedTrace } from "../../platform/tracing.ts";
import type { FoldedBatch } from "./foldBatch.ts";
import type { PendingRow } from "./queries/pending.ts";

/** A batch tells of so many of its movements one by one. */
const MOVEMENT_SPANS_MAX = 256;

/** Runs the part of a transaction that decides these movements in a span of its own, where one of them is recorded. */
export function inBatchSpan<T>(pending: readonly PendingRow[], fn: () => Promise<T>): Promise<T> {
  if (!isTracing()) return fn();
  const traces = pending.map((row) => recordedTrace(row.traceparent));
  const attributes = { "stockline.batch.movements": pending.length };
  return inSharedSpan("apply.batch", traces, fn, { attributes });
}

/** Notes in the trace of each recorded request that its movement was decided, from the begin of the batch to its commit. */
export function noteDecided({ traced }: FoldedBatch, begunAtMs: number): void {
  if (!isTracing()) return;
  let noted = 0;
  for (const { movementId, traceparent, status } of traced) {
    const parent = recordedTrace(traceparent);
    if (parent === undefined) continue;
    const attributes = {
      "stockline.movement.id": movementId,
      "stockline.event.type": `stockline.movement.${status}`,
    };
    noteSpan("movement.apply", { parent, startTime: begunAtMs, attributes });
    noted += 1;
    if (noted === MOVEMENT_SPANS_MAX) return;
  }
}
