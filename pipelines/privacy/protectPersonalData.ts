/**
 * Seals personal data that is still plain, and seals anew what an older key sealed: the backfill after the upgrade, and the second
 * half of a rotation. In chunks of their own transactions, while readers and writers go on; what is done stays done when it is cut off.
 */
import {
  PERSONAL_TABLES,
  type PersonalData,
  type PersonalTable,
} from "../../platform/personalData.ts";
import { type DbClient, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { type PersonalRow, personalRowsSeal, personalRowsStale } from "./queries/rows.ts";

/** Rows of one transaction: bounds how long a row is locked. */
const CHUNK_ROWS = 500;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

interface ProtectDeps {
  readonly db: DbPool;
  readonly personal: PersonalData;
}

/** Rows that were sealed, by table. */
export type Protected = Readonly<Record<string, number>>;

/** Goes through every table once; stops between two chunks when the signal aborts. */
export async function protectPersonalData(
  deps: ProtectDeps,
  options: { readonly signal: AbortSignal; readonly tables?: readonly PersonalTable[] },
): Promise<Protected> {
  await deps.personal.ready();
  const sealed: Record<string, number> = {};
  for (const table of options.tables ?? Object.values(PERSONAL_TABLES)) {
    sealed[table.table] = await protectTable(deps, table, options.signal);
  }
  return sealed;
}

async function protectTable(
  { db, personal }: ProtectDeps,
  table: PersonalTable,
  signal: AbortSignal,
): Promise<number> {
  let count = 0;
  for (let after = FIRST_ID; ; ) {
    signal.throwIfAborted();
    const rows = await inTransaction(db, (tx) => sealChunk(tx, { personal, table, after }));
    count += rows.length;
    const last = rows.at(-1);
    if (last === undefined) return count;
    after = keyOf(table, last);
  }
}

async function sealChunk(
  tx: DbClient,
  { personal, table, after }: { personal: PersonalData; table: PersonalTable; after: string },
): Promise<PersonalRow[]> {
  const activeKey = personal.activeKey();
  const rows = await personalRowsStale(tx, table, { activeKey, after, limit: CHUNK_ROWS });
  const plain = await personal.openRows(table, rows);
  const sealed = plain.map((row) => personal.sealFields(table, keyOf(table, row), row));
  if (sealed.length > 0) await personalRowsSeal(tx, table, sealed);
  return rows;
}

function keyOf(table: PersonalTable, row: PersonalRow): string {
  return String(row[table.key]);
}
