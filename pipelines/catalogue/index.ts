/** The catalogue: what is stocked, where, who supplies it and when to reorder; and the cached look-ups of other flows. */

export { announceCatalogueChange, type CatalogueChange } from "./catalogueChanges.ts";
export { checkReorderPolicy } from "./checkReorderPolicy.ts";
export { type CatalogueLookup, createCatalogueLookup } from "./createCatalogueLookup.ts";
export {
  archiveEntity,
  type CatalogueDeps,
  createEntity,
  type EntityTarget,
  listEntities,
  patchEntity,
  readEntity,
} from "./entities.ts";
export {
  type EntityKind,
  ITEM_KIND,
  REORDER_POLICY_KIND,
  SUPPLIER_ITEM_KIND,
  SUPPLIER_KIND,
  WAREHOUSE_KIND,
} from "./entityKinds.ts";
export type {
  EntityFields,
  EntityFilters,
  EntityReference,
  EntityRow,
} from "./queries/entities.ts";
export { entitiesById } from "./queries/entitiesById.ts";
export type { ItemEntry, WarehouseEntry } from "./queries/lookups.ts";
export { type NearWarehouseRow, warehousesNearest } from "./queries/nearest.ts";
export { WRITABLE_COLUMNS } from "./queries/tables.ts";
