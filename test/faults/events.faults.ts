/** Faults of order and of the event log: long transactions, killed publishers, clocks that jump, sinks that stay away. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { expect } from "vitest";
import type { CloudEvent } from "../../domain/messages.ts";
import { keepHouse } from "../../pipelines/housekeeping/index.ts";
import { fault } from "../support/faultRun.ts";
import { housekeepingOf } from "../support/housekeeping.ts";
import { undoneMovements } from "../support/oracle/checkBooks.ts";
import { readKinesisStream } from "../support/sinks.ts";
import { waitFor } from "../support/waitFor.ts";
import { asAdmin, queryAdmin, type Stage, withStage } from "./stage.ts";

const BOTH = ["api", "workers"] as const;

/** Events that a sink has not acknowledged, of all sinks. */
async function lagOfSinks(stage: Stage): Promise<number> {
  const { body } = await stage.instance.call("GET", "/v1/sinks");
  const lags: number[] = body.data.map((sink: { lag_events: number }) => sink.lag_events);
  return lags.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...lags);
}

/** Every event of the log has come to the stream, those of a key in their order once repeats are dropped; answers the repeats. */
async function expectStreamHasAll(stage: Stage): Promise<number> {
  await waitFor("the sinks to catch up", async () => (await lagOfSinks(stage)) === 0, {
    timeoutMs: 30_000,
    intervalMs: 200,
  });
  const rows = await queryAdmin(stage.adminUrl, "select id::text from events");
  const sent = await readKinesisStream(stage.instance.env["KINESIS_STREAM"] ?? "");
  const ids = new Set(sent.map(({ id }) => id));
  expect(
    rows.filter((row) => !ids.has(String(row["id"]))),
    "events never sent",
  ).toEqual([]);
  const last = new Map<string, number>();
  const outOfOrder = firstTimes(sent).filter(({ partitionkey, position }) => {
    const before = last.get(partitionkey) ?? 0;
    last.set(partitionkey, position);
    return position < before;
  });
  expect(outOfOrder, "events that came after later ones of their key").toEqual([]);
  return sent.length - ids.size;
}

function firstTimes(events: readonly CloudEvent[]): CloudEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}

/** Holds a transaction open that has written, as a long refresh or a forgotten session does. */
async function holdTransaction(url: string, statement: string): Promise<() => Promise<void>> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  await client.query("begin");
  await client.query(statement);
  return () => client.end();
}

fault(
  ["F22", "transactions that have written stay open, here and in another database"],
  async (run) =>
    withStage({ processes: BOTH }, async (stage) => {
      const other = Object.assign(new URL(stage.adminUrl), { pathname: "/postgres" }).href;
      const releases = await Promise.all([
        holdTransaction(stage.adminUrl, "refresh materialized view v_current_inventory"),
        holdTransaction(stage.adminUrl, "create table held (id int)"),
        holdTransaction(other, "create temporary table held (id int)"),
      ]);
      run.count("open transactions", releases.length);
      const load = await stage.startLoad(run);
      await waitFor("load", () => load.acked.size > run.times(200), { timeoutMs: 40_000 });
      await load.stop();
      await stage.expectSound(load);
      const repeats = await expectStreamHasAll(stage);
      await Promise.all(releases.map((release) => release()));
      run.count("movements", load.acked.size);
      run.count("repeats", repeats);
    }),
);

fault(["F23", "transactions win lanes in another order than they drew their ids"], async (run) =>
  withStage({ env: { APPLY_BATCH_ROWS_MAX: "10", APPLY_CONCURRENCY: "8" } }, async (stage) => {
    // Each worker stands still at random after its locks, so that ids of transactions and their commits cross.
    const pauses = Array.from({ length: 40 }, () => {
      const at = run.random.between(1, 400);
      return `apply.after_lock=pause:${run.random.between(1, 60)}@${at}`;
    });
    const env = { STOCKLINE_FAIL_POINTS: pauses.join(",") };
    await Promise.all([stage.instance.start("workers", env), stage.instance.start("workers", env)]);
    const load = await stage.startLoad(run, { clients: 10 });
    await waitFor("load", () => load.acked.size > run.times(800), { timeoutMs: 60_000 });
    await load.stop();
    run.count("movements", load.acked.size);
    await stage.expectSound(load);
    await expectStreamHasAll(stage);
  }),
);

fault(["F33", "publishers are killed between sending and moving the cursor"], async (run) =>
  withStage({}, async (stage) => {
    const load = await stage.startLoad(run, { clients: 2, backlogMax: 50 });
    const places = ["publish.before_send", "publish.after_send", "publish.after_cursor"];
    for (let kills = 0; kills < run.times(6); kills += 1) {
      const at = run.random.between(1, 6);
      const env = { STOCKLINE_FAIL_POINTS: `${places[kills % 3]}=kill@${at}` };
      const worker = await stage.instance.start("workers", env);
      // Another one may hold the sink's lease for ten more seconds after its end.
      await waitFor("a publisher to die", () => worker.hasExited(), { timeoutMs: 40_000 });
      run.count("kills");
      await freeLeases(stage);
    }
    await stage.instance.start("workers");
    await load.stop();
    await stage.expectSound(load);
    run.count("movements", load.acked.size);
    run.count("repeats", await expectStreamHasAll(stage));
  }),
);

/** As if the ten seconds of the dead publisher's lease were over. */
async function freeLeases(stage: Stage): Promise<void> {
  await asAdmin(stage.adminUrl, ["update sinks set lease_until = now()"]);
}

/** A module that a process loads first: its clock is off by so much. */
function skewedClock(stage: Stage, ms: number): string {
  const file = join(stage.home, `clock${ms}.mjs`);
  writeFileSync(
    file,
    `const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) { if (given.length === 0) super(RealDate.now() + ${ms}); else super(...given); }
  static now() { return RealDate.now() + ${ms}; }
};\n`,
  );
  return `--import=${file}`;
}

const MINUTE_MS = 60_000;

fault(
  ["F34", "clocks jump: workers ahead and behind, the ledger's own time a day ahead"],
  async (run) =>
    withStage({ processes: [] }, async (stage) => {
      const { instance } = stage;
      const skews = { api: 5 * MINUTE_MS, behind: -120 * MINUTE_MS, ahead: 24 * 60 * MINUTE_MS };
      await instance.start("api", { NODE_OPTIONS: skewedClock(stage, skews.api) });
      await instance.start("workers", { NODE_OPTIONS: skewedClock(stage, skews.behind) });
      await instance.start("workers", { NODE_OPTIONS: skewedClock(stage, skews.ahead) });
      const load = await stage.startLoad(run);
      await waitFor("load", () => load.acked.size > 200, { timeoutMs: 40_000 });
      // The same as a server whose clock went back by a day: what was recorded lies ahead of its time.
      await asAdmin(stage.adminUrl, [
        "update lanes set last_recorded_at = clock_timestamp() + interval '1 day' where id % 3 = 0",
      ]);
      run.count("clocks off", 4);
      await waitFor("load", () => load.acked.size > run.times(500), { timeoutMs: 40_000 });
      await load.stop();
      run.count("movements", load.acked.size);
      await stage.expectSound(load);
      await expectStreamHasAll(stage);
    }),
);

fault(
  [
    "P19",
    "old movements wait undecided, and sinks stay away, while housekeeping deletes what is old",
  ],
  async (run) =>
    withStage({ processes: ["api"] }, async (stage) => {
      // A worker that decides and does not publish.
      const mute = { KINESIS_STREAM: "", KINESIS_ENDPOINT: "", SQS_QUEUE: "", SQS_ENDPOINT: "" };
      const worker = await stage.instance.start("workers", mute);
      const load = await stage.startLoad(run);
      await waitFor("load", () => load.acked.size > 100, { timeoutMs: 40_000 });
      await waitFor("work", async () => (await stage.decided()) > 50);
      await worker.kill();
      const before = load.acked.size;
      await waitFor("more load", () => load.acked.size > before + 100, { timeoutMs: 40_000 });
      await load.stop();
      await asAdmin(stage.adminUrl, [
        "set session_replication_role = replica", // as if so much time had passed: also what is never changed
        "update movement_inbox set accepted_at = accepted_at - interval '60 days'",
        "update movement_outcomes set decided_at = decided_at - interval '60 days'",
      ]);
      const waiting = await undoneMovements(stage.db);
      await keepHouse(housekeepingOf(stage.db), AbortSignal.timeout(30_000));
      expect(await undoneMovements(stage.db)).toBe(waiting);
      run.count("undecided", waiting);
      await stage.instance.start("workers");
      await waitFor("the backlog to be decided", () => stage.isSettled(), { timeoutMs: 30_000 });
      const { rowCount } = await stage.db.query({
        text: "select from movement_outcomes where id = any($1::uuid[])",
        values: [[...load.acked]],
      });
      expect(rowCount, "outcomes of what was acknowledged").toBe(load.acked.size);
      await expectStreamHasAll(stage);
    }),
);
