/** Job verify-ledger: proves the ledger; differences are its outcome, not a failure of the run. */
import type { JobFunction } from "../pipelines/schedule/index.ts";
import { verifyLedger } from "../pipelines/verify/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the ledger entries it checked. */
export function verifyLedgerJob({ db }: Pick<Context, "db">): JobFunction {
  return async (run) => {
    const outcome = await verifyLedger(db, run.signal);
    return { rows: outcome.checked.entries, outcome: { ...outcome } };
  };
}
