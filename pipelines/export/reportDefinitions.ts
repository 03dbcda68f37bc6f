/** What each report holds: the view it reads, its columns with their types, and the words that explain them to people. */

/** Reports of this version. */
export const REPORT_NAMES = ["current_inventory", "low_stock"] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

/** Reports of the contract that come later; refused by name until then. */
export const REPORT_NAMES_TO_COME = [
  "stock_valuation",
  "movement_history",
  "pending_orders",
  "inventory_turnover",
  "abc_analysis",
  "stock_ageing",
  "supplier_performance",
  "stock_as_of",
] as const;

/** Formats of this version. */
export const REPORT_FORMATS = ["csv", "xlsx"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Formats of the contract that come later. */
export const REPORT_FORMATS_TO_COME = ["csv.gz", "parquet", "jsonl"] as const;

/** decimal: exact, up to 6 decimals. timestamp: RFC 3339, UTC. */
export type ColumnType = "text" | "decimal" | "integer" | "timestamp";

export interface ReportColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
}

export interface ReportDefinition {
  readonly title: string;
  /** The materialized view whose rows these are; its own definition is read live where fresh rows are asked for. */
  readonly view: "v_current_inventory" | "v_low_stock_items";
  readonly columns: readonly ReportColumn[];
}

const SKU: ReportColumn = { name: "sku", type: "text", description: "The item's SKU." };
const NAME: ReportColumn = { name: "name", type: "text", description: "The item's name." };
const WAREHOUSE: ReportColumn = {
  name: "warehouse",
  type: "text",
  description: "Code of the warehouse.",
};
const ON_HAND: ReportColumn = {
  name: "on_hand",
  type: "decimal",
  description: "What is physically there.",
};
const RESERVED: ReportColumn = {
  name: "reserved",
  type: "decimal",
  description: "Part of on hand that is promised.",
};
const AVAILABLE: ReportColumn = {
  name: "available",
  type: "decimal",
  description: "On hand - reserved - unavailable.",
};
const IN_TRANSIT: ReportColumn = {
  name: "in_transit",
  type: "decimal",
  description: "Shipped to this warehouse and not yet there.",
};

/** Every report by name. */
export const REPORTS: Readonly<Record<ReportName, ReportDefinition>> = {
  current_inventory: {
    title: "Current inventory",
    view: "v_current_inventory",
    columns: [
      SKU,
      NAME,
      { name: "category", type: "text", description: "The item's category." },
      { name: "unit", type: "text", description: "The stock unit of all quantities." },
      WAREHOUSE,
      ON_HAND,
      RESERVED,
      {
        name: "unavailable",
        type: "decimal",
        description: "Part of on hand that is damaged, inspected or recalled.",
      },
      AVAILABLE,
      IN_TRANSIT,
      {
        name: "average_cost",
        type: "decimal",
        description: "Moving average of receipts with a cost, one stock unit.",
      },
      {
        name: "stock_value",
        type: "decimal",
        description: "On hand × average cost, rounded to 4 decimals.",
      },
      { name: "currency", type: "text", description: "Currency of cost and value (ISO 4217)." },
      {
        name: "version",
        type: "integer",
        description: "Number of ledger entries of this level.",
      },
      { name: "updated_at", type: "timestamp", description: "Last change of this level (UTC)." },
    ],
  },
  low_stock: {
    title: "Low stock",
    view: "v_low_stock_items",
    columns: [
      SKU,
      NAME,
      WAREHOUSE,
      { name: "method", type: "text", description: "Method of the reorder policy." },
      {
        name: "reorder_at",
        type: "decimal",
        description: "At or below this position an order is called for.",
      },
      ON_HAND,
      RESERVED,
      AVAILABLE,
      {
        name: "on_order",
        type: "decimal",
        description: "Open quantity of approved and sent purchase orders.",
      },
      IN_TRANSIT,
      {
        name: "position",
        type: "decimal",
        description: "On hand - reserved + in transit + on order (with receipts under way).",
      },
      { name: "shortfall", type: "decimal", description: "Reorder level - position." },
    ],
  },
};
