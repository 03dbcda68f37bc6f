/** Schemas of jobs and their runs, and how a run's row is shown. */
import { z } from "zod";
import type { JobRunRow } from "../../pipelines/schedule/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { timeOut } from "../http/fields.ts";

export const jobRunOut = z.object({
  id: z.string(),
  job: z.string(),
  status: z.enum(["queued", "running", "completed", "failed", "skipped"]),
  trigger: z.enum(["schedule", "api", "cli"]),
  slot: timeOut.nullable().meta({ description: "The tick that this run answers." }),
  requested_by: z.string(),
  rows: z.int().nullable(),
  outcome: z.record(z.string(), z.unknown()).nullable(),
  error: z.string().nullable().meta({ description: "Why it failed or was skipped." }),
  attempts: z.int(),
  created_at: timeOut,
  started_at: timeOut.nullable(),
  finished_at: timeOut.nullable(),
  duration_ms: z.int().nullable(),
  status_url: z.string(),
});

const jobOut = z.object({
  name: z.string(),
  description: z.string(),
  cron: z.string(),
  time_zone: z.string(),
  when_missed: z
    .enum(["latest", "none"])
    .describe(
      "What becomes of ticks at which no scheduler ran: the latest is made up for, or none.",
    ),
  when_busy: z
    .enum(["wait", "skip"])
    .describe("What a tick does while a run of the job is running. Two never run at once."),
  next_run_at: timeOut.nullable(),
  last_run: jobRunOut.nullable(),
});

export const jobsOut = z.object({ data: z.array(jobOut), next_cursor: z.null() });

/** Shows a run. An outcome covers all warehouses, so a caller that is limited to some does not see it. */
export function showRun(run: JobRunRow, caller: Caller): z.input<typeof jobRunOut> {
  return {
    id: run.id,
    job: run.job,
    status: run.status,
    trigger: run.trigger,
    slot: run.slot?.toISOString() ?? null,
    requested_by: run.requested_by,
    rows: run.rows,
    outcome: caller.warehouses === undefined ? run.outcome : null,
    error: run.error,
    attempts: run.attempts,
    created_at: run.created_at.toISOString(),
    started_at: run.started_at?.toISOString() ?? null,
    finished_at: run.finished_at?.toISOString() ?? null,
    duration_ms:
      run.started_at === null || run.finished_at === null
        ? null
        : run.finished_at.getTime() - run.started_at.getTime(),
    status_url: runUrl(run),
  };
}

/** Where a run can be looked at. */
export function runUrl(run: Pick<JobRunRow, "job" | "id">): string {
  return `/v1/jobs/${run.job}/runs/${run.id}`;
}
