/** What readers of the event log ask for and get. */
import { z } from "zod";
import { timeOut } from "../http/fields.ts";
import { LIMIT_DEFAULT, LIMIT_MAX } from "../http/pagination.ts";

const CURSOR_CHARS_MAX = 4_000;

const filterQuery = {
  after: z
    .string()
    .max(CURSOR_CHARS_MAX)
    .optional()
    .describe("A cursor of the log (next_cursor, or the id of a streamed event)."),
  type: z
    .union([z.string().max(200), z.array(z.string().max(200)).max(20)])
    .optional()
    .transform((value) => (value === undefined ? [] : [value].flat()))
    .describe("Only events of this type; may be given several times."),
};

/** GET /v1/events. */
export const eventsQuery = z.strictObject({
  ...filterQuery,
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
});

/** GET /v1/events/stream. */
export const streamQuery = z.strictObject(filterQuery);

/** A CloudEvent 1.0. */
const eventOut = z.object({
  specversion: z.literal("1.0"),
  id: z.string(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: timeOut,
  datacontenttype: z.literal("application/json"),
  partitionkey: z.string(),
  lane: z.int().describe("Events of one partition key share a lane."),
  position: z.int().describe("Gapless within the lane."),
  incarnation: z.int().describe("Changes when the database was restored."),
  traceparent: z
    .string()
    .optional()
    .describe("W3C trace context of the request that caused the event, where it had one."),
  data: z.unknown(),
});

export const eventsOut = z.object({
  data: z.array(eventOut),
  next_cursor: z.string().describe("Always given: read on from here, now or later."),
});
