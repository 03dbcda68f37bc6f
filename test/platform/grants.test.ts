/** Least privilege: what the working and the reading role may change, listed whole, so that a new right shows as a difference. */
import { beforeAll, expect, test } from "vitest";
import { migrate } from "../../platform/migrate.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";

const own = useTestDatabase(2);
let db: DbPool;
beforeAll(() => {
  db = own.db;
});

async function tablesWith(role: string, right: string): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
       and has_table_privilege($1, c.oid, $2) order by c.relname`,
    [role, right],
  );
  return rows.map((row) => row.name);
}

/** Tables that hold what happened: added to, never changed. */
const APPEND_ONLY = ["audit_log", "events", "movement_outcomes", "stock_movements"];

test("the working role can't change what is append-only, nor truncate anything", async () => {
  for (const right of ["UPDATE", "DELETE"]) {
    const tables = await tablesWith("stockline_writer", right);
    expect(tables.filter((table) => APPEND_ONLY.includes(table))).toEqual([]);
  }
  expect(await tablesWith("stockline_writer", "TRUNCATE")).toEqual([]);
});

test("the working role deletes only from these tables", async () => {
  expect(await tablesWith("stockline_writer", "DELETE")).toMatchInlineSnapshot(`
    [
      "idempotency_keys",
      "import_rows",
      "job_runs",
      "low_stock_alerts",
      "movement_inbox",
      "purchase_order_lines",
    ]
  `);
});

test("the reading role changes nothing, and sees neither users nor kept answers", async () => {
  for (const right of ["INSERT", "UPDATE", "DELETE", "TRUNCATE"]) {
    expect(await tablesWith("stockline_reader", right)).toEqual([]);
  }
  const readable = await tablesWith("stockline_reader", "SELECT");
  expect(readable).not.toContain("users");
  expect(readable).not.toContain("idempotency_keys");
});

test("migrating again does nothing, and two migrations at once are one after the other", async () => {
  const runs = await Promise.all([1, 2].map(() => migrate({ databaseUrl: own.database.ownerUrl })));
  expect(runs).toEqual([[], []]);
});
