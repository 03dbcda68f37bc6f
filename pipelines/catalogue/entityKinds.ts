/** The five kinds of catalogue entities: their names, their tables, and the rules that only one of them has. */

import type { EntityEventKind } from "../../domain/events/index.ts";
import type { Db } from "../../platform/postgres.ts";
import type { CatalogueChange } from "./catalogueChanges.ts";
import { checkItem } from "./checkItem.ts";
import { checkReorderPolicy } from "./checkReorderPolicy.ts";
import { checkWarehouse } from "./checkWarehouse.ts";
import { guardTerms, writeItemUnits } from "./itemParts.ts";
import { type EntityFields, type EntityRow } from "./queries/entities.ts";
import {
  type EntityTable,
  ITEMS,
  REORDER_POLICIES,
  SUPPLIER_ITEMS,
  SUPPLIERS,
  WAREHOUSES,
} from "./queries/tables.ts";
import { itemUsage, supplierUsage, type Usage, warehouseUsage } from "./queries/usage.ts";

/** What the shared machinery needs to know of a kind. */
export interface EntityKind {
  /** As in messages. */
  readonly name: string;
  /** First part of its event types. */
  readonly events: EntityEventKind;
  readonly table: EntityTable;
  /** Members of an answer that name the entity to a reader, e.g. ["sku"]; unique together. */
  readonly namedBy: readonly string[];
  /** Subject of its events. */
  readonly subjectOf: (row: EntityRow) => string;
  /** The cached look-ups that a write of it changes. */
  readonly changeOf?: (row: EntityRow) => CatalogueChange;
  /** What still hangs on it; it can be archived only when nothing does. */
  readonly usage?: (db: Db, id: string) => Promise<Usage>;
  /** Checks the whole of what will stand after a write; throws InvalidInputError. */
  readonly check?: (fields: EntityFields) => void;
  /** Writes what lies in tables of its own, in the transaction of the entity; answers whether there was any. */
  readonly writeParts?: (db: Db, id: string, fields: EntityFields) => Promise<boolean>;
  /** Refuses changes that what exists forbids; called before the entity's row is locked. Throws ConflictError. */
  readonly guardChange?: (db: Db, id: string, fields: EntityFields) => Promise<void>;
}

export const ITEM_KIND: EntityKind = {
  name: "item",
  events: "item",
  table: ITEMS,
  namedBy: ["sku"],
  subjectOf: (row) => `items/${String(row["sku"])}`,
  changeOf: (row) => ({ skus: [String(row["sku"])] }),
  usage: itemUsage,
  check: checkItem,
  writeParts: writeItemUnits,
  guardChange: guardTerms,
};

export const WAREHOUSE_KIND: EntityKind = {
  name: "warehouse",
  events: "warehouse",
  table: WAREHOUSES,
  namedBy: ["code"],
  subjectOf: (row) => `warehouses/${String(row["code"])}`,
  changeOf: (row) => ({ codes: [String(row["code"])] }),
  usage: warehouseUsage,
  check: checkWarehouse,
};

export const SUPPLIER_KIND: EntityKind = {
  name: "supplier",
  events: "supplier",
  table: SUPPLIERS,
  namedBy: ["code"],
  subjectOf: (row) => `suppliers/${String(row["code"])}`,
  usage: supplierUsage,
};

export const SUPPLIER_ITEM_KIND: EntityKind = {
  name: "supplier item",
  events: "supplier_item",
  table: SUPPLIER_ITEMS,
  namedBy: ["supplier", "sku"],
  subjectOf: (row) => `suppliers/${String(row["supplier"])}/items/${String(row["sku"])}`,
};

export const REORDER_POLICY_KIND: EntityKind = {
  name: "reorder policy",
  events: "reorder_policy",
  table: REORDER_POLICIES,
  namedBy: ["sku", "warehouse"],
  subjectOf: (row) => `reorder-policies/${row.id}`,
  check: checkReorderPolicy,
};
