/** The figures of a policy: as they were kept, or worked out on the spot where none are (a policy whose own figures decide). */
import { inTransaction } from "../../platform/postgres.ts";
import { type PlanDeps, planAll } from "./planPolicies.ts";
import { planRead, policyRead } from "./queries/plans.ts";

/** A policy's plan as it is answered. */
export interface ShownPlan {
  readonly planned_at: string;
  readonly reviewed_on: string | null;
  readonly reorder_at: string | null;
  readonly order_up_to: string | null;
  readonly working: Readonly<Record<string, unknown>>;
}

/** The plan; undefined where there is no such policy. Keeps nothing. */
export async function showPlan(
  { db, clock, costs }: PlanDeps,
  policyId: string,
): Promise<ShownPlan | undefined> {
  return inTransaction(db, async (tx) => {
    const kept = await planRead(tx, policyId);
    if (kept !== undefined) {
      return {
        planned_at: kept.planned_at.toISOString(),
        reviewed_on: kept.reviewed_on,
        reorder_at: kept.reorder_at,
        order_up_to: kept.order_up_to,
        working: kept.working,
      };
    }
    const now = clock.now();
    const policy = await policyRead(tx, { id: policyId, now });
    if (policy === undefined) return undefined;
    const [plan] = await planAll(tx, [policy], { now, costs });
    if (plan === undefined) return undefined;
    const { reorderAt, orderUpTo, working } = plan;
    return {
      planned_at: now.toISOString(),
      reviewed_on: null,
      reorder_at: reorderAt,
      order_up_to: orderUpTo,
      working,
    };
  });
}
