/** Runs: claimed once, never two of a job at once, handed on when a process dies, given back when it stops. */
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { UnavailableError } from "../../../domain/errors.ts";
import {
  findJob,
  type JobFunction,
  JobRunner,
  type JobRunRow,
  jobRunRead,
  requestRun,
  scheduleDue,
} from "../../../pipelines/schedule/index.ts";
import { createLog } from "../../../platform/log.ts";
import { createMetrics, type Metrics } from "../../../platform/metrics.ts";
import type { DbPool } from "../../../platform/postgres.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

/** A promise that the test settles. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

describe("JobRunner", () => {
  const own = useTestDatabase(12);
  let db: DbPool;
  let runners: JobRunner[] = [];
  let shown: Metrics; // of the runner that was made last
  const log = createLog({ process: "test", level: "silent" });

  beforeAll(() => {
    db = own.db;
  });
  beforeEach(async () => {
    await Promise.all(runners.map((runner) => runner.stop()));
    runners = [];
    await db.query("delete from job_runs");
  });

  const runnerOf = (functions: Readonly<Record<string, JobFunction>>): JobRunner => {
    const metrics = createMetrics("test");
    shown = metrics;
    const runner = new JobRunner({
      db,
      log,
      metrics,
      functions: new Map(Object.entries(functions)),
    });
    runners.push(runner);
    return runner;
  };
  const ask = async (job: string): Promise<string> => {
    const run = await requestRun(db, { id: randomUUID(), job, trigger: "api", requestedBy: "x" });
    return run.id;
  };
  const read = async (id: string): Promise<JobRunRow> => {
    const run = await jobRunRead(db, { id });
    if (run === undefined) throw new Error(`run ${id} is not there`);
    return run;
  };
  const done: JobFunction = async () => ({ rows: 3, outcome: { seen: true } });

  test("a run is recorded with rows, outcome and times", async () => {
    const id = await ask("housekeeping");
    await runnerOf({ housekeeping: done }).run(id);
    const run = await read(id);
    expect(run).toMatchObject({
      status: "completed",
      rows: 3,
      outcome: { seen: true },
      error: null,
      attempts: 1,
    });
    expect(run.finished_at?.getTime()).toBeGreaterThanOrEqual(
      run.started_at?.getTime() ?? Infinity,
    );
  });

  test("how long a run took is measured, and that it was put back is counted", async () => {
    const id = await ask("housekeeping");
    let times = 0;
    const secondTime: JobFunction = async () => {
      times += 1;
      if (times === 1) throw new UnavailableError({ code: "away", detail: "not this time" });
      return { rows: 0, outcome: {} };
    };
    const runner = runnerOf({ housekeeping: secondTime });
    await runner.run(id);
    await runner.run(id);
    expect((await read(id)).status).toBe("completed");
    const text = await shown.registry.metrics();
    expect(text).toMatch(
      /stockline_job_run_duration_seconds_count\{[^}]*job="housekeeping"[^}]*\} 2/,
    );
    expect(text).toMatch(/stockline_job_retries_total\{[^}]*job="housekeeping"[^}]*\} 1/);
  });

  test("eight runners that take the same run at once run it once", async () => {
    let times = 0;
    const count: JobFunction = async () => {
      times += 1;
      return { rows: 0, outcome: {} };
    };
    const id = await ask("housekeeping");
    await Promise.all(Array.from({ length: 8 }, () => runnerOf({ housekeeping: count }).run(id)));
    expect(times).toBe(1);
    expect((await read(id)).attempts).toBe(1);
  });

  test("a run that was asked for waits while its job is running, and the sweep starts it later", async () => {
    const { open, opened } = gate();
    let running = 0;
    let most = 0;
    const slow: JobFunction = async () => {
      running += 1;
      most = Math.max(most, running);
      await opened;
      running -= 1;
      return { rows: 0, outcome: {} };
    };
    const first = await ask("housekeeping");
    const one = runnerOf({ housekeeping: slow });
    const other = runnerOf({ housekeeping: slow });
    const running1 = one.run(first);
    await waitFor("the first run", async () => (await read(first)).status === "running");
    const second = await ask("housekeeping");
    await other.run(second);
    expect((await read(second)).status).toBe("queued");
    open();
    await running1;
    await waitFor("the second run", async () => {
      await other.sweep();
      return (await read(second)).status === "completed";
    });
    expect(most).toBe(1);
  });

  test("a scheduled run that finds its job busy is skipped or waits, as the job declares", async () => {
    const { open, opened } = gate();
    const slow: JobFunction = async () => {
      await opened;
      return { rows: 0, outcome: {} };
    };
    const runner = runnerOf({ "refresh-views": slow, "generate-purchase-orders": slow });
    const started: Promise<void>[] = [];
    for (const job of ["refresh-views", "generate-purchase-orders"]) {
      const id = await ask(job);
      started.push(runner.run(id));
      await waitFor(job, async () => (await read(id)).status === "running");
    }
    const tick = async (name: string): Promise<string> => {
      const job = findJob(name);
      if (job === undefined) throw new Error(name);
      const now = new Date("2026-03-01T06:00:00Z");
      const due = await scheduleDue(db, job, { since: new Date("2026-03-01T05:59:55Z"), now });
      return due?.id ?? "";
    };
    const views = await tick("refresh-views");
    const orders = await tick("generate-purchase-orders");
    await runner.run(views);
    await runner.run(orders);
    expect(await read(views)).toMatchObject({
      status: "skipped",
      error: "an earlier run of this job was still running",
    });
    expect((await read(orders)).status).toBe("queued");
    open();
    await Promise.all(started);
  });

  test("a failure is recorded without what the database said", async () => {
    const id = await ask("housekeeping");
    const broken: JobFunction = async () => {
      await db.query("select no_such_column from lanes");
      return { rows: 0, outcome: {} };
    };
    await runnerOf({ housekeeping: broken }).run(id);
    expect(await read(id)).toMatchObject({
      status: "failed",
      error: "an unexpected failure; it was logged under the run's id",
      attempts: 1,
    });
  });

  test("a failure that may pass is tried three times", async () => {
    const id = await ask("housekeeping");
    const away: JobFunction = () =>
      Promise.reject(new UnavailableError({ code: "database_unavailable", detail: "it is away" }));
    const runner = runnerOf({ housekeeping: away });
    await runner.run(id);
    expect(await read(id)).toMatchObject({ status: "queued", attempts: 1, error: "it is away" });
    await runner.run(id);
    await runner.run(id);
    expect(await read(id)).toMatchObject({ status: "failed", attempts: 3, error: "it is away" });
  });

  test("a run whose process died is handed on, and has failed after its third try", async () => {
    const id = await ask("housekeeping");
    const die = (attempts: number) =>
      db.query(
        `update job_runs set status = 'running', attempts = $2, lease_owner = 'gone',
           lease_until = now() - interval '1 second' where id = $1`,
        [id, attempts],
      );
    await die(2);
    const runner = runnerOf({ housekeeping: done });
    expect(await runner.sweep()).toEqual([id]);
    await waitFor("its completion", async () => (await read(id)).status === "completed");
    expect((await read(id)).attempts).toBe(3);

    await db.query("update job_runs set finished_at = null where id = $1", [id]);
    await die(3);
    expect(await runner.sweep()).toEqual([]);
    expect(await read(id)).toMatchObject({
      status: "failed",
      error: "try 3 ended without a word: its process died or stood still",
    });
  });

  test("a zombie whose run was taken over records nothing", async () => {
    const { open, opened } = gate();
    const id = await ask("housekeeping");
    const zombie = runnerOf({
      housekeeping: async () => {
        await opened;
        return { rows: 1, outcome: { who: "zombie" } };
      },
    });
    const walking = zombie.run(id);
    await waitFor("the zombie's start", async () => (await read(id)).status === "running");
    await db.query("update job_runs set lease_until = now() - interval '1 second' where id = $1", [
      id,
    ]);
    const heir = runnerOf({ housekeeping: async () => ({ rows: 2, outcome: { who: "heir" } }) });
    await heir.sweep();
    await waitFor("the heir's end", async () => (await read(id)).status === "completed");
    open();
    await walking;
    expect(await read(id)).toMatchObject({ rows: 2, outcome: { who: "heir" }, attempts: 2 });
  });

  test("a process that stops gives its run back, and the try does not count", async () => {
    const id = await ask("housekeeping");
    const endless: JobFunction = ({ signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("aborted")));
      });
    const runner = runnerOf({ housekeeping: endless });
    const running = runner.run(id);
    await waitFor("its start", async () => (await read(id)).status === "running");
    await runner.stop();
    await running;
    expect(await read(id)).toMatchObject({ status: "queued", attempts: 0, error: null });
    await runner.run(id);
    expect((await read(id)).status).toBe("queued");
  });

  test("a job that this version does not know has failed by name", async () => {
    const id = await ask("no-such-job");
    await runnerOf({ housekeeping: done }).run(id);
    expect(await read(id)).toMatchObject({
      status: "failed",
      error: 'job "no-such-job" is not known to this version; expected one of housekeeping',
    });
  });
});
