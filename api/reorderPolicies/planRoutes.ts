/** The figures of a reorder policy, and replaying demand under one. Both read only. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import {
  type CatalogueLookup,
  checkReorderPolicy,
  REORDER_POLICY_KIND,
  readEntity,
} from "../../pipelines/catalogue/index.ts";
import {
  type PlanDeps,
  policyTerms,
  SIMULATED_DAYS_MAX,
  showPlan,
  simulatePolicy,
} from "../../pipelines/reorder/index.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { entityReference } from "../entities/entityResource.ts";
import { itemNamed, warehouseNamed } from "../entities/namedInBody.ts";
import {
  codeField,
  dayField,
  decimalOut,
  nonNegativeQuantityField,
  positiveQuantityField,
} from "../http/fields.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { planOut, policyFigures } from "./schema.ts";

type Deps = PlanDeps & {
  readonly catalogue: Pick<CatalogueLookup, "itemBySku" | "warehouseByCode">;
  readonly personal: PersonalData;
};

/** The routes of plans and simulations. */
export function reorderPlanRoutes(deps: Deps): Route[] {
  return [planRoute(deps), simulationRoute(deps)];
}

function planRoute(deps: Deps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/reorder-policies/{id}/plan",
    tag: "Reorder policies",
    summary: "Read the figures that a policy decides by",
    description:
      "As they were worked out last; of a policy whose own figures decide, what the ledger says of its demand now.",
    permission: "read",
    params: z.object({ id: z.string() }),
    answers: { 200: { description: "The plan.", schema: planOut } },
    handler: async ({ params, caller }) => {
      const reference = entityReference(params.id, undefined);
      const missing = new NotFoundError("reorder policy", params.id);
      if (reference === undefined) throw missing;
      const scope = { warehouses: caller.warehouses };
      const policy = await readEntity(deps, REORDER_POLICY_KIND, { reference, scope });
      const plan = await showPlan(deps, policy.id);
      if (plan === undefined) throw missing;
      return { status: 200, body: plan };
    },
  });
}

const costField = z.number().min(0).max(1_000_000);
const percentField = z.number().min(0).max(1_000);

const simulationBody = z.strictObject({
  sku: codeField,
  warehouse: codeField,
  policy: policyFigures
    .optional()
    .describe("A policy to try; the stored one of item and warehouse where none is given."),
  demand: z
    .array(z.strictObject({ day: dayField, quantity: positiveQuantityField }))
    .min(1)
    .max(SIMULATED_DAYS_MAX)
    .optional()
    .describe("Demand by day; the ledger's where none is given. Days between have none."),
  history_days: z
    .int()
    .min(2)
    .max(SIMULATED_DAYS_MAX)
    .default(365)
    .describe("Days of the ledger, up to yesterday."),
  warm_up_days: z
    .int()
    .min(0)
    .max(SIMULATED_DAYS_MAX)
    .optional()
    .describe("First days, which are known to the policy and not counted; a quarter of all."),
  opening_stock: nonNegativeQuantityField
    .optional()
    .describe("What the policy orders up to where none is given."),
  backorders: z
    .boolean()
    .default(false)
    .describe("Whether unserved demand waits for goods; else it is lost."),
  lead_time_days: z.int().min(0).max(3_650).optional().describe("The supplier's by default."),
  ordering_cost: costField.optional().describe("Of one order; REORDER_ORDERING_COST."),
  holding_percent: percentField
    .optional()
    .describe("Cost of keeping stock a year, of its value; REORDER_HOLDING_PERCENT."),
  shortage_percent: percentField
    .default(50)
    .describe("Cost of a unit that was not served, of its unit cost."),
  days: z.boolean().default(false).describe("Whether each day is told too."),
});

const reportOut = z.object({
  days: z.int(),
  demand: decimalOut,
  served: decimalOut,
  fill_rate: decimalOut.nullable().describe("Share of demand that was served at once."),
  stock_out_days: z.int(),
  average_stock: decimalOut,
  orders: z.int(),
  ordered: decimalOut,
  purchase_cost: decimalOut,
  ordering_cost: decimalOut,
  holding_cost: decimalOut,
  shortage_cost: decimalOut,
  total_cost: decimalOut.describe("Ordering, holding and shortage."),
});

const dayOut = z.object({
  day: z.string(),
  demand: decimalOut,
  served: decimalOut,
  received: decimalOut,
  ordered: decimalOut,
  closing: decimalOut,
});

const simulationOut = z
  .object({
    sku: z.string(),
    warehouse: z.string(),
    method: z.string(),
    from: z.string().meta({ format: "date" }),
    to: z.string().meta({ format: "date" }),
    warm_up_days: z.int(),
    supplier: z.string().nullable(),
    unit_cost: decimalOut.nullable(),
    currency: z.string().nullable(),
    lead_time_days: z.int(),
    reorder_at: decimalOut.nullable(),
    report: reportOut,
    days: z.array(dayOut).optional(),
  })
  .meta({ title: "ReorderSimulation" });

function simulationRoute(deps: Deps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/reorder-simulations",
    tag: "Reorder policies",
    summary: "Replay a demand history under a policy",
    description:
      "Day by day, by the functions that generate-purchase-orders decides by. Changes nothing and keeps nothing. For those who decide on reordering, and for analysts: a replay is work for the server, and shows what goods cost.",
    permission: ["purchasing:write", "reports:run"],
    body: simulationBody,
    answers: { 200: { description: "What came of it.", schema: simulationOut } },
    handler: async ({ body, caller }) => {
      const item = await itemNamed(deps.catalogue, body.sku);
      const warehouse = await warehouseNamed(deps.catalogue, body.warehouse, caller);
      if (body.policy !== undefined) checkReorderPolicy(body.policy);
      const { policy, holding_percent: holding } = body;
      const found = await simulatePolicy(deps, {
        itemId: item.id,
        warehouseId: warehouse.id,
        policy: policy === undefined ? undefined : termsOf(policy),
        demand: body.demand,
        historyDays: body.history_days,
        warmUpDays: body.warm_up_days,
        openingStock: body.opening_stock,
        backorders: body.backorders,
        shortageRate: body.shortage_percent / 100,
        leadTimeDays: body.lead_time_days,
        orderingCost: body.ordering_cost,
        holdingRate: holding === undefined ? undefined : holding / 100,
      });
      if (found === undefined) throw new NotFoundError("item", body.sku);
      const { days, ...rest } = found;
      const named = { sku: body.sku, warehouse: body.warehouse, ...rest };
      return { status: 200, body: body.days ? { ...named, days } : named };
    },
  });
}

function termsOf(policy: z.output<typeof policyFigures>) {
  return policyTerms({
    method: policy.method,
    reorder_point: policy.reorder_point ?? null,
    reorder_quantity: policy.reorder_quantity ?? null,
    min_quantity: policy.min ?? null,
    max_quantity: policy.max ?? null,
    safety_stock: policy.safety_stock ?? null,
    service_level: typeof policy.service_level === "string" ? Number(policy.service_level) : null,
    review_days: policy.review_days ?? null,
  });
}
