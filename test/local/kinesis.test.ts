/** The embedded Kinesis on a data folder that an earlier stop left half written, or that has grown. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startKinesis } from "../../local/kinesis.ts";
import type { LocalBackend } from "../../local/localBackend.ts";
import { waitFor } from "../support/waitFor.ts";
import { kinesisCall, temporaryFolder } from "./localFixtures.ts";

test("a saved file that was cut short is dropped with a word, and the emulator starts", async () => {
  const home = temporaryFolder();
  mkdirSync(join(home, "kinesis"));
  writeFileSync(join(home, "kinesis/kinesis-data.json"), '{"streams": {');
  const said: string[] = [];
  const kinesis = await startKinesis({ home, log: (line) => said.push(line) });
  onTestFinished(() => kinesis.stop());
  expect(said).toEqual([
    "The Kinesis emulator's saved streams were cut short and are dropped; sinks can be replayed.",
  ]);
});

test("of our own events a second start keeps the newest, of other streams all", async () => {
  const home = temporaryFolder();
  const first = await startKinesis({ home, log: () => undefined });
  for (const StreamName of ["stockline-events", "orders"]) {
    await createStream(first, StreamName);
    for (let from = 0; from < 600; from += 300) {
      const Records = Array.from({ length: 300 }, (_, n) => ({
        Data: Buffer.from(String(from + n)).toString("base64"),
        PartitionKey: "same",
      }));
      await kinesisCall(endpointOf(first), "PutRecords", { StreamName, Records });
    }
  }
  await first.stop();

  const said: string[] = [];
  const second = await startKinesis({ home, log: (line) => said.push(line) });
  onTestFinished(() => second.stop());
  expect(said).toEqual([]);
  const events = await recordsOf(second, "stockline-events");
  expect([events.length, events.at(0), events.at(-1)]).toEqual([500, "100", "599"]);
  const orders = await recordsOf(second, "orders");
  expect([orders.length, orders.at(0), orders.at(-1)]).toEqual([600, "0", "599"]);
});

const endpointOf = ({ env }: LocalBackend): string => env["KINESIS_ENDPOINT"] ?? "no endpoint";

const described = z.object({
  StreamDescriptionSummary: z.object({ StreamStatus: z.string() }),
});
const iterator = z.object({ ShardIterator: z.string() });
const got = z.object({ Records: z.array(z.object({ Data: z.string() })) });

async function createStream(kinesis: LocalBackend, StreamName: string): Promise<void> {
  const endpoint = endpointOf(kinesis);
  await kinesisCall(endpoint, "CreateStream", { StreamName, ShardCount: 1 });
  await waitFor(`the stream ${StreamName}`, async () => {
    const answer = await kinesisCall(endpoint, "DescribeStreamSummary", { StreamName });
    return described.parse(answer).StreamDescriptionSummary.StreamStatus === "ACTIVE";
  });
}

async function recordsOf(kinesis: LocalBackend, StreamName: string): Promise<string[]> {
  const { ShardIterator } = iterator.parse(
    await kinesisCall(endpointOf(kinesis), "GetShardIterator", {
      StreamName,
      ShardId: "shardId-000000000000",
      ShardIteratorType: "TRIM_HORIZON",
    }),
  );
  const answer = await kinesisCall(endpointOf(kinesis), "GetRecords", { ShardIterator });
  return got.parse(answer).Records.map(({ Data }) => Buffer.from(Data, "base64").toString("utf8"));
}
