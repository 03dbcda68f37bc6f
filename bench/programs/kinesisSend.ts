/**
 * What the Kinesis of this machine takes by itself: the AWS client alone puts records of the product's size at its pace, each call all that
 * waits (500 at most), one call after another. Times are from when a record is there until its call is answered. Writes one line of
 * JSON: KinesisSendResult.
 */
import { setTimeout as pause } from "node:timers/promises";
import { PutRecordsCommand } from "@aws-sdk/client-kinesis";
import { newId } from "../../platform/clock.ts";
import { createKinesisClient, ensureStream } from "../../platform/sinkKinesis.ts";
import { percentile } from "./movementBodies.ts";

export interface KinesisSendOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly stream: string;
  readonly perSecond: number;
  readonly keys: number;
  readonly bytesPerEvent: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

export interface KinesisSendResult {
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Records acknowledged a second while they came. */
  readonly perSecond: number;
}

const CALL_RECORDS_MAX = 500;

const options = JSON.parse(process.argv[2] ?? "{}") as KinesisSendOptions;
const client = createKinesisClient({
  AWS_REGION: options.region,
  KINESIS_ENDPOINT: options.endpoint,
});
await ensureStream(client, options.stream);
const keys = Array.from({ length: options.keys }, () => newId());
const data = Buffer.from("x".repeat(options.bytesPerEvent));
const delays: number[] = [];
const begunMs = performance.now();
const measureFromMs = begunMs + options.warmUpSeconds * 1_000;
const endMs = measureFromMs + options.seconds * 1_000;
let sent = 0;
let inTime = 0;
for (;;) {
  const untilMs = Math.min(performance.now(), endMs);
  const due = Math.floor(((untilMs - begunMs) * options.perSecond) / 1_000);
  if (due > sent) await send(Math.min(due - sent, CALL_RECORDS_MAX));
  else if (untilMs === endMs) break;
  else await pause(1);
}
client.destroy();
const result: KinesisSendResult = {
  p50Ms: percentile(delays, 0.5),
  p99Ms: percentile(delays, 0.99),
  perSecond: inTime / options.seconds,
};
process.stdout.write(`${JSON.stringify(result)}\n`);

async function send(count: number): Promise<void> {
  const Records = Array.from({ length: count }, (_, nth) => ({
    PartitionKey: keys[(sent + nth) % keys.length],
    Data: data,
  }));
  const answer = await client.send(new PutRecordsCommand({ StreamName: options.stream, Records }));
  if (answer.FailedRecordCount !== 0) throw new Error("the emulator refused a record");
  const answeredMs = performance.now();
  for (let nth = 1; nth <= count; nth += 1) {
    const cameMs = begunMs + ((sent + nth) * 1_000) / options.perSecond;
    if (cameMs >= measureFromMs) delays.push(answeredMs - cameMs);
  }
  sent += count;
  if (answeredMs >= measureFromMs && answeredMs <= endMs) inTime += count;
}
