/** The envelope of every event as a schema: a CloudEvent 1.0, as sinks, GET /v1/events and docs/events have it. */
import { z } from "zod";
import { timeOut } from "../inputFields.ts";

/** Tests hold what is written (pipelines/events/readLog.ts) to it. */
export const eventEnvelope = z
  .object({
    specversion: z.literal("1.0"),
    id: z.string().meta({ format: "uuid" }),
    source: z.literal("/stockline"),
    type: z.string().describe("stockline. and the name of the event."),
    subject: z.string().describe("What the event is about."),
    time: timeOut.describe("When it was recorded."),
    datacontenttype: z.literal("application/json"),
    dataschema: z.string().optional().describe("Names the schema of `data`, with its version."),
    partitionkey: z
      .string()
      .describe("Id of the item or entity: events of one key keep their order."),
    lane: z.int().min(0).max(271).describe("Part of the log."),
    position: z.int().min(1).describe("Place in the lane, gapless."),
    incarnation: z.int().min(1).describe("Grows when the database was restored."),
    traceparent: z.string().optional().describe("W3C trace context of the request that caused it."),
    data: z.looseObject({}),
  })
  .meta({ title: "Stockline event", description: "A CloudEvent 1.0 in JSON." });
