/** What the SQL of entity upserts must know of each table. */

import type { ImportKind } from "../../../domain/importWords.ts";
import { WRITABLE_COLUMNS } from "../../catalogue/index.ts";

/** Kinds whose rows are entities of the catalogue. */
export type EntityKind = Exclude<ImportKind, "movements" | "counts" | "purchase_orders">;

/** One table, as a file fills it. */
export interface EntityTable {
  readonly table: string;
  /** Columns that a file may set. */
  readonly columns: readonly string[];
  /** Columns that a new row gets besides; part of the key, or following from the id. */
  readonly fixed: readonly string[];
  /** Values of a new row that neither the file nor the column's own default gives. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Joins from a staged row `s` to what its key names. */
  readonly joins: string;
  /** The key of a staged row as jsonb, merged into its fields. */
  readonly key: string;
  /** Finds the stored row `e` of a staged row `g`. */
  readonly match: string;
  readonly archivedCode: string;
  /** The field that a fault of the entity itself is shown at. */
  readonly column: string;
}

/** Columns but those that only a new row gets. */
function without(columns: readonly string[], ...fixed: readonly string[]): readonly string[] {
  return columns.filter((column) => !fixed.includes(column));
}

/** The tables by kind. */
export const ENTITY_TABLES: Readonly<Record<EntityKind, EntityTable>> = {
  items: {
    table: "inventory_items",
    columns: without(WRITABLE_COLUMNS.items, "sku"),
    fixed: ["sku", "lane"],
    defaults: { unit: "each", tracking: "none", status: "active" },
    joins: "",
    key: "'{}'::jsonb",
    match: "e.sku = g.fields ->> 'sku'",
    archivedCode: "item_archived",
    column: "sku",
  },
  warehouses: {
    table: "warehouses",
    columns: without(WRITABLE_COLUMNS.warehouses, "code", "status"),
    fixed: ["code", "status"],
    defaults: { time_zone: "UTC", allow_negative: false, status: "active" },
    joins: "",
    key: "'{}'::jsonb",
    match: "e.code = g.fields ->> 'code'",
    archivedCode: "warehouse_archived",
    column: "code",
  },
  suppliers: {
    table: "suppliers",
    columns: without(WRITABLE_COLUMNS.suppliers, "code", "status"),
    fixed: ["code", "status"],
    defaults: { holidays: "{}", status: "active" },
    joins: "",
    key: `case when s.fields -> 'holidays' = 'null' then '{"holidays": "{}"}' else '{}' end::jsonb`,
    match: "e.code = g.fields ->> 'code'",
    archivedCode: "supplier_archived",
    column: "code",
  },
  supplier_items: {
    table: "supplier_items",
    columns: without(WRITABLE_COLUMNS.supplier_items, "status"),
    fixed: ["supplier_id", "item_id", "status"],
    defaults: { moq: "1", pack_size: "1", price_breaks: [], preferred: false, status: "active" },
    joins:
      "join suppliers p on p.code = s.fields ->> 'supplier' join inventory_items i on i.sku = s.fields ->> 'sku'",
    key: `jsonb_build_object('supplier_id', p.id, 'item_id', i.id)
          || case
            when s.fields ? 'price_breaks'
              then jsonb_build_object('price_breaks', coalesce((s.fields ->> 'price_breaks')::jsonb, '[]'))
            else '{}'
          end`,
    match:
      "e.supplier_id = (g.fields ->> 'supplier_id')::uuid and e.item_id = (g.fields ->> 'item_id')::uuid",
    archivedCode: "supplier_item_archived",
    column: "sku",
  },
  reorder_policies: {
    table: "reorder_policies",
    columns: without(WRITABLE_COLUMNS.reorder_policies, "status"),
    fixed: ["item_id", "warehouse_id", "status"],
    defaults: { status: "active" },
    joins:
      "join inventory_items i on i.sku = s.fields ->> 'sku' join warehouses w on w.code = s.fields ->> 'warehouse'",
    key: "jsonb_build_object('item_id', i.id, 'warehouse_id', w.id)",
    match:
      "e.item_id = (g.fields ->> 'item_id')::uuid and e.warehouse_id = (g.fields ->> 'warehouse_id')::uuid",
    archivedCode: "reorder_policy_archived",
    column: "sku",
  },
};
