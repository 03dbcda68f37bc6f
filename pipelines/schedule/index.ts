/** Scheduled and requested work: which jobs there are, when they are due, and how each run is claimed, run and recorded. */
export { nextSlot } from "./cronSlots.ts";
export { DECLARED_JOBS, findJob, type JobDeclaration, type JobName } from "./declaredJobs.ts";
export { JobRunner } from "./jobRunner.ts";
export {
  type JobRunRow,
  jobRunRead,
  jobRunsLatest,
  jobRunsPage,
  scheduleTimeRead,
} from "./queries.ts";
export type { JobFunction, JobResult, RunningJob } from "./runJobRun.ts";
export { requestRun, scheduleDue } from "./scheduleSlot.ts";
