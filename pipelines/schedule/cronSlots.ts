/** Slots of a cron expression: the minutes at which a job is due. A slot names a tick, the same on every scheduler. */
import assert from "node:assert/strict";
import { createTask, type ScheduledTask } from "node-cron";
import type { JobDeclaration } from "./declaredJobs.ts";

type Due = Pick<JobDeclaration, "cron" | "timeZone">;

const MINUTE_MS = 60_000;
/** How far back a missed slot is looked for: a week and a day, so that weekly jobs are found. */
const LOOK_BACK_MINUTES = 8 * 24 * 60;

/** The next slot after now by the machine's clock; null for an expression that never comes. */
export function nextSlot(job: Due): Date | null {
  return askTask(job, (task) => task.getNextRuns(1)[0] ?? null);
}

/** The latest slot at or before the given time, or undefined where none lies within eight days. */
export function latestSlot(job: Due, at: Date): Date | undefined {
  const last = slotOf(at).getTime();
  return askTask(job, (task) => {
    for (let back = 0; back < LOOK_BACK_MINUTES; back += 1) {
      const slot = new Date(last - back * MINUTE_MS);
      if (task.match(slot)) return slot;
    }
    return undefined;
  });
}

/** The slot of a tick that fired at the given time: its minute. */
export function slotOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / MINUTE_MS) * MINUTE_MS);
}

/** The task is never started, it only answers; destroyed at once, since the library keeps a list of all. */
function askTask<T>(job: Due, ask: (task: ScheduledTask) => T): T {
  const task = createTask(job.cron, () => undefined, { timezone: job.timeZone });
  const answer = ask(task);
  assert(task.destroy() === undefined, "a task of this process is destroyed at once");
  return answer;
}
