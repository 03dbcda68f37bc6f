/** /v1/suppliers/{id}/items: what one supplier sells. An entry is addressed by its id or by sku:<SKU>. */
import { NotFoundError } from "../../domain/errors.ts";
import {
  type CatalogueDeps,
  type CatalogueLookup,
  readEntity,
  SUPPLIER_ITEM_KIND,
  SUPPLIER_KIND,
} from "../../pipelines/catalogue/index.ts";
import {
  archiveRoutes,
  createRoute,
  type EntityResource,
  entityReference,
  listRoute,
  type PathParams,
  patchRoute,
  readRoute,
} from "../entities/entityResource.ts";
import { itemNamed } from "../entities/namedInBody.ts";
import type { Route } from "../http/route.ts";
import {
  supplierItemCreate,
  supplierItemEntry,
  supplierItemFilters,
  supplierItemPatch,
} from "./schema.ts";

type Deps = CatalogueDeps & {
  readonly catalogue: Pick<CatalogueLookup, "announce" | "itemBySku">;
};

/** The routes of supplier items. */
export function supplierItemRoutes(deps: Deps): Route[] {
  const resource = supplierItems(deps);
  return [
    listRoute(deps, resource),
    createRoute(deps, resource),
    readRoute(deps, resource),
    patchRoute(deps, resource),
    ...archiveRoutes(deps, resource),
  ];
}

function supplierItems(deps: Deps): EntityResource {
  const supplierOf = async (params: PathParams) => {
    const text = params["id"] ?? "";
    const reference = entityReference(text, "code:");
    if (reference === undefined) throw new NotFoundError("supplier", text);
    return readEntity(deps, SUPPLIER_KIND, { reference, scope: {} });
  };
  return {
    kind: SUPPLIER_ITEM_KIND,
    tag: "Suppliers",
    path: "/v1/suppliers/{id}/items",
    member: "item",
    codePrefix: "sku:",
    write: "purchasing:write",
    entry: supplierItemEntry,
    create: supplierItemCreate,
    patch: supplierItemPatch,
    filters: supplierItemFilters,
    statuses: ["active"],
    scopeOf: async (_caller, params) => ({ supplier_id: (await supplierOf(params)).id }),
    resolve: async (fields, { params }) => {
      const supplier = await supplierOf(params);
      const item = await itemNamed(deps.catalogue, String(fields["sku"]));
      return { ...fields, supplier: supplier["code"], supplier_id: supplier.id, item_id: item.id };
    },
  };
}
