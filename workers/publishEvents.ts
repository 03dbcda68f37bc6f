/** Publishes the event log to every sink that the configuration names, and to every active webhook. */

import { type EventNews, listenToEvents } from "../pipelines/events/index.ts";
import { createPersonalData } from "../pipelines/privacy/index.ts";
import { activeWebhooks, disableWebhook, startPublisher } from "../pipelines/publish/index.ts";
import { newId } from "../platform/clock.ts";
import type { Config } from "../platform/config.ts";
import type { Context } from "../platform/context.ts";
import type { EventSink } from "../platform/eventSink.ts";
import { repeat } from "../platform/repeat.ts";
import { createKafkaSink } from "../platform/sinkKafka.ts";
import { createKinesisSink } from "../platform/sinkKinesis.ts";
import { createSqsSink } from "../platform/sinkSqs.ts";
import { createWebhookSink } from "../platform/sinkWebhook.ts";
import { createWebhookClient } from "../platform/webhookRequest.ts";

type PublishContext = Pick<Context, "config" | "db" | "redis" | "log" | "metrics" | "keyWrapper">;

interface Stoppable {
  stop(): Promise<void>;
}

/** Webhooks are looked through for changes this often. */
const WEBHOOKS_MS = 1_000;

/** Starts a publisher for each sink; stop() ends them after the round under way. */
export function startPublishEventsWorker(context: PublishContext): Stoppable {
  const { config, db, redis, log, metrics } = context;
  const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
  const owner = `${process.pid}-${newId()}`;
  const common = { db, news, log, metrics: metrics.sinks, owner, random: Math.random };
  const publishers = configuredSinks(config).map((sink) => startPublisher({ ...common, sink }));
  const webhooks = startWebhooks(context, { owner, news });
  return {
    stop: async () => {
      await Promise.all([webhooks.stop(), ...publishers.map((publisher) => publisher.stop())]);
      news.close();
    },
  };
}

/** A publisher for each active webhook, started anew when the webhook changes. */
function startWebhooks(
  { config, db, log, metrics, keyWrapper }: PublishContext,
  { owner, news }: { readonly owner: string; readonly news: EventNews },
): Stoppable {
  const client = createWebhookClient({ privateAllowed: config.WEBHOOK_PRIVATE_ALLOWED });
  const secrets = { db, personal: createPersonalData({ db, wrapper: keyWrapper }) };
  const running = new Map<string, { readonly version: number; readonly publisher: Stoppable }>();
  const common = { db, news, log, metrics: metrics.sinks, owner, random: Math.random };
  const look = async (): Promise<void> => {
    const wanted = new Map((await activeWebhooks(secrets)).map((row) => [row.name, row]));
    for (const [name, { version, publisher }] of running) {
      if (wanted.get(name)?.version === version) continue;
      running.delete(name);
      await publisher.stop();
    }
    for (const [name, webhook] of wanted) {
      if (running.has(name)) continue;
      const publisher = startPublisher({
        ...common,
        sink: createWebhookSink(webhook, client),
        onGivenUp: (code) => disableWebhook(db, { name, code }),
      });
      running.set(name, { version: webhook.version, publisher });
    }
  };
  const looking = repeat({ everyMs: WEBHOOKS_MS, what: "the look at webhooks", log, run: look });
  return {
    stop: async () => {
      await looking.stop();
      await Promise.all([...running.values()].map(({ publisher }) => publisher.stop()));
      client.close();
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
