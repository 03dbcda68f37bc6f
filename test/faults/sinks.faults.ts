/** Faults of the way out: brokers cut off, throttling and losing answers, publishers twice, shards split and merged, a slow sink. */
import {
  DescribeStreamSummaryCommand,
  KinesisClient,
  ListShardsCommand,
  MergeShardsCommand,
  SplitShardCommand,
} from "@aws-sdk/client-kinesis";
import { NodeHttpHandler } from "@smithy/node-http-handler";
import { expect } from "vitest";
import { appendEvents, listenToEvents } from "../../pipelines/events/index.ts";
import { startPublisher } from "../../pipelines/publish/index.ts";
import { openLetterBox } from "../../pipelines/publish/letterBox.ts";
import { publishRound } from "../../pipelines/publish/publishRound.ts";
import { sinkBacklog, sinksEnsure } from "../../pipelines/publish/queries/cursors.ts";
import { newId } from "../../platform/clock.ts";
import type { EventSink, SendOutcome, SinkRecord } from "../../platform/eventSink.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../support/apiHarness.ts";
import { testBackends } from "../support/backends.ts";
import { type FaultRun, fault, lasting as pause, type Random } from "../support/faultRun.ts";
import { type SinkUnderTest, sinksUnderTest } from "../support/sinks.ts";
import { waitFor } from "../support/waitFor.ts";

const KEYS = 24;

/** A log with a writer that goes on while the faults are done, and what each sink must have got in the end. */
class Scene {
  readonly harness: ApiHarness;
  readonly #keys = Array.from({ length: KEYS }, () => newId());
  written = 0;
  /** Longest time that an append took: movements must not feel what happens to sinks. */
  slowestMs = 0;
  #writing = true;

  constructor(harness: ApiHarness) {
    this.harness = harness;
  }

  async append(random: Random, count: number): Promise<void> {
    const events = Array.from({ length: count }, (_, nth) => ({
      type: "item.updated" as const,
      entityId: this.#keys[random.between(0, random.next() < 0.5 ? 1 : KEYS - 1)] ?? "",
      subject: "items/FAULT",
      data: { count: this.written + nth },
    }));
    const begunMs = performance.now();
    await inTransaction(this.harness.context.db, (tx) => appendEvents(tx, events));
    this.slowestMs = Math.max(this.slowestMs, performance.now() - begunMs);
    this.written += count;
  }

  async write(random: Random): Promise<void> {
    while (this.#writing) {
      await this.append(random, random.between(1, 4));
      await pause(40);
    }
  }

  stopWriting(): void {
    this.#writing = false;
  }

  publish(sink: EventSink): { stop(): Promise<void> } {
    const { db, redis, config, log, metrics } = this.harness.context;
    const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
    const rest = { news, log, metrics: metrics.sinks, owner: newId(), random: Math.random };
    const publisher = startPublisher({ db, sink, ...rest });
    return {
      stop: async () => {
        await publisher.stop();
        news.close();
      },
    };
  }

  /** Every event came, in its key's order once repeats are dropped, and no lane has a gap; answers the repeats. */
  async expectAll(broker: SinkUnderTest): Promise<number> {
    await waitFor(
      "an empty backlog",
      async () => (await sinkBacklog(this.harness.context.db, broker.sink.name)).length === 0,
      { timeoutMs: 120_000, intervalMs: 100 },
    );
    const events = await waitFor(
      "every event at the broker",
      async () => {
        const got = await broker.received();
        return new Set(got.map(({ id }) => id)).size === this.written ? got : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
    const last = new Map<string, number>();
    const lanes = new Map<number, number[]>();
    const seen = new Set<string>();
    for (const { id, partitionkey, position, lane } of events) {
      if (seen.has(id)) continue;
      seen.add(id);
      expect(position, `order of ${partitionkey}`).toBeGreaterThan(last.get(partitionkey) ?? 0);
      last.set(partitionkey, position);
      lanes.set(lane, [...(lanes.get(lane) ?? []), position]);
    }
    for (const positions of lanes.values()) {
      const sorted = positions.toSorted((a, b) => a - b);
      expect(sorted).toEqual(sorted.map((_, nth) => nth + 1));
    }
    return events.length - seen.size;
  }
}

async function withScene(body: (scene: Scene) => Promise<void>): Promise<void> {
  const harness = await createApiHarness();
  try {
    await body(new Scene(harness));
  } finally {
    await harness.close();
  }
}

/** A sink whose calls meet what `meddle` does to them. */
function meddled(
  sink: EventSink,
  meddle: (records: readonly SinkRecord[]) => Promise<SendOutcome[]>,
): EventSink {
  return { ...sink, send: meddle, close: async () => undefined };
}

const THROTTLED: SendOutcome = {
  status: "failed",
  code: "ProvisionedThroughputExceededException",
};

/**
 * Fails single records where calls fail in part, loses answers after success, and refuses calls. Kafka's calls fail as a whole for the
 * client, but may have taken effect in some partitions: then the records of some keys are written, and the call fails.
 */
function unreliable(run: FaultRun, sink: EventSink, failing: () => number): EventSink {
  return meddled(sink, async (records) => {
    const { random } = run;
    if (random.next() >= failing()) return sink.send(records);
    const kind = random.next();
    if (kind < 0.3) {
      run.count("unsent");
      throw Object.assign(new Error("no answer"), { code: "ECONNRESET" });
    }
    if (kind < 0.6) {
      run.count("answers lost");
      await sink.send(records);
      throw Object.assign(new Error("lost answer"), { code: "TimeoutError" });
    }
    run.count("failed in part");
    if (!sink.limits.oneRecordPerKey) {
      const lost = new Set(records.map(({ key }) => key).filter(() => random.next() < 0.5));
      const written = records.filter(({ key }) => !lost.has(key));
      if (written.length > 0) await sink.send(written);
      throw Object.assign(new Error("no leader"), { code: "LEADER_NOT_AVAILABLE" });
    }
    const kept = records.filter(() => random.next() < 0.6);
    const outcomes = kept.length === 0 ? [] : await sink.send(kept);
    return records.map((record) => outcomes[kept.indexOf(record)] ?? THROTTLED);
  });
}

const SINKS = sinksUnderTest().filter(({ name }) => !name.includes("packed"));

for (const { name, start } of SINKS) {
  fault(["F28", `${name} is cut off, then slow, then throttles, while events go on`], async (run) =>
    withScene(async (scene) => {
      const broker = await start();
      let state: "up" | "cut" | "slow" | "throttling" = "up";
      const sink = meddled(broker.sink, async (records) => {
        if (state === "cut") throw Object.assign(new Error("cut"), { code: "ECONNREFUSED" });
        if (state === "slow") await pause(100 * records.length);
        if (state === "throttling" && run.random.next() < 0.7) {
          if (!broker.sink.limits.oneRecordPerKey) throw Object.assign(new Error(), THROTTLED);
          return records.map(() => THROTTLED);
        }
        return broker.sink.send(records);
      });
      const publisher = scene.publish(sink);
      const writing = scene.write(run.random);
      for (const next of ["cut", "slow", "throttling", "up"] as const) {
        state = next;
        await pause(run.times(next === "cut" ? 5_000 : 2_000));
      }
      scene.stopWriting();
      await writing;
      const begunMs = performance.now();
      run.count("repeats", await scene.expectAll(broker));
      run.count("drain ms", Math.round(performance.now() - begunMs));
      run.count("events", scene.written);
      run.count("slowest append ms", Math.round(scene.slowestMs));
      await publisher.stop();
      await broker.stop();
    }),
  );

  fault(["F29", `${name} fails in part and loses answers at random`], async (run) =>
    withScene(async (scene) => {
      const broker = await start();
      let failing = 0.4;
      let faults = 0;
      const unsure = unreliable(run, broker.sink, () => failing);
      const counting = meddled(unsure, (records) =>
        unsure.send(records).then(
          (outcomes) => {
            if (outcomes.some(({ status }) => status !== "acknowledged")) faults += 1;
            return outcomes;
          },
          (thrown: unknown) => {
            faults += 1;
            throw thrown;
          },
        ),
      );
      const publisher = scene.publish(counting);
      // events go on while calls fail: a sink that takes all of them in one call would meet no fault, or one
      const writing = scene.write(run.random);
      await waitFor("faults enough", () => faults >= run.times(20), { timeoutMs: 120_000 });
      failing = 0;
      scene.stopWriting();
      await writing;
      const repeats = await scene.expectAll(broker);
      run.count("repeats", repeats);
      run.count("events", scene.written);
      await publisher.stop();
      await broker.stop();
    }),
  );

  fault(
    ["F33", `two publishers of ${name} at once, one a zombie that wakes up late`],
    async (run) =>
      withScene(async (scene) => {
        const broker = await start();
        const { db } = scene.harness.context;
        await broker.sink.open();
        await sinksEnsure(db, [broker.sink]);
        const alive = async (owner: number) => {
          const sink = meddled(broker.sink, async (records) => {
            if (run.random.next() < 0.3) await pause(run.random.between(1, 120));
            return broker.sink.send(records);
          });
          const letters = openLetterBox(db, sink.name);
          const rest = {
            letters,
            callRecordsMax: 20,
            skips: () => false,
            mayGoOn: async () => true,
          };
          for (let round = 0; round < run.times(25); round += 1) {
            if (owner === 0) await scene.append(run.random, 15);
            await publishRound({ db, sink, ...rest });
          }
        };
        await Promise.all([alive(0), alive(1)]);
        await alive(2);
        run.count("repeats", await scene.expectAll(broker));
        run.count("events", scene.written);
        await broker.stop();
      }),
  );
}

fault(["F30", "shards are split and merged while events are published"], async (run) =>
  withScene(async (scene) => {
    const kinesis = SINKS.find(({ name }) => name === "kinesis");
    if (kinesis === undefined) throw new Error("no Kinesis");
    const broker = await kinesis.start();
    const publisher = scene.publish(broker.sink);
    const writing = scene.write(run.random);
    await waitFor("the first events", () => scene.written > 50);
    await reshard(run, broker.stream ?? "");
    scene.stopWriting();
    await writing;
    run.count("repeats", await scene.expectAll(broker));
    run.count("events", scene.written);
    await publisher.stop();
    await broker.stop();
  }),
);

async function reshard(run: FaultRun, StreamName: string): Promise<void> {
  const client = new KinesisClient({
    region: "us-east-1",
    endpoint: testBackends().kinesisEndpoint,
    requestHandler: new NodeHttpHandler(),
  });
  const isActive = () =>
    waitFor(
      "an active stream",
      async () => {
        const answer = await client.send(new DescribeStreamSummaryCommand({ StreamName }));
        return answer.StreamDescriptionSummary?.StreamStatus === "ACTIVE";
      },
      { timeoutMs: 60_000, intervalMs: 100 },
    );
  const open = async () => {
    const { Shards = [] } = await client.send(new ListShardsCommand({ StreamName }));
    return Shards.filter((one) => one.SequenceNumberRange?.EndingSequenceNumber === undefined);
  };
  await isActive();
  for (let round = 0; round < run.times(2); round += 1) {
    const [shard] = await open();
    const { StartingHashKey = "0", EndingHashKey = "0" } = shard?.HashKeyRange ?? {};
    const middle = (BigInt(StartingHashKey) + BigInt(EndingHashKey)) / 2n;
    const split = { StreamName, ShardToSplit: shard?.ShardId, NewStartingHashKey: String(middle) };
    await client.send(new SplitShardCommand(split));
    run.count("splits");
    await isActive();
    await pause(500);
    const children = (await open()).filter((one) => one.ParentShardId === shard?.ShardId);
    const [left, right] = children.map((one) => one.ShardId);
    const merge = { StreamName, ShardToMerge: left, AdjacentShardToMerge: right };
    await client.send(new MergeShardsCommand(merge));
    run.count("merges");
    await isActive();
    await pause(500);
  }
  client.destroy();
}

fault(["F28b", "a slow sink beside a fast one"], async (run) =>
  withScene(async (scene) => {
    const [slow, fast] = await Promise.all(SINKS.slice(0, 2).map(({ start }) => start()));
    if (slow === undefined || fast === undefined) throw new Error("no two sinks");
    const crawling = meddled(slow.sink, async (records) => {
      await pause(300);
      return slow.sink.send(records);
    });
    const publishers = [crawling, fast.sink].map((sink) => scene.publish(sink));
    const writing = scene.write(run.random);
    await pause(run.times(4_000));
    const behind = async (name: string) =>
      (await sinkBacklog(scene.harness.context.db, name)).reduce((sum, one) => sum + one.events, 0);
    const [slowBehind, fastBehind] = [await behind(slow.sink.name), await behind(fast.sink.name)];
    run.count("slow behind", slowBehind);
    run.count("fast behind", fastBehind);
    expect(slowBehind).toBeGreaterThan(fastBehind);
    scene.stopWriting();
    await writing;
    for (const broker of [slow, fast]) run.count("repeats", await scene.expectAll(broker));
    run.count("events", scene.written);
    for (const publisher of publishers) await publisher.stop();
    await Promise.all([slow.stop(), fast.stop()]);
  }),
);
