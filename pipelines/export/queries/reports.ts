/** SQL of the reports table: what was asked for, who works on it under which lease, and what came of it. */

import type { ReportFormat, ReportName } from "../../../domain/reportWords.ts";
import type { Db } from "../../../platform/postgres.ts";

/** What a report was asked to hold. */
export interface ReportParameters {
  readonly warehouse?: string | undefined;
  readonly sku_prefix?: string | undefined;
  readonly fresh?: boolean | undefined;
  /** RFC 3339; the period's start, included, and its end, excluded. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** RFC 3339; the past moment. */
  readonly as_of?: string | undefined;
}

export interface ReportObject {
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ReportRow {
  readonly id: string;
  readonly report: ReportName;
  readonly format: ReportFormat;
  readonly parameters: ReportParameters;
  readonly status: "queued" | "running" | "completed" | "failed";
  readonly rows: number | null;
  readonly bytes: number | null;
  readonly objects: readonly ReportObject[];
  readonly as_of: Date | null;
  readonly error_code: string | null;
  readonly error_detail: string | null;
  readonly requested_by: string;
  /** Codes that the rows are limited to; null means all. */
  readonly warehouses: readonly string[] | null;
  readonly attempts: number;
  /** The schedule that asked for it, and the tick or the day that it answers. */
  readonly schedule_id: string | null;
  readonly slot: Date | null;
  /** YYYY-MM-DD: it is the partition of this day (UTC). */
  readonly partition_day: string | null;
  /** Beginning of its keys; ends in a slash. */
  readonly prefix: string;
  /** The same for reports that ask for the same; null where it is written whatever there is. */
  readonly reuse_key: string | null;
  /** The report whose file it shows, and where the manifest of that lies. */
  readonly reused_id: string | null;
  readonly reused_manifest_key: string | null;
  /** From then on its file may be gone. */
  readonly expired_at: Date | null;
  readonly delivery_status: "pending" | "delivered" | "failed" | null;
  readonly delivery_attempts: number;
  readonly delivery_error: string | null;
  readonly created_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
}

/** The columns of a ReportRow. */
export const REPORT_COLUMNS = `id, report, format, parameters, status, rows, bytes, objects, as_of, error_code, error_detail, requested_by,
        warehouses, attempts, schedule_id, slot, partition_day, prefix, reuse_key, reused_id, reused_manifest_key, expired_at, delivery_status, delivery_attempts, delivery_error, created_at,
        started_at, finished_at`;

/** Makes the report's row and answers it; undefined where it is there already (the request was repeated). */
export async function reportInsert(
  db: Db,
  args: {
    id: string;
    report: ReportName;
    format: ReportFormat;
    parameters: ReportParameters;
    requestedBy: string;
    warehouses: readonly string[] | null;
    reuseKey: string | null;
  },
): Promise<ReportRow | undefined> {
  const { rows } = await db.query<ReportRow>({
    name: "report_insert",
    text: `
      insert into reports (id, report, format, parameters, requested_by, warehouses, reuse_key)
      values ($1::uuid, $2::text, $3::text, $4::jsonb, $5::text, $6::text[], $7::text)
      on conflict (id) do nothing
      returning ${REPORT_COLUMNS}`,
    values: [
      args.id,
      args.report,
      args.format,
      JSON.stringify(args.parameters),
      args.requestedBy,
      args.warehouses,
      args.reuseKey,
    ],
  });
  return rows[0];
}

/** True where there is a warehouse of this code. */
export async function warehouseExists(db: Db, code: string): Promise<boolean> {
  const { rows } = await db.query({
    name: "report_warehouse_exists",
    text: `
      select id
      from warehouses
      where code = $1::text`,
    values: [code],
  });
  return rows.length > 0;
}

/** Whose reports may be seen. */
export interface Viewer {
  readonly subject: string;
  readonly seesAll: boolean;
  /** Only reports whose rows were limited to some of these; null means all. */
  readonly warehouses: readonly string[] | null;
}

/** One report, if the viewer may see it. */
export async function reportRead(
  db: Db,
  args: { id: string; viewer: Viewer },
): Promise<ReportRow | undefined> {
  const { rows } = await db.query<ReportRow>({
    name: "report_read",
    text: `
      select ${REPORT_COLUMNS}
      from reports
      where id = $1::uuid
        and ($2::boolean or requested_by = $3::text)
        and ($4::text[] is null or warehouses <@ $4::text[])`,
    values: [args.id, args.viewer.seesAll, args.viewer.subject, args.viewer.warehouses],
  });
  return rows[0];
}

/** The viewer's reports, newest first, from behind the given place. */
export async function reportsPage(
  db: Db,
  args: { viewer: Viewer; before: readonly string[] | undefined; limit: number },
): Promise<ReportRow[]> {
  const { rows } = await db.query<ReportRow>({
    name: "reports_page",
    text: `
      select ${REPORT_COLUMNS}
      from reports
      where ($1::boolean or requested_by = $2::text)
        and ($3::text[] is null or warehouses <@ $3::text[])
        and ($4::timestamptz is null or (date_trunc('milliseconds', created_at), id) < ($4::timestamptz, $5::uuid))
      order by date_trunc('milliseconds', created_at) desc, id desc
      limit $6::int`,
    values: [
      args.viewer.seesAll,
      args.viewer.subject,
      args.viewer.warehouses,
      args.before?.[0] ?? null,
      args.before?.[1] ?? null,
      args.limit,
    ],
  });
  return rows;
}

/** Reports that nobody works on, or whose worker is dead: any, or the one of $1. */
const WAITS = `status in ('queued', 'running')
          and (lease_until is null or lease_until < clock_timestamp())
          and ($1::uuid is null or id = $1::uuid)`;

/** Whether there may be a report to take. */
export async function reportWaits(db: Db, id: string | null): Promise<boolean> {
  const { rows } = await db.query<{ waits: boolean }>({
    name: "report_waits",
    text: `
      select exists (
        select 1
        from reports
        where ${WAITS}
      ) as waits`,
    values: [id],
  });
  return rows[0]?.waits === true;
}

/** Lets one worker at a time take a report, for the rest of the transaction: of equal ones only one is to be written. */
export async function reportClaimLock(tx: Db): Promise<void> {
  await tx.query({
    name: "report_claim_lock",
    text: "select pg_advisory_xact_lock(hashtext('stockline.report_claim'))",
  });
}

/**
 * Takes one report to work on: the given one, or the oldest that waits. A running one whose lease ran out is taken as well: its
 * worker is dead. A queued one may rest until its lease_until after a failure, and while an equal one is written.
 */
export async function reportClaim(
  db: Db,
  args: { id: string | null; owner: string; leaseSeconds: number },
): Promise<ReportRow | undefined> {
  const { rows } = await db.query<ReportRow>({
    name: "report_claim",
    text: `
      update reports r
      set status = 'running',
        lease_owner = $2::text,
        lease_until = clock_timestamp() + make_interval(secs => $3::int),
        attempts = r.attempts + 1,
        started_at = coalesce(r.started_at, clock_timestamp())
      from (
        select id as claimed_id
        from reports w
        where ${WAITS}
          and (reuse_key is null or not exists (
            select 1
            from reports o
            where o.status = 'running'
              and o.lease_until >= clock_timestamp()
              and o.reuse_key = w.reuse_key
              and o.id <> w.id
          ))
        order by created_at
        limit 1
        for update skip locked
      ) c
      where r.id = c.claimed_id
      returning ${REPORT_COLUMNS}`,
    values: [args.id, args.owner, args.leaseSeconds],
  });
  return rows[0];
}

interface Held {
  readonly id: string;
  readonly owner: string;
}

/** Renews the lease; false where it is somebody else's by now. */
export async function reportLeaseExtend(
  db: Db,
  args: Held & { leaseSeconds: number },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "report_lease_extend",
    text: `
      update reports
      set lease_until = clock_timestamp() + make_interval(secs => $3::int)
      where id = $1::uuid
        and lease_owner = $2::text
        and status = 'running'`,
    values: [args.id, args.owner, args.leaseSeconds],
  });
  return (rowCount ?? 0) > 0;
}

/** What came of a report: of its own file, or of that of a finished one. */
export interface ReportResult extends Pick<ReportRow, "rows" | "bytes" | "objects"> {
  readonly asOf: Date | null;
  /** How its rows were read, so that it can answer for others (reuse.ts). */
  readonly read?: { readonly viewRead: string | null; readonly logMarks: string };
  /** The report whose file it shows. */
  readonly reused?: { readonly id: string; readonly manifestKey: string };
}

/** Keeps what came of it; false where the lease is somebody else's by now. */
export async function reportComplete(db: Db, args: Held & ReportResult): Promise<boolean> {
  const { rowCount } = await db.query({
    name: "report_complete",
    text: `
      update reports
      set status = 'completed',
        rows = $3::bigint,
        bytes = $4::bigint,
        objects = $5::jsonb,
        as_of = $6::timestamptz,
        view_read = $7::text,
        log_marks = $8::bigint[],
        reused_id = $9::uuid,
        reused_manifest_key = $10::text,
        lease_owner = null,
        lease_until = null,
        finished_at = clock_timestamp()
      where id = $1::uuid
        and lease_owner = $2::text
        and status = 'running'`,
    values: [
      args.id,
      args.owner,
      args.rows,
      args.bytes,
      JSON.stringify(args.objects),
      args.asOf,
      args.read?.viewRead ?? null,
      args.read?.logMarks ?? null,
      args.reused?.id ?? null,
      args.reused?.manifestKey ?? null,
    ],
  });
  return (rowCount ?? 0) > 0;
}

/** Puts a report back into the queue after the pause; an attempt that was only interrupted does not count. */
export async function reportRequeue(
  db: Db,
  args: Held & { pauseSeconds: number; interrupted: boolean },
): Promise<void> {
  await db.query({
    name: "report_requeue",
    text: `
      update reports
      set status = 'queued',
        lease_owner = null,
        lease_until = clock_timestamp() + make_interval(secs => $3::int),
        attempts = attempts - $4::int
      where id = $1::uuid
        and lease_owner = $2::text
        and status = 'running'`,
    values: [args.id, args.owner, args.pauseSeconds, args.interrupted ? 1 : 0],
  });
}

/** Gives a report up. */
export async function reportFail(
  db: Db,
  args: Held & { code: string; detail: string },
): Promise<void> {
  await db.query({
    name: "report_fail",
    text: `
      update reports
      set status = 'failed',
        error_code = $3::text,
        error_detail = $4::text,
        lease_owner = null,
        lease_until = null,
        finished_at = clock_timestamp()
      where id = $1::uuid
        and lease_owner = $2::text
        and status = 'running'`,
    values: [args.id, args.owner, args.code, args.detail],
  });
}
