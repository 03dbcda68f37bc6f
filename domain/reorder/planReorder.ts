/**
 * From a policy, the demand of its item and the lead time of its supplier to the rule that decides, with every figure on the way.
 * Production, the simulator and the benchmark all plan by this one function. Pure; estimates are float64 and are rounded up once,
 * to whole units where all demands were whole, else to 4 decimals; from there on all is exact (decision 0015).
 */
import { type DemandForecast, expectedDemand } from "../demand/forecastDemand.ts";
import type { ScaledQuantity } from "../quantity.ts";
import {
  type EconomicTerms,
  economicQuantityAtPrices,
  type UnitPrice,
} from "./economicQuantity.ts";
import type { ReorderRule } from "./reorderNeed.ts";
import { type PolicyTerms, SERVICE_LEVEL_DEFAULT } from "./reorderPolicy.ts";
import { intermittentSafetyStock, leadTimeVariance, safetyStock } from "./safetyStock.ts";

/** How long goods are on their way, in calendar days. */
export interface LeadTime {
  readonly days: number;
  /** Standard deviation; 0 where it is not known. */
  readonly deviation: number;
}

/** What planning needs of costs. */
export interface PlanCosts {
  readonly orderingCost: number;
  /** A year, as a share of value. */
  readonly holdingRate: number;
  /** Ascending by `from`; empty where no price is known. */
  readonly prices: readonly UnitPrice[];
}

/** The rule, and the figures that led to it. Days are calendar days, quantities stock units. */
export interface ReorderPlan {
  /** Null where there is nothing to decide by: no demand and no bounds. */
  readonly rule: ReorderRule | null;
  readonly serviceLevel: number;
  readonly dailyDemand: number;
  readonly leadTimeDemand: number;
  /** Lead time and the days until the next look. */
  readonly protectionDays: number;
  readonly protectionDemand: number;
  /** Standard deviation of the demand of the protection days. */
  readonly protectionDeviation: number;
  readonly safetyStock: ScaledQuantity;
  /** Null unless the method works one out. */
  readonly economicQuantity: number | null;
}

export interface PlanInput {
  readonly policy: PolicyTerms;
  readonly forecast: DemandForecast;
  readonly leadTime: LeadTime;
  readonly costs: PlanCosts;
}

const YEAR_DAYS = 365;
/** What `auto` orders for where no cost is known, and at least. */
const COVER_DAYS_DEFAULT = 30;
const COVER_DAYS_MIN = 1;
const SCALE = 10_000;
/** Float64 leaves crumbs behind; what is this little above a whole number is that number. */
const CRUMB = 1e-6;

/** Plans; see docs/reorder.md for the formula of each method and its source. */
export function planReorder(input: PlanInput): ReorderPlan {
  const { policy, forecast, leadTime } = input;
  const reviewDays = policy.reviewDays ?? 1;
  const protectionDays = leadTime.days + reviewDays;
  const serviceLevel = policy.serviceLevel ?? SERVICE_LEVEL_DEFAULT;
  const protectionDemand = expectedDemand(forecast, protectionDays);
  const dailyDemand = protectionDays > 0 ? protectionDemand / protectionDays : forecast.level;
  const variance = leadTimeVariance({
    days: protectionDays,
    dailyMean: dailyDemand,
    dailyVariance: forecast.dailyVariance,
    leadTimeDeviation: leadTime.deviation,
  });
  const demand = { mean: protectionDemand, variance };
  const round = (value: number): ScaledQuantity => roundUpQuantity(value, forecast.isWhole);
  const isCount = forecast.method === "sba" && forecast.isWhole;
  const worked = isCount
    ? intermittentSafetyStock(serviceLevel, demand)
    : safetyStock(serviceLevel, variance);
  const figures = {
    serviceLevel,
    dailyDemand,
    leadTimeDemand: expectedDemand(forecast, leadTime.days),
    protectionDays,
    protectionDemand,
    protectionDeviation: Math.sqrt(variance),
    safetyStock: policy.safetyStock ?? round(worked),
    economicQuantity: policy.method === "auto" ? autoQuantity(input, dailyDemand) : null,
  };
  return { ...figures, rule: ruleOf(policy, { ...figures, round, reviewDays }) };
}

interface RuleFigures extends Omit<ReorderPlan, "rule"> {
  readonly round: (value: number) => ScaledQuantity;
  readonly reviewDays: number;
}

function ruleOf(policy: PolicyTerms, figures: RuleFigures): ReorderRule | null {
  const { round } = figures;
  switch (policy.method) {
    case "min_max":
      return {
        kind: "order_up_to",
        reorderAt: known(policy.min),
        orderUpTo: known(policy.max),
      };
    case "reorder_point":
      return {
        kind: "fixed_quantity",
        reorderAt: known(policy.reorderPoint),
        quantity: known(policy.reorderQuantity),
      };
    case "periodic_review":
      return periodicRule(policy, figures);
    case "days_of_cover": {
      if (figures.dailyDemand === 0) return null;
      const safety = policy.safetyStock ?? 0n;
      const days = (scaled: ScaledQuantity) => (Number(scaled) / SCALE) * figures.dailyDemand;
      return {
        kind: "order_up_to",
        reorderAt: round(days(known(policy.min))) + safety,
        orderUpTo: round(days(known(policy.max))) + safety,
      };
    }
    case "auto":
      return autoRule(policy, figures);
  }
}

/**
 * (R, S): up to the demand of review period and lead time plus safety stock, or up to `max`; told as low at what the lead time
 * alone is expected to take, plus safety stock. Source: E. A. Silver, D. F. Pyke, R. Peterson, section 7.9.
 */
function periodicRule(policy: PolicyTerms, figures: RuleFigures): ReorderRule | null {
  if (figures.dailyDemand === 0 && policy.max === null) return null;
  const { round, protectionDemand, reviewDays } = figures;
  const orderUpTo = policy.max ?? round(protectionDemand) + figures.safetyStock;
  const low = policy.min ?? round(figures.leadTimeDemand) + figures.safetyStock;
  return {
    kind: "periodic",
    reorderAt: low < orderUpTo ? low : orderUpTo,
    orderUpTo,
    reviewDays,
  };
}

/**
 * (s, S) with s = demand of the protection days + safety stock, S = s + economic quantity; `min` and `max` bound s from below and S
 * from above. Source: E. A. Silver, D. F. Pyke, R. Peterson, section 7.3 (s, S) with S - s = EOQ, "sequential determination".
 */
function autoRule(policy: PolicyTerms, figures: RuleFigures): ReorderRule | null {
  const { round, protectionDemand, economicQuantity } = figures;
  if (figures.dailyDemand === 0 && policy.min === null) return null;
  const wanted = round(protectionDemand) + figures.safetyStock;
  const least = policy.min ?? 0n;
  const reorderAt = wanted > least ? wanted : least;
  const upTo = reorderAt + round(economicQuantity ?? 0);
  const most = policy.max ?? upTo;
  const bounded = upTo < most ? upTo : most;
  return { kind: "order_up_to", reorderAt, orderUpTo: bounded > reorderAt ? bounded : reorderAt };
}

/** The economic quantity, at least a day's demand and at most a year's; a month's where no cost is known. */
function autoQuantity({ costs }: PlanInput, dailyDemand: number): number {
  const terms: EconomicTerms = {
    annualDemand: dailyDemand * YEAR_DAYS,
    orderingCost: costs.orderingCost,
    holdingRate: costs.holdingRate,
  };
  const wanted = economicQuantityAtPrices(terms, costs.prices)?.quantity;
  const quantity = wanted ?? dailyDemand * COVER_DAYS_DEFAULT;
  const least = dailyDemand * COVER_DAYS_MIN;
  return Math.min(Math.max(quantity, least), dailyDemand * YEAR_DAYS);
}

/** A policy is checked to have what its method needs before it is stored. */
function known(quantity: ScaledQuantity | null): ScaledQuantity {
  if (quantity === null) throw new Error("a policy lacks a figure that its method needs");
  return quantity;
}

/** An estimate as a quantity: up to whole units, or to 4 decimals. */
export function roundUpQuantity(value: number, toWhole: boolean): ScaledQuantity {
  if (toWhole) return BigInt(Math.ceil(value - CRUMB)) * BigInt(SCALE);
  return BigInt(Math.ceil(value * SCALE - CRUMB));
}
