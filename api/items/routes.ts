/** /v1/items: list, create, read, patch, archive. An item is addressed by its id or by sku:<SKU>. */
import { type CatalogueDeps, ITEM_KIND } from "../../pipelines/catalogue/index.ts";
import {
  archiveRoutes,
  createRoute,
  type EntityResource,
  listRoute,
  patchRoute,
  readRoute,
} from "../entities/entityResource.ts";
import type { Route } from "../http/route.ts";
import { itemCreate, itemEntry, itemFilters, itemPatch } from "./schema.ts";

const ITEMS: EntityResource = {
  kind: ITEM_KIND,
  tag: "Items",
  path: "/v1/items",
  member: "id",
  codePrefix: "sku:",
  write: "catalogue:write",
  entry: itemEntry,
  create: itemCreate,
  patch: itemPatch,
  filters: itemFilters,
  statuses: ["active", "discontinued"],
};

/** The routes of items. */
export function itemRoutes(deps: CatalogueDeps): Route[] {
  return [
    listRoute(deps, ITEMS),
    createRoute(deps, ITEMS),
    readRoute(deps, ITEMS),
    patchRoute(deps, ITEMS),
    ...archiveRoutes(deps, ITEMS),
  ];
}
