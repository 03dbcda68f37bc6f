/** What dead letters look like, and what replaying or discarding one takes. */
import { z } from "zod";
import { textField, timeOut } from "../http/fields.ts";
import { pageQuery } from "../http/pagination.ts";

const statusField = z.enum(["parked", "replayed", "discarded"]);

export const letterOut = z.object({
  id: z.string(),
  origin: z.string().describe('The broker and its stream, topic or queue, e.g. "kafka:orders".'),
  position: z.string().describe("Where in the origin it stood."),
  code: z.string().describe("Why it was not taken, as a machine word."),
  reason: z.string(),
  status: statusField,
  event_id: z.string().nullable(),
  event_source: z.string().nullable(),
  event_type: z.string().nullable(),
  bytes: z.int(),
  parked_at: timeOut,
  movement_id: z.string().nullable().describe("Of a replayed letter: the movement that it became."),
  resolved_at: timeOut.nullable(),
  resolved_by: z.string().nullable(),
  resolution: z.string().nullable().describe("Why it was discarded."),
});

export const wholeLetterOut = letterOut.extend({
  payload: z.string().describe("The record as it came."),
  encoding: z
    .enum(["utf8", "base64"])
    .describe("base64 where the record is no text that can be kept."),
  mended: z.string().nullable().describe("The event that was replayed in its place."),
});

export const lettersQuery = z.strictObject({
  ...pageQuery,
  status: statusField.optional(),
  code: z.string().max(60).optional(),
  origin: z.string().max(300).optional(),
});

export const replayBody = z.strictObject({
  event: z
    .record(z.string(), z.unknown())
    .optional()
    .describe("The mended event, whole; when left out, the letter's own is tried again."),
});

export const replayedOut = z.object({
  id: z.string(),
  status: z.literal("replayed"),
  movement_id: z.string(),
  repeat: z.boolean().describe("True where the movement had been accepted before."),
  status_url: z.string(),
});

export const discardBody = z.strictObject({ reason: textField(500).min(1) });
export const discardedOut = z.object({ id: z.string(), status: z.literal("discarded") });

export const sourcesOut = z.object({
  data: z.array(
    z.object({
      source: z.string(),
      shards: z.array(
        z.object({
          shard: z.string().describe("Shard of a stream, or partition of a topic."),
          checkpoint: z.string().describe("The last record that was taken."),
          owner: z.string().nullable().describe("The worker that reads it now."),
          drained: z.boolean().describe("A closed shard that was read to its end."),
          lag_seconds: z.number().nullable(),
          updated_at: timeOut,
        }),
      ),
      parked_letters: z.int(),
    }),
  ),
  next_cursor: z.null(),
});
