/** The publisher's own behaviour, against a sink in memory that fails as it is told to. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { appendEvents, listenToEvents } from "../../../pipelines/events/index.ts";
import { replaySink, sinksRead, startPublisher } from "../../../pipelines/publish/index.ts";
import { newId } from "../../../platform/clock.ts";
import { ACKNOWLEDGED, type EventSink, type SinkRecord } from "../../../platform/eventSink.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let harness: ApiHarness;
beforeAll(async () => {
  harness = await createApiHarness();
});
afterAll(() => harness.close());

/** Events as they reached the sink; `fault` decides of each call. */
const received: SinkRecord[] = [];
let fault: (records: readonly SinkRecord[]) => string | undefined = () => undefined;
let refused: (record: SinkRecord) => boolean = () => false;

const memorySink = (name: string): EventSink => ({
  name,
  kind: "kinesis",
  limits: { callRecordsMax: 50, callBytesMax: 1e6, callsInFlightMax: 1, oneRecordPerKey: true },
  open: async () => undefined,
  send: async (records) => {
    const code = fault(records);
    if (code !== undefined) throw Object.assign(new Error("broken"), { code });
    return records.map((record) => {
      if (refused(record)) return { status: "failed", code: "RecordTooLarge" };
      received.push(record);
      return ACKNOWLEDGED;
    });
  },
  close: async () => undefined,
});

beforeEach(() => {
  received.length = 0;
  fault = () => undefined;
  refused = () => false;
});

const publish = (name: string) => {
  const { db, redis, config, log, metrics } = harness.context;
  const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
  const publisher = startPublisher({
    db,
    sink: memorySink(name),
    news,
    log,
    metrics,
    owner: newId(),
    random: () => 0,
  });
  return async () => {
    await publisher.stop();
    news.close();
  };
};

const append = (entityId: string, count = 1): Promise<void> =>
  inTransaction(harness.context.db, (tx) =>
    appendEvents(
      tx,
      Array.from({ length: count }, (_, index) => ({
        type: "test.counted",
        entityId,
        subject: "tests/1",
        data: { count: index },
      })),
    ),
  );

const sinkRow = async (name: string) =>
  (await sinksRead(harness.context.db)).find((row) => row.name === name);
const caughtUp = (name: string) =>
  waitFor("no lag", async () => (await sinkRow(name))?.lag_events === 0);

test("a sink that is down keeps its backlog, says so without naming hosts, and catches up", async () => {
  fault = () => "ECONNREFUSED";
  await append(newId(), 3);
  const stop = publish("down");
  const row = await waitFor("a noted failure", async () => {
    const found = await sinkRow("down");
    return found?.last_error === null ? undefined : found;
  });
  expect(row?.lag_events).toBe(3);
  expect(row?.oldest_waiting_at).toBeInstanceOf(Date);
  expect(row?.last_error).toBe(
    "the sink failed with ECONNREFUSED; the events wait and are sent again",
  );
  fault = () => undefined;
  await caughtUp("down");
  expect(received).toHaveLength(3);
  await stop();
});

test("a record that is refused for ever holds up its own lane only", async () => {
  const poison = newId();
  refused = (record) => record.key === poison;
  const stop = publish("poisoned");
  await append(poison, 2);
  for (let index = 0; index < 40; index += 1) await append(newId());
  const row = await waitFor("the other lanes to be sent", async () => {
    const found = await sinkRow("poisoned");
    return found?.lanes_behind === 1 ? found : undefined;
  });
  expect(row?.last_error).toContain("RecordTooLarge");
  expect(received.some((record) => record.key === poison)).toBe(false);
  refused = () => false;
  await caughtUp("poisoned");
  const kept = received.filter((record) => record.key === poison);
  expect(kept.map((record) => JSON.parse(record.body).data.count)).toEqual([0, 1]);
  await stop();
});

test("a replay sends again from the time on, and never moves a sink forward", async () => {
  const key = newId();
  const stop = publish("replayed");
  await append(key, 2);
  await caughtUp("replayed");
  const all = received.length;
  const { db } = harness.context;
  const { rows } = await db.query<{ now: Date }>({ text: "select clock_timestamp() as now" });
  const between = rows[0]?.now ?? new Date();
  await append(key, 3);
  await caughtUp("replayed");
  received.length = 0;

  expect(await replaySink(db, { name: "replayed", from: between })).toBe(3);
  await waitFor("the three again", () => received.length === 3);
  await caughtUp("replayed");
  expect(await replaySink(db, { name: "replayed", from: new Date("2999-01-01") })).toBe(0);

  received.length = 0;
  expect(await replaySink(db, { name: "replayed", from: "beginning" })).toBe(all + 3);
  await waitFor("all of them again", () => received.length === all + 3);
  await stop();
  await expect(replaySink(db, { name: "nobody", from: "beginning" })).rejects.toThrow(
    'sink "nobody" does not exist',
  );
});

test("a sink that is paused is left alone", async () => {
  const { db } = harness.context;
  const stop = publish("paused");
  await caughtUp("paused");
  await db.query({ text: "update sinks set paused = true where name = 'paused'" });
  await stop();
  const again = publish("paused");
  received.length = 0;
  await append(newId());
  await waitFor(
    "the lease to stay free",
    async () => (await sinkRow("paused"))?.publishing === false,
  );
  await again();
  expect(received).toEqual([]);
  expect((await sinkRow("paused"))?.lag_events).toBe(1);
});

test("a broker that can't take large calls in time gets smaller ones", async () => {
  const sizes: number[] = [];
  fault = (records) => {
    sizes.push(records.length);
    return records.length > 5 ? "TimeoutError" : undefined;
  };
  const { db } = harness.context;
  await inTransaction(db, (tx) =>
    appendEvents(
      tx,
      Array.from({ length: 30 }, () => ({
        type: "test.counted",
        entityId: newId(),
        subject: "tests/1",
        data: {},
      })),
    ),
  );
  const stop = publish("slow");
  await caughtUp("slow");
  expect(sizes.slice(0, 3)).toEqual([50, 25, 12]);
  expect(sizes).toContain(3);
  await stop();
});
