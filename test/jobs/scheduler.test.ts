/** Ticks become runs: once a slot with several schedulers, made up for after the database was away. */
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startScheduler } from "../../jobs/scheduler.ts";
import type { JobDeclaration } from "../../pipelines/schedule/index.ts";
import { createLog } from "../../platform/log.ts";
import type { Db, DbPool } from "../../platform/postgres.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";
import { waitFor } from "../support/waitFor.ts";

const eachMinute: JobDeclaration = {
  name: "each-minute",
  description: "Has a slot each minute.",
  cron: "* * * * *",
  timeZone: "UTC",
  whenMissed: "none",
  whenBusy: "skip",
};
const daily: JobDeclaration = {
  ...eachMinute,
  name: "daily",
  cron: "0 6 * * *",
  whenMissed: "latest",
};

describe("startScheduler", () => {
  const own = useTestDatabase(8);
  let db: DbPool;
  const log = createLog({ process: "test", level: "silent" });
  const woken: string[] = [];
  const wakeUps = {
    wake: async (ids: readonly string[]) => {
      woken.push(...ids);
    },
  };
  /** A quarter of a minute passes with each look of anyone. */
  let now = Date.parse("2026-03-02T09:00:00Z");
  const passing = async () => {
    now += 15_000;
    return new Date(now);
  };
  const looks = "* * * * * *";

  beforeAll(() => {
    db = own.db;
  });
  beforeEach(async () => {
    woken.length = 0;
    await db.query("delete from job_runs");
  });

  const runs = async () => {
    const { rows } = await db.query<{ id: string; job: string; slot: Date }>(
      "select id, job, slot from job_runs where slot is not null order by slot",
    );
    return rows;
  };

  test("four schedulers add one run a slot, and one of them wakes the runners", async () => {
    const schedulers = Array.from({ length: 4 }, () =>
      startScheduler({ db, log, wakeUps, looks, now: passing, jobs: [eachMinute] }),
    );
    await waitFor("three runs", async () => (await runs()).length >= 3);
    for (const scheduler of schedulers) await scheduler.stop();
    const found = await runs();
    const slots = found.map((run) => run.slot.toISOString());
    expect(new Set(slots).size).toBe(slots.length);
    expect(slots.every((slot) => slot.endsWith(":00.000Z"))).toBe(true);
    expect(woken.toSorted()).toEqual(found.map((run) => run.id).toSorted());
  });

  test("the latest missed slot is made up for, as soon as the database is back", async () => {
    await db.query(
      `insert into job_runs (id, job, trigger, requested_by, created_at)
       values (gen_random_uuid(), 'x', 'cli', 'x', '2026-02-20T00:00:00Z')`,
    );
    let tries = 0;
    const flaky: Db = {
      query: (query) => {
        tries += 1;
        return tries === 1 ? Promise.reject(new Error("Connection terminated")) : db.query(query);
      },
    };
    const fixed = async () => new Date("2026-03-02T09:00:00Z");
    const scheduler = startScheduler({
      ...{ db: flaky, log, wakeUps, looks, now: fixed },
      jobs: [daily],
    });
    await waitFor("the missed slot", async () => (await runs()).length > 0);
    await scheduler.stop();
    expect((await runs()).map((run) => run.slot.toISOString())).toEqual([
      "2026-03-02T06:00:00.000Z",
    ]);
    expect(tries).toBeGreaterThanOrEqual(2);
  });
});
