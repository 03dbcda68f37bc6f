/** SQL of rows with personal data, made from the closed list of PERSONAL_TABLES: no input ever becomes part of a statement's text. */
import { sealedPrefix } from "../../../platform/cryptoEnvelope.ts";
import type { PersonalTable } from "../../../platform/personalData.ts";
import type { Db } from "../../../platform/postgres.ts";

/** A row's key and its personal columns as they are stored. */
export type PersonalRow = Readonly<Record<string, unknown>>;

function indexColumns(table: PersonalTable): string[] {
  return Object.values(table.indexes).map(({ column }) => column);
}

/** Locks rows that hold a value which is not under the prefix of the active key, or lacks its index; passes over locked ones. */
export async function personalRowsStale(
  db: Db,
  table: PersonalTable,
  args: { readonly activeKey: number; readonly after: string; readonly limit: number },
): Promise<PersonalRow[]> {
  const active = table.sealedKey === undefined ? sealedPrefix(args.activeKey) : args.activeKey;
  const { rows } = await db.query<PersonalRow>({
    name: `personal_${table.table}_stale`,
    text: `
      select ${table.key}, ${table.columns.join(", ")}
      from ${table.table}
      where ${table.key} > $2::uuid
        and (${staleness(table).join(" or ")})
      order by ${table.key}
      limit $3::int
      for update skip locked`,
    values: [active, args.after, args.limit],
  });
  return rows;
}

/** Conditions of which any one makes a row stale; $1 is the active key, or what begins all that it sealed. */
function staleness(table: PersonalTable): string[] {
  if (table.sealedKey !== undefined) {
    return [`${table.sealedKey} < $1::int`, `${table.sealedKey} is null`];
  }
  const stale = table.columns.map((column) => `not starts_with(${column}, $1::text)`);
  const bare = Object.entries(table.indexes).map(
    ([column, index]) => `(${column} is not null and ${index.column} is null)`,
  );
  return [...stale, ...bare];
}

/** Writes sealed values back; versions and events stay as they are, since nothing has changed for a reader. */
export async function personalRowsSeal(
  db: Db,
  table: PersonalTable,
  rows: readonly PersonalRow[],
): Promise<void> {
  const marks = table.sealedKey === undefined ? [] : [table.sealedKey];
  const columns = [...table.columns, ...indexColumns(table), ...marks];
  await db.query({
    name: `personal_${table.table}_seal`,
    text: `
      update ${table.table} t
      set ${columns.map((column) => `${column} = r.${column}`).join(", ")}
      from jsonb_populate_recordset(null::${table.table}, $1::jsonb) r
      where t.${table.key} = r.${table.key}`,
    values: [JSON.stringify(rows)],
  });
}

/** Suppliers or users that a person is found in: by a blind index, or by the plain text of a row that is not sealed yet; locked where asked. */
export async function personalRowsFind(
  db: Db,
  table: PersonalTable & { readonly key: "id" },
  args: {
    readonly column: string;
    readonly indexColumn: string;
    readonly index: string;
    readonly text: string;
    readonly lock: boolean;
  },
): Promise<(PersonalRow & { readonly id: string })[]> {
  const { rows } = await db.query<PersonalRow & { readonly id: string }>({
    text: `
      select id, ${[...table.columns, ...(table.table === "suppliers" ? ["code", "name"] : [])].join(", ")}
      from ${table.table}
      where ${args.indexColumn} = $1::bytea
        or lower(${args.column}) = lower($2::text)
      order by id
      ${args.lock ? "for update" : ""}`,
    values: [args.index, args.text],
  });
  return rows;
}

/** Takes a supplier's person away; answers how many rows that were. */
export async function supplierPersonErase(db: Db, ids: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: "supplier_person_erase",
    text: `
      update suppliers
      set contact_name = null, email = null, phone = null, address = null, email_index = null, phone_index = null,
        version = version + 1, updated_at = now()
      where id = any($1::uuid[])`,
    values: [ids],
  });
  return rowCount ?? 0;
}

/** Staged rows of imports that name these suppliers. */
export async function stagedRowsFind(
  db: Db,
  codes: readonly string[],
): Promise<{ readonly import_id: string; readonly file_key: string; readonly rows: number }[]> {
  const { rows } = await db.query<{ import_id: string; file_key: string; rows: number }>({
    name: "staged_rows_find",
    text: `
      select i.id as import_id, i.file_key, count(*)::int as rows
      from imports i
      join import_rows r on r.import_id = i.id
      where i.kind = 'suppliers'
        and r.fields ->> 'code' = any($1::text[])
      group by i.id, i.file_key
      order by i.id`,
    values: [codes],
  });
  return rows;
}

/** Empties what staged rows of imports hold of these suppliers; answers how many rows that were. */
export async function stagedRowsErase(db: Db, codes: readonly string[]): Promise<number> {
  const { rowCount } = await db.query({
    name: "staged_rows_erase",
    text: `
      update import_rows r
      set cells = '[]'::jsonb,
        fields = r.fields - array['contact_name', 'email', 'phone', 'address', 'email_index', 'phone_index'],
        error_value = null
      from imports i
      where i.id = r.import_id
        and i.kind = 'suppliers'
        and r.fields ->> 'code' = any($1::text[])`,
    values: [codes],
  });
  return rowCount ?? 0;
}

/** Events of these entities that were written before events were redacted, and may hold personal data. */
export async function plainEventsCount(db: Db, ids: readonly string[]): Promise<number> {
  const { rows } = await db.query<{ events: number }>({
    name: "plain_events_count",
    text: `
      select count(*)::int as events
      from events
      where partition_key = any($1::text[])
        and (data ->> 'email' not in ('[redacted]') or data ->> 'contact_name' not in ('[redacted]')
          or data ->> 'phone' not in ('[redacted]') or data ->> 'address' not in ('[redacted]'))`,
    values: [ids],
  });
  return rows[0]?.events ?? 0;
}
