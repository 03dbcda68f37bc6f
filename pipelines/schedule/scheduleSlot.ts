/** Puts runs into the table: one a slot however many schedulers tick, the latest missed slot, and those that are asked for. */
import { newId } from "../../platform/clock.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { Db } from "../../platform/postgres.ts";
import { dueSlot } from "./cronSlots.ts";
import type { JobDeclaration } from "./declaredJobs.ts";
import { type JobRunRow, jobRunRead, jobRunsInsertRequest, jobRunsInsertSlot } from "./queries.ts";

/**
 * Adds the run of what is due for a job, as dueSlot tells it; undefined where nothing is, or another scheduler was first. A missed
 * slot counts only where the platform was there before it.
 */
export async function scheduleDue(
  db: Db,
  job: JobDeclaration,
  times: { readonly since: Date | undefined; readonly now: Date },
): Promise<{ readonly id: string; readonly missed: boolean } | undefined> {
  const due = dueSlot(job, times);
  if (due === undefined) return undefined;
  const { slot, missed } = due;
  const id = await jobRunsInsertSlot(db, {
    id: newId(),
    job: job.name,
    slot,
    onlyIfMissed: missed,
  });
  failPoint("schedule.after_slot");
  return id === undefined ? undefined : { id, missed };
}

interface RunRequest {
  /** The same id asked for again is the same run. */
  readonly id: string;
  readonly job: string;
  readonly trigger: "api" | "cli";
  readonly requestedBy: string;
}

/** Adds a run that somebody asked for, as soon as the job is free; wake queue `jobs` with its id afterwards. */
export async function requestRun(db: Db, request: RunRequest): Promise<JobRunRow> {
  await jobRunsInsertRequest(db, request);
  const run = await jobRunRead(db, { id: request.id });
  if (run === undefined) throw new Error(`run ${request.id} was added and is not there`);
  return run;
}
