/** Jobs verify-ledger and verify-ledger-incremental: prove the ledger; differences are their outcome, not a failure of the run. */
import type { JobFunction } from "../pipelines/schedule/index.ts";
import { type VerifyMode, verifyLedger } from "../pipelines/verify/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job of the mode; its rows are the ledger entries it checked. */
export function verifyLedgerJob(
  { db, storage, metrics }: Pick<Context, "db" | "storage" | "metrics">,
  mode: VerifyMode,
): JobFunction {
  return async ({ signal }) => {
    const onProgress = (rows: number): void => metrics.verifiedRows.inc({ mode }, rows);
    const outcome = await verifyLedger({ db, storage }, { mode, signal, onProgress });
    metrics.ledgerDifferences.set({ mode }, outcome.difference_count);
    return { rows: outcome.checked.entries, outcome: { ...outcome } };
  };
}
