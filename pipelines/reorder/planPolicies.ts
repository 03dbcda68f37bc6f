/**
 * Works out the figures of policies that follow demand, from the ledger, some hundred at a time. Called by the generating run before
 * it decides, each night, and soon after a policy was written. Makes durable: reorder_plans, and the level at which items are low.
 */
import type { DemandDay } from "../../domain/demand/cleanDemand.ts";
import { type DemandForecast, forecastDemand } from "../../domain/demand/forecastDemand.ts";
import { formatQuantity } from "../../domain/quantity.ts";
import { daysBetween, deliveryDay, EVERY_DAY } from "../../domain/reorder/calendar.ts";
import { chooseSupplier } from "../../domain/reorder/chooseSupplier.ts";
import { planReorder, type ReorderPlan } from "../../domain/reorder/planReorder.ts";
import { planCosts } from "../../domain/reorder/simulateReorder.ts";
import type { Clock } from "../../platform/clock.ts";
import type { Config } from "../../platform/config.ts";
import { type Db, type DbPool, inTransaction } from "../../platform/postgres.ts";
import { policyTerms } from "./policyTerms.ts";
import { type LeadTimeRow, leadTimesRead } from "./queries/demand.ts";
import { statementsMayLast } from "./queries/needs.ts";
import { type DuePolicyRow, duePoliciesRead, type PlanWrite, plansWrite } from "./queries/plans.ts";
import { HISTORY_DAYS, readDemand } from "./readDemand.ts";
import { type Offer, readOffers } from "./readOffers.ts";

/** What ordering and keeping cost, by configuration. */
export interface ReorderCosts {
  readonly orderingCost: number;
  readonly holdingRate: number;
}

/** The costs that a process is configured with. */
export function reorderCosts(
  config: Pick<Config, "REORDER_ORDERING_COST" | "REORDER_HOLDING_PERCENT">,
): ReorderCosts {
  return {
    orderingCost: config.REORDER_ORDERING_COST,
    holdingRate: config.REORDER_HOLDING_PERCENT / 100,
  };
}

export interface PlanDeps {
  readonly db: DbPool;
  readonly clock: Clock;
  readonly costs: ReorderCosts;
}

/** Histories read at once: about a hundred thousand days. */
const POLICIES_AT_ONCE = 256;
/** Figures older than this are worked out again: once a day, whatever the hour of the run. */
const FRESH_MS = 20 * 3_600_000;
const LOCK_TIMEOUT_MS = 20_000;
/** Fewer real lead times than these say too little; the promised one counts then. */
const LEAD_TIME_ORDERS_MIN = 5;
/** A lead time that nobody has named. */
const LEAD_TIME_DAYS_DEFAULT = 7;

/** Plans what is due; answers how many policies. `policiesMax` bounds one call. */
export async function planPolicies(
  { db, clock, costs }: PlanDeps,
  policiesMax: number = Number.POSITIVE_INFINITY,
): Promise<number> {
  const now = clock.now();
  const before = new Date(now.getTime() - FRESH_MS);
  let after: string | null = null;
  let planned = 0;
  while (planned < policiesMax) {
    const limit = Math.min(POLICIES_AT_ONCE, policiesMax - planned);
    const last: string | undefined = await inTransaction(db, async (tx) => {
      await statementsMayLast(tx, LOCK_TIMEOUT_MS);
      const due = await duePoliciesRead(tx, { now, before, after, limit });
      const plans = await planAll(tx, due, { now, costs });
      if (plans.length > 0) await plansWrite(tx, { plans, now });
      planned += due.length;
      return due.length < limit ? undefined : due.at(-1)?.id;
    });
    if (last === undefined) break;
    after = last;
  }
  return planned;
}

/** Plans policies as they stand, without keeping anything. */
export async function planAll(
  db: Db,
  due: readonly DuePolicyRow[],
  { now, costs }: { readonly now: Date; readonly costs: ReorderCosts },
): Promise<PlanWrite[]> {
  const histories = await readDemand(
    db,
    due.map(({ item_id: itemId, warehouse_id: warehouseId, today }) => ({
      itemId,
      warehouseId,
      today,
    })),
  );
  const supplies = due.map((row) => chooseSupplier(readOffers(row.offers), [1n])?.offer);
  const supplierIds = [...new Set(supplies.flatMap((supply) => supply?.supplierId ?? []))];
  const real = new Map(
    (await leadTimesRead(db, { supplierIds, now, ordersMin: LEAD_TIME_ORDERS_MIN })).map((row) => [
      row.supplier_id,
      row,
    ]),
  );
  return due.map((row, nth) => {
    const supply = supplies[nth];
    const leadTime = leadTimeOf(row.today, supply, real.get(supply?.supplierId ?? ""));
    return planOne(row, { history: histories[nth] ?? [], supply, leadTime, costs });
  });
}

interface PlannedLeadTime {
  readonly days: number;
  readonly deviation: number;
  readonly source: "receipts" | "promised" | "default";
}

/** As it really was where that is known, else as promised: in calendar days from today, over the supplier's days off. */
function leadTimeOf(
  today: string,
  supply: Offer | undefined,
  real: LeadTimeRow | undefined,
): PlannedLeadTime {
  if (real !== undefined) {
    return { days: real.mean_days, deviation: real.deviation_days, source: "receipts" };
  }
  const promised = supply?.leadTimeDays ?? null;
  const due = deliveryDay(today, promised ?? LEAD_TIME_DAYS_DEFAULT, supply?.calendar ?? EVERY_DAY);
  return {
    days: daysBetween(today, due),
    deviation: 0,
    source: promised === null ? "default" : "promised",
  };
}

function planOne(
  row: DuePolicyRow,
  given: {
    readonly history: readonly DemandDay[];
    readonly supply: Offer | undefined;
    readonly leadTime: PlannedLeadTime;
    readonly costs: ReorderCosts;
  },
): PlanWrite {
  const { history, supply, leadTime, costs } = given;
  const forecast = forecastDemand(history);
  const plan = planReorder({
    policy: policyTerms(row),
    forecast,
    leadTime,
    costs: planCosts({ supply: supply ?? { unitCost: null, priceBreaks: [] }, ...costs }),
  });
  const { rule } = plan;
  const upTo = rule === null || rule.kind === "fixed_quantity" ? null : rule.orderUpTo;
  return {
    policyId: row.id,
    itemId: row.item_id,
    warehouseId: row.warehouse_id,
    policyVersion: row.version,
    reorderAt: rule === null ? null : formatQuantity(rule.reorderAt),
    orderUpTo: upTo === null ? null : formatQuantity(upTo),
    working: workingOf(plan, { forecast, leadTime, supply }),
  };
}

/** Every figure on the way, as it is kept and shown; estimates to 4 decimals. */
function workingOf(
  plan: ReorderPlan,
  given: {
    readonly forecast: DemandForecast;
    readonly leadTime: PlannedLeadTime;
    readonly supply: Offer | undefined;
  },
): Record<string, unknown> {
  const { forecast, leadTime, supply } = given;
  return {
    forecast_method: forecast.method,
    demand_pattern: forecast.pattern,
    weekly_season: forecast.weekdays !== null,
    daily_trend: decimal(forecast.slope),
    history_days: HISTORY_DAYS,
    sample_days: forecast.days,
    demand_days: forecast.demandDays,
    stock_out_days: forecast.stockOutDays,
    outlier_days: forecast.outlierDays,
    daily_demand: decimal(plan.dailyDemand),
    daily_deviation: decimal(Math.sqrt(forecast.dailyVariance)),
    lead_time_days: decimal(leadTime.days),
    lead_time_deviation: decimal(leadTime.deviation),
    lead_time_source: leadTime.source,
    lead_time_supplier: supply?.code ?? null,
    lead_time_demand: decimal(plan.leadTimeDemand),
    protection_days: decimal(plan.protectionDays),
    protection_demand: decimal(plan.protectionDemand),
    protection_deviation: decimal(plan.protectionDeviation),
    service_level: decimal(plan.serviceLevel),
    safety_stock: formatQuantity(plan.safetyStock),
    economic_quantity: plan.economicQuantity === null ? null : decimal(plan.economicQuantity),
  };
}

function decimal(value: number): string {
  return formatQuantity(BigInt(Math.round(value * 10_000)));
}
