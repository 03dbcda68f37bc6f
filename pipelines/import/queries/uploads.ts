/** SQL of files on their way in: direct uploads from their links to their import, and files that a worker fetches. */
import type { Db } from "../../../platform/postgres.ts";

/** Notes how much of a file is fetched; of no effect once the import is another's. */
export async function importFetchProgress(
  db: Db,
  args: { readonly id: string; readonly owner: string; readonly bytes: number },
): Promise<void> {
  await db.query({
    name: "import_fetch_progress",
    text: `
      update imports
      set bytes_read = $3::bigint
      where id = $1::uuid
        and lease_owner = $2::text
        and status = 'uploaded'
        and format is null`,
    values: [args.id, args.owner, args.bytes],
  });
}

/** Notes what a fetched file is; raises 23505 on imports_content_unique for content that came before. */
export async function importFetched(
  db: Db,
  args: {
    readonly id: string;
    readonly format: string;
    readonly sha256: Buffer;
    readonly bytes: number;
  },
): Promise<void> {
  await db.query({
    name: "import_fetched",
    text: `
      update imports
      set format = $2::text,
        sha256 = $3::bytea,
        bytes_total = $4::bigint,
        bytes_read = 0,
        attempts = 1,
        claims_unanswered = least(claims_unanswered, 1)
      where id = $1::uuid`,
    values: [args.id, args.format, args.sha256, args.bytes],
  });
}

/** A direct upload as it stands. */
export interface DirectUploadRow {
  readonly id: string;
  readonly object_key: string;
  readonly storage_upload_id: string;
  readonly file_name: string;
  readonly bytes_total: number;
  readonly part_bytes: number;
  readonly sha256: Buffer | null;
  readonly status: "open" | "completed" | "aborted";
  readonly import_id: string | null;
  readonly created_by: string;
  readonly warehouses: string[] | null;
  readonly created_at: Date;
  readonly expires_at: Date;
  /** By the database's clock. */
  readonly is_expired: boolean;
}

const COLUMNS = `
  id, object_key, storage_upload_id, file_name, bytes_total, part_bytes, sha256, status, import_id, created_by, warehouses,
  created_at, expires_at, expires_at < clock_timestamp() as is_expired`;

/** Notes a direct upload that has begun. */
export async function uploadInsert(
  db: Db,
  args: {
    readonly id: string;
    readonly objectKey: string;
    readonly storageUploadId: string;
    readonly fileName: string;
    readonly bytes: number;
    readonly partBytes: number;
    readonly sha256: Buffer | null;
    readonly createdBy: string;
    readonly warehouses: readonly string[] | null;
    readonly hours: number;
  },
): Promise<DirectUploadRow | undefined> {
  const { rows } = await db.query<DirectUploadRow>({
    name: "upload_insert",
    text: `
      insert into import_uploads (
        id, object_key, storage_upload_id, file_name, bytes_total, part_bytes, sha256, created_by, warehouses, expires_at)
      values (
        $1::uuid, $2::text, $3::text, $4::text, $5::bigint, $6::bigint, $7::bytea, $8::text, $9::text[],
        clock_timestamp() + make_interval(hours => $10::int))
      returning ${COLUMNS}`,
    values: [
      args.id,
      args.objectKey,
      args.storageUploadId,
      args.fileName,
      args.bytes,
      args.partBytes,
      args.sha256,
      args.createdBy,
      args.warehouses,
      args.hours,
    ],
  });
  return rows[0];
}

/** Who may go on with an upload: its creator, or anybody where `createdBy` is null; a limited caller only with one as limited. */
export interface UploadViewer {
  readonly createdBy: string | null;
  readonly warehouses: readonly string[] | null;
}

/** One upload, where the viewer may go on with it. */
export async function uploadRead(
  db: Db,
  args: { readonly id: string; readonly viewer: UploadViewer },
): Promise<DirectUploadRow | undefined> {
  const { rows } = await db.query<DirectUploadRow>({
    name: "upload_read",
    text: `
      select ${COLUMNS}
      from import_uploads
      where id = $1::uuid
        and ($2::text is null or created_by = $2::text)
        and ($3::text[] is null or warehouses <@ $3::text[])`,
    values: [args.id, args.viewer.createdBy, args.viewer.warehouses],
  });
  return rows[0];
}

/** Reserves the completion of an open upload for so many seconds; false where another has it, or it is not open. */
export async function uploadClaim(
  db: Db,
  args: { readonly id: string; readonly seconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "upload_claim",
    text: `
      update import_uploads
      set completing_until = clock_timestamp() + make_interval(secs => $2::double precision)
      where id = $1::uuid
        and status = 'open'
        and (completing_until is null or completing_until < clock_timestamp())`,
    values: [args.id, args.seconds],
  });
  return rowCount === 1;
}

/** Gives the reservation up. */
export async function uploadRelease(db: Db, id: string): Promise<void> {
  await db.query({
    name: "upload_release",
    text: `
      update import_uploads
      set completing_until = null
      where id = $1::uuid`,
    values: [id],
  });
}

/** Locks an open upload; false where it is over. */
export async function uploadLock(db: Db, id: string): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "upload_lock",
    text: `
      select id
      from import_uploads
      where id = $1::uuid
        and status = 'open'
      for update`,
    values: [id],
  });
  return rowCount === 1;
}

/** Ends an open upload: completed with its import (of the same id), or aborted; false where it was over. */
export async function uploadEnd(
  db: Db,
  args: { readonly id: string; readonly status: "completed" | "aborted" },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "upload_end",
    text: `
      update import_uploads
      set status = $2::text,
        import_id = case when $2::text = 'completed' then id end,
        completing_until = null
      where id = $1::uuid
        and status = 'open'`,
    values: [args.id, args.status],
  });
  return rowCount === 1;
}

/** Ends open uploads whose time is over, the oldest first; none that is being completed. */
export async function uploadsExpire(
  db: Db,
  limit: number,
): Promise<Pick<DirectUploadRow, "id" | "object_key" | "storage_upload_id">[]> {
  const { rows } = await db.query<DirectUploadRow>({
    name: "uploads_expire",
    text: `
      update import_uploads
      set status = 'aborted'
      where id in (
        select id
        from import_uploads
        where status = 'open'
          and expires_at < clock_timestamp()
          and (completing_until is null or completing_until < clock_timestamp())
        order by expires_at
        limit $1::int
        for update skip locked
      )
      returning id, object_key, storage_upload_id`,
    values: [limit],
  });
  return rows;
}
