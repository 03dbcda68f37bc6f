/** /v1/warehouses: list (also by distance), create, read, patch, archive. Addressed by id or by code:<CODE>. */
import {
  type CatalogueDeps,
  type CatalogueLookup,
  WAREHOUSE_KIND,
} from "../../pipelines/catalogue/index.ts";
import {
  answerList,
  archiveRoutes,
  createRoute,
  type EntityResource,
  listQuery,
  patchRoute,
  readRoute,
} from "../entities/entityResource.ts";
import { pageOf } from "../http/pagination.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { refuseOtherWarehouse } from "../http/warehouseLimit.ts";
import { listNearest } from "./listNearest.ts";
import { warehouseCreate, warehouseEntry, warehouseFilters, warehousePatch } from "./schema.ts";

const WAREHOUSES: EntityResource = {
  kind: WAREHOUSE_KIND,
  tag: "Warehouses",
  path: "/v1/warehouses",
  member: "id",
  codePrefix: "code:",
  write: "catalogue:write",
  entry: warehouseEntry,
  create: warehouseCreate,
  patch: warehousePatch,
  filters: warehouseFilters,
  statuses: ["active"],
  scopeOf: (caller) => ({ warehouses: caller.warehouses }),
  resolve: (fields, { caller }) => {
    refuseOtherWarehouse(caller, String(fields["code"]));
    return fields;
  },
  checkPatch: ({ code }, caller) => {
    if (typeof code === "string") refuseOtherWarehouse(caller, code);
  },
};

/** The routes of warehouses. */
export function warehouseRoutes(
  deps: CatalogueDeps & { readonly catalogue: Pick<CatalogueLookup, "announce" | "itemBySku"> },
): Route[] {
  return [
    listWarehouses(deps),
    createRoute(deps, WAREHOUSES),
    readRoute(deps, WAREHOUSES),
    patchRoute(deps, WAREHOUSES),
    ...archiveRoutes(deps, WAREHOUSES),
  ];
}

function listWarehouses(deps: Parameters<typeof warehouseRoutes>[0]): Route {
  const query = listQuery(WAREHOUSES).extend(warehouseFilters);
  return defineRoute({
    method: "get",
    path: WAREHOUSES.path,
    tag: WAREHOUSES.tag,
    summary: "List warehouses, or those that can fulfil, nearest first",
    description:
      "With near (and sku, quantity) only active warehouses that have a location and enough available stock are answered, by distance; code, q and status do not apply then.",
    permission: "read",
    query,
    answers: { 200: { description: "A page.", schema: pageOf(warehouseEntry) } },
    handler: ({ query: { near, sku, quantity, ...filters }, caller }) =>
      near === undefined && sku === undefined && quantity === undefined
        ? answerList(deps, WAREHOUSES, { params: {}, query: filters, caller })
        : listNearest(deps, { ...filters, near, sku, quantity }, caller),
  });
}
