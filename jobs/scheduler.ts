/**
 * Ticks: at each slot of a job one row in job_runs, however many schedulers run. A tick that could not be written (database
 * away, loop blocked, process not yet there) is made up for where the job's declaration says so.
 */
import { type ScheduledTask, schedule } from "node-cron";
import { toError } from "../domain/errors.ts";
import {
  DECLARED_JOBS,
  type JobDeclaration,
  scheduleMissed,
  scheduleTick,
} from "../pipelines/schedule/index.ts";
import type { Clock } from "../platform/clock.ts";
import type { Log } from "../platform/log.ts";
import type { Db } from "../platform/postgres.ts";
import type { WakeUps } from "../platform/queues.ts";

interface SchedulerDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Log;
  readonly wakeUps: Pick<WakeUps, "wake">;
  readonly jobs?: readonly JobDeclaration[];
}

/** A slot that could not be written is tried again this often. */
const RETRY_MS = 5_000;

/** Starts the ticks of all declared jobs and makes up for the latest missed slots; answers the stop. */
export function startScheduler(deps: SchedulerDeps): { stop(): Promise<void> } {
  const jobs = deps.jobs ?? DECLARED_JOBS;
  const behind = new Set<JobDeclaration>(jobs);
  let writing: Promise<unknown> = Promise.resolve();
  const ticks = new Set<Promise<void>>();
  const tasks = jobs.map((job) => startTicks(deps, job, { behind, ticks }));
  const catchUp = (): void => {
    writing = Promise.all([...behind].map((job) => makeUp(deps, job, behind)));
  };
  catchUp();
  const timer = setInterval(catchUp, RETRY_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      for (const task of tasks) await task.destroy();
      await Promise.all([writing, ...ticks]);
    },
  };
}

function startTicks(
  deps: SchedulerDeps,
  job: JobDeclaration,
  { behind, ticks }: { behind: Set<JobDeclaration>; ticks: Set<Promise<void>> },
): ScheduledTask {
  const tick = async (at: Date): Promise<void> => {
    try {
      const id = await scheduleTick(deps.db, job, at);
      if (id !== undefined) await deps.wakeUps.wake([id]);
    } catch (thrown) {
      deps.log.warn({ err: toError(thrown), job: job.name }, "a tick could not be written");
      behind.add(job);
    }
  };
  const options = { timezone: job.timeZone, name: job.name, suppressMissedWarning: true };
  const onTick = ({ date }: { date: Date }): Promise<void> => {
    const running = tick(date).finally(() => ticks.delete(running));
    ticks.add(running);
    return running;
  };
  const task = schedule(job.cron, onTick, options);
  task.on("execution:missed", () => {
    behind.add(job);
  });
  return task;
}

async function makeUp(
  deps: SchedulerDeps,
  job: JobDeclaration,
  behind: Set<JobDeclaration>,
): Promise<void> {
  try {
    const id = await scheduleMissed(deps.db, job, deps.clock.now());
    behind.delete(job);
    if (id === undefined) return;
    deps.log.info({ job: job.name, run: id }, "made up for a missed slot");
    await deps.wakeUps.wake([id]);
  } catch (thrown) {
    deps.log.warn({ err: toError(thrown), job: job.name }, "missed slots could not be looked for");
  }
}
