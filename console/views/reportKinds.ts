/** Reports, and what each can be asked with beside warehouse and SKU. */
import type { Taken } from "../../client/operations.ts";

export type ReportBody = Taken<"POST /v1/reports">["body"];
export type ReportName = ReportBody["report"];
export type ReportFormat = NonNullable<ReportBody["format"]>;

/** "period": from and to. "fresh": it reads a view, which may be some minutes old. */
type Parameter = "period" | "as_of" | "fresh";

/** What each report takes; the API refuses the rest. */
export const REPORT_PARAMETERS: Readonly<Record<ReportName, readonly Parameter[]>> = {
  current_inventory: ["fresh"],
  stock_valuation: [],
  movement_history: ["period"],
  low_stock: ["fresh"],
  pending_orders: ["fresh"],
  inventory_turnover: ["period"],
  abc_analysis: ["period"],
  stock_ageing: [],
  supplier_performance: ["period"],
  stock_as_of: ["as_of"],
};

export const FORMATS: readonly ReportFormat[] = ["csv", "csv.gz", "xlsx", "parquet", "jsonl"];

/** Narrows what a form says. */
export function asReport(text: string): ReportName | undefined {
  return REPORTS.find((one) => one === text);
}

/** Their names, the most asked for first. */
export const REPORTS: readonly ReportName[] = [
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
];
