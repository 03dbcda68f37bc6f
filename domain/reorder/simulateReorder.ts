/**
 * Replays a demand history day by day under a policy: goods come in, customers are served, and in the evening the policy decides by
 * the very functions that production decides by (forecastDemand, planReorder, reorderNeed, gatherOrder, deliveryDay). It sees what
 * production would have seen: sales, not the demand that nobody could serve. Pure and exact in quantities and money.
 */
import type { DemandDay } from "../demand/cleanDemand.ts";
import { forecastDemand } from "../demand/forecastDemand.ts";
import type { ScaledQuantity } from "../quantity.ts";
import { daysBetween, deliveryDay, type WorkingCalendar } from "./calendar.ts";
import { gatherOrder, type SupplyTerms } from "./gatherOrder.ts";
import { type LeadTime, type PlanCosts, planReorder } from "./planReorder.ts";
import { type ReorderRule, reorderNeed } from "./reorderNeed.ts";
import { isPlanned, type PolicyTerms } from "./reorderPolicy.ts";

/** Demand of one day, exact. Days follow each other without a gap. */
export interface HistoryDay {
  readonly day: string;
  readonly demand: ScaledQuantity;
}

export interface SimulationInput {
  readonly history: readonly HistoryDay[];
  /** So many first days are known to the policy when the replay begins, and are not counted. */
  readonly warmUpDays: number;
  readonly policy: PolicyTerms;
  readonly supply: SupplyTerms;
  readonly leadTimeDays: number;
  readonly leadTimeDeviation: number;
  readonly calendar: WorkingCalendar;
  readonly orderingCost: number;
  readonly holdingRate: number;
  /** Cost of a unit that could not be served, as a share of its cost. */
  readonly shortageRate: number;
  /** On hand at the beginning; undefined: what the policy orders up to. */
  readonly openingStock?: ScaledQuantity;
  /** Unserved demand is gone (false), or waits for goods (true). */
  readonly backorders: boolean;
}

/** One replayed day. */
export interface SimulatedDay {
  readonly day: string;
  readonly demand: ScaledQuantity;
  readonly served: ScaledQuantity;
  readonly received: ScaledQuantity;
  readonly ordered: ScaledQuantity;
  /** On hand in the evening. */
  readonly closing: ScaledQuantity;
}

export interface SimulationResult {
  readonly days: readonly SimulatedDay[];
  readonly demand: ScaledQuantity;
  readonly served: ScaledQuantity;
  /** Days on which somebody was not served at once and in full. */
  readonly stockOutDays: number;
  /** Orders placed, and the units on them. */
  readonly orders: number;
  readonly ordered: ScaledQuantity;
  /** Sum of the evenings' stock: average stock times days. */
  readonly stockDays: bigint;
  /** Scaled by 10^8 (quantity times price). */
  readonly purchaseCost: bigint;
  /** The rule as it was at the end. */
  readonly rule: ReorderRule | null;
}

/** Figures that follow from demand are worked out anew after so many days, on so long a history. */
const REPLAN_DAYS = 7;
const HISTORY_DAYS = 365;
const SCALE = 10_000;

interface Shop {
  onHand: ScaledQuantity;
  backlog: ScaledQuantity;
  /** Quantity by day of delivery. */
  readonly coming: Map<string, ScaledQuantity>;
  onOrder: ScaledQuantity;
  readonly seen: DemandDay[];
  rule: ReorderRule | null;
}

/** Replays; the history must be longer than its warm-up. Throws RangeError where it is not. */
export function simulateReorder(input: SimulationInput): SimulationResult {
  const { history, warmUpDays } = input;
  if (warmUpDays >= history.length) {
    throw new RangeError(`warm-up is ${warmUpDays} days; expected fewer than ${history.length}`);
  }
  const shop: Shop = {
    onHand: 0n,
    backlog: 0n,
    coming: new Map(),
    onOrder: 0n,
    seen: history.slice(0, warmUpDays).map(({ day, demand }) => ({
      day,
      demand: Number(demand) / SCALE,
    })),
    rule: null,
  };
  const leadTime = calendarLeadTime(input);
  shop.rule = planFrom(input, shop, leadTime);
  shop.onHand = input.openingStock ?? openingStock(shop.rule);
  const totals = { orders: 0, stockOutDays: 0, purchaseCost: 0n };
  const days: SimulatedDay[] = [];
  for (const [nth, today] of history.slice(warmUpDays).entries()) {
    const isDue = nth > 0 && nth % REPLAN_DAYS === 0 && isPlanned(input.policy.method);
    if (isDue) shop.rule = planFrom(input, shop, leadTime);
    const received = receive(shop, today.day);
    const served = serve(shop, today, input.backorders);
    if (served < today.demand) totals.stockOutDays += 1;
    const order = decide(input, shop, { day: today.day, nth });
    if (order !== undefined) {
      totals.orders += 1;
      totals.purchaseCost += order.quantity * (order.unitCost ?? 0n);
    }
    const ordered = order?.quantity ?? 0n;
    days.push({ ...today, served, received, ordered, closing: shop.onHand });
  }
  return { ...totals, ...sumsOf(days), days, rule: shop.rule };
}

function sumsOf(days: readonly SimulatedDay[]) {
  const sum = (of: (day: SimulatedDay) => bigint) => days.reduce((all, day) => all + of(day), 0n);
  return {
    demand: sum((day) => day.demand),
    served: sum((day) => day.served),
    ordered: sum((day) => day.ordered),
    stockDays: sum((day) => day.closing),
  };
}

function receive(shop: Shop, day: string): ScaledQuantity {
  const received = shop.coming.get(day) ?? 0n;
  shop.coming.delete(day);
  shop.onOrder -= received;
  const repaid = received < shop.backlog ? received : shop.backlog;
  shop.backlog -= repaid;
  shop.onHand += received - repaid;
  return received;
}

/** Serves what is there; what was sold and what was there is all that the policy will know of the day. */
function serve(shop: Shop, { day, demand }: HistoryDay, backorders: boolean): ScaledQuantity {
  const opening = shop.onHand;
  const served = demand < opening ? demand : opening;
  shop.onHand -= served;
  if (backorders) shop.backlog += demand - served;
  const known = backorders ? demand : served;
  shop.seen.push({
    day,
    demand: Number(known) / SCALE,
    ...(backorders
      ? {}
      : { opening: Number(opening) / SCALE, closing: Number(shop.onHand) / SCALE }),
  });
  return served;
}

function decide(
  input: SimulationInput,
  shop: Shop,
  { day, nth }: { readonly day: string; readonly nth: number },
): { readonly quantity: ScaledQuantity; readonly unitCost: bigint | null } | undefined {
  const { rule } = shop;
  if (rule === null) return undefined;
  const position = shop.onHand - shop.backlog + shop.onOrder;
  const isReviewDay = rule.kind === "periodic" && nth % rule.reviewDays === 0;
  const need = reorderNeed(position, rule, isReviewDay);
  if (need === 0n) return undefined;
  const order = gatherOrder([need], input.supply);
  if (order.result !== "order") return undefined;
  // decided in the evening, so never there before the next morning
  const due = deliveryDay(day, Math.max(1, input.leadTimeDays), input.calendar);
  shop.coming.set(due, (shop.coming.get(due) ?? 0n) + order.total);
  shop.onOrder += order.total;
  return { quantity: order.total, unitCost: order.unitCost };
}

/** Working days as the calendar days that they take, on average over a week. */
function calendarLeadTime(input: SimulationInput): LeadTime {
  const first = input.history.slice(0, 7).map(({ day }) => day);
  const spans = first.map((day) =>
    daysBetween(day, deliveryDay(day, Math.max(1, input.leadTimeDays), input.calendar)),
  );
  const days = spans.reduce((sum, span) => sum + span, 0) / Math.max(1, spans.length);
  return { days, deviation: input.leadTimeDeviation };
}

function planFrom(input: SimulationInput, shop: Shop, leadTime: LeadTime): ReorderRule | null {
  const { policy } = input;
  const forecast = forecastDemand(isPlanned(policy.method) ? shop.seen.slice(-HISTORY_DAYS) : []);
  return planReorder({ policy, forecast, leadTime, costs: planCosts(input) }).rule;
}

/** Prices of a supply as planning takes them. */
export function planCosts(given: {
  readonly supply: Pick<SupplyTerms, "unitCost" | "priceBreaks">;
  readonly orderingCost: number;
  readonly holdingRate: number;
}): PlanCosts {
  const { unitCost, priceBreaks } = given.supply;
  const base = unitCost === null ? [] : [{ from: 0, unitCost: Number(unitCost) / SCALE }];
  const breaks = priceBreaks.map((one) => ({
    from: Number(one.quantity) / SCALE,
    unitCost: Number(one.unitCost) / SCALE,
  }));
  const { orderingCost, holdingRate } = given;
  return { orderingCost, holdingRate, prices: [...base, ...breaks] };
}

function openingStock(rule: ReorderRule | null): ScaledQuantity {
  if (rule === null) return 0n;
  return rule.kind === "fixed_quantity" ? rule.reorderAt + rule.quantity : rule.orderUpTo;
}
