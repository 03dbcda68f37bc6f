/** SQL of what a dry run foresaw for each row, and of how its rows fare now. */
import type { Db } from "../../../platform/postgres.ts";
import type { RowRange } from "./rows.ts";
import { rowByKey } from "./rowsByKey.ts";

/** What becomes of a row: create, update, unchanged, apply, or the code of its fault. */
export interface RowFate {
  readonly row_number: number;
  readonly fate: string;
}

/** Notes what is foreseen for rows. */
export async function importFatesNote(
  db: Db,
  args: { readonly importId: string; readonly fates: readonly RowFate[] },
): Promise<void> {
  await db.query({
    name: "import_fates_note",
    text: `
      update import_rows r
      set foreseen = f.fate
      from unnest($2::bigint[], $3::text[]) as f (row_number, fate)${rowByKey("f.row_number")}`,
    values: [
      args.importId,
      args.fates.map(({ row_number }) => row_number),
      args.fates.map(({ fate }) => fate),
    ],
  });
}

/** A row that could be read, with what was foreseen for it. */
export interface ForeseenRow {
  readonly row_number: number;
  /** Null: what is foreseen for most rows. */
  readonly foreseen: string | null;
  /** Null while nothing is wrong with the row. */
  readonly error_code: string | null;
}

/** The rows of a range that could be read, in the order of the file; the others fare as they did. */
export async function importFatesRead(db: Db, range: RowRange): Promise<ForeseenRow[]> {
  const { rows } = await db.query<ForeseenRow>({
    name: "import_fates_read",
    text: `
      select row_number, foreseen, error_code
      from import_rows
      where import_id = $1::uuid
        and row_number > $2::bigint
        and row_number <= $3::bigint
        and fields is not null
      order by row_number`,
    values: [range.importId, range.from, range.to],
  });
  return rows;
}

/** Rows that fare alike, and otherwise than foreseen. */
export interface FateChange {
  readonly foreseen: string;
  readonly now: string;
  readonly rows: number;
  /** The first of them. */
  readonly first_rows: readonly number[];
}

/** Movements of an import that is over, by how they fared where it is otherwise than foreseen; each with its first rows. */
export async function importOutcomesCompare(
  db: Db,
  args: { readonly importId: string; readonly rowsListed: number },
): Promise<FateChange[]> {
  const { rows } = await db.query<FateChange>({
    name: "import_outcomes_compare",
    text: `
      select foreseen, now, count(*) as rows, (array_agg(row_number::int order by row_number))[1:$2::int] as first_rows
      from (
        select row_number, coalesce(foreseen, 'apply') as foreseen,
          case when state = 'applied' then 'apply' else coalesce(error_code, state) end as now
        from import_rows
        where import_id = $1::uuid
          and fields is not null
          and state in ('applied', 'invalid', 'rejected', 'skipped')
      ) fates
      where foreseen <> now
      group by foreseen, now
      order by foreseen, now`,
    values: [args.importId, args.rowsListed],
  });
  return rows;
}

/** Keeps what has changed since the dry run. */
export async function importChangesNote(
  db: Db,
  args: { readonly id: string; readonly changes: unknown },
): Promise<void> {
  await db.query({
    name: "import_changes_note",
    text: `
      update imports
      set changed_since_preview = $2::jsonb
      where id = $1::uuid`,
    values: [args.id, JSON.stringify(args.changes)],
  });
}
