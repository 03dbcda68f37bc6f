/** Job plan-reorder: works out the figures of policies that follow demand, where they are missing, outdated or a day old. */
import { planPolicies, reorderCosts } from "../pipelines/reorder/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Policies of one run; the next one goes on. */
const POLICIES_MAX = 4_096;

/** Makes the job; its rows are the policies that were planned. */
export function planReorderJob(context: Pick<Context, "db" | "clock" | "config">): JobFunction {
  return async () => {
    const costs = reorderCosts(context.config);
    const planned = await planPolicies({ ...context, costs }, POLICIES_MAX);
    return { rows: planned, outcome: { planned } };
  };
}
