/** Maps every declared job to its function; a name without a function, or the reverse, ends the process at start. */
import assert from "node:assert/strict";
import { DECLARED_JOBS, type JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";
import { detectLowStockJob } from "./detectLowStock.ts";
import { generatePurchaseOrdersJob } from "./generatePurchaseOrders.ts";
import { housekeepingJob } from "./housekeeping.ts";
import { importInboxJob } from "./importInbox.ts";
import { planReorderJob } from "./planReorder.ts";
import { protectPersonalDataJob } from "./protectPersonalData.ts";
import { refreshViewsJob } from "./refreshViews.ts";
import { releaseExpiredReservationsJob } from "./releaseExpiredReservations.ts";
import { scheduledReportsJob } from "./scheduledReports.ts";
import { valueStockJob } from "./valueStock.ts";
import { verifyLedgerJob } from "./verifyLedger.ts";

/** What the jobs are made of. */
export type JobContext = Pick<
  Context,
  "db" | "clock" | "metrics" | "storage" | "config" | "keyWrapper"
>;

/** The functions of all declared jobs by name. Throws AssertionError where they do not match one to one. */
export function createJobRegistry(context: JobContext): ReadonlyMap<string, JobFunction> {
  const registry = new Map<string, JobFunction>([
    ["refresh-views", refreshViewsJob(context)],
    ["scheduled-reports", scheduledReportsJob(context)],
    ["detect-low-stock", detectLowStockJob(context)],
    ["plan-reorder", planReorderJob(context)],
    ["generate-purchase-orders", generatePurchaseOrdersJob(context)],
    ["verify-ledger", verifyLedgerJob(context, "full")],
    ["verify-ledger-incremental", verifyLedgerJob(context, "incremental")],
    ["import-inbox", importInboxJob(context)],
    ["housekeeping", housekeepingJob(context)],
    ["protect-personal-data", protectPersonalDataJob(context)],
    ["value-stock", valueStockJob(context)],
    ["release-expired-reservations", releaseExpiredReservationsJob(context)],
  ]);
  assertComplete(registry);
  return registry;
}

/** Throws AssertionError where the functions and the declared names do not match one to one. */
export function assertComplete(registry: ReadonlyMap<string, JobFunction>): void {
  assert.deepEqual(
    [...registry.keys()].sort(),
    DECLARED_JOBS.map((job) => job.name).sort(),
    "every declared job has one function, and every function a declaration",
  );
}
