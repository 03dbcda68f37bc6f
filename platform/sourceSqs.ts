/**
 * Reads an SQS queue through sqs-consumer: batches of ten, each deleted after it was taken whole, its invisibility prolonged while
 * that lasts. A batch that can't be taken at present is held and tried again, so that an outage of ours does not use up the
 * receives after which the queue's redrive policy sends a message away.
 */
import { setTimeout as pause } from "node:timers/promises";
import { GetQueueAttributesCommand, type Message, SQSClient } from "@aws-sdk/client-sqs";
import { Consumer } from "sqs-consumer";
import { toError } from "../domain/errors.ts";
import type { Config } from "./config.ts";
import type { Log } from "./log.ts";
import type { RecordSource, SourceHandlers } from "./recordSource.ts";
import { repeat } from "./repeat.ts";
import { createSinkRequests } from "./sinkRequests.ts";

const BATCH_MESSAGES = 10;
/** Pollers side by side: while one stores, another receives. */
const POLLERS = 3;
/** Long polling; also the longest that a stop waits for an empty queue's answer. */
const WAIT_SECONDS = 3;
const VISIBILITY_SECONDS = 30;
const HEARTBEAT_SECONDS = 10;
const STOP_MS_MAX = 15_000;
const RETRY_MS = 1_000;
const LAG_MS = 10_000;

interface SqsSourceOptions {
  readonly config: Pick<Config, "AWS_REGION" | "SQS_ENDPOINT">;
  readonly queueUrl: string;
  readonly log: Log;
  /** For tests: how long a message that was received is hidden from other readers. Default 30. */
  readonly visibilitySeconds?: number;
}

/** Makes the source of a queue, standard or FIFO. The queue must exist. */
export function createSqsSource({
  config,
  queueUrl,
  log,
  visibilitySeconds = VISIBILITY_SECONDS,
}: SqsSourceOptions): RecordSource {
  const name = `sqs:${new URL(queueUrl).pathname.split("/").at(-1) ?? ""}`;
  const sqs = createClient(config);
  const stopping = new AbortController();
  const pollers: Consumer[] = [];
  let lag: { stop(): Promise<void> } | undefined;
  return {
    name,
    start: (handlers) => {
      for (let n = 0; n < POLLERS; n += 1) {
        const take = (messages: Message[]) =>
          takeMessages(messages, { name, handlers, log, stopping: stopping.signal });
        pollers.push(
          startPoller({ sqs, queueUrl, visibilitySeconds, take, handlers, stopping, log }),
        );
      }
      lag = repeat({
        everyMs: LAG_MS,
        what: "look at the queue's length",
        log,
        run: async () => handlers.onLag(await queueLength(sqs, queueUrl)),
      });
    },
    stop: async () => {
      stopping.abort();
      await lag?.stop();
      await Promise.all(pollers.map((poller) => stopPoller(poller)));
      sqs.destroy();
    },
  };
}

function createClient(config: SqsSourceOptions["config"]): SQSClient {
  return new SQSClient({
    region: config.AWS_REGION,
    // The waits of a long poll come on top of the usual ones.
    requestHandler: createSinkRequests(),
    ...(config.SQS_ENDPOINT === undefined
      ? {}
      : { endpoint: config.SQS_ENDPOINT, useQueueUrlAsEndpoint: false }),
  });
}

interface PollerParts {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly visibilitySeconds: number;
  readonly take: (messages: Message[]) => Promise<Message[]>;
  readonly handlers: SourceHandlers;
  readonly stopping: AbortController;
  readonly log: Log;
}

function startPoller(parts: PollerParts): Consumer {
  const { sqs, queueUrl, visibilitySeconds, take, handlers, stopping, log } = parts;
  const poller = Consumer.create({
    queueUrl,
    sqs,
    batchSize: BATCH_MESSAGES,
    waitTimeSeconds: WAIT_SECONDS,
    visibilityTimeout: visibilitySeconds,
    heartbeatInterval: Math.min(HEARTBEAT_SECONDS, Math.max(1, Math.floor(visibilitySeconds / 3))),
    pollingCompleteWaitTimeMs: STOP_MS_MAX,
    suppressFifoWarning: true,
    preReceiveMessageCallback: () => handlers.ready(stopping.signal, () => Promise.resolve()),
    handleMessageBatch: take,
  });
  // A heartbeat may come after the deletion and fail; messages that are not deleted come again. Nothing to do but to say so.
  poller.on("error", (error) => log.warn({ err: error, source: queueUrl }, "queue not read"));
  poller.start();
  return poller;
}

interface TakeParts {
  readonly name: string;
  readonly handlers: SourceHandlers;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Takes the messages; answers those to delete: all, or none where the process stops first. */
async function takeMessages(messages: Message[], parts: TakeParts): Promise<Message[]> {
  const { name, handlers, log, stopping } = parts;
  const records = messages.map(({ MessageId = "", Body = "" }) => {
    return { origin: name, position: MessageId, payload: Buffer.from(Body) };
  });
  while (!stopping.aborted) {
    try {
      await handlers.take({ records, shard: undefined });
      return messages;
    } catch (thrown) {
      log.warn({ err: toError(thrown), source: name }, "messages not taken; they are held");
      await pause(RETRY_MS, undefined, { signal: stopping }).catch(() => undefined); // stopping
    }
  }
  return [];
}

async function queueLength(sqs: SQSClient, QueueUrl: string): Promise<number> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ["ApproximateNumberOfMessages"],
    }),
  );
  return Number(Attributes?.["ApproximateNumberOfMessages"] ?? 0);
}

async function stopPoller(poller: Consumer): Promise<void> {
  const stopped = new Promise<void>((resolve) => {
    poller.once("stopped", () => resolve());
  });
  poller.stop();
  await stopped;
}
