/** Faults of what comes in by brokers: repeats, resharding, killed and frozen consumers, rebalances, visibility that runs out. */
import { ListShardsCommand, MergeShardsCommand, SplitShardCommand } from "@aws-sdk/client-kinesis";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { Kafka, logLevel, Partitioners } from "kafkajs";
import { expect } from "vitest";
import { startMockKafka } from "../../local/mockKafka.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import { aMovementEvent, type TestEvent } from "../support/inboundEvents.ts";
import {
  activeStream,
  makeQueue,
  makeStream,
  putMessages,
  type Sent,
  sendMessages,
  testKinesis,
  testSqs,
} from "../support/sources.ts";
import { waitFor } from "../support/waitFor.ts";
import { asAdmin, queryAdmin, type Stage, withStage } from "./stage.ts";

const SKUS = Array.from({ length: 16 }, (_, n) => `PLAIN-${n}`);
const CAUGHT_UP_MS = 90_000;

const someEvents = (run: FaultRun, count: number): TestEvent[] =>
  Array.from({ length: count }, () =>
    aMovementEvent({
      sku: run.random.pick(SKUS),
      warehouse: "MAIN",
      quantity: run.random.between(1, 9),
    }),
  );
const toSent = (events: readonly TestEvent[]): Sent[] =>
  events.map((event) => ({ key: String(event.data["sku"]), body: JSON.stringify(event) }));

async function figure(stage: Stage, statement: string): Promise<number> {
  const [row] = await queryAdmin(stage.adminUrl, statement);
  return Number(row?.["n"] ?? Number.NaN);
}

/** Every event has come to one applied movement, and nothing else was done. */
async function expectOnce(stage: Stage, events: readonly TestEvent[]): Promise<void> {
  const pieces = events.reduce((sum, { data }) => sum + Number(data["quantity"]), 0);
  const settled = async (): Promise<boolean> =>
    (await stage.decided()) >= events.length && (await stage.isSettled());
  await waitFor("every event to be applied", settled, {
    timeoutMs: CAUGHT_UP_MS,
    intervalMs: 200,
  });
  const rows = await queryAdmin(stage.adminUrl, "select id::text, status from movement_outcomes");
  expect(new Set(rows.map((row) => row["id"]))).toEqual(new Set(events.map(({ id }) => id)));
  expect(rows.filter((row) => row["status"] !== "applied")).toEqual([]);
  expect(await figure(stage, "select sum(on_hand) as n from stock_levels")).toBe(pieces);
  expect(await figure(stage, "select count(*) as n from dead_letters")).toBe(0);
  await stage.expectSound();
}

/** Until the brokers hold nothing that was not read: an event sent last, on every key, has come through. */
async function passThrough(stage: Stage, send: (messages: Sent[]) => Promise<void>) {
  const last = SKUS.map((sku) => aMovementEvent({ sku, warehouse: "MAIN", quantity: 1 }));
  await send(toSent(last));
  const ids = last.map(({ id }) => `'${id}'`).join(",");
  await waitFor(
    "what was sent last",
    async () =>
      (await figure(stage, `select count(*) as n from movement_outcomes where id in (${ids})`)) ===
      last.length,
    { timeoutMs: CAUGHT_UP_MS, intervalMs: 200 },
  );
  return last;
}

const streamName = (run: FaultRun) => `faults-${run.random.between(1, 1e9)}`;
const readers = { processes: [] } as const;

fault(
  [
    "F16b",
    "each message three times, shuffled over three brokers and four consumers, and again after a week",
  ],
  async (run) =>
    withStage(readers, async (stage) => {
      const [kinesis, sqs, cluster] = [testKinesis(), testSqs(), await startMockKafka()];
      const stream = streamName(run);
      await makeStream(kinesis, stream, 4);
      const queueUrl = await makeQueue(sqs, { fifo: false });
      const kafka = new Kafka({ brokers: cluster.brokers.split(","), logLevel: logLevel.NOTHING });
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const env = {
        KINESIS_SOURCE_STREAM: stream,
        SQS_SOURCE_QUEUE_URL: queueUrl,
        KAFKA_BROKERS: cluster.brokers,
        KAFKA_SOURCE_TOPIC: "movements",
      };
      const send = async (messages: Sent[]): Promise<void> => {
        await putMessages(kinesis, stream, run.random.shuffle(messages));
        await sendMessages(sqs, queueUrl, run.random.shuffle(messages));
        const kafkaMessages = run.random.shuffle(messages);
        await producer.send({
          topic: "movements",
          messages: kafkaMessages.map(({ key, body }) => ({ key, value: body })),
        });
      };
      try {
        const events = someEvents(run, run.times(300));
        await Promise.all([1, 2, 3, 4].map(() => stage.instance.start("workers", env)));
        await send(toSent(events));
        await expectOnce(stage, events);
        await asAdmin(stage.adminUrl, [
          "set session_replication_role = replica", // as if a week had passed
          "update movement_outcomes set decided_at = decided_at - interval '7 days'",
          "update movement_inbox set accepted_at = accepted_at - interval '7 days'",
        ]);
        await send(toSent(events));
        const last = await passThrough(stage, (messages) => putMessages(kinesis, stream, messages));
        await expectOnce(stage, [...events, ...last]);
        run.count("messages", events.length * 6);
        run.count("movements", events.length);
      } finally {
        await producer.disconnect();
        cluster.stop();
      }
    }),
);

fault(
  ["F30", "splits and merges while consumers are killed between effect and checkpoint"],
  async (run) =>
    withStage(readers, async (stage) => {
      const kinesis = testKinesis();
      const stream = streamName(run);
      await makeStream(kinesis, stream, 2);
      const env = { KINESIS_SOURCE_STREAM: stream };
      await stage.instance.start("workers", env);
      const events: TestEvent[] = [];
      const sendSome = async (): Promise<void> => {
        const more = someEvents(run, run.times(60));
        events.push(...more);
        await putMessages(kinesis, stream, toSent(more));
      };
      const places = ["ingest.before_checkpoint", "ingest.before_commit", "ingest.after_commit"];
      for (let round = 0; round < run.times(6); round += 1) {
        const at = run.random.between(1, 3);
        const doomed = await stage.instance.start("workers", {
          ...env,
          STOCKLINE_FAIL_POINTS: `${places[round % 3]}=kill@${at}`,
        });
        await reshard(kinesis, stream, round % 2 === 0 ? "split" : "merge");
        run.count(round % 2 === 0 ? "splits" : "merges");
        await waitFor(
          "a consumer to die",
          async () => {
            await sendSome();
            return doomed.hasExited();
          },
          { timeoutMs: 60_000, intervalMs: 500 },
        );
        run.count("kills");
      }
      await expectOnce(stage, events);
      expect(
        await figure(stage, CHILD_BEFORE_PARENT),
        "children taken before their parents ended",
      ).toBe(0);
      run.count("movements", events.length);
      run.count(
        "shards drained",
        await figure(stage, "select count(drained_at) as n from stream_checkpoints"),
      );
    }),
);

/** Shards that were read although a parent of theirs was not drained. */
const CHILD_BEFORE_PARENT = `select count(*) as n from stream_checkpoints c
  join stream_checkpoints p on p.source = c.source and p.shard = any(c.parents)
  where c.epoch > 0 and p.drained_at is null`;

async function reshard(
  kinesis: ReturnType<typeof testKinesis>,
  StreamName: string,
  how: "split" | "merge",
): Promise<void> {
  const { Shards = [] } = await kinesis.send(new ListShardsCommand({ StreamName }));
  const open = Shards.filter((it) => it.SequenceNumberRange?.EndingSequenceNumber === undefined)
    .map((it) => ({
      id: it.ShardId,
      from: BigInt(it.HashKeyRange?.StartingHashKey ?? 0),
      to: BigInt(it.HashKeyRange?.EndingHashKey ?? 0),
    }))
    .sort((one, other) => (one.from < other.from ? -1 : 1));
  const [first, second] = open;
  if (first === undefined) throw new Error("no open shard");
  if (how === "split") {
    const NewStartingHashKey = String((first.from + first.to) / 2n);
    await kinesis.send(
      new SplitShardCommand({ StreamName, ShardToSplit: first.id, NewStartingHashKey }),
    );
  } else {
    const AdjacentShardToMerge = second?.id;
    await kinesis.send(
      new MergeShardsCommand({ StreamName, ShardToMerge: first.id, AdjacentShardToMerge }),
    );
  }
  await activeStream(kinesis, StreamName);
}

fault(
  [
    "F30b",
    "a consumer is stopped past its lease in mid-transaction, and goes on beside its successor",
  ],
  async (run) =>
    withStage(readers, async (stage) => {
      const kinesis = testKinesis();
      const stream = streamName(run);
      await makeStream(kinesis, stream, 2);
      const env = { KINESIS_SOURCE_STREAM: stream };
      const events = someEvents(run, run.times(200));
      await putMessages(kinesis, stream, toSent(events.slice(0, 100)));
      const frozen = await stage.instance.start("workers", {
        ...env,
        STOCKLINE_FAIL_POINTS: "ingest.before_checkpoint=pause:16000@1",
      });
      await waitFor("the leases", async () => (await figure(stage, HELD)) === 2, {
        timeoutMs: 30_000,
      });
      await stage.instance.start("workers", env);
      await putMessages(kinesis, stream, toSent(events.slice(100)));
      await expectOnce(stage, events);
      expect(frozen.hasExited()).toBe(false);
      run.count("movements", events.length);
    }),
);

const HELD = "select count(*) as n from stream_checkpoints where lease_until > now()";

fault(
  ["F31", "Kafka rebalances every 3 s, and a member stands still past its session"],
  async (run) =>
    withStage(readers, async (stage) => {
      const cluster = await startMockKafka();
      const kafka = new Kafka({ brokers: cluster.brokers.split(","), logLevel: logLevel.NOTHING });
      const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const env = { KAFKA_BROKERS: cluster.brokers, KAFKA_SOURCE_TOPIC: "movements" };
      const send = async (messages: Sent[]): Promise<void> => {
        await producer.send({
          topic: "movements",
          messages: messages.map(({ key, body }) => ({ key, value: body })),
        });
      };
      try {
        const events: TestEvent[] = [];
        await stage.instance.start("workers", {
          ...env,
          STOCKLINE_FAIL_POINTS: "ingest.before_commit=pause:20000@3", // the session is 6 s
        });
        const stable = await stage.instance.start("workers", env);
        for (let round = 0; round < run.times(5); round += 1) {
          const visitor = await stage.instance.start("workers", env);
          const more = someEvents(run, 60);
          events.push(...more);
          await send(toSent([...more, ...run.random.shuffle(more)]));
          const over = Date.now() + 3_000;
          await waitFor("three seconds", () => Date.now() >= over);
          if (round % 2 === 0) await visitor.kill();
          else await visitor.stop();
          run.count("rebalances", 2);
        }
        const begun = Date.now();
        const last = await passThrough(stage, send);
        run.count("ms until all partitions went on", Date.now() - begun);
        await expectOnce(stage, [...events, ...last]);
        expect(stable.hasExited()).toBe(false);
        run.count("movements", events.length);
      } finally {
        await producer.disconnect();
        cluster.stop();
      }
    }),
);

fault(
  [
    "F32",
    "SQS visibility runs out in mid-work, receipts go stale, poison does not block its group",
  ],
  async (run) =>
    withStage(readers, async (stage) => {
      const sqs = testSqs();
      const deadUrl = await makeQueue(sqs, { fifo: true });
      const arn = (
        await sqs.send(
          new GetQueueAttributesCommand({ QueueUrl: deadUrl, AttributeNames: ["QueueArn"] }),
        )
      ).Attributes?.["QueueArn"];
      const attributes = {
        RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn, maxReceiveCount: "5" }),
      };
      const queueUrl = await makeQueue(sqs, { fifo: true, attributes });
      const env = { SQS_SOURCE_QUEUE_URL: queueUrl };
      // Stands still for longer than a message stays hidden (30 s): another takes it, and its own receipt is stale then.
      await stage.instance.start("workers", {
        ...env,
        STOCKLINE_FAIL_POINTS: "ingest.after_commit=pause:33000@1",
      });
      const events = someEvents(run, run.times(60));
      await sendMessages(sqs, queueUrl, toSent(events));
      await stage.instance.start("workers", env);
      await expectOnce(stage, events);
      const poison = SKUS.map((sku) => ({ key: sku, body: `{ "poison": "${sku}"` }));
      await sendMessages(sqs, queueUrl, poison);
      // The same events in new messages, as a FIFO queue lets pass after five minutes.
      await sendMessages(sqs, queueUrl, toSent(events));
      const last = await passThrough(stage, (messages) => sendMessages(sqs, queueUrl, messages));
      expect(await figure(stage, "select count(*) as n from dead_letters")).toBe(poison.length);
      await asAdmin(stage.adminUrl, [
        "update dead_letters set status = 'discarded'", // only resolved ones may be deleted
        "delete from dead_letters",
      ]);
      await expectOnce(stage, [...events, ...last]);
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: deadUrl,
          AttributeNames: ["ApproximateNumberOfMessages"],
        }),
      );
      expect(Attributes?.["ApproximateNumberOfMessages"], "sent away by the redrive policy").toBe(
        "0",
      );
      run.count("movements", events.length);
      run.count("poison", poison.length);
    }),
);
