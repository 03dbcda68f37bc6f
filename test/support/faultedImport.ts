/**
 * Imports under faults: files are sent over HTTP to a stage's API, their workers die where they are told to, and the state that
 * the database ends in is written down line by line, without ids and times, so that two runs of the same files can be compared.
 */
import { expect } from "vitest";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { Stage } from "../faults/stage.ts";
import { seedItems } from "./catalogue.ts";
import type { FaultRun } from "./faultRun.ts";
import { FILE_SKUS, type MadeFile } from "./importFaultFiles.ts";
import { formOf } from "./importHarness.ts";
import type { RunningProcess } from "./instance.ts";
import { expectSoundLedger } from "./invariants.ts";
import { waitFor } from "./waitFor.ts";

/** An import as the database has it. */
export interface ImportState {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  /** Null until its file is fetched. */
  readonly format: string | null;
  readonly rows_total: number;
  readonly rows_read: number;
  readonly rows_applied: number;
  readonly rows_rejected: number;
  readonly rows_skipped: number;
  readonly checkpoint: Readonly<Record<string, number | boolean | string>>;
  readonly finished_at: Date | null;
}

/** Makes the items that the files name. */
export async function seedFileItems(db: DbPool): Promise<void> {
  await seedItems(db, FILE_SKUS);
}

/** What the API answered to a file. */
interface Sent {
  readonly status: number;
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  readonly body: any;
}

interface SendOptions {
  readonly url?: string;
  readonly token?: string;
  readonly on_error?: "skip" | "abort";
}

/** Sends a file as a form. */
export async function sendFile(
  { instance }: Pick<Stage, "instance">,
  file: MadeFile,
  options: SendOptions = {},
): Promise<Sent> {
  const { url = instance.url, token = await instance.token("admin"), on_error } = options;
  const response = await fetch(`${url}/v1/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: formOf({ ...file, ...(on_error === undefined ? {} : { on_error }) }),
  });
  return { status: response.status, body: await response.json() };
}

/** Sends a file that is taken; answers the import's id. */
export async function sendGood(stage: Pick<Stage, "instance">, file: MadeFile): Promise<string> {
  const { status, body } = await sendFile(stage, file);
  expect(status, JSON.stringify(body)).toBe(202);
  return body.id;
}

/** The import as it stands, books checked: no row is ever counted twice. */
export async function readImport(db: Db, id: string): Promise<ImportState> {
  const { rows } = await db.query<ImportState>({
    text: `
      select id, kind, status, format, rows_total, rows_read, rows_applied, rows_rejected, rows_skipped, checkpoint, finished_at
      from imports where id = $1::uuid`,
    values: [id],
  });
  const [state] = rows;
  if (state === undefined) throw new Error(`there is no import ${id}`);
  const ended = state.rows_applied + state.rows_rejected + state.rows_skipped;
  expect(ended, "rows that have come to an end, of all that were read").toBeLessThanOrEqual(
    state.rows_total,
  );
  if (state.finished_at !== null) expect(ended).toBe(state.rows_total);
  return state;
}

const PATIENCE = { timeoutMs: 900_000, intervalMs: 50 };

/** Waits for the import's end. */
export function finished(db: Db, id: string): Promise<ImportState> {
  return waitFor(
    `the end of import ${id}`,
    async () => {
      const state = await readImport(db, id);
      return state.finished_at === null ? undefined : state;
    },
    PATIENCE,
  );
}

/**
 * Lets the dead worker's hold be over at once; its lease would end by itself some seconds later. A statement of the dead one may
 * still run and hold the import's row, until the server notices that its client is gone: within the check of 5 s.
 */
export async function endLease(db: DbPool, id: string): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.query("set local lock_timeout = '25s'");
    await tx.query({
      text: "update imports set lease_until = now() - interval '1 second' where id = $1::uuid and lease_owner is not null",
      values: [id],
    });
  });
}

/** Members of a checkpoint that only ever grow: row numbers, and what is done once. */
const PLACES = [
  "staged_row",
  "reread_row",
  "checked_row",
  "orders_grouped",
  "orders_row",
  "foreseen_row",
  "queued_row",
  "settled_row",
  "file_read",
  "whole_checked",
];
const PHASES = ["uploaded", "reading", "checking", "applying"];

/** How far an import is, as one number that grows with every step that did something. */
export function placeOf({ status, checkpoint, ...state }: ImportState): number {
  const phase = PHASES.indexOf(status);
  const ended = state.rows_applied + state.rows_rejected + state.rows_skipped;
  const isFetched = state.format === null ? 0 : 1;
  const rows = PLACES.reduce((sum, name) => sum + Number(checkpoint[name] ?? 0), ended + isFetched);
  return (phase < 0 ? PHASES.length : phase) * 1e9 + rows;
}

/** Waits until the import came on by so many row numbers, counted over all its steps, or is over; answers its state. */
export async function comesOn(db: Db, id: string, rows: number): Promise<ImportState> {
  const from = await waitFor("the import's state", () => readImport(db, id), PATIENCE);
  return waitFor(
    `import ${id} to come on by ${rows}`,
    async () => {
      const state = await readImport(db, id);
      return state.finished_at !== null || placeOf(state) >= placeOf(from) + rows
        ? state
        : undefined;
    },
    { ...PATIENCE, intervalMs: 10 },
  );
}

/** Starts a worker that ends itself at a fail point; answers the import's state once it is gone, or the import over. */
export async function killWorkerAt(
  stage: Stage,
  id: string,
  point: string,
): Promise<{ readonly state: ImportState; readonly wasKilled: boolean }> {
  await endLease(stage.db, id);
  const before = await readImport(stage.db, id);
  const worker = await stage.instance.start("workers", { STOCKLINE_FAIL_POINTS: point });
  await waitFor(
    `a worker to die at ${point}`,
    async () => worker.hasExited() || (await readImport(stage.db, id)).finished_at !== null,
    { ...PATIENCE, intervalMs: 25 },
  );
  const wasKilled = await isDeadNow(worker);
  const state = await readImport(stage.db, id);
  expect(placeOf(state), "an import never goes back").toBeGreaterThanOrEqual(placeOf(before));
  if (wasKilled && point.startsWith("import.after_step")) {
    expect(placeOf(state), "a committed step is kept").toBeGreaterThan(placeOf(before));
  }
  return { state, wasKilled };
}

/** True where it ended by itself; one that goes on is stopped. */
async function isDeadNow(worker: RunningProcess): Promise<boolean> {
  const wasKilled = worker.hasExited();
  await worker.stop();
  return wasKilled;
}

/** Sends the files one after another to a product that nothing happens to; answers the state they lead to. */
export async function stateUnharmed(stage: Stage, files: readonly MadeFile[]): Promise<string[]> {
  await seedFileItems(stage.db);
  const worker = await stage.instance.start("workers");
  for (const file of files) await finished(stage.db, await sendGood(stage, file));
  await worker.stop();
  return stateLines(stage.db);
}

/**
 * What imports have made of the database, one line a fact, in an order that two runs share: imports with their books, the end of
 * each row, levels, the ledger of each level, entities and their events.
 */
async function stateLines(db: DbPool): Promise<string[]> {
  const parts = await Promise.all(STATE_QUERIES.map((text) => linesOfQuery(db, text)));
  return parts.flat();
}

async function linesOfQuery(db: DbPool, text: string): Promise<string[]> {
  const { rows } = await db.query<unknown[]>({ text, rowMode: "array" });
  return rows.map((row) => row.join(" "));
}

const STATE_QUERIES = [
  `select 'import', kind, status, rows_total, rows_read, rows_valid, rows_invalid, rows_applied, rows_rejected, rows_skipped
   from imports order by created_at, id`,
  `select 'row', i.kind, r.row_number, r.state, r.error_column, r.error_code, r.error_value
   from import_rows r join imports i on i.id = r.import_id order by i.created_at, i.id, r.row_number`,
  `select 'level', i.sku, w.code, s.on_hand, s.reserved, s.unavailable, s.in_transit, s.version
   from stock_levels s join inventory_items i on i.id = s.item_id join warehouses w on w.id = s.warehouse_id
   order by i.sku, w.code`,
  `select 'entry', i.sku, w.code, m.version, m.type, m.quantity, m.balance_after, m.reference_id, m.reason, m.source
   from stock_movements m join inventory_items i on i.id = m.item_id join warehouses w on w.id = m.warehouse_id
   order by i.sku, w.code, m.version`,
  ...["inventory_items", "suppliers", "warehouses"].map(
    (table) =>
      `select '${table}', to_jsonb(t) - '{id,lane,created_at,updated_at}'::text[] from ${table} t order by 2`,
  ),
  `select 'supplier item', s.code, i.sku, to_jsonb(t) - '{id,supplier_id,item_id,created_at,updated_at}'::text[]
   from supplier_items t join suppliers s on s.id = t.supplier_id join inventory_items i on i.id = t.item_id order by s.code, i.sku`,
  `select 'policy', i.sku, w.code, to_jsonb(t) - '{id,item_id,warehouse_id,created_at,updated_at}'::text[]
   from reorder_policies t join inventory_items i on i.id = t.item_id join warehouses w on w.id = t.warehouse_id order by i.sku, w.code`,
  `select 'order', o.number, o.status, s.code, w.code, o.currency, o.version, l.line_number, i.sku, l.quantity, l.unit_cost
   from purchase_orders o join purchase_order_lines l on l.purchase_order_id = o.id join inventory_items i on i.id = l.item_id
   join suppliers s on s.id = o.supplier_id join warehouses w on w.id = o.warehouse_id order by o.number, i.sku`,
  `select 'events', type, regexp_replace(subject, '[0-9a-f]{8}-[0-9a-f-]{27}', '(id)') as subject, count(*)
   from events where type !~ 'stock[.]' group by 2, 3 order by 2, 3`,
];

/** Fails with the first lines in which the two states differ, and where ledger and levels do not agree. */
export async function expectSameEnd(db: DbPool, wanted: readonly string[]): Promise<void> {
  const found = await stateLines(db);
  const differing = wanted.flatMap((line, place) =>
    line === found[place] ? [] : [{ wanted: line, found: found[place] }],
  );
  expect(differing.slice(0, 3), "lines that differ from the unbroken run").toEqual([]);
  expect(found.length, "lines of the state").toBe(wanted.length);
  await expectSoundLedger(db);
}

/** Picks a place at which a worker dies: within a step, right after its commit, or between two steps. */
export function anyPoint({ random }: Pick<FaultRun, "random">): string {
  const place = random.pick(["before_commit", "after_commit", "after_step"]);
  return `import.${place}=kill@${random.between(1, 5)}`;
}
