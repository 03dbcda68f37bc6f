/** Puts a requested run of a job into the table and wakes the runners; used by /v1/jobs and /v1/ledger/verify. */
import { deriveId } from "../../domain/deriveId.ts";
import { type JobName, type JobRunRow, requestRun } from "../../pipelines/schedule/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import type { WakeUps } from "../../platform/queues.ts";
import { AccessError } from "../http/problem.ts";
import type { RouteAnswer } from "../http/route.ts";
import { runUrl, showRun } from "./schema.ts";

export interface JobDeps {
  readonly db: Db;
  readonly clock: Clock;
  /** Of the queue `jobs`. */
  readonly jobWakeUps: Pick<WakeUps, "wake">;
}

interface StartRequest {
  readonly job: JobName;
  readonly caller: Caller;
  readonly idempotencyScope: string | undefined;
}

/** Starts a run as soon as the job is free; answers 202 with it. Throws AccessError (403) for callers limited to warehouses. */
export async function startRun(deps: JobDeps, request: StartRequest): Promise<RouteAnswer> {
  refuseLimited(request.caller, `job "${request.job}" works on all warehouses`);
  const scope = request.idempotencyScope;
  const run: JobRunRow = await requestRun(deps.db, {
    id: scope === undefined ? newId() : deriveId(`${scope}\njob run`),
    job: request.job,
    trigger: "api",
    requestedBy: request.caller.subject,
  });
  await deps.jobWakeUps.wake([run.id]);
  const headers = { location: runUrl(run) };
  return { status: 202, headers, body: showRun(run, request.caller) };
}

/** Throws AccessError (403) where the token limits its bearer to some warehouses. */
export function refuseLimited(caller: Caller, reason: string): void {
  if (caller.warehouses === undefined) return;
  throw new AccessError(
    403,
    "warehouses_limited",
    `${reason}; the token is limited to warehouses ${caller.warehouses.join(", ")}`,
  );
}
