/** Reordering: the figures of policies that follow demand, and the purchase orders that bring stock back. */
export { draftPurchaseOrders } from "./draftPurchaseOrders.ts";
export { type PlanDeps, planPolicies, type ReorderCosts, reorderCosts } from "./planPolicies.ts";
export { policyTerms } from "./policyTerms.ts";
export { showPlan } from "./showPlan.ts";
export {
  type ShownSimulation,
  SIMULATED_DAYS_MAX,
  type SimulationRequest,
  simulatePolicy,
} from "./simulatePolicy.ts";
