/**
 * Runs one queued job run: claims it (never two of a job at once, by a unique index), keeps its lease, records how it ended.
 * A scheduled run that finds its job busy waits or is marked skipped, as its job declares; one that was asked for waits.
 * A process that dies leaves its lease to run out; after RUN_ATTEMPTS_MAX tries a run has failed.
 */
import { StocklineError, toError } from "../../domain/errors.ts";
import { actAs } from "../../platform/acting.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import { type DbPool, fromDatabase, violatedConstraint } from "../../platform/postgres.ts";
import { findJob } from "./declaredJobs.ts";
import {
  type JobRunRow,
  jobRunClaim,
  jobRunEnd,
  jobRunRead,
  jobRunRenew,
  jobRunSkip,
  type RunHold,
  type RunTrigger,
} from "./queries.ts";

/** What a job's function is told. */
export interface RunningJob {
  readonly id: string;
  readonly trigger: RunTrigger;
  /** Aborted when the process stops or the lease is lost: throw (throwIfAborted) between two steps. */
  readonly signal: AbortSignal;
}

/** What a run leaves behind: how many rows it changed, and its outcome as JSON. */
export interface JobResult {
  readonly rows: number;
  readonly outcome: Readonly<Record<string, unknown>>;
}

/** A job's work. It must be safe to run again after it was cut off at any point. */
export type JobFunction = (run: RunningJob) => Promise<JobResult>;

export interface RunDeps {
  readonly db: DbPool;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "jobRuns" | "jobRunSeconds" | "jobRetries">;
  readonly functions: ReadonlyMap<string, JobFunction>;
  /** Names this process in leases. */
  readonly owner: string;
  /** Aborted when the process stops. */
  readonly stopping: AbortSignal;
}

/** A run without a sign of life for this long is handed on. */
const LEASE_SECONDS = 15;
const HEARTBEAT_MS = 5_000;
/** Tries of one run before it has failed. */
export const RUN_ATTEMPTS_MAX = 3;

/** Runs the queued run with the given id, if it can be claimed now. Never throws for a failing job: that is recorded. */
export async function runJobRun(deps: RunDeps, id: string): Promise<void> {
  if (deps.stopping.aborted) return;
  const run = await claim(deps, id);
  if (run === undefined) {
    await skipIfBusy(deps, id);
    return;
  }
  const hold: RunHold = { id, owner: deps.owner, attempts: run.attempts };
  const lease = keepLease(deps, hold);
  const ended = deps.metrics.jobRunSeconds.startTimer({ job: run.job });
  failPoint("job.after_claim");
  try {
    const result = await execute(deps, run, lease.signal);
    failPoint("job.before_end");
    const kept = await jobRunEnd(deps.db, hold, { ...result, status: "completed", error: null });
    report(deps, run, kept ? "completed" : "lost");
  } catch (thrown) {
    await recordFailure({ deps, run, hold }, thrown);
  } finally {
    ended();
    lease.stop();
  }
}

async function claim(deps: RunDeps, id: string): Promise<JobRunRow | undefined> {
  try {
    return await jobRunClaim(deps.db, { id, owner: deps.owner, leaseSeconds: LEASE_SECONDS });
  } catch (thrown) {
    if (violatedConstraint(thrown) === "job_runs_one_running") return undefined;
    throw thrown;
  }
}

async function skipIfBusy(deps: RunDeps, id: string): Promise<void> {
  const run = await jobRunRead(deps.db, { id });
  if (run?.status !== "queued" || run.trigger !== "schedule") return;
  if (findJob(run.job)?.whenBusy !== "skip") return;
  const reason = "an earlier run of this job was still running";
  if (await jobRunSkip(deps.db, { id, reason })) report(deps, run, "skipped");
}

function execute(deps: RunDeps, run: JobRunRow, signal: AbortSignal): Promise<JobResult> {
  const job = deps.functions.get(run.job);
  if (job === undefined) {
    throw new StocklineError({
      code: "job_unknown",
      detail: `job "${run.job}" is not known to this version; expected one of ${[...deps.functions.keys()].join(", ")}`,
    });
  }
  const author = { actor: run.requested_by, via: `job ${run.job} ${run.id}` };
  return actAs(author, () => job({ id: run.id, trigger: run.trigger, signal }));
}

/** Renews the lease until stopped; its signal aborts when the lease is lost or the process stops. */
function keepLease(deps: RunDeps, hold: RunHold): { signal: AbortSignal; stop: () => void } {
  const ended = new AbortController();
  const onStopping = (): void => ended.abort(deps.stopping.reason);
  deps.stopping.addEventListener("abort", onStopping, { once: true });
  const renew = async (): Promise<void> => {
    try {
      const held = await jobRunRenew(deps.db, hold, LEASE_SECONDS);
      if (!held) ended.abort(new Error("the lease of this run was lost to another process"));
    } catch (thrown) {
      deps.log.warn({ err: toError(thrown), run: hold.id }, "the lease could not be renewed");
    }
  };
  const timer = setInterval(() => void renew(), HEARTBEAT_MS);
  return {
    signal: ended.signal,
    stop: () => {
      clearInterval(timer);
      deps.stopping.removeEventListener("abort", onStopping);
    },
  };
}

async function recordFailure(
  { deps, run, hold }: { deps: RunDeps; run: JobRunRow; hold: RunHold },
  thrown: unknown,
): Promise<void> {
  const error = fromDatabase(thrown);
  const givenBack = deps.stopping.aborted;
  const retriable = error instanceof StocklineError && error.retriable;
  const again = givenBack || (retriable && run.attempts < RUN_ATTEMPTS_MAX);
  if (!givenBack) deps.log.error({ err: error, job: run.job, run: run.id, again }, "job failed");
  try {
    const status = again ? "queued" : "failed";
    const detail = givenBack ? null : detailOf(error);
    const empty = { rows: null, outcome: null };
    const end = { ...empty, status, error: detail, uncounted: givenBack } as const;
    const kept = await jobRunEnd(deps.db, hold, end);
    if (!again) report(deps, run, kept ? "failed" : "lost");
    else if (!givenBack) deps.metrics.jobRetries.inc({ job: run.job });
  } catch (failure) {
    // The database is away: the lease runs out and the sweep hands the run on.
    deps.log.warn({ err: toError(failure), run: run.id }, "the end of a run could not be recorded");
  }
}

/** What may be shown of a failure: our own words, nothing of SQL or hosts. */
function detailOf(error: Error): string {
  if (error instanceof StocklineError) return error.message;
  return "an unexpected failure; it was logged under the run's id";
}

function report(
  deps: RunDeps,
  run: JobRunRow,
  status: "completed" | "failed" | "skipped" | "lost",
): void {
  deps.metrics.jobRuns.inc({ job: run.job, status });
  const entry = { job: run.job, run: run.id, trigger: run.trigger, status };
  if (status === "lost") deps.log.warn(entry, "another process took this run over");
  else deps.log.debug(entry, "job run ended");
}
