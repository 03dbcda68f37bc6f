/** Reads a Kinesis data stream shard by shard with GetRecords. Who reads which shard, and from where, is not decided here. */
import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  type KinesisClient,
  ListShardsCommand,
  type Shard,
} from "@aws-sdk/client-kinesis";
import type { Config } from "./config.ts";
import { isAmazon } from "./eventSink.ts";
import type { ShardPage, ShardStream } from "./recordSource.ts";
import { createKinesisClient, ensureStream } from "./sinkKinesis.ts";

/** Records of one read: at most 10 MB come at once. */
const READ_RECORDS_MAX = 1_000;

type KinesisSourceConfig = Pick<Config, "AWS_REGION" | "KINESIS_ENDPOINT">;

/** Makes the stream's reader. A stream that an emulator does not have is made; on AWS infrastructure code makes streams. */
export function createKinesisSource(config: KinesisSourceConfig, StreamName: string): ShardStream {
  const client = createKinesisClient(config);
  return {
    name: `kinesis:${StreamName}`,
    open: async () => {
      if (!isAmazon(config.KINESIS_ENDPOINT)) await ensureStream(client, StreamName);
    },
    listShards: async () => {
      const shards = await listShards(client, StreamName);
      return shards.flatMap(({ ShardId, ParentShardId, AdjacentParentShardId }) => {
        if (ShardId === undefined) return [];
        const parents = [ParentShardId, AdjacentParentShardId].filter((id) => id !== undefined);
        return [{ shard: ShardId, parents }];
      });
    },
    iteratorAfter: (shard, sequence) => iteratorAfter(client, { StreamName, shard, sequence }),
    read: (iterator) => read(client, iterator),
    close: () => client.destroy(),
  };
}

async function listShards(client: KinesisClient, StreamName: string): Promise<Shard[]> {
  const shards: Shard[] = [];
  let NextToken: string | undefined;
  do {
    const input = NextToken === undefined ? { StreamName } : { NextToken };
    const page = await client.send(new ListShardsCommand(input));
    shards.push(...(page.Shards ?? []));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return shards;
}

async function iteratorAfter(
  client: KinesisClient,
  args: { readonly StreamName: string; readonly shard: string; readonly sequence: string },
): Promise<string> {
  const { StreamName, shard: ShardId, sequence } = args;
  const from =
    sequence === ""
      ? ({ ShardIteratorType: "TRIM_HORIZON" } as const)
      : ({
          ShardIteratorType: "AFTER_SEQUENCE_NUMBER",
          StartingSequenceNumber: sequence,
        } as const);
  const answer = await client.send(new GetShardIteratorCommand({ StreamName, ShardId, ...from }));
  if (answer.ShardIterator === undefined) throw new Error("the shard has no iterator");
  return answer.ShardIterator;
}

async function read(client: KinesisClient, ShardIterator: string): Promise<ShardPage> {
  const page = await client.send(new GetRecordsCommand({ ShardIterator, Limit: READ_RECORDS_MAX }));
  const records = (page.Records ?? []).map(({ SequenceNumber, Data }) => {
    if (SequenceNumber === undefined) throw new Error("a record has no sequence number");
    return { sequence: SequenceNumber, payload: Data ?? new Uint8Array() };
  });
  return { records, next: page.NextShardIterator, lagMs: page.MillisBehindLatest };
}
