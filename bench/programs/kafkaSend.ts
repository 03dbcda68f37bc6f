/**
 * Baseline of streams: kafkajs alone, sending as many messages of the same size and keys, acknowledged by all replicas, in calls as
 * large as the product's, one after another. Messages are made before the clock starts. Writes one line of JSON: KafkaSendResult.
 */
import { CompressionTypes, Kafka, logLevel, Partitioners } from "kafkajs";
import { newId } from "../../platform/clock.ts";

export interface KafkaSendOptions {
  readonly brokers: string;
  readonly topic: string;
  readonly events: number;
  readonly keys: number;
  readonly bytesPerEvent: number;
}

export interface KafkaSendResult {
  readonly perSecond: number;
}

/** A call of the product's sink holds up to so many. */
const CALL_RECORDS = 1_000;
/** Messages that are kept ready; sent again and again, so that memory stays small. */
const POOL = 10_000;

const options = JSON.parse(process.argv[2] ?? "{}") as KafkaSendOptions;
const kafka = new Kafka({ brokers: options.brokers.split(","), logLevel: logLevel.NOTHING });
const producer = kafka.producer({
  createPartitioner: Partitioners.DefaultPartitioner,
  maxInFlightRequests: 1,
});
const keys = Array.from({ length: options.keys }, () => newId());
const pool = Array.from({ length: Math.min(POOL, options.events) }, (_, nth) => ({
  key: keys[nth % keys.length] ?? "",
  value: `${nth} `.padEnd(options.bytesPerEvent, "x"),
  headers: { "content-type": "application/cloudevents+json", type: "stockline.movement.applied" },
}));
await producer.connect();
await producer.send({ topic: options.topic, messages: pool.slice(0, 1) }); // makes the topic
const begunMs = performance.now();
for (let sent = 0; sent < options.events; sent += CALL_RECORDS) {
  const from = sent % pool.length;
  const messages = pool.slice(from, from + Math.min(CALL_RECORDS, options.events - sent));
  await producer.send({
    topic: options.topic,
    acks: -1,
    compression: CompressionTypes.None,
    messages,
  });
}
const seconds = (performance.now() - begunMs) / 1_000;
await producer.disconnect();
const result: KafkaSendResult = { perSecond: options.events / seconds };
process.stdout.write(`${JSON.stringify(result)}\n`);
