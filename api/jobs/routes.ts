/** /v1/jobs: which jobs there are, running one now, and what became of its runs. The runs themselves happen in jobs/. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { mayDo } from "../../domain/roles.ts";
import {
  DECLARED_JOBS,
  findJob,
  jobRunRead,
  jobRunsLatest,
  jobRunsPage,
  nextSlot,
} from "../../pipelines/schedule/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { idField } from "../http/fields.ts";
import {
  decodeCursor,
  isIdPart,
  isTimePart,
  pageOf,
  pageQuery,
  toPage,
} from "../http/pagination.ts";
import { AccessError } from "../http/problem.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { jobRunOut, jobsOut, showRun } from "./schema.ts";
import { type JobDeps, startRun } from "./startRun.ts";

const nameParams = z.object({ name: z.string().max(100) });

/** Routes of jobs. */
export function jobRoutes(deps: JobDeps): Route[] {
  return [listJobs(deps), runJob(deps), listRuns(deps), getRun(deps)];
}

function jobNamed(name: string) {
  const job = findJob(name);
  if (job === undefined) throw new NotFoundError("job", name);
  return job;
}

function listJobs({ db, clock }: JobDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/jobs",
    tag: "Jobs",
    summary: "Jobs with their schedules and latest runs",
    permission: "read",
    answers: { 200: { description: "All jobs.", schema: jobsOut } },
    handler: async ({ caller }) => {
      const latest = await jobRunsLatest(db, { jobs: DECLARED_JOBS.map((job) => job.name) });
      const lastRuns = new Map(latest.map((run) => [run.job, showRun(run, caller)]));
      const now = clock.now();
      const data = DECLARED_JOBS.map((job) => ({
        name: job.name,
        description: job.description,
        cron: job.cron,
        time_zone: job.timeZone,
        when_missed: job.whenMissed,
        when_busy: job.whenBusy,
        next_run_at: nextSlot(job, now)?.toISOString() ?? null,
        last_run: lastRuns.get(job.name) ?? null,
      }));
      return { status: 200, body: { data, next_cursor: null } };
    },
  });
}

function runJob(deps: JobDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/jobs/{name}/run",
    tag: "Jobs",
    summary: "Run a job now",
    description:
      "The run waits while another run of the job is running. `generate-purchase-orders` may also be run with the permission `purchasing:write`, every other job needs `jobs:run`. A token limited to warehouses may not run jobs.",
    permission: ["jobs:run", "purchasing:write"],
    params: nameParams,
    answers: { 202: { description: "The run, queued.", schema: jobRunOut, headers: ["Location"] } },
    handler: async ({ params, caller, idempotencyScope }) => {
      const job = jobNamed(params.name);
      requireMayRun(caller, job.name);
      return startRun(deps, { job: job.name, caller, idempotencyScope });
    },
  });
}

function requireMayRun(caller: Caller, job: string): void {
  if (mayDo(caller, "jobs:run") || job === "generate-purchase-orders") return;
  throw new AccessError(
    403,
    "forbidden",
    `role ${caller.roles.join(", ")} does not carry the permission "jobs:run" that job "${job}" needs`,
  );
}

function listRuns({ db }: JobDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/jobs/{name}/runs",
    tag: "Jobs",
    summary: "Runs of a job, newest first",
    permission: "read",
    params: nameParams,
    query: z.strictObject(pageQuery),
    answers: { 200: { description: "A page of runs.", schema: pageOf(jobRunOut) } },
    handler: async ({ params, query, caller }) => {
      const rows = await jobRunsPage(db, {
        job: jobNamed(params.name).name,
        after: decodeCursor(query.cursor, [isTimePart, isIdPart]),
        limit: query.limit + 1,
      });
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: (run) => [run.created_key, run.id],
        show: (run) => showRun(run, caller),
      });
      return { status: 200, body: page };
    },
  });
}

function getRun({ db }: JobDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/jobs/{name}/runs/{id}",
    tag: "Jobs",
    summary: "One run of a job",
    permission: "read",
    params: nameParams.extend({ id: idField }),
    answers: { 200: { description: "The run.", schema: jobRunOut } },
    handler: async ({ params, caller }) => {
      const job = jobNamed(params.name);
      const run = await jobRunRead(db, { id: params.id, job: job.name });
      if (run === undefined) throw new NotFoundError("job run", params.id);
      return { status: 200, body: showRun(run, caller) };
    },
  });
}
