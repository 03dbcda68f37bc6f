/** The closed words of reports in the contract. */

export const REPORT_NAMES = [
  "current_inventory",
  "stock_valuation",
  "movement_history",
  "low_stock",
  "pending_orders",
  "inventory_turnover",
  "abc_analysis",
  "stock_ageing",
  "supplier_performance",
  "stock_as_of",
] as const;
export type ReportName = (typeof REPORT_NAMES)[number];

export const REPORT_FORMATS = ["csv", "csv.gz", "xlsx", "parquet", "jsonl"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];
