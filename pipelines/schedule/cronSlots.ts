/** Slots of declared jobs: the minutes at which each is due. A slot names a tick, the same on every scheduler. */
import assert from "node:assert/strict";
import {
  type CronSchedule,
  readCron,
  slotAfter,
  slotBefore,
  slotsBetween,
} from "../../domain/cron.ts";
import type { JobDeclaration } from "./declaredJobs.ts";

type Due = Pick<JobDeclaration, "cron" | "timeZone">;

/** How far back a missed slot is looked for: a week and a day, so that weekly jobs are found. */
const LOOK_BACK_MS = 8 * 24 * 3_600_000;
/** A tick that comes so much late is still on time; what is older was missed. */
const LATE_MS_MAX = 60_000;

/** The next slot after a moment; null for an expression that never comes. */
export function nextSlot(job: Due, after: Date): Date | null {
  return slotAfter(scheduleOf(job), after);
}

/** What there is to do for a job. */
export interface DueSlot {
  readonly slot: Date;
  /** Nobody ticked when it was due. */
  readonly missed: boolean;
}

/**
 * The slot to run now. `since`: up to when this scheduler has seen to the job; undefined at its start. Of several slots since then
 * only the latest counts; one that was missed counts where the job makes up for it.
 */
export function dueSlot(
  job: Due & Pick<JobDeclaration, "whenMissed">,
  { since, now }: { readonly since: Date | undefined; readonly now: Date },
): DueSlot | undefined {
  const from = since ?? new Date(now.getTime() - LOOK_BACK_MS);
  const onTimeFrom = new Date(Math.max(from.getTime(), now.getTime() - LATE_MS_MAX));
  const [slot] = slotsBetween(scheduleOf(job), {
    after: since === undefined ? now : onTimeFrom,
    until: now,
    limit: Number.POSITIVE_INFINITY,
  }).slice(-1);
  if (slot !== undefined) return { slot, missed: false };
  if (job.whenMissed === "none") return undefined;
  const missed = slotBefore(scheduleOf(job), now, new Date(from.getTime() + 1));
  return missed === undefined ? undefined : { slot: missed, missed: true };
}

function scheduleOf({ cron: text, timeZone }: Due): CronSchedule {
  const cron = readCron(text);
  assert(typeof cron !== "string", `the schedule of a job is a cron expression: ${text}`);
  return { cron, timeZone };
}
