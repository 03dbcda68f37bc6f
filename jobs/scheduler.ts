/**
 * The scheduler of a jobs process: looks several times a minute which slots have come since it looked last, by the database's
 * clock, and puts a run of each into the table. Any number of schedulers may do so side by side: a slot is a unique key. What
 * could not be written is written at the next look; slots that nobody saw are made up for where the job's declaration says so.
 */
import { schedule } from "node-cron";
import { toError } from "../domain/errors.ts";
import {
  DECLARED_JOBS,
  type JobDeclaration,
  scheduleDue,
  scheduleTimeRead,
} from "../pipelines/schedule/index.ts";
import type { Log } from "../platform/log.ts";
import type { Db } from "../platform/postgres.ts";
import type { WakeUps } from "../platform/queues.ts";

interface SchedulerDeps {
  readonly db: Db;
  readonly log: Log;
  readonly wakeUps: Pick<WakeUps, "wake">;
  readonly jobs?: readonly JobDeclaration[];
  /** The time that slots are compared with; the database's where not given. */
  readonly now?: () => Promise<Date>;
  /** When it looks, in node-cron's six fields. */
  readonly looks?: string;
}

/** Each five seconds: a slot begins no later than that, and a second late on one machine is not a minute late. */
const LOOKS = "*/5 * * * * *";

/** Starts the looks, the first one at once; answers the stop. */
export function startScheduler(deps: SchedulerDeps): { stop(): Promise<void> } {
  const jobs = deps.jobs ?? DECLARED_JOBS;
  const seen = new Map<string, Date>();
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => {
    looking ??= lookOnce(deps, jobs, seen).finally(() => {
      looking = undefined;
    });
    return looking;
  };
  void look();
  const task = schedule(deps.looks ?? LOOKS, look, { suppressMissedWarning: true });
  return {
    stop: async () => {
      await task.destroy();
      await looking;
    },
  };
}

/** Sees to every job; `seen` tells up to when each was seen to, and stays as it was where that failed. Never throws. */
async function lookOnce(
  deps: SchedulerDeps,
  jobs: readonly JobDeclaration[],
  seen: Map<string, Date>,
): Promise<void> {
  try {
    const now = await (deps.now ?? (() => scheduleTimeRead(deps.db)))();
    const added: string[] = [];
    for (const job of jobs) {
      const due = await scheduleDue(deps.db, job, { since: seen.get(job.name), now });
      seen.set(job.name, now);
      if (due === undefined) continue;
      added.push(due.id);
      if (due.missed) deps.log.info({ job: job.name, run: due.id }, "made up for a missed slot");
    }
    if (added.length > 0) await deps.wakeUps.wake(added);
  } catch (thrown) {
    deps.log.warn({ err: toError(thrown) }, "what is due could not be looked for; trying again");
  }
}
