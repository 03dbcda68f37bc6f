/** Publishes the event log to every sink that the configuration names. */

import { listenToEvents } from "../pipelines/events/index.ts";
import { startPublisher } from "../pipelines/publish/index.ts";
import { newId } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { Context } from "../platform/context.ts";
import type { EventSink } from "../platform/eventSink.ts";
import { createKafkaSink } from "../platform/sinkKafka.ts";
import { createKinesisSink } from "../platform/sinkKinesis.ts";
import { createSqsSink } from "../platform/sinkSqs.ts";

type PublishContext = Pick<Context, "config" | "db" | "redis" | "log" | "metrics">;

/** Starts a publisher for each configured sink; stop() ends them after the round under way. */
export function startPublishEventsWorker(context: PublishContext): { stop(): Promise<void> } {
  const { config, db, redis, log, metrics } = context;
  const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
  const owner = `${process.pid}-${newId()}`;
  const publishers = configuredSinks(config).map((sink) =>
    startPublisher({
      db,
      sink,
      news,
      log,
      metrics: metrics.sinks,
      owner,
      random: Math.random,
    }),
  );
  return {
    stop: async () => {
      await Promise.all(publishers.map((publisher) => publisher.stop()));
      news.close();
    },
  };
}

function configuredSinks(config: Config): EventSink[] {
  const sinks: EventSink[] = [];
  if (config.KINESIS_STREAM !== undefined || config.KINESIS_ENDPOINT !== undefined) {
    sinks.push(createKinesisSink(config));
  }
  if (config.SQS_QUEUE !== undefined || config.SQS_ENDPOINT !== undefined) {
    sinks.push(createSqsSink(config));
  }
  if (config.KAFKA_BROKERS !== undefined) sinks.push(createKafkaSink(config));
  return sinks;
}
