/**
 * Asks for the reports that schedules call for. Each schedule is seen to under its row's lock, in a transaction of its own, and a
 * slot is a unique key: it is asked for once, however many do this at once. Called by the job scheduled-reports.
 */
import assert from "node:assert/strict";
import { type CronSchedule, readCron, slotsBetween } from "../../domain/cron.ts";
import { deriveId } from "../../domain/deriveId.ts";
import { periodBefore } from "../../domain/reportPeriod.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { ReportParameters } from "./queries/reports.ts";
import {
  type ScheduledReport,
  type ScheduleRow,
  scheduledReportsInsert,
  scheduleSeen,
  schedulesActive,
  scheduleTake,
} from "./queries/schedules.ts";
import { REPORTS } from "./reportDefinitions.ts";

/** Reports that one schedule is given in one go; the next run goes on. */
const REPORTS_AT_ONCE = 50;
/** A slot that comes so much late is still on time. */
const LATE_MS_MAX = 2 * 60_000;
const DAY_MS = 86_400_000;
/**
 * A day is closed so long after its end: no transaction that drew a time in it lasts so long (statements end after 30 s, idle
 * ones after 10 s), and a replica that is further behind is not read (DATABASE_READ_LAG_SECONDS_MAX).
 */
const CLOSED_AFTER_MS = 15 * 60_000;

/** What a look at all schedules came to. */
export interface AskedOutcome {
  readonly schedules: number;
  readonly reports: readonly string[];
}

/** Sees to every active schedule; wake the queue "reports" with the reports' ids afterwards. */
export async function askScheduled(db: DbPool, signal: AbortSignal): Promise<AskedOutcome> {
  const schedules = await schedulesActive(db);
  const reports: string[] = [];
  for (const id of schedules) {
    signal.throwIfAborted();
    reports.push(...(await inTransaction(db, (tx) => askOne(tx, id))));
  }
  return { schedules: schedules.length, reports };
}

async function askOne(tx: Parameters<typeof scheduleTake>[0], id: string): Promise<string[]> {
  const schedule = await scheduleTake(tx, id);
  if (schedule === undefined) return []; // paused or archived this moment
  const slots = dueSlots(schedule, schedule.now);
  const { reports, until } =
    schedule.incremental === "day"
      ? partitionsOf(schedule, slots)
      : { reports: slots.map((slot) => ticked(schedule, slot)), until: slots.at(-1) };
  const asked =
    reports.length === 0
      ? []
      : await scheduledReportsInsert(tx, { schedule, warehouses: warehousesOf(schedule), reports });
  const done = slots.length < REPORTS_AT_ONCE && until !== undefined;
  if (until !== undefined) await scheduleSeen(tx, { id, until: done ? schedule.now : until });
  return asked.map((report) => report.id);
}

function warehousesOf(schedule: ScheduleRow): readonly string[] | null {
  const { warehouse } = schedule.parameters;
  return warehouse === undefined ? schedule.warehouses : [warehouse];
}

/** The slots to answer now, of those since the schedule was seen to last. */
function dueSlots(schedule: ScheduleRow, now: Date): Date[] {
  const slots = slotsBetween(scheduleOf(schedule), {
    after: schedule.seen_until,
    until: now,
    // "all" goes on with the rest at its next look
    limit: schedule.catch_up === "all" ? REPORTS_AT_ONCE : Number.POSITIVE_INFINITY,
  });
  const last = slots.slice(-1);
  switch (schedule.catch_up) {
    case "all":
      return slots;
    case "latest":
      return last;
    case "none":
      return last.filter((slot) => now.getTime() - slot.getTime() <= LATE_MS_MAX);
  }
}

function scheduleOf({ cron: text, time_zone: timeZone }: ScheduleRow): CronSchedule {
  const cron = readCron(text);
  assert(typeof cron !== "string", `a schedule has a cron expression: ${text}`);
  return { cron, timeZone };
}

/** The report of a slot tells of the slot's moment, also where it is written later. */
function ticked(schedule: ScheduleRow, slot: Date): ScheduledReport {
  return {
    id: deriveId(`${schedule.id}\nslot ${slot.toISOString()}`),
    slot,
    partitionDay: null,
    parameters: { ...schedule.parameters, ...momentsOf(schedule, slot) },
  };
}

function momentsOf(schedule: ScheduleRow, slot: Date): ReportParameters {
  const { report, parameters, period, time_zone } = schedule;
  const takes = REPORTS[report].parameters;
  if (period !== null) {
    const { from, to } = periodBefore(period, slot, time_zone);
    return { from: from.toISOString(), to: to.toISOString() };
  }
  if (takes.includes("to")) return { to: parameters.to ?? slot.toISOString() };
  return takes.includes("as_of") ? { as_of: parameters.as_of ?? slot.toISOString() } : {};
}

/** The partitions of all days that have closed by the last slot and were not asked for yet. */
function partitionsOf(
  schedule: ScheduleRow & { readonly last_day: string | null },
  slots: readonly Date[],
): { reports: ScheduledReport[]; until: Date | undefined } {
  const slot = slots.at(-1);
  if (slot === undefined) return { reports: [], until: undefined };
  const first = schedule.last_day ?? dayBefore(schedule.first_day ?? dayOf(schedule.created_at));
  const reports: ScheduledReport[] = [];
  for (let day = Date.parse(first) + DAY_MS; isClosed(day, slot); day += DAY_MS) {
    // The rest is asked for at the next look, which finds the same slot again.
    if (reports.length === REPORTS_AT_ONCE) return { reports, until: undefined };
    reports.push(partition(schedule, new Date(day)));
  }
  return { reports, until: slot };
}

function isClosed(dayMs: number, at: Date): boolean {
  return dayMs + DAY_MS + CLOSED_AFTER_MS <= at.getTime();
}

function partition(schedule: ScheduleRow, day: Date): ScheduledReport {
  const to = new Date(day.getTime() + DAY_MS).toISOString();
  return {
    id: deriveId(`${schedule.id}\nday ${dayOf(day)}`),
    slot: day,
    partitionDay: dayOf(day),
    parameters: { ...schedule.parameters, from: day.toISOString(), to },
  };
}

function dayOf(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

function dayBefore(day: string): string {
  return dayOf(new Date(Date.parse(day) - DAY_MS));
}
