/**
 * Publishes events to an SQS queue in batches of ten. A FIFO queue (name ends in .fifo) keeps the order of each key and drops
 * the same event sent again within five minutes; a standard queue keeps no order, which is the queue owner's choice.
 */
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  type SendMessageBatchRequestEntry,
  SQSClient,
} from "@aws-sdk/client-sqs";
import type { Config } from "./config.ts";
import {
  ACKNOWLEDGED,
  CallRefusedError,
  type EventSink,
  isAmazon,
  type SendOutcome,
  type SinkLimits,
  type SinkRecord,
} from "./eventSink.ts";
import { createSinkRequests } from "./sinkRequests.ts";

/** Limits of SendMessageBatch: 10 messages, 256 KiB together. Eight calls side by side hide the way to the region. */
const LIMITS: SinkLimits = {
  callRecordsMax: 10,
  callBytesMax: 256 * 1024,
  callsInFlightMax: 8,
  oneRecordPerKey: true,
};
/** Largest message of a queue; with attributes, which take less than this reserve. */
const MESSAGE_BYTES_MAX = 1024 * 1024 - 512;
const QUEUE_DEFAULT = "stockline-events.fifo";

type SqsConfig = Pick<Config, "AWS_REGION" | "SQS_ENDPOINT" | "SQS_QUEUE">;

/** Makes the sink "sqs" of the configuration. */
export function createSqsSink(config: SqsConfig): EventSink {
  const client = createClient(config);
  const queue = config.SQS_QUEUE ?? QUEUE_DEFAULT;
  const mayCreate = !isAmazon(config.SQS_ENDPOINT);
  let url: string | undefined;
  const open = async (): Promise<void> => {
    url = await queueUrl(client, queue, mayCreate);
  };
  return {
    name: "sqs",
    kind: "sqs",
    limits: LIMITS,
    open,
    send: async (records) => {
      if (url === undefined) throw new Error("the SQS sink was not opened");
      return sendBatch(client, { url, fifo: queue.endsWith(".fifo") }, records);
    },
    close: async () => client.destroy(),
  };
}

function createClient(config: SqsConfig): SQSClient {
  return new SQSClient({
    region: config.AWS_REGION,
    maxAttempts: 1, // the publisher retries, with its own backoff and order
    requestHandler: createSinkRequests(),
    // Compatible servers answer queue URLs of hosts that only they know.
    ...(config.SQS_ENDPOINT === undefined
      ? {}
      : { endpoint: config.SQS_ENDPOINT, useQueueUrlAsEndpoint: false }),
  });
}

async function queueUrl(client: SQSClient, QueueName: string, mayCreate: boolean): Promise<string> {
  try {
    const found = await client.send(new GetQueueUrlCommand({ QueueName }));
    if (found.QueueUrl !== undefined) return found.QueueUrl;
  } catch (thrown) {
    if (!mayCreate || !isMissingQueue(thrown)) throw thrown;
  }
  const made = await client.send(
    new CreateQueueCommand({
      QueueName,
      ...(QueueName.endsWith(".fifo") ? { Attributes: { FifoQueue: "true" } } : {}),
    }),
  );
  if (made.QueueUrl === undefined) throw new Error("the new queue has no URL");
  return made.QueueUrl;
}

function isMissingQueue(thrown: unknown): boolean {
  return (
    thrown instanceof Error &&
    ["QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"].includes(thrown.name)
  );
}

async function sendBatch(
  client: SQSClient,
  queue: { readonly url: string; readonly fifo: boolean },
  records: readonly SinkRecord[],
): Promise<SendOutcome[]> {
  const fitting = records.flatMap((record, index) =>
    Buffer.byteLength(record.body) > MESSAGE_BYTES_MAX ? [] : entryOf(record, index, queue.fifo),
  );
  const answer: Partial<SendMessageBatchCommandOutput> =
    fitting.length === 0 ? {} : await sendEntries(client, queue.url, fitting);
  const sent = new Set(answer.Successful?.map((entry) => entry.Id));
  const codes = new Map(answer.Failed?.map((entry) => [entry.Id, entry.Code]));
  const ids = new Set(fitting.map((entry) => entry.Id));
  return records.map((_, index) => {
    const id = String(index);
    if (sent.has(id)) return ACKNOWLEDGED;
    if (!ids.has(id)) return { status: "refused", code: "record_too_large" };
    const code = codes.get(id) ?? "no_outcome";
    return { status: isRefusal(code) ? "refused" : "failed", code };
  });
}

function entryOf(
  { id, key, type, traceparent, body }: SinkRecord,
  index: number,
  fifo: boolean,
): SendMessageBatchRequestEntry {
  const text = (StringValue: string) => ({ DataType: "String", StringValue });
  return {
    Id: String(index),
    MessageBody: body,
    MessageAttributes: {
      type: text(type),
      ...(traceparent === null ? {} : { traceparent: text(traceparent) }),
    },
    ...(fifo ? { MessageGroupId: key, MessageDeduplicationId: id } : {}),
  };
}

/** Faults of what a message or a call holds: sent again they would come again. */
const REFUSALS = [
  "InvalidMessageContents",
  "InvalidParameterValue",
  "MessageTooLong",
  "BatchRequestTooLong",
];

function isRefusal(code: string): boolean {
  return REFUSALS.includes(code.slice(code.lastIndexOf(".") + 1));
}

async function sendEntries(
  client: SQSClient,
  QueueUrl: string,
  Entries: SendMessageBatchRequestEntry[],
) {
  try {
    return await client.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
  } catch (thrown) {
    if (!(thrown instanceof Error) || !isRefusal(thrown.name)) throw thrown;
    throw new CallRefusedError(thrown.name, thrown);
  }
}
