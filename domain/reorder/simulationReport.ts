/** What a replay comes to, in the figures that a buyer asks for. Pure; money exact to 4 decimals, half up. */
import { formatQuantity } from "../quantity.ts";
import { divideHalfUp as divide } from "../valuation/rounding.ts";
import type { SimulationInput, SimulationResult } from "./simulateReorder.ts";

/** Quantities and money as decimal strings; money in the currency of the unit cost. */
export interface SimulationReport {
  readonly days: number;
  readonly demand: string;
  readonly served: string;
  /** Share of demand served at once from stock, 4 decimals; null without demand. */
  readonly fill_rate: string | null;
  readonly stock_out_days: number;
  readonly average_stock: string;
  readonly orders: number;
  readonly ordered: string;
  readonly purchase_cost: string;
  readonly ordering_cost: string;
  readonly holding_cost: string;
  readonly shortage_cost: string;
  /** Ordering, holding and shortage; goods are paid for under any policy. */
  readonly total_cost: string;
}

const YEAR_DAYS = 365n;
const SCALE = 10_000n;
/** Rates and costs come as numbers with at most 6 decimals. */
const RATE_SCALE = 1_000_000n;

/** Reports a replay of the input. */
export function reportSimulation(
  input: SimulationInput,
  result: SimulationResult,
): SimulationReport {
  const { days, demand, served, stockDays } = result;
  const price = input.supply.unitCost ?? 0n;
  const short = demand - served;
  const ordering = BigInt(result.orders) * divide(scaledRate(input.orderingCost), 100n);
  const holding = divide(
    stockDays * price * scaledRate(input.holdingRate),
    SCALE * RATE_SCALE * YEAR_DAYS,
  );
  const shortage = divide(short * price * scaledRate(input.shortageRate), SCALE * RATE_SCALE);
  const count = BigInt(Math.max(1, days.length));
  return {
    days: days.length,
    demand: formatQuantity(demand),
    served: formatQuantity(served),
    fill_rate: demand === 0n ? null : formatQuantity(divide(served * SCALE, demand)),
    stock_out_days: result.stockOutDays,
    average_stock: formatQuantity(divide(stockDays, count)),
    orders: result.orders,
    ordered: formatQuantity(result.ordered),
    purchase_cost: formatQuantity(divide(result.purchaseCost, SCALE)),
    ordering_cost: formatQuantity(ordering),
    holding_cost: formatQuantity(holding),
    shortage_cost: formatQuantity(shortage),
    total_cost: formatQuantity(ordering + holding + shortage),
  };
}

function scaledRate(rate: number): bigint {
  return BigInt(Math.round(rate * Number(RATE_SCALE)));
}
