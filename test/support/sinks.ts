/** The brokers that sinks are tested against: each sink with a stream, queue or topic of its own, and a way to read it back. */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
} from "@aws-sdk/client-kinesis";
import {
  DeleteMessageBatchCommand,
  GetQueueUrlCommand,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { z } from "zod";
import type { CloudEvent } from "../../domain/messages.ts";
import { hasKcat, startMockKafka } from "../../local/mockKafka.ts";
import type { EventSink } from "../../platform/eventSink.ts";
import { createKafkaSink } from "../../platform/sinkKafka.ts";
import { createKinesisSink } from "../../platform/sinkKinesis.ts";
import { createSqsSink } from "../../platform/sinkSqs.ts";
import { testBackends } from "./backends.ts";

export interface SinkUnderTest {
  readonly sink: EventSink;
  /** Name of the Kinesis stream, where it is one. */
  readonly stream?: string;
  /** Everything that has arrived so far, in an order that keeps each key's own. */
  received(): Promise<readonly CloudEvent[]>;
  stop(): Promise<void>;
}

/** The emulators take any credentials; the clients of Amazon look for some in the environment. */
export function setAwsCredentials(): void {
  process.env["AWS_ACCESS_KEY_ID"] ??= "stockline";
  process.env["AWS_SECRET_ACCESS_KEY"] ??= "stockline";
}

const uniqueName = (): string => `test-${randomBytes(6).toString("hex")}`;

/** A Kinesis sink on a stream of its own. */
async function kinesisUnderTest(packEvents = 1): Promise<SinkUnderTest> {
  setAwsCredentials();
  const endpoint = testBackends().kinesisEndpoint;
  const StreamName = uniqueName();
  const sink = createKinesisSink({
    AWS_REGION: "us-east-1",
    KINESIS_ENDPOINT: endpoint,
    KINESIS_STREAM: StreamName,
    KINESIS_PACK_EVENTS: packEvents,
  });
  return {
    sink,
    stream: StreamName,
    received: () => readKinesisStream(StreamName),
    stop: async () => undefined,
  };
}

/** Everything in a stream, of the test's Kinesis or another: the shards one after another, each in its order. */
export async function readKinesisStream(
  StreamName: string,
  endpoint: string = testBackends().kinesisEndpoint,
): Promise<CloudEvent[]> {
  setAwsCredentials();
  const client = new KinesisClient({
    region: "us-east-1",
    endpoint,
    requestHandler: new NodeHttpHandler(),
  });
  const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
  // Ids of shards grow: a parent's events come before its children's.
  const shards = Shards.toSorted((a, b) => (a.ShardId ?? "").localeCompare(b.ShardId ?? ""));
  const read = shards.map(({ ShardId }) => readShard(client, StreamName, ShardId));
  const events = (await Promise.all(read)).flat();
  client.destroy();
  return events;
}

async function readShard(
  client: KinesisClient,
  StreamName: string,
  ShardId: string | undefined,
): Promise<CloudEvent[]> {
  const events: CloudEvent[] = [];
  let { ShardIterator } = await client.send(
    new GetShardIteratorCommand({ StreamName, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
  );
  for (;;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator }));
    const records = page.Records ?? [];
    const isEnd = page.NextShardIterator === undefined || page.NextShardIterator === null;
    if (records.length === 0 || isEnd) {
      events.push(...eventsOf(records));
      return events;
    }
    events.push(...eventsOf(records));
    ShardIterator = page.NextShardIterator;
  }
}

/** An SQS sink on a FIFO queue of its own. */
async function sqsUnderTest(): Promise<SinkUnderTest> {
  setAwsCredentials();
  const endpoint = testBackends().sqsEndpoint;
  const QueueName = `${uniqueName()}.fifo`;
  const sink = createSqsSink({
    AWS_REGION: "us-east-1",
    SQS_ENDPOINT: endpoint,
    SQS_QUEUE: QueueName,
  });
  const client = new SQSClient({ region: "us-east-1", endpoint, useQueueUrlAsEndpoint: false });
  const events: CloudEvent[] = [];
  return {
    sink,
    received: async () => {
      const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName }));
      while (await drainQueue(client, QueueUrl, events));
      return events;
    },
    stop: async () => client.destroy(),
  };
}

async function drainQueue(
  client: SQSClient,
  QueueUrl: string | undefined,
  events: CloudEvent[],
): Promise<boolean> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
  );
  if (Messages.length === 0) return false;
  events.push(...Messages.map(({ Body }) => parseEvent(Body ?? "")));
  await client.send(
    new DeleteMessageBatchCommand({
      QueueUrl,
      Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
    }),
  );
  return true;
}

/** Every sink that can be tested here; says why where Kafka can't. */
export function sinksUnderTest(): { name: string; start: () => Promise<SinkUnderTest> }[] {
  const sinks = [
    { name: "kinesis", start: () => kinesisUnderTest() },
    { name: "kinesis, packed", start: () => kinesisUnderTest(20) },
    { name: "sqs", start: sqsUnderTest },
  ];
  if (hasKcat()) return [...sinks, { name: "kafka", start: kafkaUnderTest }];
  console.log("No Kafka tests: kcat is not installed (Debian: kcat), so there is no mock cluster.");
  return sinks;
}

/** A message as kcat prints it (-J). */
export interface KcatMessage {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly payload: string;
  readonly headers: ReadonlyMap<string, string>;
}

const kcatLine = z.object({
  partition: z.number(),
  offset: z.number(),
  key: z.string().nullable(),
  payload: z.string(),
  headers: z.array(z.string()).default([]),
});

/** Everything in a topic, read by kcat, which shares no code with the product; each partition in its order. Nothing where there is no topic. */
export async function readTopic(brokers: string, topic: string): Promise<KcatMessage[]> {
  const args = ["-C", "-b", brokers, "-t", topic, "-o", "beginning", "-e", "-q", "-J"];
  const options = { maxBuffer: 256 * 1024 * 1024 };
  const read = await promisify(execFile)("kcat", args, options).catch((thrown: unknown) => {
    if (/Unknown topic/.test(String(thrown))) return { stdout: "" };
    throw thrown;
  });
  return read.stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { headers, ...message } = kcatLine.parse(JSON.parse(line));
      const pairs = headers.flatMap((name, nth): [string, string][] =>
        nth % 2 === 0 ? [[name, headers[nth + 1] ?? ""]] : [],
      );
      return { ...message, headers: new Map(pairs) };
    });
}

/** A Kafka sink on librdkafka's mock cluster, read back by kcat. */
async function kafkaUnderTest(): Promise<SinkUnderTest> {
  const cluster = await startMockKafka();
  const topic = "events";
  const sink = createKafkaSink({
    KAFKA_BROKERS: cluster.brokers,
    KAFKA_TOPIC: topic,
    ...PLAIN_KAFKA,
  });
  return {
    sink,
    received: async () => {
      const messages = await readTopic(cluster.brokers, topic);
      return messages.map(({ payload }) => parseEvent(payload));
    },
    stop: async () => {
      await sink.close();
      cluster.stop();
    },
  };
}

/** Neither TLS nor SASL. */
export const PLAIN_KAFKA = {
  KAFKA_TLS: false,
  KAFKA_TLS_CA_FILE: undefined,
  KAFKA_SASL_MECHANISM: undefined,
  KAFKA_SASL_USERNAME: undefined,
  KAFKA_SASL_PASSWORD: undefined,
};

function eventsOf(records: readonly { readonly Data: Uint8Array | undefined }[]): CloudEvent[] {
  return records.flatMap(({ Data }) => parseEvents(Buffer.from(Data ?? []).toString()));
}

/** The events of a record: one, or a packed list. */
function parseEvents(text: string): CloudEvent[] {
  const parsed = JSON.parse(text) as CloudEvent | CloudEvent[];
  return [parsed].flat();
}

function parseEvent(text: string): CloudEvent {
  return JSON.parse(text) as CloudEvent;
}
