/** /v1/reorder-policies: one for an item at a warehouse; list, create, read, patch, archive. Addressed by id. */
import {
  type CatalogueDeps,
  type CatalogueLookup,
  REORDER_POLICY_KIND,
} from "../../pipelines/catalogue/index.ts";
import {
  archiveRoutes,
  createRoute,
  type EntityResource,
  listRoute,
  patchRoute,
  readRoute,
} from "../entities/entityResource.ts";
import { itemNamed, warehouseNamed } from "../entities/namedInBody.ts";
import type { Route } from "../http/route.ts";
import { policyCreate, policyEntry, policyFilters, policyPatch } from "./schema.ts";

type Deps = CatalogueDeps & {
  readonly catalogue: Pick<CatalogueLookup, "announce" | "itemBySku" | "warehouseByCode">;
};

/** The routes of reorder policies. */
export function reorderPolicyRoutes(deps: Deps): Route[] {
  const policies = reorderPolicies(deps);
  return [
    listRoute(deps, policies),
    createRoute(deps, policies),
    readRoute(deps, policies),
    patchRoute(deps, policies),
    ...archiveRoutes(deps, policies),
  ];
}

function reorderPolicies({ catalogue }: Deps): EntityResource {
  return {
    kind: REORDER_POLICY_KIND,
    tag: "Reorder policies",
    path: "/v1/reorder-policies",
    member: "id",
    codePrefix: undefined,
    write: "purchasing:write",
    entry: policyEntry,
    create: policyCreate,
    patch: policyPatch,
    filters: policyFilters,
    statuses: ["active"],
    scopeOf: (caller) => ({ warehouses: caller.warehouses }),
    resolve: async (fields, { caller }) => {
      const item = await itemNamed(catalogue, String(fields["sku"]));
      const warehouse = await warehouseNamed(catalogue, String(fields["warehouse"]), caller);
      return { ...fields, item_id: item.id, warehouse_id: warehouse.id };
    },
  };
}
