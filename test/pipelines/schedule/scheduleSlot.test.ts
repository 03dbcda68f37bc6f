/** One run a slot, however many schedulers tick; a missed slot is made up for once, and only where it was missed. */
import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  findJob,
  type JobDeclaration,
  requestRun,
  scheduleDue,
} from "../../../pipelines/schedule/index.ts";
import type { DbPool } from "../../../platform/postgres.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const at = (text: string) => new Date(text);

function jobNamed(name: string): JobDeclaration {
  const job = findJob(name);
  if (job === undefined) throw new Error(`job ${name} is not declared`);
  return job;
}

describe("slots", () => {
  const own = useTestDatabase(8);
  let db: DbPool;
  const orders = jobNamed("generate-purchase-orders");

  beforeAll(() => {
    db = own.db;
  });
  beforeEach(async () => {
    await db.query("delete from job_runs");
  });

  const slots = async () => {
    const { rows } = await db.query<{ slot: Date }>("select slot from job_runs order by slot");
    return rows.map((row) => row.slot.toISOString());
  };
  /** The platform was there at that time: it left a run of some job. */
  const wasThere = (time: string) =>
    db.query(
      "insert into job_runs (id, job, trigger, requested_by, created_at) values ($1, 'housekeeping', 'cli', 'x', $2)",
      [randomUUID(), time],
    );

  const look = (job: JobDeclaration, now: string, since?: string) =>
    scheduleDue(db, job, { now: at(now), since: since === undefined ? undefined : at(since) });

  test("eight schedulers that look at once add one run", async () => {
    const looks = Array.from({ length: 8 }, () =>
      look(orders, "2026-03-01T06:00:00.012Z", "2026-03-01T05:59:55Z"),
    );
    const added = (await Promise.all(looks)).filter((one) => one !== undefined);
    expect(added).toEqual([{ id: expect.any(String), missed: false }]);
    expect(await slots()).toEqual(["2026-03-01T06:00:00.000Z"]);
  });

  test("of three missed slots the latest is made up for, once", async () => {
    await wasThere("2026-02-27T06:00:00Z");
    const looks = Array.from({ length: 8 }, () => look(orders, "2026-03-02T09:00:00Z"));
    expect((await Promise.all(looks)).filter((one) => one !== undefined)).toHaveLength(1);
    await db.query("delete from job_runs where slot is null");
    expect(await slots()).toEqual(["2026-03-02T06:00:00.000Z"]);
  });

  test("a slot that was answered is not missed", async () => {
    await wasThere("2026-02-27T06:00:00Z");
    await look(orders, "2026-03-02T06:00:00Z", "2026-03-02T05:59:00Z");
    expect(await look(orders, "2026-03-02T09:00:00Z")).toBeUndefined();
  });

  test("a new installation has missed nothing", async () => {
    expect(await look(orders, "2026-03-02T09:00:00Z")).toBeUndefined();
    await wasThere("2026-03-02T08:00:00Z");
    expect(await look(orders, "2026-03-02T09:00:00Z")).toBeUndefined();
  });

  test("a job whose missed slots are let go adds none", async () => {
    await wasThere("2026-02-27T06:00:00Z");
    expect(await look(jobNamed("refresh-views"), "2026-03-02T09:00:00Z")).toBeUndefined();
  });

  test("the same request is the same run", async () => {
    const request = {
      id: randomUUID(),
      job: orders.name,
      trigger: "api",
      requestedBy: "x",
    } as const;
    const first = await requestRun(db, request);
    expect(await requestRun(db, request)).toEqual(first);
    expect(first).toMatchObject({ status: "queued", slot: null, attempts: 0 });
  });
});
