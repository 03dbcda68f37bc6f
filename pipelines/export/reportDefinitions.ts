/** Every report and format by name. */
import { ABC_ANALYSIS, INVENTORY_TURNOVER, MOVEMENT_HISTORY } from "./queries/ledgerReports.ts";
import {
  CURRENT_INVENTORY,
  LOW_STOCK,
  PENDING_ORDERS,
  STOCK_AGEING,
  STOCK_AS_OF,
  STOCK_VALUATION,
} from "./queries/stockReports.ts";
import { SUPPLIER_PERFORMANCE } from "./queries/supplierReports.ts";
import type { ReportDefinition } from "./reportDefinition.ts";

export type { ReportColumn, ReportDefinition } from "./reportDefinition.ts";

/** Reports of the contract. */
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

/** Formats of the contract. */
export const REPORT_FORMATS = ["csv", "csv.gz", "xlsx", "parquet", "jsonl"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** Every report by name. */
export const REPORTS: Readonly<Record<ReportName, ReportDefinition>> = {
  current_inventory: CURRENT_INVENTORY,
  stock_valuation: STOCK_VALUATION,
  movement_history: MOVEMENT_HISTORY,
  low_stock: LOW_STOCK,
  pending_orders: PENDING_ORDERS,
  inventory_turnover: INVENTORY_TURNOVER,
  abc_analysis: ABC_ANALYSIS,
  stock_ageing: STOCK_AGEING,
  supplier_performance: SUPPLIER_PERFORMANCE,
  stock_as_of: STOCK_AS_OF,
};
