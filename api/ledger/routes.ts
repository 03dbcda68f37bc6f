/** /v1/ledger/verify: what the latest verification found, and running one now. The work is done by the job verify-ledger. */
import { NotFoundError } from "../../domain/errors.ts";
import { jobRunsLatest } from "../../pipelines/schedule/index.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { jobRunOut, showRun } from "../jobs/schema.ts";
import { type JobDeps, refuseLimited, startRun } from "../jobs/startRun.ts";
import { verificationOut, verificationOutcome } from "./schema.ts";

const JOB = "verify-ledger";

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
      "Lists up to 100 differences of each kind; `difference_count` counts them all. 404 before the first verification. Covers all warehouses: a token limited to some is refused.",
    permission: "read",
    answers: { 200: { description: "The verification.", schema: verificationOut } },
    handler: async ({ caller }) => {
      refuseLimited(caller, "the verification covers all warehouses");
      const [run] = await jobRunsLatest(db, { jobs: [JOB], status: "completed" });
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
    permission: "ledger:verify",
    answers: { 202: { description: "The run of verify-ledger, queued.", schema: jobRunOut } },
    handler: ({ caller, idempotencyScope }) =>
      startRun(deps, { job: JOB, caller, idempotencyScope }),
  });
}
