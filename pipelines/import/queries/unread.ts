/** SQL of the rows that are read a second time, once their columns are known as a whole. */
import type { Db, DbClient } from "../../../platform/postgres.ts";
import type { Cells } from "./rows.ts";
import { rowByKey } from "./rowsByKey.ts";

/** A row as it was staged. */
export interface StoredRow {
  readonly row_number: number;
  /** A text where they are sealed. */
  readonly cells: Cells | string;
  readonly state: "unread" | "staged";
}

interface Page {
  readonly importId: string;
  readonly after: number;
  /** Rows at most. */
  readonly limit: number;
  /** Characters of cells past which the page ends. */
  readonly charsMax: number;
}

/** The first rows of `page`, up to the characters that are allowed; at least one. */
const BOUNDED = `
      select row_number, cells, state
      from (
        select row_number, cells, state,
          sum(length(cells::text)) over (order by row_number rows between unbounded preceding and 1 preceding) as chars_before
        from page
      ) measured
      where coalesce(chars_before, 0) < $4::bigint
      order by row_number`;

/** Rows after the given one that were not read yet. */
export async function importUnreadRows(db: Db, args: Page): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow>({
    name: "import_unread_rows",
    text: `
      with page as (
        select row_number, cells, state
        from import_rows
        where import_id = $1::uuid
          and row_number > $2::bigint
          and state = 'unread'
          and fields is null
          and error_code is null -- as the index has it
        order by row_number
        limit $3::int
      )${BOUNDED}`,
    values: [args.importId, args.after, args.limit, args.charsMax],
  });
  return rows;
}

/** Rows after the given one that were not read yet, or read by a style that is refuted. */
export async function importRowsToReread(db: Db, args: Page): Promise<StoredRow[]> {
  const { rows } = await db.query<StoredRow>({
    name: "import_rows_to_reread",
    text: `
      with page as (
        select row_number, cells, state
        from import_rows
        where import_id = $1::uuid
          and row_number > $2::bigint
          and state in ('unread', 'staged')
        order by row_number
        limit $3::int
      )${BOUNDED}`,
    values: [args.importId, args.after, args.limit, args.charsMax],
  });
  return rows;
}

/** A row as the second reading left it; without fields it is invalid. */
export interface ReadRow {
  readonly rowNumber: number;
  /** JSON. */
  readonly fields: string | null;
  readonly column: string | null;
  readonly code: string | null;
  readonly detail: string | null;
  readonly value: string | null;
}

/** Gives rows the fields or the fault of their second reading. */
export async function importRowsReread(
  tx: DbClient,
  { importId, rows }: { readonly importId: string; readonly rows: readonly ReadRow[] },
): Promise<void> {
  await tx.query({
    name: "import_rows_reread",
    text: `
      update import_rows r
      set fields = f.fields::jsonb,
        state = case when f.fields is null then 'invalid' else 'staged' end,
        error_column = f.column_name,
        error_code = f.code,
        error_detail = f.detail,
        error_value = f.value
      from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
        as f (row_number, fields, column_name, code, detail, value)${rowByKey("f.row_number", "s.state in ('unread', 'staged')")}`,
    values: [
      importId,
      rows.map((row) => row.rowNumber),
      rows.map((row) => row.fields),
      rows.map((row) => row.column),
      rows.map((row) => row.code),
      rows.map((row) => row.detail),
      rows.map((row) => row.value),
    ],
  });
}
