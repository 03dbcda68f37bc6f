/** Reports, and what each can be asked with beside warehouse and SKU. */
import type { Taken } from "../../client/operations.ts";
import { REPORT_NAMES } from "../../domain/reportWords.ts";

export type ReportBody = Taken<"POST /v1/reports">["body"];
export type ReportName = ReportBody["report"];

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

/** Narrows what a form says. */
export function asReport(text: string): ReportName | undefined {
  return REPORT_NAMES.find((one) => one === text);
}
