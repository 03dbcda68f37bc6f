/** The brokers that sources are tested against: each with a stream, queue or topic of its own, and a way to send into it. */
import { randomBytes } from "node:crypto";
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordsCommand,
} from "@aws-sdk/client-kinesis";
import { CreateQueueCommand, SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { hasKcat, startMockKafka } from "../../local/mockKafka.ts";
import { BacklogWatch } from "../../pipelines/backlog/index.ts";
import { createCatalogueLookup } from "../../pipelines/catalogue/index.ts";
import { createCustomerCheck } from "../../pipelines/customers/index.ts";
import {
  consumeBatches,
  InboxGate,
  type IngestDeps,
  startShardConsumer,
} from "../../pipelines/ingest/index.ts";
import { createLaneWakeUps } from "../../pipelines/intake/index.ts";
import { createClosedPeriods } from "../../pipelines/periods/index.ts";
import { createPersonalData } from "../../pipelines/privacy/index.ts";
import type { Context } from "../../platform/context.ts";
import { createKafkaSource } from "../../platform/sourceKafka.ts";
import { createKinesisSource } from "../../platform/sourceKinesis.ts";
import { createSqsSource } from "../../platform/sourceSqs.ts";
import { testBackends } from "./backends.ts";
import { testPersonalData } from "./personalData.ts";
import { PLAIN_KAFKA, setAwsCredentials } from "./sinks.ts";
import { waitFor } from "./waitFor.ts";

/** A message on its way in: its key decides the shard, partition or group. */
export interface Sent {
  readonly key: string;
  readonly body: string;
}

export interface SourceUnderTest {
  readonly origin: string;
  /** Variables that make a worker process read it. */
  readonly env: Readonly<Record<string, string>>;
  send(messages: readonly Sent[]): Promise<void>;
  /** Another consumer beside those that run; stop() ends it in order. */
  consume(owner: string): { stop(): Promise<void> };
  stop(): Promise<void>;
}

/** What the consumers of a test stand on; close it before the harness. */
export function openTestIngest(context: Context, signingKeys?: ReadonlyMap<string, string>) {
  const { db, redis, config, log, metrics, clock } = context;
  const catalogue = createCatalogueLookup({ db, redis, redisPrefix: config.REDIS_PREFIX });
  const wakeUps = createLaneWakeUps({ config, log });
  const backlog = new BacklogWatch({ db, metrics, countMax: config.INBOX_DEPTH_MAX });
  const ingest: IngestDeps = {
    db,
    personal: createPersonalData({ db, wrapper: context.keyWrapper }),
    catalogue,
    periods: createClosedPeriods(db),
    customers: createCustomerCheck({ ...context, personal: testPersonalData(db) }),
    clock,
    signingKeys,
    log,
    metrics,
    wakeLanes: (lanes) => wakeUps.wake(lanes),
  };
  return {
    ingest,
    gate: new InboxGate({ backlog, depthMax: config.INBOX_DEPTH_MAX, metrics }),
    close: async () => {
      backlog.stop();
      catalogue.close();
      await wakeUps.close();
    },
  };
}

type StartSource = (
  context: Pick<Context, "log" | "metrics">,
  deps: Pick<ReturnType<typeof openTestIngest>, "ingest" | "gate">,
) => Promise<SourceUnderTest>;

const uniqueName = (): string => `in-${randomBytes(6).toString("hex")}`;
const AWS_REGION = "us-east-1";

/** A client of the test's Kinesis. */
export function testKinesis(): KinesisClient {
  setAwsCredentials();
  const endpoint = testBackends().kinesisEndpoint;
  return new KinesisClient({
    region: AWS_REGION,
    endpoint,
    requestHandler: new NodeHttpHandler(),
  });
}

/** Makes a stream and waits until it takes records. */
export async function makeStream(client: KinesisClient, StreamName: string, ShardCount: number) {
  await client.send(new CreateStreamCommand({ StreamName, ShardCount }));
  await activeStream(client, StreamName);
}

/** Waits until a stream is not being changed. */
export async function activeStream(client: KinesisClient, StreamName: string): Promise<void> {
  await waitFor(
    "the stream to be active",
    async () => {
      const { StreamDescriptionSummary: it } = await client.send(
        new DescribeStreamSummaryCommand({ StreamName }),
      );
      return it?.StreamStatus === "ACTIVE";
    },
    { timeoutMs: 30_000, intervalMs: 50 },
  );
}

/** Puts messages into a stream. */
export async function putMessages(
  client: KinesisClient,
  StreamName: string,
  messages: readonly Sent[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += 500) {
    const part = messages.slice(from, from + 500);
    const Records = part.map(({ key, body }) => ({ PartitionKey: key, Data: Buffer.from(body) }));
    const { FailedRecordCount } = await client.send(new PutRecordsCommand({ StreamName, Records }));
    if (FailedRecordCount !== 0) throw new Error(`${FailedRecordCount} records were not put`);
  }
}

const startKinesisSource: StartSource = async ({ metrics }, { ingest, gate }) => {
  const name = uniqueName();
  const client = testKinesis();
  const KINESIS_ENDPOINT = testBackends().kinesisEndpoint;
  await makeStream(client, name, 4);
  return {
    origin: `kinesis:${name}`,
    env: { KINESIS_SOURCE_STREAM: name },
    send: (messages) => putMessages(client, name, messages),
    consume: (owner) => {
      const stream = createKinesisSource({ AWS_REGION, KINESIS_ENDPOINT }, name);
      return startShardConsumer({ ingest, stream, gate, owner, metrics });
    },
    stop: async () => client.destroy(),
  };
};

/** A queue of the test's SQS; answers its URL. */
export async function makeQueue(
  client: SQSClient,
  { fifo, attributes = {} }: { fifo: boolean; attributes?: Readonly<Record<string, string>> },
): Promise<string> {
  const made = await client.send(
    new CreateQueueCommand({
      QueueName: uniqueName() + (fifo ? ".fifo" : ""),
      Attributes: { ...(fifo ? { FifoQueue: "true" } : {}), ...attributes },
    }),
  );
  return made.QueueUrl ?? "";
}

/** A client of the test's SQS. */
export function testSqs(): SQSClient {
  setAwsCredentials();
  const endpoint = testBackends().sqsEndpoint;
  return new SQSClient({ region: AWS_REGION, endpoint, useQueueUrlAsEndpoint: false });
}

/** Sends messages to a queue; a FIFO queue gets the key as group, and a deduplication id of its own for each. */
export async function sendMessages(
  client: SQSClient,
  QueueUrl: string,
  messages: readonly Sent[],
): Promise<void> {
  for (let from = 0; from < messages.length; from += 10) {
    const Entries = messages.slice(from, from + 10).map(({ key, body }, index) => ({
      Id: String(index),
      MessageBody: body,
      ...(QueueUrl.endsWith(".fifo")
        ? { MessageGroupId: key, MessageDeduplicationId: uniqueName() }
        : {}),
    }));
    const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
    if (Failed.length > 0) throw new Error(`not sent: ${Failed[0]?.Message}`);
  }
}

const startSqsSource =
  (fifo: boolean): StartSource =>
  async ({ log, metrics }, { ingest, gate }) => {
    const client = testSqs();
    const SQS_ENDPOINT = testBackends().sqsEndpoint;
    const queueUrl = await makeQueue(client, { fifo });
    return {
      origin: `sqs:${queueUrl.split("/").at(-1)}`,
      env: { SQS_SOURCE_QUEUE_URL: queueUrl },
      send: (messages) => sendMessages(client, queueUrl, messages),
      consume: (owner) => {
        const config = { AWS_REGION, SQS_ENDPOINT };
        const source = createSqsSource({ config, queueUrl, log, visibilitySeconds: 5 });
        return consumeBatches({ ingest, source, gate, owner, metrics });
      },
      stop: async () => client.destroy(),
    };
  };

const startKafkaSource: StartSource = async ({ log, metrics }, { ingest, gate }) => {
  const cluster = await startMockKafka();
  const topic = uniqueName();
  const kafka = new Kafka({ brokers: cluster.brokers.split(","), logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const config = {
    KAFKA_BROKERS: cluster.brokers,
    KAFKA_SOURCE_GROUP: "stockline",
    ...PLAIN_KAFKA,
  };
  return {
    origin: `kafka:${topic}`,
    env: { KAFKA_BROKERS: cluster.brokers, KAFKA_SOURCE_TOPIC: topic },
    send: async (messages) => {
      await producer.send({
        topic,
        messages: messages.map(({ key, body }) => ({ key, value: body })),
      });
    },
    consume: (owner) => {
      const source = createKafkaSource({ config, topic, log });
      return consumeBatches({ ingest, source, gate, owner, metrics });
    },
    stop: async () => {
      await producer.disconnect();
      cluster.stop();
    },
  };
};

/** Every source that can be tested here. */
export function sourcesUnderTest(): { name: string; start: StartSource }[] {
  const sources = [
    { name: "kinesis", start: startKinesisSource },
    { name: "sqs standard", start: startSqsSource(false) },
    { name: "sqs fifo", start: startSqsSource(true) },
  ];
  return hasKcat() ? [...sources, { name: "kafka", start: startKafkaSource }] : sources;
}
