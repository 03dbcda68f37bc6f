/**
 * The five tables of the catalogue as SQL fragments: what may be written, what is shown, what it is joined with.
 * Constants only: no input ever becomes part of a statement's text. The entity itself is always `t`.
 */

import { PERSONAL_TABLES, type PersonalTable } from "../../../platform/personalData.ts";

/** A table of entities. Fields carry the columns' names, or another that `columnOf` translates. */
export interface EntityTable {
  readonly table: string;
  /** Columns that a create or patch may set. */
  readonly writable: readonly string[];
  /** Columns that only a create sets. */
  readonly fixed: readonly string[];
  /** Select list of an answer, in its order. */
  readonly shown: string;
  readonly joins: string;
  /** Columns by which one entity is addressed besides its id, e.g. "t.sku"; undefined: by id alone. */
  readonly codeColumn: string | undefined;
  /** Its personal columns; entities.ts seals and opens them, these statements carry them as they are. */
  readonly personal?: PersonalTable;
  readonly columnOf?: Readonly<Record<string, string>>;
  /** Conditions by the name of the filter; `$?` stands for its value. */
  readonly filters: Readonly<Record<string, string>>;
  /** Unique order of lists: expressions of the select's tables, and the answer's members that hold them. */
  readonly order: readonly { readonly column: string; readonly member: string }[];
}

const TAIL = "t.status, t.version, t.created_at, t.updated_at";

export const ITEMS: EntityTable = {
  table: "inventory_items",
  writable: [
    "sku",
    "name",
    "description",
    "unit",
    "category",
    "barcode",
    "cost",
    "price",
    "currency",
    "tracking",
    "status",
  ],
  fixed: ["id", "lane"],
  shown: `t.id, t.sku, t.name, t.description, t.unit, t.category, t.barcode,
    trim_scale(t.cost)::text as cost, trim_scale(t.price)::text as price, t.currency, t.tracking,
    (select coalesce(jsonb_object_agg(u.unit, trim_scale(u.factor)::text), '{}') from item_units u where u.item_id = t.id) as units,
    ${TAIL}`,
  joins: "",
  codeColumn: "t.sku",
  filters: {
    sku: "t.sku = $?::text",
    category: "t.category = $?::text",
    barcode: "t.barcode = $?::text",
    q: "(t.sku ilike $? or t.name ilike $? or t.barcode ilike $?)",
  },
  order: [{ column: "t.sku", member: "sku" }],
};

export const WAREHOUSES: EntityTable = {
  table: "warehouses",
  writable: [
    "code",
    "name",
    "address",
    "latitude",
    "longitude",
    "time_zone",
    "allow_negative",
    "status",
  ],
  fixed: ["id"],
  shown: `t.id, t.code, t.name, t.address, t.latitude, t.longitude, t.time_zone, t.allow_negative, ${TAIL}`,
  joins: "",
  codeColumn: "t.code",
  filters: {
    code: "t.code = $?::text",
    q: "(t.code ilike $? or t.name ilike $?)",
    warehouses: "t.code = any($?::text[])",
  },
  order: [{ column: "t.code", member: "code" }],
};

export const SUPPLIERS: EntityTable = {
  table: "suppliers",
  writable: [
    "code",
    "name",
    "contact_name",
    "email",
    "phone",
    "address",
    "city",
    "country",
    "currency",
    "lead_time_days",
    "working_days",
    "holidays",
    "status",
    "email_index",
    "phone_index",
  ],
  fixed: ["id"],
  personal: PERSONAL_TABLES.suppliers,
  shown: `t.id, t.code, t.name, t.contact_name, t.email, t.phone, t.address, t.city, t.country, t.currency,
    t.lead_time_days, to_jsonb(t.working_days) as working_days, to_jsonb(t.holidays) as holidays, ${TAIL}`,
  joins: "",
  codeColumn: "t.code",
  filters: {
    code: "t.code = $?::text",
    q: "(t.code ilike $? or t.name ilike $?)",
    email: "t.email_index = $?::bytea",
    phone: "t.phone_index = $?::bytea",
  },
  order: [{ column: "t.code", member: "code" }],
};

export const SUPPLIER_ITEMS: EntityTable = {
  table: "supplier_items",
  writable: [
    "supplier_sku",
    "unit_cost",
    "currency",
    "moq",
    "pack_size",
    "order_multiple",
    "order_maximum",
    "price_breaks",
    "lead_time_days",
    "preferred",
    "status",
  ],
  fixed: ["id", "supplier_id", "item_id"],
  shown: `t.id, s.code as supplier, t.item_id, i.sku, t.supplier_sku, trim_scale(t.unit_cost)::text as unit_cost,
    t.currency, trim_scale(t.moq)::text as moq, trim_scale(t.pack_size)::text as pack_size,
    trim_scale(t.order_multiple)::text as order_multiple, trim_scale(t.order_maximum)::text as order_maximum, t.price_breaks,
    t.lead_time_days,
    t.preferred, ${TAIL}`,
  joins: `join suppliers s on s.id = t.supplier_id
    join inventory_items i on i.id = t.item_id`,
  codeColumn: "i.sku",
  filters: { sku: "i.sku = $?::text", supplier_id: "t.supplier_id = $?::uuid" },
  order: [{ column: "i.sku", member: "sku" }],
};

export const REORDER_POLICIES: EntityTable = {
  table: "reorder_policies",
  writable: [
    "method",
    "reorder_point",
    "reorder_quantity",
    "min_quantity",
    "max_quantity",
    "safety_stock",
    "service_level",
    "review_days",
    "recovery_margin",
    "status",
  ],
  fixed: ["id", "item_id", "warehouse_id"],
  shown: `t.id, i.sku, w.code as warehouse, t.method, trim_scale(t.reorder_point)::text as reorder_point,
    trim_scale(t.reorder_quantity)::text as reorder_quantity, trim_scale(t.min_quantity)::text as min,
    trim_scale(t.max_quantity)::text as max, trim_scale(t.safety_stock)::text as safety_stock,
    trim_scale(t.service_level)::text as service_level, t.review_days,
    trim_scale(t.recovery_margin)::text as recovery_margin, trim_scale(t.reorder_at)::text as reorder_at, ${TAIL}`,
  joins: `join inventory_items i on i.id = t.item_id
    join warehouses w on w.id = t.warehouse_id`,
  codeColumn: undefined,
  columnOf: { min: "min_quantity", max: "max_quantity" },
  filters: {
    sku: "i.sku = $?::text",
    warehouse: "w.code = $?::text",
    method: "t.method = $?::text",
    warehouses: "w.code = any($?::text[])",
  },
  order: [
    { column: "i.sku", member: "sku" },
    { column: "w.code", member: "warehouse" },
  ],
};

/** Columns that a create or patch may set, by the kind of a file that fills them too. */
export const WRITABLE_COLUMNS = {
  items: ITEMS.writable,
  warehouses: WAREHOUSES.writable,
  suppliers: SUPPLIERS.writable,
  supplier_items: SUPPLIER_ITEMS.writable,
  reorder_policies: REORDER_POLICIES.writable,
} as const;
