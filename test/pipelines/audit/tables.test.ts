/** Every table of the product is under audit, or stands here with the reason why not; a table that is new fails this. */
import { expect, test } from "vitest";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

/** Tables whose every change is told. */
const WHOLE = [
  "closed_periods",
  "inventory_items",
  "item_units",
  "log_levels",
  "purchase_order_lines",
  "purchase_orders",
  "reorder_policies",
  "report_schedules",
  "service_clients",
  "supplier_items",
  "suppliers",
  "users",
  "warehouses",
  "webhooks",
];

/** Tables of which what somebody decided is told, by which events; the rest the product writes by itself. */
const DECISIONS: Readonly<Record<string, string>> = {
  dead_letters: "update",
  import_uploads: "insert",
  imports: "insert, update",
  job_runs: "insert, update",
  lanes: "update",
  personal_keys: "insert", // and nothing else: append-only
  reports: "insert",
  sessions: "update",
  set_aside_movements: "delete",
  sink_dead_letters: "update",
  sinks: "delete, insert, update",
};

const LEDGER = "the ledger or part of it: hash-chained and append-only, its own trail";
const DERIVED = "worked out from the ledger, and again whenever it is needed";
const ITSELF = "the audit trail itself";
const PLACE = "a place that the product keeps while it reads or sends";

/** Tables that are not audited, and why. */
const NOT_AUDITED: Readonly<Record<string, string>> = {
  audit_chain: ITSELF,
  audit_head: ITSELF,
  audit_log: ITSELF,
  database_incarnation: "written by the database when it was restored; an event tells it",
  events: "the log of what happened, append-only",
  idempotency_keys: "answers that were given, for some days",
  import_inbox_objects: "what was seen in the bucket; each import made of it is audited",
  import_rows: "rows on their way into entities and movements, which tell them",
  inbox_horizon: PLACE,
  late_days: DERIVED,
  late_marks: DERIVED,
  late_months: DERIVED,
  late_releases: DERIVED,
  ledger_anchors: LEDGER,
  ledger_marks: DERIVED,
  ledger_marks_pending: DERIVED,
  ledger_marks_state: DERIVED,
  lot_balances: DERIVED,
  lots: LEDGER,
  transfer_costs: "written with the ledger's entries of a transfer",
  low_stock_alerts: DERIVED,
  low_stock_checks: DERIVED,
  schema_migrations: "which migrations ran, written by them",
  movement_costs: DERIVED,
  movement_customers: "written with a movement; forgetting a customer is noted (docs/privacy.md)",
  movement_inbox: LEDGER,
  movement_outcomes: LEDGER,
  refresh_tokens: "hashes of tokens; sessions tell their end",
  reorder_plans: DERIVED,
  reservations: LEDGER,
  reversals: LEDGER,
  sink_cursors: PLACE,
  stock_levels: DERIVED,
  stock_movements: LEDGER,
  stream_checkpoints: PLACE,
  transits: LEDGER,
  valuation_checkpoints: DERIVED,
  valuation_items: DERIVED,
  valuation_lanes: DERIVED,
  valuation_levels: DERIVED,
  view_refreshes: "when views were refreshed",
};

async function auditedEvents(): Promise<Map<string, string>> {
  const { rows } = await own.db.query<{ name: string; events: string }>(
    `select c.relname as name,
       coalesce(string_agg(distinct
         case when t.tgtype & 4 > 0 then 'insert' when t.tgtype & 8 > 0 then 'delete' else 'update' end, ', '
         ) filter (where p.proname in ('audit_statement', 'audit_row')), '') as events
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     left join pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal
     left join pg_proc p on p.oid = t.tgfoid
     where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition
     group by c.relname`,
  );
  return new Map(rows.map(({ name, events }) => [name, events]));
}

test("every table is audited as a whole, in what people decide, or not at all for a reason", async () => {
  const found = Object.fromEntries(await auditedEvents());
  const expected = Object.fromEntries([
    ...WHOLE.map((name) => [name, "delete, insert, update"]),
    ...Object.entries(DECISIONS),
    ...Object.keys(NOT_AUDITED).map((name) => [name, ""]),
  ]);
  expect(found).toEqual(expected);
});

test("what is personal or secret by its column's name is hidden in every audited table", async () => {
  const { rows } = await own.db.query<{ name: string; column: string; hidden: string[] }>(
    `select distinct c.relname as name, a.attname as column,
       string_to_array(split_part(encode(t.tgargs, 'escape'), '\\000', 3), ',') as hidden
     from pg_trigger t
     join pg_proc p on p.oid = t.tgfoid and p.proname in ('audit_statement', 'audit_row')
     join pg_class c on c.oid = t.tgrelid
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where a.attname ~ '(password_hash|secret$|secret_hash|wrapped|^email$|^phone$|contact_name|^address$|^payload$|^body$)'
       and c.relname <> 'warehouses'`,
  );
  expect(rows.length).toBeGreaterThan(8);
  expect(rows.filter(({ column, hidden }) => !hidden.includes(column))).toEqual([]);
});

test("a webhook's changes are told without its secret and its URL", async () => {
  await own.db.query("insert into sinks (name, kind) values ('w', 'webhook')");
  await own.db.query(
    `insert into webhooks (name, url, secret, types, warehouses, skus, created_by)
     values ('w', 'https://example.org/token', 'whsec_canary', '{}', '{}', '{}', 'somebody')`,
  );
  await own.db.query("update webhooks set url = 'https://example.org/other', status = 'disabled'");
  await own.db.query("delete from webhooks");
  const { rows } = await own.db.query<{ action: string; text: string }>(
    "select action, a::text as text from audit_log a where entity_type = 'webhook' order by at, id",
  );
  expect(rows.map(({ action }) => action)).toEqual(["created", "updated", "deleted"]);
  expect(rows.map(({ text }) => text).join()).not.toMatch(/canary|example\.org/);
});
