/** Reads movements from every source that the configuration names: a Kinesis stream, a Kafka topic, an SQS queue. */
import type { BacklogWatch } from "../pipelines/backlog/index.ts";
import { createCatalogueLookup } from "../pipelines/catalogue/index.ts";
import { createCustomerCheck } from "../pipelines/customers/index.ts";
import {
  consumeBatches,
  deadLettersParked,
  InboxGate,
  type IngestDeps,
  startShardConsumer,
} from "../pipelines/ingest/index.ts";
import { createLaneWakeUps } from "../pipelines/intake/index.ts";
import { createClosedPeriods } from "../pipelines/periods/index.ts";
import { createPersonalData } from "../pipelines/privacy/index.ts";
import { newId } from "../platform/clock.ts";
import type { Context } from "../platform/context.ts";
import type { RecordSource } from "../platform/recordSource.ts";
import { repeat } from "../platform/repeat.ts";
import { createKafkaSource } from "../platform/sourceKafka.ts";
import { createKinesisSource } from "../platform/sourceKinesis.ts";
import { createSqsSource } from "../platform/sourceSqs.ts";

const LETTERS_MS = 5_000;

/** Starts the sources; stop() ends them after the batches in flight. Without any configured it does nothing. */
export function startIngestWorker(
  context: Context,
  backlog: BacklogWatch,
): { stop(): Promise<void> } {
  const { config, log, metrics, db } = context;
  const pushing = pushingSources(context);
  const stream = config.KINESIS_SOURCE_STREAM;
  if (pushing.length === 0 && stream === undefined) return { stop: () => Promise.resolve() };
  const { ingest, close } = openIngest(context);
  const owner = `${process.pid}-${newId()}`;
  const gate = new InboxGate({ backlog, depthMax: config.INBOX_DEPTH_MAX, metrics });
  const consumers = pushing.map((source) =>
    consumeBatches({ ingest, source, gate, owner, metrics }),
  );
  if (stream !== undefined) {
    const shards = createKinesisSource(config, stream);
    consumers.push(startShardConsumer({ ingest, stream: shards, gate, owner, metrics }));
  }
  const letters = repeat({
    everyMs: LETTERS_MS,
    what: "count of dead letters",
    log,
    run: async () => {
      metrics.deadLettersParked.reset();
      for (const { origin, letters: count } of await deadLettersParked(db)) {
        metrics.deadLettersParked.set({ origin }, count);
      }
    },
  });
  return {
    stop: async () => {
      await letters.stop();
      await Promise.all(consumers.map((consumer) => consumer.stop()));
      await close();
    },
  };
}

function openIngest(context: Context): { ingest: IngestDeps; close: () => Promise<void> } {
  const { config, log, metrics, db, redis, clock, keyWrapper } = context;
  const redisPrefix = config.REDIS_PREFIX;
  const catalogue = createCatalogueLookup({ db, redis, redisPrefix, metrics, log });
  const wakeUps = createLaneWakeUps({ config, log });
  const personal = createPersonalData({ db, wrapper: keyWrapper });
  const ingest: IngestDeps = {
    db,
    personal,
    catalogue,
    periods: createClosedPeriods(db),
    customers: createCustomerCheck({ config, redis, log, personal }),
    clock,
    signingKeys: config.SOURCE_SIGNING_KEYS,
    log,
    metrics,
    wakeLanes: (lanes) => wakeUps.wake(lanes),
  };
  const close = async (): Promise<void> => {
    catalogue.close();
    await wakeUps.close();
  };
  return { ingest, close };
}

function pushingSources({ config, log }: Context): RecordSource[] {
  const sources: RecordSource[] = [];
  const topic = config.KAFKA_SOURCE_TOPIC;
  if (topic !== undefined) sources.push(createKafkaSource({ config, topic, log }));
  const queueUrl = config.SQS_SOURCE_QUEUE_URL;
  if (queueUrl !== undefined) sources.push(createSqsSource({ config, queueUrl, log }));
  return sources;
}
