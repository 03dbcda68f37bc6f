/** Housekeeping deletes what has served its time and nothing younger, in bounded chunks. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { sweepLanes } from "../../../pipelines/apply/index.ts";
import { keepHouse, partitionDaysAhead } from "../../../pipelines/housekeeping/index.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { housekeepingOf } from "../../support/housekeeping.ts";
import { writeHistory } from "../../support/ledgerHistory.ts";
import { createReorderStage } from "../../support/reorderStage.ts";
import { waitFor } from "../../support/waitFor.ts";

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

describe("keepHouse", () => {
  let stage: Stage;
  const signal = new AbortController().signal;

  beforeAll(async () => {
    stage = await createReorderStage();
  });
  afterAll(() => stage.close());

  const count = async (table: string): Promise<number> => {
    const { rows } = await stage.db.query<{ n: number }>(`select count(*) as n from ${table}`);
    return rows[0]?.n ?? 0;
  };

  test("partitions reach at least seven days ahead", async () => {
    await keepHouse(housekeepingOf(stage.db), signal);
    const { rows } = await stage.db.query<{ part: string }>(
      "select to_char(now() + interval '7 days', 'YYYY_MM') as part",
    );
    for (const parent of ["stock_movements", "events"]) {
      const { rows: found } = await stage.db.query("select to_regclass($1)::text as name", [
        `${parent}_${rows[0]?.part ?? ""}`,
      ]);
      expect(found[0]?.name).not.toBeNull();
    }
    expect((await keepHouse(housekeepingOf(stage.db), signal)).partitions_made).toEqual([]);
  });

  test("partitions are made beside a long reader and writers, who wait for nothing", async () => {
    const reader = await stage.db.connect();
    await reader.query("begin");
    await reader.query("select count(*) from stock_movements");
    await reader.query("select count(*) from events");
    const made = await stage.db.query("select ensure_partitions(5) as part");
    await reader.query("rollback");
    reader.release();
    expect(made.rows.length).toBeGreaterThan(0);
    const { rows } = await stage.db.query<{ n: number }>(
      `select count(*) as n from pg_trigger t join pg_class c on c.oid = t.tgrelid
       where c.relname = $1 and t.tgname in ('stock_movements_append_only', $1 || '_no_truncate')`,
      [made.rows.find(({ part }) => part.startsWith("stock_movements"))?.part],
    );
    expect(rows[0]?.n).toBe(2);
  });

  test("with its tables locked by others it gives way, tries again, and is an alarm below seven days", async () => {
    const own = await createReorderStage();
    const admin = new pg.Client({ connectionString: own.database.adminUrl });
    await admin.connect();
    const { rows } = await admin.query<{ part: string }>(
      `select inhrelid::regclass::text as part from pg_inherits
       where inhparent = 'events'::regclass and inhrelid::regclass::text > 'events_' || to_char(now(), 'YYYY_MM')`,
    );
    for (const { part } of rows) await admin.query(`drop table ${part}`);
    await admin.query("begin");
    await admin.query("lock table events in share update exclusive mode");
    const ended = keepHouse(housekeepingOf(own.db), signal);
    await waitFor("housekeeping to give way once", async () => {
      const { rows: waits } = await stage.db.query<{ gone: boolean }>(
        `select not exists (select from pg_locks l join pg_database d on d.oid = l.database
           where d.datname = $1 and not l.granted) as gone`,
        [own.database.name],
      );
      await own.adjust(await own.item(`W-${waits.length}-${Date.now()}`), own.warehouseId, "1");
      return waits[0]?.gone === true;
    });
    await admin.query("rollback");
    expect((await ended).partitions_made).toEqual(rows.map(({ part }) => part).sort());
    await admin.query("drop table if exists events_gap");
    for (const { part } of rows) await admin.query(`alter table ${part} rename to ${part}_away`);
    expect(await partitionDaysAhead(own.db)).toBeLessThan(31);
    await admin.end();
    await own.close();
  });

  test("resolved dead letters go after ninety days, those that wait never", async () => {
    const ages = [
      ["parked", 400],
      ["replayed", 91],
      ["discarded", 91],
      ["replayed", 89],
    ] as const;
    await stage.db.query("insert into sinks (name, kind) values ('old', 'kinesis')");
    for (const [nth, [status, days]] of ages.entries()) {
      const at = new Date(Date.now() - days * 86_400_000);
      const resolved = status === "parked" ? null : at;
      await stage.db.query(
        `insert into dead_letters (id, origin, payload, reason, status, created_at, resolved_at)
         values (make_uuid7(), 'sqs', '{}', 'wrong', $1, $2, $3)`,
        [status, at, resolved],
      );
      await stage.db.query(
        `insert into sink_dead_letters
           (id, sink, lane, position, event_id, event_type, partition_key, body, code, behind, status, created_at, resolved_at)
         values (make_uuid7(), 'old', 1, $1, make_uuid7(), 'x', 'k', '{}', 'refused', false, $2, $3, $4)`,
        [nth + 1, status, at, resolved],
      );
    }
    const outcome = await keepHouse(housekeepingOf(stage.db), signal);
    expect(outcome).toMatchObject({ dead_letters_deleted: 2, sink_dead_letters_deleted: 2 });
    for (const table of ["dead_letters", "sink_dead_letters"]) expect(await count(table)).toBe(2);
    await expect(stage.db.query("delete from dead_letters")).rejects.toThrow("is not resolved");
  });

  test("a history that came late is added up, a mark for each 256 entries", async () => {
    const [item] = await seedItems(stage.db, ["LATE"]);
    const [warehouseId = ""] = await seedWarehouses(stage.db, ["LATE"]);
    const recordedAtMs = Date.now();
    const entries = Array.from({ length: 600 }, (_, nth) => ({
      recordedAtMs,
      occurredAtMs: recordedAtMs - (1 + nth) * 3_600_000,
      quantity: 1,
    }));
    await writeHistory(stage.db, { itemId: item?.id ?? "", warehouseId }, entries);
    const outcome = await keepHouse(housekeepingOf(stage.db), signal);
    expect(outcome.late_marks_made).toBe(2);
    expect(await count("late_months")).toBeGreaterThan(0);
    expect((await keepHouse(housekeepingOf(stage.db), signal)).late_marks_made).toBe(0);
  });

  test("idempotency keys live seven days, job runs ninety", async () => {
    await stage.db.query(
      `insert into idempotency_keys (client, key, request_hash, created_at)
       select 'c', 'key-' || n, '\\x00', now() - case when n > 6000 then interval '6 days' else interval '8 days' end
       from generate_series(1, 6001) n`,
    );
    await stage.db.query(
      `insert into job_runs (id, job, trigger, requested_by, status, created_at)
       select gen_random_uuid(), 'x', 'cli', 'x', status, now() - make_interval(days => days)
       from (values ('completed', 91), ('completed', 89), ('queued', 91)) as r (status, days)`,
    );
    const outcome = await keepHouse(housekeepingOf(stage.db), signal);
    expect(outcome).toMatchObject({ idempotency_keys_deleted: 6000, job_runs_deleted: 1 });
    expect(await count("idempotency_keys")).toBe(1);
    expect(await count("job_runs")).toBe(2);
  });

  test("staged rows of an import live thirty days after its end", async () => {
    for (const [status, days] of [
      ["completed", 31],
      ["completed", 29],
      ["applying", 31],
    ] as const) {
      const id = randomUUID();
      await stage.db.query(
        `insert into imports (id, kind, format, file_name, file_key, sha256, status, created_by, finished_at)
         values ($1, 'items', 'csv', 'f', 'k', uuid_send($1), $2, 'x', now() - make_interval(days => $3))`,
        [id, status, days],
      );
      await stage.db.query(
        "insert into import_rows (import_id, row_number, cells) select $1, n, '[]' from generate_series(1, 10) n",
        [id],
      );
    }
    expect((await keepHouse(housekeepingOf(stage.db), signal)).import_rows_deleted).toBe(10);
    expect(await count("import_rows")).toBe(20);
  });

  test("inbox rows go a day after their outcome, once no scan can need them; outcomes stay", async () => {
    const item = await stage.item("A");
    for (let n = 0; n < 3; n += 1) await stage.adjust(item, stage.warehouseId, "1");
    expect((await keepHouse(housekeepingOf(stage.db), signal)).inbox_rows_deleted).toBe(0);
    // Outcomes are append-only for the product, so the owner of the tables ages them.
    const admin = new pg.Client({ connectionString: stage.database.adminUrl });
    await admin.connect();
    await admin.query("set session_replication_role = replica");
    await admin.query("update movement_outcomes set decided_at = decided_at - interval '25 hours'");
    await admin.end();
    await waitFor("the horizon to pass the rows", async () => {
      await sweepLanes(stage.db);
      const { rows } = await stage.db.query<{ passed: boolean }>(
        `select bool_and(i.seq <= least(n.low_water, h.safe_seq)) as passed
         from movement_inbox i join lanes n on n.id = i.lane cross join inbox_horizon h`,
      );
      return rows[0]?.passed === true;
    });
    await stage.adjust(item, stage.warehouseId, "1");
    expect((await keepHouse(housekeepingOf(stage.db), signal)).inbox_rows_deleted).toBe(3);
    expect(await count("movement_inbox")).toBe(1);
    expect(await count("movement_outcomes")).toBe(4);
  });

  test("it stops between two chunks when it is told to", async () => {
    const stopped = AbortSignal.abort(new Error("the process stops"));
    await expect(keepHouse(housekeepingOf(stage.db), stopped)).rejects.toThrow("the process stops");
  });
});
