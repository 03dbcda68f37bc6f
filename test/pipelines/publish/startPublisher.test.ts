/** The publisher's own behaviour, against a sink in memory that fails as it is told to. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { appendEvents, listenToEvents } from "../../../pipelines/events/index.ts";
import {
  discardLetter,
  listLetters,
  pauseSink,
  releaseLetters,
  replaySink,
  resumeSink,
  sinksRead,
  startPublisher,
} from "../../../pipelines/publish/index.ts";
import { newId } from "../../../platform/clock.ts";
import {
  ACKNOWLEDGED,
  CallRefusedError,
  type EventSink,
  type SinkRecord,
} from "../../../platform/eventSink.ts";
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
/** Records that the sink refuses for ever, and whether it refuses their whole call. */
let poison: (record: SinkRecord) => "record" | "call" | undefined = () => undefined;

const memorySink = (name: string): EventSink => ({
  name,
  kind: "kinesis",
  limits: { callRecordsMax: 50, callBytesMax: 1e6, callsInFlightMax: 1, oneRecordPerKey: true },
  open: async () => undefined,
  send: async (records) => {
    const code = fault(records);
    if (code !== undefined) throw Object.assign(new Error("broken"), { code });
    if (records.some((record) => poison(record) === "call"))
      throw new CallRefusedError("TOO_LARGE");
    return records.map((record) => {
      if (poison(record) !== undefined) return { status: "refused", code: "not_valid" };
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
  poison = () => undefined;
});

const publish = (name: string) => {
  const { db, redis, config, log, metrics } = harness.context;
  const news = listenToEvents({ redis, prefix: config.REDIS_PREFIX });
  const publisher = startPublisher({
    db,
    sink: memorySink(name),
    news,
    log,
    metrics: metrics.sinks,
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
        type: "item.updated" as const,
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
  await pauseSink(db, { name: "paused", actor: "operator" });
  await stop();
  const again = publish("paused");
  received.length = 0;
  await append(newId());
  await waitFor(
    "the lease to stay free",
    async () => (await sinkRow("paused"))?.publishing === false,
  );
  expect(received).toEqual([]);
  expect(await sinkRow("paused")).toMatchObject({ lag_events: 1, paused_by: "operator" });
  await resumeSink(db, { name: "paused", actor: "operator" });
  await caughtUp("paused");
  expect(received).toHaveLength(1);
  await again();
});

const countsOf = (key: string): number[] =>
  received.filter((record) => record.key === key).map(({ body }) => JSON.parse(body).data.count);
const lettersOf = (sink: string, status?: string) =>
  listLetters(harness.context.db, { sink, status, after: undefined, limit: 100 });

test.each(["record", "call"] as const)(
  "what a sink refuses for ever by its %s is parked with what follows of its key, and sent in order when it is released",
  async (kind) => {
    const { db } = harness.context;
    const name = `refusing-${kind}`;
    const stop = publish(name);
    await caughtUp(name);
    const [bad, good] = [newId(), newId()];
    poison = ({ key, body }) =>
      key === bad && JSON.parse(body).data.count === 1 ? kind : undefined;
    await append(bad, 4);
    await append(good, 3);
    await caughtUp(name);
    expect(countsOf(bad)).toEqual([0]);
    expect(countsOf(good)).toEqual([0, 1, 2]);
    const parked = await lettersOf(name, "parked");
    expect(parked.map(({ behind }) => behind)).toEqual([false, true, true]);
    expect(parked[0]?.code).toBe(kind === "call" ? "TOO_LARGE" : "not_valid");
    expect(await sinkRow(name)).toMatchObject({ dead_letters: 3, lag_events: 0 });

    // Refused again it is parked again, and what comes meanwhile waits behind it.
    await releaseLetters(db, { sink: name, id: parked[0]?.id, actor: "operator" });
    await append(bad, 1);
    await caughtUp(name);
    await waitFor("four letters", async () => (await lettersOf(name, "parked")).length === 4);
    poison = () => undefined;
    await waitFor("the first to be parked again", async () => {
      await releaseLetters(db, { sink: name, actor: "operator" });
      return (await sinkRow(name))?.dead_letters === 0;
    });
    expect(countsOf(bad)).toEqual([0, 1, 2, 3, 0]);
    expect(await lettersOf(name, "replayed")).toHaveLength(4);
    await append(bad, 1);
    await caughtUp(name);
    expect(countsOf(bad)).toEqual([0, 1, 2, 3, 0, 0]);
    await stop();
  },
);

test("a letter that is discarded lets what waits behind it go", async () => {
  const { db } = harness.context;
  const stop = publish("discarding");
  await caughtUp("discarding");
  const key = newId();
  poison = (record) =>
    record.key === key && JSON.parse(record.body).data.count === 0 ? "record" : undefined;
  await append(key, 3);
  await caughtUp("discarding");
  expect(countsOf(key)).toEqual([]);
  const [first] = await lettersOf("discarding", "parked");
  const decision = { sink: "discarding", id: first?.id ?? "", actor: "operator", reason: "no use" };
  await discardLetter(db, decision);
  await waitFor("the others", () => countsOf(key).length === 2);
  expect(countsOf(key)).toEqual([1, 2]);
  await expect(discardLetter(db, decision)).rejects.toMatchObject({ code: "letter_resolved" });
  await stop();
});

test("the circuit opens after failures in a row, tries one event, and closes", async () => {
  const sizes: number[] = [];
  fault = (records) => {
    sizes.push(records.length);
    return "ECONNREFUSED";
  };
  await append(newId(), 1);
  for (let index = 0; index < 10; index += 1) await append(newId());
  const stop = publish("circuit");
  await waitFor("an open circuit", async () => (await sinkRow("circuit"))?.circuit === "open");
  expect((await sinkRow("circuit"))?.failing_since).toBeInstanceOf(Date);
  const tried = sizes.length;
  await waitFor("a probe", () => sizes.length > tried);
  expect(sizes.slice(tried)).toEqual([1]);
  fault = () => undefined;
  await caughtUp("circuit");
  await waitFor("a closed circuit", async () => (await sinkRow("circuit"))?.circuit === "closed");
  expect((await sinkRow("circuit"))?.failing_since).toBeNull();
  await stop();
});

test("a replay goes back to a position of a lane, and to a cursor", async () => {
  const { db } = harness.context;
  const stop = publish("positions");
  const key = newId();
  await append(key, 4);
  await caughtUp("positions");
  const last = received.map(({ body }) => JSON.parse(body)).find((one) => one.partitionkey === key);
  received.length = 0;
  const from = new Map([[Number(last.lane), Number(last.position) + 1]]);
  expect(await replaySink(db, { name: "positions", from })).toBe(2);
  await waitFor("the last two again", () => received.length === 2);
  expect(countsOf(key)).toEqual([2, 3]);
  await stop();
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
        type: "item.updated" as const,
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
