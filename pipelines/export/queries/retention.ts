/** SQL of reports that have served their time. Files outside the product's own prefix are a schedule's data set, and are never touched. */

import { OWN_PREFIXES } from "../../../platform/objectStorage.ts";
import type { Db } from "../../../platform/postgres.ts";
import { REPORT_COLUMNS, type ReportRow } from "./reports.ts";

interface Ended {
  readonly olderThanDays: number;
  readonly limit: number;
}

/** Marks reports whose files have served their time as expired, with all that show the same files; answers how many. */
export async function reportsExpire(db: Db, args: Ended): Promise<number> {
  const { rowCount } = await db.query({
    name: "reports_expire",
    text: `
      with old as materialized (
        select id
        from reports
        where status = 'completed'
          and expired_at is null
          and reused_id is null
          and prefix = $3::text
          and partition_day is null
          and delivery_status is distinct from 'pending'
          and finished_at < now() - make_interval(days => $1::int)
        order by finished_at
        limit $2::int
        for update skip locked
      )
      update reports r
      set expired_at = clock_timestamp()
      from old
      where r.id = old.id or (r.reused_id = old.id and r.expired_at is null)`,
    values: [args.olderThanDays, args.limit, OWN_PREFIXES.reports],
  });
  return rowCount ?? 0;
}

/** Expired reports whose files are still there and that nobody has a link to any more, the oldest first. */
export async function reportsWithExpiredFiles(
  db: Db,
  args: { readonly afterSeconds: number; readonly limit: number },
): Promise<ReportRow[]> {
  const { rows } = await db.query<ReportRow>({
    name: "reports_with_expired_files",
    text: `
      select ${REPORT_COLUMNS}
      from reports
      where files_deleted_at is null
        and expired_at < now() - make_interval(secs => $1::int)
      order by expired_at
      limit $2::int`,
    values: [args.afterSeconds, args.limit],
  });
  return rows;
}

/** Notes that the files of these reports are gone. */
export async function reportFilesGone(db: Db, ids: readonly string[]): Promise<void> {
  await db.query({
    name: "report_files_gone",
    text: `
      update reports
      set files_deleted_at = clock_timestamp()
      where id = any($1::uuid[])`,
    values: [ids],
  });
}

/** Deletes rows of reports that ended long ago and have no file; those that a schedule leans on (a day's partition) stay. */
export async function reportsDelete(db: Db, args: Ended): Promise<number> {
  const { rowCount } = await db.query({
    name: "reports_delete",
    text: `
      delete from reports
      where id in (
        select id
        from reports
        where finished_at < now() - make_interval(days => $1::int)
          and (status = 'failed' or files_deleted_at is not null)
          and partition_day is null
          and delivery_status is distinct from 'pending'
        limit $2::int
      )`,
    values: [args.olderThanDays, args.limit],
  });
  return rowCount ?? 0;
}
