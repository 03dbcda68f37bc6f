/**
 * Publishes events to a Kafka topic through kafkajs, acknowledged by all in-sync replicas. The records of one partition travel
 * as one batch and one request at a time, so a call either keeps their order or fails as a whole; then all of it is sent again.
 * Where the cluster offers it the producer is idempotent: the broker drops what the client's own retries repeat.
 */
import { CompressionTypes, Partitioners, type Producer } from "kafkajs";
import type { Config } from "./config.ts";
import {
  ACKNOWLEDGED,
  CallRefusedError,
  type EventSink,
  type SendOutcome,
  SINK_ANSWER_MS,
  type SinkLimits,
  type SinkRecord,
} from "./eventSink.ts";
import { asAccessFailure, createKafka, type KafkaAccess, kafkaFaultsOf } from "./kafkaClient.ts";

/** A broker takes batches of 1 MiB by default (message.max.bytes); headers and framing need some of it. */
const LIMITS: SinkLimits = {
  callRecordsMax: 1_000,
  callBytesMax: 900_000,
  callsInFlightMax: 1,
  oneRecordPerKey: false,
};
const ACKS_OF_ALL_REPLICAS = -1;

type KafkaConfig = KafkaAccess & Pick<Config, "KAFKA_TOPIC">;

/** Makes the sink "kafka" of the configuration; KAFKA_BROKERS must be set. */
export function createKafkaSink(config: KafkaConfig): EventSink {
  let producer: Producer | undefined;
  return {
    name: "kafka",
    kind: "kafka",
    limits: LIMITS,
    open: async () => {
      // A new one each time: a producer id that the broker has forgotten would be refused for ever.
      await producer?.disconnect();
      producer = await openProducer(config).catch((thrown: unknown) => {
        throw asAccessFailure(thrown);
      });
    },
    send: async (records) => {
      if (producer === undefined) throw new Error("the Kafka sink was not opened");
      return sendBatch(producer, config.KAFKA_TOPIC, records);
    },
    close: async () => {
      await producer?.disconnect();
    },
  };
}

/** What a cluster answers that has no producer ids to give, or none for us. */
const NOT_IDEMPOTENT = [
  "KafkaJSBrokerNotFound",
  "UNSUPPORTED_VERSION",
  "CLUSTER_AUTHORIZATION_FAILED",
];

/** A plain producer shows that the cluster can be reached; the idempotent one then takes its place where it is offered. */
async function openProducer(config: KafkaConfig): Promise<Producer> {
  const plain = createProducer(config, { idempotent: false });
  await plain.connect();
  const idempotent = createProducer(config, { idempotent: true });
  try {
    await idempotent.connect();
    await plain.disconnect();
    return idempotent;
  } catch (thrown) {
    await idempotent.disconnect();
    if (kafkaFaultsOf(thrown).some((word) => NOT_IDEMPOTENT.includes(word))) return plain;
    await plain.disconnect();
    throw thrown;
  }
}

function createProducer(config: KafkaConfig, { idempotent }: { idempotent: boolean }): Producer {
  const kafka = createKafka(config, {
    requestTimeout: SINK_ANSWER_MS,
    retry: { retries: 2, initialRetryTime: 50 },
  });
  return kafka.producer({
    createPartitioner: Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    idempotent,
  });
}

/** Faults of what a call holds: sent again they would come again. */
const REFUSALS = ["MESSAGE_TOO_LARGE", "RECORD_LIST_TOO_LARGE", "INVALID_RECORD"];

async function sendBatch(
  producer: Producer,
  topic: string,
  records: readonly SinkRecord[],
): Promise<SendOutcome[]> {
  const messages = records.map(({ key, type, traceparent, body }) => ({
    key,
    value: body,
    headers: {
      "content-type": "application/cloudevents+json",
      type,
      ...(traceparent === null ? {} : { traceparent }),
    },
  }));
  try {
    await producer.send({
      topic,
      acks: ACKS_OF_ALL_REPLICAS,
      timeout: SINK_ANSWER_MS,
      compression: CompressionTypes.None,
      messages,
    });
  } catch (thrown) {
    const refusal = kafkaFaultsOf(thrown).find((word) => REFUSALS.includes(word));
    throw refusal === undefined ? thrown : new CallRefusedError(refusal, thrown);
  }
  return records.map(() => ACKNOWLEDGED);
}
