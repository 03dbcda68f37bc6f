/** Every report and format by name. */
import type { ReportName } from "../../domain/reportWords.ts";
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
