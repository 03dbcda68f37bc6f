/**
 * The imports of the Northwind scenario, in order: which file, of what kind, and the column mapping
 * that turns Northwind's own names and codes into Stockline's.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** One file to upload. */
export interface FileToImport {
  readonly kind: string;
  readonly path: string;
  readonly mapping?: object;
}

/** A file whose rows all go in; `rows` is the name of its row count in the oracle's figures. */
interface PlannedImport extends FileToImport {
  readonly rows: string;
}

/** The uploads; `data` is the Northwind folder, `derived` the folder that the oracle wrote. */
export async function importPlan(data: string, derived: string): Promise<PlannedImport[]> {
  const made = (file: string) => ({ path: join(derived, file), rows: file });
  return [
    { kind: "warehouses", ...made("warehouses.csv") },
    {
      kind: "suppliers",
      path: join(data, "suppliers.csv"),
      rows: "suppliers",
      mapping: {
        columns: { supplier_id: "code", company_name: "name" },
        defaults: { currency: "USD" },
      },
    },
    {
      kind: "items",
      ...made("items.csv"),
      mapping: await itemMapping(data, { unit_cost: "cost" }),
    },
    {
      kind: "supplier_items",
      ...made("supplier_items.csv"),
      mapping: {
        columns: { supplier_id: "supplier", product_id: "sku", unit_price: "unit_cost" },
        defaults: { currency: "USD", preferred: "true" },
      },
    },
    { kind: "reorder_policies", ...made("reorder_policies.csv") },
    {
      kind: "counts",
      ...made("opening_counts.csv"),
      mapping: {
        columns: { product_id: "sku", opening: "quantity" },
        defaults: { warehouse: "NW" },
        options: { time_zone: "UTC" },
      },
    },
    {
      kind: "movements",
      ...made("order_lines.csv"),
      mapping: {
        columns: { product_id: "sku", order_id: "reference_id", order_date: "occurred_at" },
        defaults: { type: "issue", warehouse: "NW", reference_type: "sales_order" },
        options: { time_zone: "UTC" },
      },
    },
  ];
}

/**
 * Northwind's own products.csv, as it is, by every kind that it holds something of. Prices carry single-precision noise in some rows
 * (README.md of the data), so those rows are refused where the kind takes the price.
 */
export async function productsAs(kind: string, data: string): Promise<FileToImport> {
  const mappings: Readonly<Record<string, object>> = {
    items: await itemMapping(data, {}),
    supplier_items: {
      columns: { supplier_id: "supplier", product_id: "sku", unit_price: "unit_cost" },
      defaults: { currency: "USD" },
    },
    counts: {
      columns: { product_id: "sku", units_in_stock: "quantity" },
      defaults: { warehouse: "NW" },
    },
  };
  return { kind, path: join(data, "products.csv"), mapping: mappings[kind] ?? {} };
}

/** What Northwind has on order, one order a supplier; the prices are rounded. */
export function openOrders(derived: string): PlannedImport {
  return {
    kind: "purchase_orders",
    path: join(derived, "purchase_orders.csv"),
    rows: "purchase_orders.csv",
    mapping: {
      columns: { product_id: "sku", units_on_order: "quantity", unit_price: "unit_cost" },
      defaults: { currency: "USD" },
    },
  };
}

async function itemMapping(data: string, more: Readonly<Record<string, string>>): Promise<object> {
  return {
    columns: {
      product_id: "sku",
      product_name: "name",
      quantity_per_unit: "description",
      category_id: "category",
      unit_price: "price",
      discontinued: "status",
      ...more,
    },
    defaults: { unit: "each", currency: "USD" },
    values: {
      status: { "0": "active", "1": "discontinued" },
      category: await categoryNames(data),
    },
  };
}

/** Category numbers with their names; the first two columns of the file hold no commas. */
async function categoryNames(data: string): Promise<Record<string, string>> {
  const text = await readFile(join(data, "categories.csv"), "utf8");
  const pairs = text
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((line) => line.split(",", 2));
  return Object.fromEntries(pairs.map(([id = "", name = ""]) => [id, name]));
}
