/** SQL of the end of an import: its books, its errors by code, and how a finished dry run becomes the real thing. */
import type { Db } from "../../../platform/postgres.ts";
import { IMPORT_COLUMNS, type ImportRow } from "./imports.ts";

/** Rejected rows of one code. */
export interface CodeCount {
  readonly code: string;
  readonly rows: number;
}

/** Closes the books: every staged row has its final state, the counts and the errors by code follow from the rows. */
export async function importFinish(
  db: Db,
  args: {
    readonly id: string;
    readonly status: string;
    readonly errorCode: string | null;
    readonly errorDetail: string | null;
  },
): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    name: "import_finish",
    text: `
      with ended as materialized (
        select state, error_code, count(*) as rows
        from import_rows
        where import_id = $1::uuid
        group by state, error_code
      ),
      booked as (
        select coalesce(sum(rows), 0)::bigint as total,
          coalesce(sum(rows) filter (where state = 'applied'), 0)::bigint as applied,
          coalesce(sum(rows) filter (where state in ('invalid', 'rejected')), 0)::bigint as rejected,
          coalesce(sum(rows) filter (where state in ('skipped', 'unread', 'staged', 'queued')), 0)::bigint as skipped,
          coalesce(sum(rows) filter (where state = 'invalid'), 0)::bigint as invalid
        from ended
      ),
      coded as (
        select error_code, sum(rows)::bigint as rows
        from ended
        where state in ('invalid', 'rejected')
        group by error_code
      )
      update imports
      set status = case
          when $2::text = 'completed' and b.rejected > 0 then 'completed_with_errors'
          else $2::text
        end,
        rows_total = b.total,
        rows_read = b.total,
        rows_valid = b.total - b.invalid,
        rows_invalid = b.invalid,
        rows_applied = b.applied,
        rows_rejected = b.rejected,
        rows_skipped = b.skipped,
        errors_by_code = (
          select coalesce(jsonb_agg(jsonb_build_object('code', error_code, 'rows', rows) order by rows desc, error_code), '[]')
          from coded
        ),
        error_code = $3::text,
        error_detail = $4::text,
        lease_owner = null,
        lease_until = null,
        finished_at = clock_timestamp()
      from booked b
      where id = $1::uuid
      returning ${IMPORT_COLUMNS}`,
    values: [args.id, args.status, args.errorCode, args.errorDetail],
  });
  return rows[0];
}

/** Rejected rows by code, the most frequent first; of imports that ended before their counts were kept. */
export async function importErrorsByCode(db: Db, importId: string): Promise<CodeCount[]> {
  const { rows } = await db.query<CodeCount>({
    name: "import_errors_by_code",
    text: `
      select error_code as code, count(*) as rows
      from import_rows
      where import_id = $1::uuid
        and error_code is not null
        and state in ('invalid', 'rejected')
      group by error_code
      order by count(*) desc, error_code`,
    values: [importId],
  });
  return rows;
}

/** Makes a finished dry run the real thing; raises 23505 on imports_content_unique for content that came before. */
export async function importCommit(
  db: Db,
  args: {
    readonly id: string;
    readonly checkpoint: unknown;
    readonly ifChanged: "apply" | "stop";
    readonly approverRoles: readonly string[];
  },
): Promise<ImportRow | undefined> {
  const { rows } = await db.query<ImportRow>({
    name: "import_commit",
    text: `
      update imports
      set mode = 'commit',
        status = 'checking',
        if_changed = $3::text,
        approver_roles = $4::text[],
        rows_applied = 0,
        rows_rejected = 0,
        rows_skipped = 0,
        errors_by_code = null,
        changed_since_preview = null,
        checkpoint = $2::jsonb,
        phase_started_at = clock_timestamp(),
        phase_rows_before = 0,
        phase_bytes_before = 0,
        finished_at = null,
        attempts = 0,
        claims_unanswered = 0,
        lease_owner = null,
        lease_until = null
      where id = $1::uuid
      returning ${IMPORT_COLUMNS}`,
    values: [args.id, JSON.stringify(args.checkpoint), args.ifChanged, args.approverRoles],
  });
  return rows[0];
}
