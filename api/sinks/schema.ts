/** What sinks and their dead letters look like, and what a replay takes. */
import { z } from "zod";
import { ENTITY_LANES, ITEM_LANES } from "../../domain/lane.ts";
import { decodeEventCursor, type EventCursor } from "../../pipelines/events/index.ts";
import { idField, textField, timeField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

/** A sink. */
export const sinkOut = z.object({
  name: z.string(),
  kind: z.enum(["kinesis", "sqs", "kafka", "webhook"]),
  paused: z.boolean(),
  paused_by: z.string().nullable(),
  publishing: z.boolean().describe("Some worker holds the sink's lease now."),
  circuit: z
    .enum(["closed", "open", "half_open"])
    .describe(
      "Open while the sink is left alone after failures in a row; half open while one event is tried.",
    ),
  failing_since: timeOut.nullable().describe("The first failure since the last acknowledgement."),
  lag_events: z.int().describe("Events in the log that the sink has not acknowledged."),
  lag_seconds: z.number().describe("Age of the oldest of them."),
  positions: z.object({
    acknowledged_events: z.int(),
    log_events: z.int(),
    lanes_behind: z.int(),
  }),
  dead_letters: z
    .int()
    .describe("Events that the sink refused, or that wait behind one: not sent, not discarded."),
  oldest_waiting_at: timeOut.nullable(),
  last_error: z.string().nullable(),
  last_error_at: timeOut.nullable(),
});

/** GET /v1/sinks. */
export const sinksOut = z.object({ data: z.array(sinkOut), next_cursor: z.null() });

export const sinkParams = z.object({ name: z.string().max(100) });

const LANES = ITEM_LANES + ENTITY_LANES;
const LANE_POSITION = /^(\d{1,3}):([1-9]\d{0,14})$/;
const FROM =
  '"beginning", an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z, a cursor of GET /v1/events, or <lane>:<position>';

/** Where a replay begins: the text, and what it means (of positions: the last ones that are not sent again). */
const replayFrom = z
  .string()
  .max(4_000)
  .transform((text, check) => {
    const place = readPlace(text);
    if (place !== undefined) return { text, place };
    check.addIssue({ code: "custom", message: FROM, params: { code: "date_format" } });
    return z.NEVER;
  })
  .describe(`Where to begin: ${FROM} (the first event to be sent again).`);

function readPlace(text: string): Date | "beginning" | EventCursor | undefined {
  if (text === "beginning") return text;
  const time = timeField.safeParse(text);
  if (time.success) return time.data;
  const [, lane, position] = LANE_POSITION.exec(text) ?? [];
  if (position === undefined) return readCursor(text);
  return Number(lane) < LANES ? new Map([[Number(lane), Number(position) - 1]]) : undefined;
}

/** A cursor of the log, with the lanes that it leaves out at their beginning. */
function readCursor(text: string): EventCursor | undefined {
  try {
    const given = decodeEventCursor(text);
    return new Map(Array.from({ length: LANES }, (_, lane) => [lane, given.get(lane) ?? 0]));
  } catch {
    return undefined; // worded by the caller
  }
}

/** POST /v1/sinks/{name}/replay. */
export const replayBody = z.strictObject({ from: replayFrom });

export const replayOut = z.object({
  name: z.string(),
  from: z.string(),
  events: z.int().describe("Events that will be sent again."),
});

/** GET /v1/sinks/{name}/dead-letters. */
export const lettersQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(["parked", "released", "replayed", "discarded"]).optional(),
});

/** An event that a sink refused, or that waits behind one. */
export const letterOut = z.object({
  id: z.string(),
  event_id: z.string(),
  type: z.string(),
  partition_key: z.string(),
  lane: z.int(),
  position: z.int(),
  code: z
    .string()
    .describe(
      "The sink's machine word; behind_refused where an earlier event of the key was refused.",
    ),
  status: z.enum(["parked", "released", "replayed", "discarded"]),
  created_at: timeOut,
  resolved_at: timeOut.nullable(),
  resolved_by: z.string().nullable(),
  reason: z.string().nullable(),
  event: z.unknown().describe("The CloudEvent as it would be sent."),
});

export const letterParams = z.object({ name: z.string().max(100), id: idField });

export const discardBody = z.strictObject({
  reason: textField(500).min(1, "why the event is given up"),
});

export const releasedOut = z.object({
  letters: z.int().describe("Letters that will be sent again."),
});
