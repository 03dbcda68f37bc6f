/** Scheduled work and reports: schedulers killed at their slots, runs that die, uploads cut off, a replica that lags and is lost. */
import { createHash } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { readConfig } from "../../platform/config.ts";
import { createLog } from "../../platform/log.ts";
import { createObjectStorage } from "../../platform/objectStorage.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { createReadSources } from "../../platform/readSources.ts";
import { testBackends } from "../support/backends.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import type { RunningProcess } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";
import { startPostgresPair } from "./postgresPair.ts";
import { asAdmin, queryAdmin, type Stage, withStage } from "./stage.ts";

const SCHEDULERS = 8;
const TICKS = "each minute";

interface Slots {
  readonly job: string;
  readonly runs: number;
  readonly slots: number;
  readonly latest: Date;
}

/** How many runs and slots each job has. */
async function slotsOf(db: DbPool): Promise<Slots[]> {
  const { rows } = await db.query<Slots>(
    `select job, count(*) as runs, count(distinct slot) as slots, max(slot) as latest
     from job_runs where slot is not null group by job order by job`,
  );
  return rows;
}

async function expectOnceEach(db: DbPool): Promise<void> {
  for (const { job, runs, slots } of await slotsOf(db)) expect([job, runs]).toEqual([job, slots]);
}

fault(
  ["F35", "eight schedulers, each killed at a slot in its turn, then all down over three slots"],
  async (run) => {
    await withStage({ processes: [] }, async (stage) => {
      const { db, instance } = stage;
      const kill = { STOCKLINE_FAIL_POINTS: "schedule.after_slot=kill@1" };
      const running = await Promise.all(
        Array.from({ length: SCHEDULERS }, (_, nth) =>
          // half of them die right after they wrote a slot, before anybody was woken
          instance.start("jobs", nth % 2 === 0 ? kill : {}),
        ),
      );
      await waitFor(`runs of two slots of what comes ${TICKS}`, () => haveSlots(db, 2), LONG);
      run.count("schedulers killed at a slot", running.filter((one) => one.hasExited()).length);
      await Promise.all(running.map((one) => one.kill()));
      await expectOnceEach(db);
      await missThreeSlots(db);
      const before = await slotsOf(db);
      run.count("slots nobody saw", 3);
      const again = await Promise.all(
        Array.from({ length: SCHEDULERS }, () => instance.start("jobs")),
      );
      const made = await waitFor(
        "the catch-up",
        async () => {
          const now = await slotsOf(db);
          const orders = now.find(({ job }) => job === "generate-purchase-orders");
          const reports = await reportsOfSchedule(db);
          return orders !== undefined && reports.length >= 3 ? { orders, reports } : undefined;
        },
        LONG,
      );
      // the purchase order job makes up for the latest slot only, the report schedule for all three
      expect(made.orders.runs).toBe(1);
      expect(made.reports).toHaveLength(3);
      expect(new Set(made.reports).size).toBe(3);
      await waitFor("every run to end", () => allEnded(db), LONG);
      await expectOnceEach(db);
      expect(before.every(({ job }) => job !== "generate-purchase-orders")).toBe(true);
      await Promise.all(again.map((one) => one.stop()));
      run.count(
        "slots run once",
        (await slotsOf(db)).reduce((sum, { slots }) => sum + slots, 0),
      );
    });
  },
  { timeoutMs: 420_000 },
);

const LONG = { timeoutMs: 180_000 };

async function haveSlots(db: DbPool, count: number): Promise<boolean> {
  const slots = await slotsOf(db);
  return slots.some((one) => one.job === "detect-low-stock" && one.slots >= count);
}

/** Puts the platform back in time: it was there four days ago, a report schedule was last seen to just before three slots. */
async function missThreeSlots(db: DbPool): Promise<void> {
  await db.query("delete from job_runs where job = 'generate-purchase-orders'");
  await db.query(
    "update job_runs set created_at = now() - interval '4 days' where slot is not null",
  );
  await db.query(
    `insert into report_schedules (id, report, format, cron, created_by, catch_up, seen_until)
     values (make_uuid7(), 'low_stock', 'csv', '0 0 * * *', 'test', 'all', date_trunc('day', now()) - interval '2 days 1 hour')`,
  );
}

async function reportsOfSchedule(db: DbPool): Promise<string[]> {
  const { rows } = await db.query<{ slot: Date }>(
    "select slot from reports where schedule_id is not null order by slot",
  );
  return rows.map(({ slot }) => slot.toISOString());
}

async function allEnded(db: DbPool): Promise<boolean> {
  const { rows } = await db.query(
    "select id from job_runs where status in ('queued', 'running') and created_at < now() - interval '2 seconds' limit 1",
  );
  return rows.length === 0;
}

fault(
  ["F35a", "a run dies after its claim and before its end; it is seen and run again"],
  async (run) => {
    await withStage({ processes: ["api"] }, async ({ instance, db }) => {
      for (const place of ["job.after_claim", "job.before_end"]) {
        const asked = await instance.call("POST", "/v1/jobs/housekeeping/run", { role: "admin" });
        const killed = await instance.start("jobs", {
          STOCKLINE_FAIL_POINTS: `${place}=kill@1`,
        });
        await killed.exited;
        run.count("kills");
        const heir = await instance.start("jobs");
        const done = await waitFor(
          "the run's end",
          async () => {
            const { body } = await instance.call("GET", asked.body.status_url, { role: "admin" });
            return body.status === "completed" ? body : undefined;
          },
          LONG,
        );
        expect(done.requested_by).toBe("test-admin");
        await heir.stop();
        const { rows } = await db.query(
          "select id from job_runs where job = 'housekeeping' and trigger = 'api' and status <> 'completed'",
        );
        expect(rows).toEqual([]);
      }
    });
  },
);

/** Rows of the ledger that a report of several parts holds. */
async function fillLedger(stage: Stage, entries: number): Promise<void> {
  await asAdmin(stage.adminUrl, [
    `insert into stock_movements (movement_id, type, item_id, warehouse_id, quantity, balance_after, version, lane, position,
       reason, source, actor, occurred_at, recorded_at, previous_hash, hash)
     select make_uuid7(), 'receipt', i.id, w.id, 1, n, n, i.lane, n, repeat(md5(n::text), 6), 'api', 'test', now(),
       date_trunc('month', now()), sha256(int8send(n)), sha256(int8send(n + 1))
     from generate_series(1, ${entries}) as n
     cross join (select id, lane from inventory_items where sku = 'PLAIN-0') i
     cross join (select id from warehouses where code = 'MAIN') w`,
  ]);
}

fault(
  ["F38", "a report's worker is killed in mid-upload, before and after the manifest"],
  async (run) => {
    await withStage({ processes: ["api"] }, async (stage) => {
      await fillLedger(stage, 120_000);
      const storage = createObjectStorage(readConfig(stage.instance.env));
      const to = new Date().toISOString();
      for (const format of ["csv", "parquet", "xlsx"] as const) {
        const wanted = await exportUnder(stage, { format, to });
        for (const place of [
          `export.during_rows=kill@${MID_UPLOAD[format]}`,
          "export.before_manifest=kill@1",
          "export.after_manifest=kill@1",
        ]) {
          const got = await exportUnder(stage, { format, to, place, storage });
          run.count("kills");
          expect([format, place, got]).toEqual([format, place, wanted]);
        }
      }
      storage.close();
    });
  },
  { timeoutMs: 900_000 },
);

/**
 * At which piece of the bytes a worker dies: pieces are what one read of the socket brings, a row group (of 50,000 rows), or what
 * deflating some hundred kilobytes gives.
 */
const MID_UPLOAD = { csv: 300, parquet: 2, xlsx: 20 } as const;

interface Export {
  readonly format: string;
  readonly to: string;
  /** Where the first worker dies. */
  readonly place?: string;
  readonly storage?: ReturnType<typeof createObjectStorage>;
}

/** Has a report written, by a worker that dies at the place first; answers rows and SHA-256 of the stored bytes. */
async function exportUnder(stage: Stage, { format, to, place, storage }: Export) {
  const { instance, db } = stage;
  const killed: RunningProcess | undefined =
    place === undefined
      ? undefined
      : await instance.start("workers", { STOCKLINE_FAIL_POINTS: place });
  const asked = await instance.call("POST", "/v1/reports", {
    role: "admin",
    body: { report: "movement_history", format, parameters: { to } },
  });
  const { id, created_at } = asked.body;
  if (killed !== undefined) {
    await waitFor(`the worker to die at ${place}`, () => killed.hasExited(), LONG);
    const folder = `reports/movement_history/date=${created_at.slice(0, 10)}/`;
    const half = place?.startsWith("export.during") === true;
    // no half report is visible, and what is there without a manifest counts as not there
    if (half) expect(await storage?.facts(`${folder}${id}.${format}`)).toBeUndefined();
    if (place !== "export.after_manifest=kill@1") {
      expect(await storage?.facts(`${folder}_${id}.manifest.json`)).toBeUndefined();
    }
    const { body } = await instance.call("GET", `/v1/reports/${id}`, { role: "admin" });
    expect([body.status, body.download_url]).toEqual(["running", null]);
  }
  const worker = await instance.start("workers");
  const report = await waitFor(
    "the report",
    async () => {
      const { body } = await instance.call("GET", `/v1/reports/${id}`, { role: "admin" });
      return body.status === "completed" ? body : undefined;
    },
    LONG,
  );
  await worker.stop();
  const bytes = Buffer.from(await (await fetch(report.download_url)).arrayBuffer());
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  expect(sha256).toBe(report.objects[0].sha256);
  await db.query("delete from job_runs");
  return format === "csv" ? { rows: report.rows, sha256 } : { rows: report.rows };
}

fault(
  ["P18", "reports read a streaming replica: current, lagging, cut off, and lost"],
  async (run: FaultRun) => {
    const pair = await startPostgresPair(mkdtempSync(join(testBackends().home, "pair-")), false);
    const reader = (server: typeof pair.primary) =>
      createPool({
        url: server.urlOf("reader", "stockline"),
        applicationName: "test-read",
        max: 2,
        role: "stockline_reader",
      });
    const pools = { primary: reader(pair.primary), replica: reader(pair.standby) };
    const log = createLog({ process: "test", level: "silent" });
    const sources = (fallback: "primary" | "none", lagSecondsMax = 5) =>
      createReadSources({ ...pools, lagSecondsMax, fallback, log });
    const mark = async (code: string): Promise<void> => {
      const statement = `insert into warehouses (id, code, name) values (make_uuid7(), '${code}', 'x')`;
      await asAdmin(pair.primary.urlOf("postgres", "stockline"), [statement]);
    };
    const seen = async (pool: DbPool): Promise<string[]> =>
      (await pool.query<{ code: string }>("select code from warehouses order by code")).rows.map(
        (row) => row.code,
      );
    try {
      await mark("A");
      const current = await waitFor("the replica to be current", async () => {
        const choice = await sources("primary").choose();
        return (await seen(choice.pool)).includes("A") ? choice : undefined;
      });
      expect(current.pool).toBe(pools.replica);
      expect(Date.now() - (current.asOf?.getTime() ?? 0)).toBeLessThan(5_000);
      await expect(current.pool.query("create temp table x (a int)")).rejects.toMatchObject({
        code: "25006",
      });
      run.count("current");

      // it lags: nothing is replayed, while the primary goes on
      const standbyUrl = pair.standby.urlOf("postgres", "postgres");
      await queryAdmin(standbyUrl, "select pg_wal_replay_pause()");
      await mark("B");
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      const lagging = await sources("none").choose();
      expect(lagging.pool).toBe(pools.replica);
      expect(await seen(lagging.pool)).toEqual(["A"]);
      const ageMs = Date.now() - (lagging.asOf?.getTime() ?? 0);
      expect(ageMs).toBeGreaterThan(5_000);
      const instead = await sources("primary").choose();
      expect(instead.pool).toBe(pools.primary);
      expect(await seen(instead.pool)).toEqual(["A", "B"]);
      const patient = await sources("primary", 600).choose();
      expect(patient.pool).toBe(pools.replica);
      run.count("lagging");
      await queryAdmin(standbyUrl, "select pg_wal_replay_resume()");
      await waitFor("the replica to be current again", async () =>
        (await seen((await sources("none").choose()).pool)).includes("B"),
      );

      // cut off from the primary it tells its true age, also without anything paused
      await pair.link.stop();
      await mark("C");
      await new Promise((resolve) => setTimeout(resolve, 6_000));
      expect((await sources("primary").choose()).pool).toBe(pools.primary);
      expect((await sources("none").choose()).asOf?.getTime()).toBeLessThan(Date.now() - 5_000);
      run.count("cut off");

      // lost
      await pair.standby.stop();
      expect((await sources("primary").choose()).pool).toBe(pools.primary);
      await expect(sources("none").choose()).rejects.toMatchObject({
        code: "replica_lost",
        retriable: true,
      });
      run.count("lost");
    } finally {
      await pools.primary.end();
      await pools.replica.end();
      await pair.stop();
    }
  },
);
