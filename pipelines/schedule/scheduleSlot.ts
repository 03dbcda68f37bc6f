/** Puts runs into the table: one a slot however many schedulers tick, the latest missed slot, and those that are asked for. */
import { newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import { latestSlot, slotOf } from "./cronSlots.ts";
import type { JobDeclaration } from "./declaredJobs.ts";
import { type JobRunRow, jobRunRead, jobRunsInsertRequest, jobRunsInsertSlot } from "./queries.ts";

/** Adds the run of the slot that a tick at `at` stands for; undefined where another scheduler was first. */
export function scheduleTick(
  db: Db,
  job: Pick<JobDeclaration, "name">,
  at: Date,
): Promise<string | undefined> {
  return jobRunsInsertSlot(db, {
    id: newId(),
    job: job.name,
    slot: slotOf(at),
    onlyIfMissed: false,
  });
}

/**
 * Adds the run of the latest slot at or before `at` where the job makes up for missed slots and no run answers it yet.
 * Earlier missed slots stay missed. Answers the run's id, or undefined where there was nothing to make up for.
 */
export async function scheduleMissed(
  db: Db,
  job: JobDeclaration,
  at: Date,
): Promise<string | undefined> {
  if (job.whenMissed === "none") return undefined;
  const slot = latestSlot(job, at);
  if (slot === undefined) return undefined;
  return jobRunsInsertSlot(db, { id: newId(), job: job.name, slot, onlyIfMissed: true });
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
