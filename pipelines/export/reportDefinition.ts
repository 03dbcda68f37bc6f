/** What a report is: where its rows come from, its columns with their types, and the words that explain them to people. */

/**
 * decimal: exact, with a precision. integer: up to 2^63 - 1. timestamp: RFC 3339, UTC. date: YYYY-MM-DD.
 */
export type ColumnType = "text" | "decimal" | "integer" | "timestamp" | "date";

export interface ReportColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Of a decimal: digits in all and after the point, as Parquet and SQL engines want them. */
  readonly precision?: number;
  readonly scale?: number;
  readonly description: string;
}

/** A view is read as it was refreshed while that is young, else live; a query is always read live. */
export type ReportSource =
  | { readonly view: "v_current_inventory" | "v_low_stock_items" | "v_pending_orders" }
  | { readonly query: string };

/** Parameters that a report may take beside `warehouse` and `sku_prefix`, which all take. */
export type PeriodParameter = "from" | "to" | "as_of";

export interface ReportDefinition {
  readonly title: string;
  readonly description: string;
  readonly source: ReportSource;
  /** Columns of the source that the rows are ordered by; together they tell every row apart. */
  readonly orderBy: readonly string[];
  readonly parameters: readonly PeriodParameter[];
  readonly columns: readonly ReportColumn[];
}

/** A column of texts. */
export function text(name: string, description: string): ReportColumn {
  return { name, type: "text", description };
}

/** A quantity of one level: up to 18 digits, 4 of them decimals. */
export function quantity(name: string, description: string): ReportColumn {
  return { name, type: "decimal", precision: 18, scale: 4, description };
}

/** A sum of quantities or a value: up to 38 digits, 4 of them decimals. */
export function amount(name: string, description: string): ReportColumn {
  return { name, type: "decimal", precision: 38, scale: 4, description };
}

/** A cost of one unit: 6 decimals. */
export function unitCost(name: string, description: string): ReportColumn {
  return { name, type: "decimal", precision: 24, scale: 6, description };
}

/** A ratio or a number of days: 4 decimals. */
export function ratio(name: string, description: string): ReportColumn {
  return { name, type: "decimal", precision: 18, scale: 4, description };
}

/** A column of counts. */
export function count(name: string, description: string): ReportColumn {
  return { name, type: "integer", description };
}

/** A column of moments. */
export function moment(name: string, description: string): ReportColumn {
  return { name, type: "timestamp", description };
}

/** A column of calendar days. */
export function day(name: string, description: string): ReportColumn {
  return { name, type: "date", description };
}

export const SKU = text("sku", "The item's SKU.");
export const NAME = text("name", "The item's name.");
export const CATEGORY = text("category", "The item's category.");
export const UNIT = text("unit", "The stock unit of all quantities.");
export const WAREHOUSE = text("warehouse", "Code of the warehouse.");
export const CURRENCY = text("currency", "Currency of costs and values (ISO 4217).");

/** True where the column holds the code of a warehouse that the rows are limited to. */
export const ofWarehouses = (column: string): string =>
  `({{warehouses}}::text[] is null or ${column} = any({{warehouses}}::text[]))`;

/** True where the column holds a SKU that begins as asked. */
export const ofSkus = (column: string): string => `starts_with(${column}, {{sku_prefix}})`;

/**
 * What a request asked for, inside a query. COPY takes no parameters, so the names in double braces are replaced by literals (withLimits in
 * queries/snapshot.ts); the planner knows them then as well, and a whole ledger is not looked up entry by entry.
 */
export const ASKED = {
  /** True for warehouses `w` that the rows are limited to. */
  warehouse: ofWarehouses("w.code"),
  /** True for items `i` whose SKU begins as asked. */
  sku: ofSkus("i.sku"),
  /** Start of the period, included; a year before its end where none is given. */
  from: "coalesce({{from}}::timestamptz, coalesce({{to}}::timestamptz, now()) - interval '365 days')",
  /** End of the period, excluded; the snapshot's own time where none is given. */
  to: "coalesce({{to}}::timestamptz, now())",
  /** Start of the period where everything before counts as well when none is given. */
  sinceEver: "coalesce({{from}}::timestamptz, '-infinity')",
  /** The past moment; the snapshot's own time where none is given. */
  asOf: "coalesce({{as_of}}::timestamptz, now())",
} as const;
