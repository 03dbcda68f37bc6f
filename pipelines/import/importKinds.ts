/** The kinds of import: their columns by plain name, what each may hold, the key of an entity and what a row refers to. */
import { MOVEMENT_TYPES } from "../../domain/movement.ts";
import type { Permission } from "../../domain/roles.ts";
import * as cell from "./cellFormats.ts";

/** Kinds that this version reads. */
export const IMPORT_KINDS = [
  "items",
  "suppliers",
  "warehouses",
  "supplier_items",
  "reorder_policies",
  "movements",
  "counts",
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** Kinds of the contract that a later version will read; they are refused by name until then. */
export const IMPORT_KINDS_TO_COME = ["purchase_orders"] as const;

export interface ColumnRule {
  /** Plain name of the column. */
  readonly field: string;
  readonly format: cell.CellFormat;
  readonly required?: true;
  /** Other headings that people use, in any case and spacing. */
  readonly aliases?: readonly string[];
  /** Name of the checked field, where it differs. */
  readonly storedAs?: string;
}

export interface KindRule {
  readonly columns: readonly ColumnRule[];
  /** Fields that name the entity; empty for kinds whose rows are movements. */
  readonly key: readonly string[];
  /** Fields that name something that must exist. */
  readonly references: readonly ("sku" | "supplier" | "warehouse" | "to_warehouse")[];
}

const DAYS_MAX = 3_650;

const sku: ColumnRule = {
  field: "sku",
  format: cell.code,
  required: true,
  aliases: [
    "item",
    "item code",
    "item no",
    "item number",
    "article",
    "article number",
    "product code",
    "part number",
    "stock code",
  ],
};
const warehouse: ColumnRule = {
  field: "warehouse",
  format: cell.code,
  required: true,
  aliases: ["warehouse code", "location", "site", "from warehouse", "depot"],
};
const supplier: ColumnRule = {
  field: "supplier",
  format: cell.code,
  required: true,
  aliases: ["supplier code", "vendor", "vendor code"],
};
const entityCode: ColumnRule = { field: "code", format: cell.code, required: true };
const entityName: ColumnRule = { field: "name", format: cell.text(200), required: true };
const currency: ColumnRule = {
  field: "currency",
  format: cell.currency,
  aliases: ["currency code", "curr"],
};
const address: ColumnRule = { field: "address", format: cell.text(500), aliases: ["street"] };
const leadTime: ColumnRule = {
  field: "lead_time_days",
  format: cell.whole(0, DAYS_MAX),
  aliases: ["lead time", "delivery days"],
};
const quantity: ColumnRule = {
  field: "quantity",
  format: cell.quantity,
  required: true,
  aliases: ["qty", "amount", "units"],
};
const lot: ColumnRule = {
  field: "lot",
  format: cell.code,
  aliases: ["batch", "lot number", "serial", "serial number"],
};

const ITEMS: KindRule = {
  columns: [
    { ...sku, aliases: [...(sku.aliases ?? []), "code"] },
    { ...entityName, aliases: ["item name", "product name", "title"] },
    { field: "description", format: cell.text(2_000), aliases: ["details"] },
    { field: "unit", format: cell.text(40), aliases: ["uom", "unit of measure"] },
    { field: "category", format: cell.text(200), aliases: ["group", "product group"] },
    { field: "barcode", format: cell.code, aliases: ["ean", "gtin", "upc"] },
    { field: "cost", format: cell.nonNegative, aliases: ["unit cost", "cost price"] },
    {
      field: "price",
      format: cell.nonNegative,
      aliases: ["unit price", "sales price", "list price"],
    },
    currency,
    { field: "tracking", format: cell.oneOf(["none", "lot", "serial"]) },
    { field: "status", format: cell.oneOf(["active", "discontinued", "archived"]) },
  ],
  key: ["sku"],
  references: [],
};

const SUPPLIERS: KindRule = {
  columns: [
    { ...entityCode, aliases: ["supplier", "supplier code", "vendor", "vendor code"] },
    { ...entityName, aliases: ["supplier name", "company", "company name", "vendor name"] },
    { field: "contact_name", format: cell.text(200), aliases: ["contact", "contact person"] },
    { field: "email", format: cell.text(320), aliases: ["e-mail", "mail"] },
    { field: "phone", format: cell.text(50), aliases: ["telephone", "tel"] },
    address,
    { field: "city", format: cell.text(200), aliases: ["town"] },
    { field: "country", format: cell.text(100), aliases: ["country code"] },
    currency,
    leadTime,
  ],
  key: ["code"],
  references: [],
};

const WAREHOUSES: KindRule = {
  columns: [
    { ...entityCode, aliases: ["warehouse", "warehouse code", "site", "location"] },
    { ...entityName, aliases: ["warehouse name", "title"] },
    address,
    {
      field: "latitude",
      format: cell.between({ min: -90, max: 90, decimalsMax: 15, open: false }),
      aliases: ["lat"],
    },
    {
      field: "longitude",
      format: cell.between({ min: -180, max: 180, decimalsMax: 15, open: false }),
      aliases: ["lon", "lng", "long"],
    },
    { field: "time_zone", format: cell.timeZone, aliases: ["tz"] },
    { field: "allow_negative", format: cell.truth, aliases: ["negative allowed"] },
  ],
  key: ["code"],
  references: [],
};

const SUPPLIER_ITEMS: KindRule = {
  columns: [
    supplier,
    sku,
    {
      field: "supplier_sku",
      format: cell.text(100),
      aliases: ["vendor sku", "supplier item code"],
    },
    { field: "unit_cost", format: cell.nonNegative, aliases: ["cost", "cost price"] },
    currency,
    {
      field: "moq",
      format: cell.positive,
      aliases: ["minimum order quantity", "min order", "minimum order"],
    },
    { field: "pack_size", format: cell.positive, aliases: ["pack", "case size"] },
    leadTime,
    { field: "preferred", format: cell.truth, aliases: ["is preferred"] },
  ],
  key: ["supplier", "sku"],
  references: ["supplier", "sku"],
};

const REORDER_POLICIES: KindRule = {
  columns: [
    sku,
    warehouse,
    { field: "method", format: cell.oneOf(["min_max", "reorder_point"]), required: true },
    { field: "reorder_point", format: cell.nonNegative, aliases: ["rop", "reorder level"] },
    {
      field: "reorder_quantity",
      format: cell.positive,
      aliases: ["reorder qty", "order quantity"],
    },
    {
      field: "min",
      storedAs: "min_quantity",
      format: cell.nonNegative,
      aliases: ["minimum", "min quantity", "min stock"],
    },
    {
      field: "max",
      storedAs: "max_quantity",
      format: cell.nonNegative,
      aliases: ["maximum", "max quantity", "max stock"],
    },
    { field: "safety_stock", format: cell.nonNegative, aliases: ["safety"] },
    {
      field: "service_level",
      format: cell.between({ min: 0, max: 1, decimalsMax: 5, open: true }),
    },
    { field: "review_days", format: cell.whole(1, DAYS_MAX), aliases: ["review period"] },
  ],
  key: ["sku", "warehouse"],
  references: ["sku", "warehouse"],
};

const MOVEMENTS: KindRule = {
  columns: [
    {
      field: "type",
      format: cell.oneOf(MOVEMENT_TYPES),
      required: true,
      aliases: ["movement type", "transaction type", "kind"],
    },
    sku,
    warehouse,
    quantity,
    { field: "id", format: cell.uuid, aliases: ["movement id"] },
    {
      field: "to_warehouse",
      format: cell.code,
      aliases: ["destination", "to location", "destination warehouse"],
    },
    { field: "unit", format: cell.code, aliases: ["uom", "unit of measure"] },
    lot,
    {
      field: "expires_on",
      format: cell.day,
      aliases: ["expiry", "expiry date", "best before", "use by"],
    },
    { field: "unit_cost", format: cell.nonNegative, aliases: ["cost", "cost price"] },
    currency,
    { field: "reason", format: cell.text(500), aliases: ["comment", "note"] },
    { field: "reference_type", format: cell.text(100) },
    { field: "reference_id", format: cell.text(200), aliases: ["reference"] },
    {
      field: "occurred_at",
      format: cell.time,
      aliases: ["date", "time", "timestamp", "datetime", "occurred", "movement date"],
    },
  ],
  key: [],
  references: ["sku", "warehouse", "to_warehouse"],
};

const COUNTS: KindRule = {
  columns: [
    sku,
    warehouse,
    { ...quantity, aliases: [...(quantity.aliases ?? []), "count", "counted", "counted quantity"] },
    lot,
    {
      field: "counted_at",
      format: cell.time,
      storedAs: "occurred_at",
      aliases: ["date", "time", "timestamp", "datetime", "count date"],
    },
    {
      field: "counted_version",
      format: cell.whole(0, Number.MAX_SAFE_INTEGER),
      aliases: ["version"],
    },
  ],
  key: [],
  references: ["sku", "warehouse"],
};

const KINDS: Readonly<Record<ImportKind, KindRule>> = {
  items: ITEMS,
  suppliers: SUPPLIERS,
  warehouses: WAREHOUSES,
  supplier_items: SUPPLIER_ITEMS,
  reorder_policies: REORDER_POLICIES,
  movements: MOVEMENTS,
  counts: COUNTS,
};

/** The rules of a kind. */
export function kindRule(kind: ImportKind): KindRule {
  return KINDS[kind];
}

/** True for kinds whose rows become movements. */
export function isMovementKind(kind: ImportKind): kind is "movements" | "counts" {
  return kind === "movements" || kind === "counts";
}

/** What a caller must be allowed to do for imports of the kind. */
export function permissionFor(kind: ImportKind): Permission {
  return isMovementKind(kind) ? "imports:movements" : "imports:catalogue";
}
