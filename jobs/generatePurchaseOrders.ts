/** Job generate-purchase-orders: drafts what the positions call for. */
import { draftPurchaseOrders, reorderCosts } from "../pipelines/reorder/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the drafted lines, its outcome names the drafts and what could not be ordered. */
export function generatePurchaseOrdersJob(
  context: Pick<Context, "db" | "clock" | "config">,
): JobFunction {
  return async (run) => {
    const outcome = await draftPurchaseOrders(
      { ...context, costs: reorderCosts(context.config) },
      { id: run.id, actor: "generate-purchase-orders" },
    );
    return { rows: outcome.lines, outcome: { ...outcome } };
  };
}
