/** SQL of the imports themselves: accepting, fencing, a person's wishes and the lists. */
import type { Role } from "../../../domain/roles.ts";
import type { Db } from "../../../platform/postgres.ts";

/** An import as it stands. */
export interface ImportRow {
  readonly id: string;
  readonly kind: string;
  readonly mode: "dry_run" | "commit";
  readonly on_error: "skip" | "abort";
  /** Null until the file is fetched. */
  readonly format: "csv" | "csv.gz" | "xlsx" | null;
  readonly file_name: string;
  readonly file_key: string;
  readonly mapping: unknown;
  readonly status: string;
  readonly rows_total: number;
  readonly rows_read: number;
  readonly rows_valid: number;
  readonly rows_invalid: number;
  readonly rows_applied: number;
  readonly rows_rejected: number;
  readonly rows_skipped: number;
  readonly bytes_read: number;
  readonly bytes_total: number;
  readonly detected: unknown;
  readonly checkpoint: unknown;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly preview: unknown;
  /** Object of the bucket that the file is fetched from, and its content's tag when the import was accepted. */
  readonly source_key: string | null;
  readonly source_etag: string | null;
  /** What the sender says the file's hash is. */
  readonly expected_sha256: Buffer | null;
  /** What the sender says the format of a file is that is yet to be fetched. */
  readonly wanted_format: "csv" | "csv.gz" | "xlsx" | null;
  /** What the commit of a dry run does where rows would fare otherwise than it foresaw. */
  readonly if_changed: "apply" | "stop";
  readonly changed_since_preview: unknown;
  /** Rejected rows by code, of an import that is over: [{ code, rows }]. */
  readonly errors_by_code: unknown;
  readonly error_file_key: string | null;
  /** From then on the staged rows are not used any more; errors_sample and the error file hold what went wrong. */
  readonly rows_deleted_at: Date | null;
  /** The first rows that went wrong, kept when the rows are deleted. */
  readonly errors_sample: unknown;
  /** Start of the present phase, or of the work of the worker that took it up again. */
  readonly phase_started_at: Date | null;
  /** Where the phase stood at that moment: rows (while checking, the number of the last checked row) and bytes. */
  readonly phase_rows_before: number;
  readonly phase_bytes_before: number;
  /** The database's clock when this row was read. */
  readonly read_at: Date;
  /** As soon as so many rows are wrong, the import fails before anything is applied. */
  readonly stop_after_errors: number | null;
  readonly cancel_requested: boolean;
  readonly created_by: string;
  readonly warehouses: string[] | null;
  /** Roles of whoever had it applied; null where that was nobody. */
  readonly approver_roles: Role[] | null;
  readonly attempts: number;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** What every statement on an import answers. */
export const IMPORT_COLUMNS = `
  id, kind, mode, on_error, format, file_name, file_key, mapping, status, rows_total, rows_read, rows_valid, rows_invalid,
  rows_applied, rows_rejected, rows_skipped, bytes_read, bytes_total, detected, checkpoint, error_code, error_detail,
  preview, source_key, source_etag, expected_sha256, wanted_format, errors_sample, if_changed, changed_since_preview, errors_by_code, error_file_key,
  rows_deleted_at, phase_started_at, phase_rows_before, phase_bytes_before, clock_timestamp() as read_at, stop_after_errors,
  cancel_requested, created_by, warehouses, approver_roles, attempts, created_at, started_at, finished_at`;

/** A file that is yet to be fetched: an object as it was, and what its sender says it is. */
export interface ImportSource {
  readonly key: string;
  readonly etag: string;
  readonly expectedSha256: Buffer | null;
  readonly wantedFormat: string | null;
}

export interface NewImport {
  readonly id: string;
  readonly kind: string;
  readonly mode: string;
  readonly onError: string;
  /** Null where a worker fetches the file first. */
  readonly format: string | null;
  readonly fileName: string;
  readonly fileKey: string;
  /** Null where a worker fetches the file first. */
  readonly sha256: Buffer | null;
  /** Where a worker fetches the file from, and what the sender said about it. */
  readonly source?: ImportSource | undefined;
  readonly forced: boolean;
  readonly mapping: unknown;
  readonly bytesTotal: number;
  readonly createdBy: string;
  readonly warehouses: readonly string[] | null;
  readonly approverRoles: readonly string[] | null;
  readonly stopAfterErrors?: number | undefined;
}

/** Notes a complete upload, or a file that is yet to be fetched; raises 23505 on imports_content_unique for content that came before. */
export async function importInsert(db: Db, args: NewImport): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    text: `
      insert into imports (
        id, kind, mode, on_error, format, file_name, file_key, sha256, forced, mapping, bytes_total, created_by, warehouses,
        stop_after_errors, source_key, source_etag, expected_sha256, wanted_format, approver_roles)
      values (
        $1::uuid, $2::text, $3::text, $4::text, $5::text, $6::text, $7::text, $8::bytea, $9::boolean, $10::jsonb, $11::bigint,
        $12::text, $13::text[], $14::bigint, $15::text, $16::text, $17::bytea, $18::text, $19::text[])
      returning ${IMPORT_COLUMNS}`,
    values: [
      args.id,
      args.kind,
      args.mode,
      args.onError,
      args.format,
      args.fileName,
      args.fileKey,
      args.sha256,
      args.forced,
      JSON.stringify(args.mapping),
      args.bytesTotal,
      args.createdBy,
      args.warehouses,
      args.stopAfterErrors ?? null,
      args.source?.key ?? null,
      args.source?.etag ?? null,
      args.source?.expectedSha256 ?? null,
      args.source?.wantedFormat ?? null,
      args.approverRoles,
    ],
  });
  return rows[0];
}

/** The import that brought the same content before, as imports_content_unique sees it. */
export async function importOfContent(
  db: Db,
  args: { readonly kind: string; readonly sha256: Buffer },
): Promise<string | undefined> {
  const { rows } = await db.query<{ id: string }>({
    text: `
      select id
      from imports
      where kind = $1::text
        and sha256 = $2::bytea
        and mode = 'commit'
        and not forced
        and status not in ('failed', 'cancelled')
        and not (status = 'completed_with_errors' and rows_applied = 0 and rows_skipped = 0)
      limit 1`,
    values: [args.kind, args.sha256],
  });
  return rows[0]?.id;
}

/** A caller limited to warehouses: sees what it sent itself, with a token limited to these warehouses or some of them. */
export interface ImportViewer {
  readonly createdBy: string;
  readonly warehouses: readonly string[];
}

/** One import; `seenBy` hides what that caller may not see, undefined hides nothing. */
export async function importRead(
  db: Db,
  args: { readonly id: string; readonly seenBy?: ImportViewer | undefined },
): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    name: "import_read",
    text: `
      select ${IMPORT_COLUMNS}
      from imports
      where id = $1::uuid
        and ($2::text is null or (created_by = $2::text and warehouses <@ $3::text[]))`,
    values: [args.id, args.seenBy?.createdBy ?? null, args.seenBy?.warehouses ?? null],
  });
  return rows[0];
}

/** Imports that somebody watches, as they stand. */
export async function importsWatched(db: Db, ids: readonly string[]): Promise<ImportRow[]> {
  const { rows } = await db.query<ImportRow>({
    name: "imports_watched",
    text: `
      select ${IMPORT_COLUMNS}
      from imports
      where id = any($1::uuid[])`,
    values: [ids],
  });
  return rows;
}

export interface ImportFilter {
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
  readonly seenBy?: ImportViewer | undefined;
  readonly beforeId?: string | undefined;
  readonly limit: number;
}

/** Imports, newest first (ids grow with time). */
export async function importsList(db: Db, filter: ImportFilter): Promise<ImportRow[]> {
  const { rows } = await db.query<ImportRow>({
    name: "imports_list",
    text: `
      select ${IMPORT_COLUMNS}
      from imports
      where ($1::text is null or kind = $1::text)
        and ($2::text is null or status = $2::text)
        and ($3::text is null or (created_by = $3::text and warehouses <@ $4::text[]))
        and ($5::uuid is null or id < $5::uuid)
      order by id desc
      limit $6::int`,
    values: [
      filter.kind ?? null,
      filter.status ?? null,
      filter.seenBy?.createdBy ?? null,
      filter.seenBy?.warehouses ?? null,
      filter.beforeId ?? null,
      filter.limit,
    ],
  });
  return rows;
}

/** A worker's hold on an import. */
export interface Held {
  readonly id: string;
  readonly owner: string;
}

/**
 * The fence of every step: locks the import's row and answers it, or undefined where the lease is lost or the import over. Not its key:
 * a chunk that is written before its turn may hold that by a row's reference to its import, and waits for whoever wants this lock.
 */
export async function importLock(db: Db, args: Held): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    name: "import_lock",
    text: `
      select ${IMPORT_COLUMNS}
      from imports
      where id = $1::uuid
        and lease_owner = $2::text
        and status in ('uploaded', 'reading', 'checking', 'applying')
      for no key update`,
    values: [args.id, args.owner],
  });
  return rows[0];
}

/** Lets this transaction wait for a step of a large import that holds its row. */
export async function lockWaitAllow(tx: Db): Promise<void> {
  await tx.query({ text: "set local lock_timeout = '25s'" });
}

/** Locks the row of an import for a person's wish (cancel, commit), whoever works on it. */
export async function importLockAny(db: Db, id: string): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    text: `
      select ${IMPORT_COLUMNS}
      from imports
      where id = $1::uuid
      for no key update`,
    values: [id],
  });
  return rows[0];
}

/** Asks the worker that applies the import to stop feeding it. */
export async function importCancelRequest(db: Db, id: string): Promise<void> {
  await db.query({
    text: `
      update imports
      set cancel_requested = true
      where id = $1::uuid`,
    values: [id],
  });
}

/** What makes an import's content known again. */
export async function importContentHash(
  db: Db,
  id: string,
): Promise<{ readonly kind: string; readonly sha256: Buffer } | undefined> {
  const { rows } = await db.query<{ kind: string; sha256: Buffer }>({
    text: `
      select kind, sha256
      from imports
      where id = $1::uuid`,
    values: [id],
  });
  return rows[0];
}
