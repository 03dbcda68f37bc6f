/** Decodes a record of a Kinesis stream as AWS Lambda hands it over: base64 of a CloudEvent in JSON. Pure. */
import { z } from "zod";
import { parseJson } from "../../domain/parseJson.ts";
import { validate } from "../../domain/validate.ts";
import type { RoutedEvent } from "./routeEvent.ts";

const eventSchema = z.looseObject({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(200),
  source: z.string().min(1),
  type: z.string().min(1),
  traceparent: z.string().max(200).optional(),
});

export interface DecodedEvent extends RoutedEvent {
  readonly traceparent: string | undefined;
}

/** The event of a record; throws MalformedInputError or InvalidInputError where it is none. */
export function readRecord(data: string): DecodedEvent {
  const text = Buffer.from(data, "base64").toString("utf8");
  const whole = validate(eventSchema, parseJson(text));
  return { id: whole.id, type: whole.type, traceparent: whole.traceparent, whole, text };
}
