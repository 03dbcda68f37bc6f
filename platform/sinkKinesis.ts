/**
 * Publishes events to a Kinesis data stream by PutRecords. A call may fail in part: each record has its own outcome, and no call
 * holds two records of one key. Where KINESIS_PACK_EVENTS is more than 1, consecutive events of a key share a record (a JSON array,
 * the CloudEvents batch format), so that a busy key takes few calls; a record is acknowledged or fails with all its events.
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
  CallRefusedError,
  type EventSink,
  isAmazon,
  type SendOutcome,
  type SinkLimits,
  type SinkRecord,
} from "./eventSink.ts";
import { createSinkRequests } from "./sinkRequests.ts";

/** Limits of PutRecords: 500 records, 5 MiB with the keys; and of one record with its key. */
const LIMITS: SinkLimits = {
  callRecordsMax: 500,
  callBytesMax: 5 * 1024 * 1024,
  callsInFlightMax: 1,
  oneRecordPerKey: true,
};
const RECORD_BYTES_MAX = 1024 * 1024;
/** Shards of a stream that we make ourselves. */
const SHARDS = 2;
const CREATE_SECONDS_MAX = 20;
const STREAM_DEFAULT = "stockline-events";

type KinesisConfig = Pick<
  Config,
  "AWS_REGION" | "KINESIS_ENDPOINT" | "KINESIS_STREAM" | "KINESIS_PACK_EVENTS"
>;

/** Makes the sink "kinesis" of the configuration. */
export function createKinesisSink(config: KinesisConfig): EventSink {
  const client = createKinesisClient(config);
  const StreamName = config.KINESIS_STREAM ?? STREAM_DEFAULT;
  return {
    name: "kinesis",
    kind: "kinesis",
    limits: { ...LIMITS, recordsPerKeyMax: config.KINESIS_PACK_EVENTS },
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

/** One Kinesis record: an event, or consecutive events of one key. */
interface Packed {
  readonly key: string;
  readonly data: Buffer;
  /** Places of its events in the call. */
  readonly places: readonly number[];
}

async function putRecords(
  client: KinesisClient,
  StreamName: string,
  records: readonly SinkRecord[],
): Promise<SendOutcome[]> {
  const outcomes = records.map((): SendOutcome => ({ status: "failed", code: "no_outcome" }));
  const packed = pack(records).filter(({ key, data, places }) => {
    const fits = data.length + Buffer.byteLength(key) <= RECORD_BYTES_MAX;
    if (!fits) for (const place of places) outcomes[place] = TOO_LARGE;
    return fits;
  });
  if (packed.length === 0) return outcomes;
  const results = await put(client, StreamName, packed);
  for (const [nth, { places }] of packed.entries()) {
    const result = results[nth];
    const isPut = result?.SequenceNumber !== undefined && result.ErrorCode === undefined;
    const code = result?.ErrorCode ?? "no_outcome";
    for (const place of places) outcomes[place] = isPut ? ACKNOWLEDGED : { status: "failed", code };
  }
  return outcomes;
}

const TOO_LARGE: SendOutcome = { status: "refused", code: "record_too_large" };

/** Faults of what a call holds: sent again they would come again. */
const REFUSALS = ["ValidationException", "InvalidArgumentException"];

async function put(client: KinesisClient, StreamName: string, packed: readonly Packed[]) {
  const Records = packed.map(({ key, data }) => ({ PartitionKey: key, Data: data }));
  try {
    const answer = await client.send(new PutRecordsCommand({ StreamName, Records }));
    return answer.Records ?? [];
  } catch (thrown) {
    const refusal = REFUSALS.find((name) => isNamed(thrown, name));
    throw refusal === undefined ? thrown : new CallRefusedError(refusal, thrown);
  }
}

/** The events of one key become one record; the publisher gives no more of a key than fit (recordsPerKeyMax). */
function pack(records: readonly SinkRecord[]): Packed[] {
  const byKey = new Map<string, { bodies: string[]; places: number[] }>();
  for (const [place, { key, body }] of records.entries()) {
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, { bodies: [body], places: [place] });
    else {
      known.bodies.push(body);
      known.places.push(place);
    }
  }
  return [...byKey].map(([key, { bodies, places }]) => ({
    key,
    data: Buffer.from(bodies.length === 1 ? (bodies[0] ?? "") : `[${bodies.join(",")}]`),
    places,
  }));
}

function isNamed(thrown: unknown, name: string): boolean {
  return thrown instanceof Error && thrown.name === name;
}
