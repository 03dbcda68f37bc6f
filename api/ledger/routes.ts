/** /v1/ledger/verify: what the latest verification found, and running one now. The work is done by the verify-ledger jobs. */
import { NotFoundError } from "../../domain/errors.ts";
import { type JobRunRow, jobRunsLatest } from "../../pipelines/schedule/index.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { jobRunOut, showRun } from "../jobs/schema.ts";
import { type JobDeps, refuseLimited, startRun } from "../jobs/startRun.ts";
import { verificationOut, verificationOutcome, verifyIn } from "./schema.ts";

const JOBS = { full: "verify-ledger", incremental: "verify-ledger-incremental" } as const;

/** Routes of the ledger's verification. */
export function ledgerRoutes(deps: JobDeps): Route[] {
  return [getVerification(deps), postVerification(deps)];
}

function getVerification({ db }: JobDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/ledger/verify",
    tag: "Ledger",
    summary: "What the latest completed verification found",
    description:
      "Of either mode. Lists up to 100 differences of each kind; `difference_count` counts them all. 404 before the first verification. Covers all warehouses: a token limited to some is refused.",
    permission: "read",
    answers: { 200: { description: "The verification.", schema: verificationOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller, "the verification covers all warehouses");
      const runs = await jobRunsLatest(db, { jobs: Object.values(JOBS), status: "completed" });
      const run = runs.sort((one, other) => endOf(other) - endOf(one))[0];
      if (run === undefined) throw new NotFoundError("verification of the ledger", "latest");
      const found = verificationOutcome.parse(run.outcome);
      return { status: 200, body: { ...found, run: { ...showRun(run, caller), outcome: null } } };
    },
  });
}

function postVerification(deps: JobDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/ledger/verify",
    tag: "Ledger",
    summary: "Verify the ledger now",
    description:
      "Without a body a full one. Runs as job verify-ledger or verify-ledger-incremental; both also run on schedule.",
    permission: "ledger:verify",
    body: verifyIn,
    answers: {
      202: { description: "The run of the job, queued.", schema: jobRunOut, headers: ["Location"] },
    },
    handler: ({ body, caller, idempotencyScope }) =>
      startRun(deps, { job: JOBS[body.mode], caller, idempotencyScope }),
  });
}

function endOf(run: JobRunRow): number {
  return run.finished_at?.getTime() ?? 0;
}
