/**
 * Publishes events to a Kinesis data stream by PutRecords. A call may fail in part: each record has its own outcome, and the
 * publisher never puts two records of one key into one call.
 */
import {
  CreateStreamCommand,
  DescribeStreamSummaryCommand,
  KinesisClient,
  PutRecordsCommand,
  waitUntilStreamExists,
} from "@aws-sdk/client-kinesis";
import type { Config } from "./config.ts";
import {
  ACKNOWLEDGED,
  type EventSink,
  isAmazon,
  type SendOutcome,
  type SinkLimits,
  type SinkRecord,
} from "./eventSink.ts";
import { createSinkRequests } from "./sinkRequests.ts";

/** Limits of PutRecords: 500 records, 5 MiB with the keys. */
const LIMITS: SinkLimits = {
  callRecordsMax: 500,
  callBytesMax: 5 * 1024 * 1024,
  callsInFlightMax: 1,
  oneRecordPerKey: true,
};
/** Shards of a stream that we make ourselves. */
const SHARDS = 2;
const CREATE_SECONDS_MAX = 20;
const STREAM_DEFAULT = "stockline-events";

type KinesisConfig = Pick<Config, "AWS_REGION" | "KINESIS_ENDPOINT" | "KINESIS_STREAM">;

/** Makes the sink "kinesis" of the configuration. */
export function createKinesisSink(config: KinesisConfig): EventSink {
  const client = createKinesisClient(config);
  const StreamName = config.KINESIS_STREAM ?? STREAM_DEFAULT;
  return {
    name: "kinesis",
    kind: "kinesis",
    limits: LIMITS,
    open: async () => {
      if (!isAmazon(config.KINESIS_ENDPOINT)) await ensureStream(client, StreamName);
    },
    send: (records) => putRecords(client, StreamName, records),
    close: async () => client.destroy(),
  };
}

/** A client whose waits are bounded and whose retries are the caller's own. */
export function createKinesisClient(
  config: Pick<KinesisConfig, "AWS_REGION" | "KINESIS_ENDPOINT">,
): KinesisClient {
  return new KinesisClient({
    region: config.AWS_REGION,
    maxAttempts: 1, // the publisher retries, with its own backoff and order
    requestHandler: createSinkRequests(),
    ...(config.KINESIS_ENDPOINT === undefined ? {} : { endpoint: config.KINESIS_ENDPOINT }),
  });
}

/** Makes the stream where there is none, and waits until it is there. Only for emulators. */
export async function ensureStream(client: KinesisClient, StreamName: string): Promise<void> {
  try {
    await client.send(new DescribeStreamSummaryCommand({ StreamName }));
    return;
  } catch (thrown) {
    if (!isNamed(thrown, "ResourceNotFoundException")) throw thrown;
  }
  try {
    await client.send(new CreateStreamCommand({ StreamName, ShardCount: SHARDS }));
  } catch (thrown) {
    if (!isNamed(thrown, "ResourceInUseException")) throw thrown; // another process was first
  }
  await waitUntilStreamExists(
    { client, maxWaitTime: CREATE_SECONDS_MAX, minDelay: 1, maxDelay: 2 },
    { StreamName },
  );
}

async function putRecords(
  client: KinesisClient,
  StreamName: string,
  records: readonly SinkRecord[],
): Promise<SendOutcome[]> {
  const answer = await client.send(
    new PutRecordsCommand({
      StreamName,
      Records: records.map(({ key, body }) => ({ PartitionKey: key, Data: Buffer.from(body) })),
    }),
  );
  const results = answer.Records ?? [];
  return records.map((_, index) => {
    const result = results[index];
    if (result?.SequenceNumber !== undefined && result.ErrorCode === undefined) return ACKNOWLEDGED;
    return { status: "failed", code: result?.ErrorCode ?? "no_outcome" };
  });
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name;
}
