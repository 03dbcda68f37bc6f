/** What sinks look like, and what a replay takes. */
import { z } from "zod";
import { timeField, timeOut } from "../http/fields.ts";

/** GET /v1/sinks. */
export const sinksOut = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      kind: z.string(),
      paused: z.boolean(),
      publishing: z.boolean().describe("Some worker holds the sink's lease now."),
      lag_events: z.int().describe("Events in the log that the sink has not acknowledged."),
      positions: z.object({
        acknowledged_events: z.int(),
        log_events: z.int(),
        lanes_behind: z.int(),
      }),
      oldest_waiting_at: timeOut.nullable(),
      last_error: z.string().nullable(),
      last_error_at: timeOut.nullable(),
    }),
  ),
  next_cursor: z.null(),
});

/** POST /v1/sinks/{name}/replay. */
export const replayBody = z.strictObject({
  from: z
    .string()
    .max(40)
    .refine((text) => text === "beginning" || timeField.safeParse(text).success, {
      message: '"beginning", or an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z',
      params: { code: "date_format" },
    }),
});

export const replayOut = z.object({
  name: z.string(),
  from: z.string(),
  events: z.int().describe("Events that will be sent again."),
});
