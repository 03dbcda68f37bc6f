/** What readers of the event log ask for and get. */
import { z } from "zod";
import { eventEnvelope } from "../../domain/events/envelope.ts";
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

export const eventsOut = z.object({
  data: z.array(eventEnvelope),
  next_cursor: z.string().describe("Always given: read on from here, now or later."),
});
