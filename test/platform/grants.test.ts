/** Least privilege: what the working and the reading role may change, listed whole, so that a new right shows as a difference. */
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { migrate } from "../../platform/migrate.ts";
import { type DbPool, sqlState } from "../../platform/postgres.ts";
import { useTestDatabase } from "../support/useTestDatabase.ts";
import { createVerifyStage, fillLedger } from "../support/verifyStage.ts";

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
const APPEND_ONLY = [
  "audit_chain",
  "audit_head",
  "audit_log",
  "events",
  "ledger_anchors",
  "movement_outcomes",
  "reversals",
  "stock_movements",
];

test("the working role can't change what is append-only, nor truncate anything", async () => {
  for (const right of ["UPDATE", "DELETE"]) {
    const tables = await tablesWith("stockline_writer", right);
    expect(tables.filter((table) => APPEND_ONLY.includes(table))).toEqual([]);
  }
  expect(await tablesWith("stockline_writer", "TRUNCATE")).toEqual([]);
});

test("no role of the product changes a partition directly", async () => {
  const { rows } = await db.query<{ found: string }>(
    `select r.role || ' ' || c.relname || ' ' || p.privilege as found
     from pg_class c
     cross join (values ('stockline_writer'), ('stockline_reader')) r (role)
     cross join (values ('UPDATE'), ('DELETE'), ('TRUNCATE')) p (privilege)
     where c.relispartition and c.relkind = 'r' and has_table_privilege(r.role, c.oid, p.privilege)`,
  );
  expect(rows).toEqual([]);
});

/** Nobody but a superuser gets past these; what a superuser does is what the verification is for. */
test.each([
  ["writerUrl", "42501"],
  ["readerUrl", "42501"],
  ["ownerUrl", "SL001"],
  ["adminUrl", "SL001"],
] as const)(
  "as %s changes of the ledger, outcomes, reversals and anchors end in %s",
  async (url, code) => {
    const stage = await createVerifyStage();
    await fillLedger(stage);
    await stage.verify(); // so that there is a row in each
    const client = new pg.Client({ connectionString: stage.database[url] });
    await client.connect();
    await client.query("begin");
    const tables = ["stock_movements", "movement_outcomes", "reversals", "ledger_anchors"];
    for (const table of tables) {
      expect([table, await refusal(client, `truncate ${table}`)]).toEqual([table, code]);
      for (const change of [`update ${table} set ${FIRST[table]} = null`, `delete from ${table}`]) {
        expect([change, await refusal(client, change)]).toEqual([change, code]);
      }
    }
    const replica = await refusal(client, "set session_replication_role = replica");
    expect(replica).toBe(url === "adminUrl" ? "not refused" : "42501");
    if (code === "42501") {
      expect(await refusal(client, "alter table stock_movements disable trigger user")).toBe(
        "42501",
      );
    }
    await client.end();
    await stage.close();
  },
);

const FIRST: Readonly<Record<string, string>> = {
  stock_movements: "reason",
  movement_outcomes: "detail",
  reversals: "reversed_at",
  ledger_anchors: "mode",
};

/** SQLSTATE by which the statement is refused; leaves the transaction as it was. */
async function refusal(client: pg.Client, statement: string): Promise<string | undefined> {
  await client.query("savepoint before");
  try {
    await client.query(statement);
    return "not refused";
  } catch (thrown) {
    return sqlState(thrown);
  } finally {
    await client.query("rollback to savepoint before");
  }
}

test("the working role adds to the audit trail only by what it changes", async () => {
  const tables = await tablesWith("stockline_writer", "INSERT");
  expect(tables.filter((table) => table.startsWith("audit_"))).toEqual([]);
});

test("the working role deletes only from these tables", async () => {
  expect(await tablesWith("stockline_writer", "DELETE")).toMatchInlineSnapshot(`
    [
      "dead_letters",
      "idempotency_keys",
      "import_rows",
      "import_uploads",
      "item_units",
      "job_runs",
      "ledger_marks_pending",
      "log_levels",
      "low_stock_alerts",
      "low_stock_checks",
      "movement_customers",
      "movement_inbox",
      "purchase_order_lines",
      "refresh_tokens",
      "reports",
      "sessions",
      "set_aside_movements",
      "sink_cursors",
      "sink_dead_letters",
      "sinks",
      "valuation_checkpoints",
      "webhooks",
    ]
  `);
});

test("the reading role changes nothing, and sees neither users nor kept answers", async () => {
  for (const right of ["INSERT", "UPDATE", "DELETE", "TRUNCATE"]) {
    expect(await tablesWith("stockline_reader", right)).toEqual([]);
  }
  const readable = await tablesWith("stockline_reader", "SELECT");
  const hidden = ["users", "idempotency_keys", "sessions", "refresh_tokens", "service_clients"];
  expect(readable.filter((table) => hidden.includes(table))).toEqual([]);
});

test("migrating again does nothing, and two migrations at once are one after the other", async () => {
  const runs = await Promise.all([1, 2].map(() => migrate({ databaseUrl: own.database.ownerUrl })));
  expect(runs).toEqual([[], []]);
});
