/** The events in an AsyncAPI 3 document: what is told over which broker, and what is read from which. Made of the declarations. Pure. */
import { z } from "zod";
import { EVENTS } from "../../domain/events/index.ts";
import { movementLine } from "../../domain/movementSchema.ts";
import { eventSchemas, type Json, jsonSchemaOf } from "./eventSchemas.ts";

const REQUESTED = "movement.requested";

/** The ways out and in; a channel's `address` names the variable that holds it. */
const WAYS = {
  kafka: {
    out: "KAFKA_TOPIC",
    in: "KAFKA_SOURCE_TOPIC",
    note: "Key: partitionkey. The CloudEvent in JSON is the value (structured mode).",
  },
  kinesis: {
    out: "KINESIS_STREAM",
    in: "KINESIS_SOURCE_STREAM",
    note: "Partition key: partitionkey. With KINESIS_PACK_EVENTS a record may be a JSON array of events.",
  },
  sqs: {
    out: "SQS_QUEUE",
    in: "SQS_SOURCE_QUEUE_URL",
    note: "FIFO queues: group is partitionkey, deduplication id is the event's id.",
  },
} as const;
type Way = keyof typeof WAYS;
const WAY_NAMES: readonly Way[] = ["kafka", "kinesis", "sqs"];

/** Makes the document. */
export function describeEvents(): Json {
  const names = Object.entries(EVENTS).map(([name]) => name);
  const channels = {
    ...Object.fromEntries(
      WAY_NAMES.flatMap((way) => [
        [`events_${way}`, outChannel(way, names)],
        [`movements_${way}`, inChannel(way)],
      ]),
    ),
    events_webhook: webhookChannel(names),
    events_http: httpChannel(names),
  };
  return {
    asyncapi: "3.0.0",
    info: {
      title: "Stockline events",
      version: "1.0.0",
      description:
        "Every event of the log, at least once and in order per partitionkey, and the movements that partners may send in. Made by npm run docs:events; see docs/events.md and docs/inbound.md.",
    },
    defaultContentType: "application/cloudevents+json",
    channels,
    operations: operationsOf(Object.keys(channels)),
    components: { messages: messages(), schemas: schemas() },
  };
}

function outChannel(way: Way, names: readonly string[]): Json {
  const { out, note } = WAYS[way];
  return {
    address: `{${out}}`,
    title: `Events by ${way}`,
    description: note,
    parameters: { [out]: { description: `Value of the variable ${out}.` } },
    messages: messageRefs(names),
  };
}

function inChannel(way: Way): Json {
  const variable = WAYS[way].in;
  return {
    address: `{${variable}}`,
    title: `Movements by ${way}`,
    description: "One event a message; use the SKU as key (see docs/inbound.md).",
    parameters: { [variable]: { description: `Value of the variable ${variable}.` } },
    messages: messageRefs([REQUESTED]),
  };
}

function webhookChannel(names: readonly string[]): Json {
  return {
    address: null,
    title: "Events by webhook",
    description: "The URL of POST /v1/webhooks. Signed as Standard Webhooks has it.",
    messages: messageRefs(names),
  };
}

function httpChannel(names: readonly string[]): Json {
  return {
    address: "/v1/events/stream",
    title: "Events by server-sent events",
    description: "GET /v1/events/stream follows the log; the id of a message is a cursor.",
    messages: messageRefs(names),
  };
}

function messageRefs(names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));
}

/** Seen from the platform: it sends events and receives movements. */
function operationsOf(channels: readonly string[]): Json {
  return Object.fromEntries(
    channels.map((channel) => {
      const isOut = channel.startsWith("events_");
      const name = `${isOut ? "send" : "receive"}_${channel}`;
      const operation = {
        action: isOut ? "send" : "receive",
        channel: { $ref: `#/channels/${channel}` },
      };
      return [name, operation];
    }),
  );
}

function messages(): Json {
  const told = Object.entries(EVENTS).map(([name, { told: summary, subject }]) => [
    name,
    {
      name: `stockline.${name}`,
      title: `stockline.${name}`,
      summary,
      description: `Subject: ${subject}`,
      contentType: "application/cloudevents+json",
      payload: payloadOf(name),
    },
  ]);
  const requested = {
    name: eventTypeOf(REQUESTED),
    title: eventTypeOf(REQUESTED),
    summary: "A partner asks for a movement; its id decides that it is applied once.",
    contentType: "application/cloudevents+json",
    payload: { $ref: `#/components/schemas/${REQUESTED}` },
  };
  return { ...Object.fromEntries(told), [REQUESTED]: requested };
}

function eventTypeOf(name: string): string {
  return `stockline.${name}`;
}

/** The envelope with this type and its data. */
function payloadOf(name: string): Json {
  return {
    allOf: [
      { $ref: "#/components/schemas/envelope" },
      {
        type: "object",
        properties: {
          type: { const: eventTypeOf(name) },
          data: { $ref: `#/components/schemas/${name}` },
        },
      },
    ],
  };
}

function schemas(): Json {
  const made = eventSchemas().map(({ file, schema }) => {
    const { $schema: _dialect, $id: _id, ...rest } = schema;
    return [file.replace(/\.v\d+\.json$/, ""), rest];
  });
  return { ...Object.fromEntries(made), [REQUESTED]: requestedSchema() };
}

const request = z.looseObject({
  specversion: z.literal("1.0"),
  id: z.string().min(1).max(200),
  source: z.string().min(1).max(500),
  type: z.literal("stockline.movement.requested"),
  data: movementLine,
});

function requestedSchema(): Json {
  const { $schema: _dialect, ...rest } = jsonSchemaOf(request);
  return rest;
}
