/** What every sink must do, whatever its broker: deliver at least once, in order per key, and never skip. */
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import type { CloudEvent } from "../../../domain/messages.ts";
import { appendEvents, listenToEvents } from "../../../pipelines/events/index.ts";
import { startPublisher } from "../../../pipelines/publish/index.ts";
import { openLetterBox } from "../../../pipelines/publish/letterBox.ts";
import { publishRound } from "../../../pipelines/publish/publishRound.ts";
import { sinkBacklog, sinksEnsure } from "../../../pipelines/publish/queries/cursors.ts";
import { newId } from "../../../platform/clock.ts";
import type { EventSink, SendOutcome, SinkRecord } from "../../../platform/eventSink.ts";
import { type Db, inTransaction } from "../../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { type SinkUnderTest, sinksUnderTest } from "../../support/sinks.ts";
import { waitFor } from "../../support/waitFor.ts";

describe.each(sinksUnderTest())("sink $name", { timeout: 120_000 }, ({ start }) => {
  let harness: ApiHarness;
  let broker: SinkUnderTest;

  beforeAll(async () => {
    [harness, broker] = await Promise.all([createApiHarness(), start()]);
  });
  afterAll(async () => {
    await broker.stop();
    await harness.close();
  });

  const keys = Array.from({ length: 12 }, () => newId());
  let written = 0;

  /** Appends events that count up, on all keys in turn, some keys several times in a row. */
  const append = async (count: number): Promise<void> => {
    const events = Array.from({ length: count }, (_, index) => ({
      type: "item.updated" as const,
      entityId: keys[Math.floor(index / 2) % keys.length] ?? "",
      subject: "tests/1",
      data: { count: written + index },
    }));
    await inTransaction(harness.context.db, (tx) => appendEvents(tx, events));
    written += count;
  };

  const publish = (sink: EventSink, owner: string) => {
    const { db, redis, config, log, metrics } = harness.context;
    const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
    const publisher = startPublisher({
      db,
      sink,
      news,
      log,
      metrics: metrics.sinks,
      owner,
      random: () => 0.5,
    });
    const stop = async (): Promise<void> => {
      await publisher.stop();
      news.close();
    };
    onTestFinished(stop); // a test that failed must not publish in the next one
    return { stop };
  };

  const allDelivered = () =>
    waitFor(
      "every event at the broker",
      async () => {
        const events = await broker.received();
        return new Set(events.map((event) => event.id)).size === written ? events : undefined;
      },
      { timeoutMs: 60_000, intervalMs: 100 },
    );
  const caughtUp = () =>
    waitFor(
      "an empty backlog",
      async () => (await sinkBacklog(harness.context.db, broker.sink.name)).length === 0,
      { timeoutMs: 60_000 },
    );

  test("gets every event at least once, in order per key", async () => {
    await append(200);
    const publisher = publish(broker.sink, "first");
    expectInOrder(await allDelivered());
    await caughtUp();
    await append(10);
    expectInOrder(await allDelivered());
    await caughtUp();
    await publisher.stop();
  });

  test("gets failed records again without their key changing its order", async () => {
    await append(60);
    const faulty = withFaults(broker.sink);
    const publisher = publish(faulty.sink, "second");
    expectInOrder(await allDelivered());
    await caughtUp();
    await publisher.stop();
    expect(faulty.faults()).toBeGreaterThan(0);
  });

  test("gets events again, and skips none, when a publisher dies between sending and the cursor", async () => {
    await append(40);
    const { db } = harness.context;
    await sinksEnsure(db, [broker.sink]);
    await broker.sink.open();
    const round = {
      sink: broker.sink,
      letters: openLetterBox(db, broker.sink.name),
      callRecordsMax: 500,
      skips: () => false,
      mayGoOn: async () => true,
    };
    await expect(
      publishRound({ ...round, db: diesAt(db, "sink_cursors_advance") }),
    ).rejects.toThrow("died");
    const before = await sinkBacklog(db, broker.sink.name);
    expect(before.reduce((sum, lane) => sum + lane.events, 0)).toBe(40);
    const again = await publishRound({ ...round, db });
    expect(again).toMatchObject({ acknowledged: 40, lag: 0 });
    expectInOrder(await allDelivered());
  });

  test("has one publisher at a time, and another when that one stops", async () => {
    const senders: string[] = [];
    const noting = (owner: string): EventSink => ({
      ...broker.sink,
      send: (records) => {
        senders.push(owner);
        return broker.sink.send(records);
      },
      close: async () => undefined,
    });
    const first = publish(noting("one"), "one");
    await append(5);
    await caughtUp();
    const second = publish(noting("two"), "two");
    await append(20);
    await caughtUp();
    expect(new Set(senders)).toEqual(new Set(["one"]));
    await first.stop();
    await append(20);
    await caughtUp();
    expect(senders.at(-1)).toBe("two");
    await second.stop();
    expectInOrder(await allDelivered());
  });
});

/** What arrived for the first time must count up within each key; what was sent again may come at any time. */
function expectInOrder(events: readonly CloudEvent[]): void {
  const firsts = new Map<string, number[]>();
  const ids = new Set<string>();
  for (const event of events) {
    if (ids.has(event.id)) continue;
    ids.add(event.id);
    firsts.set(event.partitionkey, [...(firsts.get(event.partitionkey) ?? []), event.position]);
  }
  for (const positions of firsts.values()) {
    expect(positions).toEqual(positions.toSorted((a, b) => a - b));
  }
}

const FAULTY_CALLS = 60;

/**
 * Fails records as the broker could: one by one where calls fail in part, else the whole call before or after it took effect. It
 * ends, for faults that come in step with the rounds would hit the first record of one lane for ever.
 */
function withFaults(sink: EventSink): { sink: EventSink; faults: () => number } {
  let calls = 0;
  let faults = 0;
  const failing = async (records: readonly SinkRecord[]): Promise<SendOutcome[]> => {
    calls += 1;
    if (calls % 5 === 0 && calls <= FAULTY_CALLS) {
      faults += 1;
      if (calls % 2 === 0) await sink.send(records);
      throw new Error("the answer was lost");
    }
    if (!sink.limits.oneRecordPerKey || calls > FAULTY_CALLS) return sink.send(records);
    // Records of one key in a call share their fate, where the sink packs them at all.
    const placeOf = (key: string) => records.findIndex((record) => record.key === key);
    const kept = records.filter(({ key }) => (placeOf(key) + calls) % 4 !== 0);
    faults += records.length - kept.length;
    const outcomes = kept.length === 0 ? [] : await sink.send(kept);
    return records.map(
      (record) => outcomes[kept.indexOf(record)] ?? { status: "failed", code: "throttled" },
    );
  };
  const limits = { ...sink.limits, callRecordsMax: Math.min(sink.limits.callRecordsMax, 10) };
  return { sink: { ...sink, limits, send: failing }, faults: () => faults };
}

/** A database whose client dies at the statement of the given name. */
function diesAt(db: Db, name: string): Db {
  return {
    query: async (query) => {
      if (query.name === name) throw new Error("died");
      return db.query(query);
    },
  };
}
