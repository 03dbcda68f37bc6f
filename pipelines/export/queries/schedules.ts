/** SQL of report schedules: what is to be written when, and the reports that a slot of one asks for. */
import type { ReportPeriod } from "../../../domain/reportPeriod.ts";
import type { ReportFormat, ReportName } from "../../../domain/reportWords.ts";
import type { Db } from "../../../platform/postgres.ts";
import { REPORT_COLUMNS, type ReportParameters, type ReportRow, type Viewer } from "./reports.ts";

/** What becomes of slots at which no scheduler ran. */
export type CatchUp = "all" | "latest" | "none";

/** What a schedule says; the rest of its row is kept by the platform. */
export interface ScheduleTerms {
  readonly name: string;
  readonly report: ReportName;
  readonly format: ReportFormat;
  readonly parameters: ReportParameters;
  readonly cron: string;
  readonly time_zone: string;
  readonly status: "active" | "paused";
  readonly catch_up: CatchUp;
  readonly period: ReportPeriod | null;
  readonly incremental: "day" | null;
  /** YYYY-MM-DD; the first partition. */
  readonly first_day: string | null;
  readonly prefix: string;
  readonly webhook_url: string | null;
}

export interface ScheduleRow extends Omit<ScheduleTerms, "status"> {
  readonly id: string;
  readonly status: "active" | "paused" | "archived";
  readonly created_by: string;
  readonly warehouses: readonly string[] | null;
  readonly seen_until: Date;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

const COLUMNS = `id, name, report, format, parameters, cron, time_zone, status, catch_up, period, incremental, first_day,
        prefix, webhook_url, created_by, warehouses, seen_until, version, created_at, updated_at`;

/** Only the maker and admins see a schedule, and only with a token that may see all warehouses in it. */
const VISIBLE = `
        and ($2::boolean or created_by = $3::text)
        and ($4::text[] is null or warehouses <@ $4::text[])`;

function termsOf(terms: ScheduleTerms): unknown[] {
  return [
    terms.name,
    terms.report,
    terms.format,
    JSON.stringify(terms.parameters),
    terms.cron,
    terms.time_zone,
    terms.status,
    terms.catch_up,
    terms.period,
    terms.incremental,
    terms.first_day,
    terms.prefix,
    terms.webhook_url,
  ];
}

/** Adds a schedule; the same id again leaves the first as it is. */
export async function scheduleInsert(
  db: Db,
  args: { id: string; terms: ScheduleTerms; viewer: Viewer; warehouses: readonly string[] | null },
): Promise<void> {
  await db.query({
    name: "report_schedule_insert",
    text: `
      insert into report_schedules (
        id, created_by, warehouses, name, report, format, parameters, cron, time_zone, status, catch_up, period, incremental,
        first_day, prefix, webhook_url)
      values (
        $1::uuid, $2::text, $3::text[], $4::text, $5::text, $6::text, $7::jsonb, $8::text, $9::text, $10::text, $11::text,
        $12::text, $13::text, $14::date, $15::text, $16::text)
      on conflict (id) do nothing`,
    values: [args.id, args.viewer.subject, args.warehouses, ...termsOf(args.terms)],
  });
}

/** One schedule, if the viewer may see it; `lock`: until the transaction ends. */
export async function scheduleRead(
  db: Db,
  args: { id: string; viewer: Viewer; lock?: boolean },
): Promise<ScheduleRow | undefined> {
  const { viewer, lock = false } = args;
  const { rows } = await db.query<ScheduleRow>({
    name: lock ? "report_schedule_lock" : "report_schedule_read",
    text: `
      select ${COLUMNS}
      from report_schedules
      where id = $1::uuid${VISIBLE}${lock ? "\n      for update" : ""}`,
    values: [args.id, viewer.seesAll, viewer.subject, viewer.warehouses],
  });
  return rows[0];
}

/** Writes the terms of a locked schedule, as its next version. What it missed while it was paused is not made up for. */
export async function scheduleUpdate(
  db: Db,
  args: {
    id: string;
    terms: ScheduleTerms;
    wasPaused: boolean;
    warehouses: readonly string[] | null;
  },
): Promise<void> {
  await db.query({
    name: "report_schedule_update",
    text: `
      update report_schedules
      set name = $4::text,
        report = $5::text,
        format = $6::text,
        parameters = $7::jsonb,
        cron = $8::text,
        time_zone = $9::text,
        status = $10::text,
        catch_up = $11::text,
        period = $12::text,
        incremental = $13::text,
        first_day = $14::date,
        prefix = $15::text,
        webhook_url = $16::text,
        warehouses = $3::text[],
        seen_until = case when $2::boolean then now() else seen_until end,
        version = version + 1,
        updated_at = now()
      where id = $1::uuid`,
    values: [args.id, args.wasPaused, args.warehouses, ...termsOf(args.terms)],
  });
}

/** Archives a locked schedule. */
export async function scheduleArchive(db: Db, id: string): Promise<void> {
  await db.query({
    name: "report_schedule_archive",
    text: `
      update report_schedules
      set status = 'archived',
        version = version + 1,
        updated_at = now()
      where id = $1::uuid`,
    values: [id],
  });
}

/** The viewer's schedules without the archived ones, newest first, from behind the given place. */
export async function schedulesPage(
  db: Db,
  args: { viewer: Viewer; before: readonly string[] | undefined; limit: number },
): Promise<ScheduleRow[]> {
  const { viewer, before } = args;
  const { rows } = await db.query<ScheduleRow>({
    name: "report_schedules_page",
    text: `
      select ${COLUMNS}
      from report_schedules
      where status <> 'archived'
        and ($1::uuid is null or id < $1::uuid)${VISIBLE}
      order by id desc
      limit $5::int`,
    values: [before?.[0] ?? null, viewer.seesAll, viewer.subject, viewer.warehouses, args.limit],
  });
  return rows;
}

/** Ids of the active schedules. */
export async function schedulesActive(db: Db): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>({
    name: "report_schedules_active",
    text: `
      select id
      from report_schedules
      where status = 'active'
      order by id`,
    values: [],
  });
  return rows.map((row) => row.id);
}

/** Locks an active schedule and answers it with the database's time and the last day that was asked for. */
export async function scheduleTake(
  db: Db,
  id: string,
): Promise<(ScheduleRow & { now: Date; last_day: string | null }) | undefined> {
  const { rows } = await db.query<ScheduleRow & { now: Date; last_day: string | null }>({
    name: "report_schedule_take",
    text: `
      select ${COLUMNS}, clock_timestamp() as now,
        (select max(r.partition_day) from reports r where r.schedule_id = s.id) as last_day
      from report_schedules s
      where id = $1::uuid
        and status = 'active'
      for update of s`,
    values: [id],
  });
  return rows[0];
}

export interface ScheduledReport {
  readonly id: string;
  readonly slot: Date;
  readonly partitionDay: string | null;
  readonly parameters: ReportParameters;
}

/** Asks for reports of a schedule; slots that have one already are left alone. Answers the new ones. */
export async function scheduledReportsInsert(
  db: Db,
  args: {
    schedule: ScheduleRow;
    warehouses: readonly string[] | null;
    reports: readonly ScheduledReport[];
  },
): Promise<ReportRow[]> {
  const { schedule, reports } = args;
  const { rows } = await db.query<ReportRow>({
    name: "scheduled_reports_insert",
    text: `
      insert into reports (
        id, slot, partition_day, parameters, schedule_id, report, format, requested_by, warehouses, prefix, webhook_url,
        delivery_status, delivery_due)
      select g.id, g.slot, g.partition_day, g.parameters::jsonb, $5::uuid, $6::text, $7::text, $8::text, $9::text[], $10::text,
        $11::text, case when $11::text is null then null else 'pending' end, now()
      from unnest($1::uuid[], $2::timestamptz[], $3::date[], $4::text[]) as g (id, slot, partition_day, parameters)
      on conflict do nothing
      returning ${REPORT_COLUMNS}`,
    values: [
      reports.map((report) => report.id),
      reports.map((report) => report.slot),
      reports.map((report) => report.partitionDay),
      reports.map((report) => JSON.stringify(report.parameters)),
      schedule.id,
      schedule.report,
      schedule.format,
      schedule.created_by,
      args.warehouses,
      schedule.prefix,
      schedule.webhook_url,
    ],
  });
  return rows;
}

/** Notes up to when a schedule was seen to. */
export async function scheduleSeen(db: Db, args: { id: string; until: Date }): Promise<void> {
  await db.query({
    name: "report_schedule_seen",
    text: `
      update report_schedules
      set seen_until = $2::timestamptz
      where id = $1::uuid`,
    values: [args.id, args.until],
  });
}
