/** /v1/suppliers: list, create, read, patch, archive. A supplier is addressed by its id or by code:<CODE>. */
import { type CatalogueDeps, SUPPLIER_KIND } from "../../pipelines/catalogue/index.ts";
import {
  archiveRoutes,
  createRoute,
  type EntityResource,
  listRoute,
  patchRoute,
  readRoute,
} from "../entities/entityResource.ts";
import type { Route } from "../http/route.ts";
import { supplierCreate, supplierEntry, supplierFilters, supplierPatch } from "./schema.ts";

const SUPPLIERS: EntityResource = {
  kind: SUPPLIER_KIND,
  tag: "Suppliers",
  path: "/v1/suppliers",
  member: "id",
  codePrefix: "code:",
  write: "purchasing:write",
  entry: supplierEntry,
  create: supplierCreate,
  patch: supplierPatch,
  filters: supplierFilters,
  statuses: ["active"],
};

/** The routes of suppliers. */
export function supplierRoutes(deps: CatalogueDeps): Route[] {
  return [
    listRoute(deps, SUPPLIERS),
    createRoute(deps, SUPPLIERS),
    readRoute(deps, SUPPLIERS),
    patchRoute(deps, SUPPLIERS),
    ...archiveRoutes(deps, SUPPLIERS),
  ];
}
