/** SQL of what is left of imports after weeks: which still have rows or a file, and what goes. Ended imports only. */
import type { Db } from "../../../platform/postgres.ts";

interface Ended {
  readonly olderThanDays: number;
  readonly limit: number;
}

/** Imports whose rows have served their time, the oldest first. */
export async function importsWithOldRows(db: Db, args: Ended): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "imports_with_old_rows",
    text: `
      select id
      from imports
      where rows_kept
        and finished_at < now() - make_interval(days => $1::int)
        and status in ('completed', 'completed_with_errors', 'failed', 'cancelled')
      order by finished_at
      limit $2::int`,
    values: [args.olderThanDays, args.limit],
  });
  return rows.map((row) => row.id);
}

/**
 * From then on nobody uses the rows: what is to be known of them is kept on the import. Of no effect on an import that was
 * taken up again (the commit of a dry run) meanwhile; answers whether the rows may go.
 */
export async function importRowsRetire(
  db: Db,
  args: {
    readonly id: string;
    readonly errorFileKey: string | null;
    readonly errorsSample: unknown;
    readonly errorsByCode: unknown;
    readonly olderThanDays: number;
  },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "import_rows_retire",
    text: `
      update imports
      set rows_deleted_at = coalesce(rows_deleted_at, clock_timestamp()),
        error_file_key = coalesce(error_file_key, $2::text),
        errors_sample = coalesce(errors_sample, $3::jsonb),
        errors_by_code = coalesce(errors_by_code, $4::jsonb)
      where id = $1::uuid
        and rows_kept
        and finished_at < now() - make_interval(days => $5::int)
        and status in ('completed', 'completed_with_errors', 'failed', 'cancelled')`,
    values: [
      args.id,
      args.errorFileKey,
      JSON.stringify(args.errorsSample),
      JSON.stringify(args.errorsByCode),
      args.olderThanDays,
    ],
  });
  return rowCount === 1;
}

/** Deletes some rows of a retired import; answers how many. */
export async function importRowsDelete(
  db: Db,
  args: { readonly id: string; readonly limit: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: "import_rows_delete",
    text: `
      delete from import_rows
      where import_id = $1::uuid
        and row_number in (
          select row_number
          from import_rows
          where import_id = $1::uuid
          order by row_number
          limit $2::int
        )
        and exists (
          select
          from imports
          where id = $1::uuid
            and rows_deleted_at is not null
        )`,
    values: [args.id, args.limit],
  });
  return rowCount ?? 0;
}

/** Notes that no row of the import is left. */
export async function importRowsGone(db: Db, id: string): Promise<void> {
  await db.query({
    name: "import_rows_gone",
    text: `
      update imports
      set rows_kept = false
      where id = $1::uuid
        and rows_deleted_at is not null`,
    values: [id],
  });
}

/** Imports whose own copy of the file has served its time, the oldest first. */
export async function importsWithOldFiles(
  db: Db,
  args: Ended,
): Promise<{ readonly id: string; readonly file_key: string }[]> {
  const { rows } = await db.query<{ id: string; file_key: string }>({
    name: "imports_with_old_files",
    text: `
      select id, file_key
      from imports
      where file_deleted_at is null
        and finished_at < now() - make_interval(days => $1::int)
        and status in ('completed', 'completed_with_errors', 'failed', 'cancelled')
      order by finished_at
      limit $2::int`,
    values: [args.olderThanDays, args.limit],
  });
  return rows;
}

/** Notes that the files of these imports are gone. */
export async function importFilesGone(db: Db, ids: readonly string[]): Promise<void> {
  await db.query({
    name: "import_files_gone",
    text: `
      update imports
      set file_deleted_at = clock_timestamp()
      where id = any ($1::uuid[])`,
    values: [ids],
  });
}

/** Those of the ids that are an import or an upload under way. */
export async function importIdsKnown(db: Db, ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "import_ids_known",
    text: `
      select id
      from imports
      where id = any ($1::uuid[])
      union
      select id
      from import_uploads
      where id = any ($1::uuid[])
        and status = 'open'`,
    values: [ids],
  });
  return rows.map((row) => row.id);
}
