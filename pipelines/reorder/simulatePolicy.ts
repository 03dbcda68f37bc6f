/**
 * Replays the demand of an item at a warehouse under a policy, stored or tried: history from the ledger or given, supplier and lead
 * time as they are stored. Reads only, and decides nothing; the replay itself is domain/reorder/simulateReorder.ts.
 */
import { describeFault, InvalidInputError } from "../../domain/errors.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { addDays, daysBetween, EVERY_DAY } from "../../domain/reorder/calendar.ts";
import { chooseSupplier } from "../../domain/reorder/chooseSupplier.ts";
import type { PolicyTerms, ReorderMethod } from "../../domain/reorder/reorderPolicy.ts";
import {
  type HistoryDay,
  type SimulationInput,
  type SimulationResult,
  simulateReorder,
} from "../../domain/reorder/simulateReorder.ts";
import { reportSimulation, type SimulationReport } from "../../domain/reorder/simulationReport.ts";
import type { PlanDeps } from "./planPolicies.ts";
import { policyTerms } from "./policyTerms.ts";
import { type SubjectRow, simulationSubjectRead } from "./queries/plans.ts";
import { readDemand } from "./readDemand.ts";
import { type Offer, readOffers } from "./readOffers.ts";

/** What is to be replayed. */
export interface SimulationRequest {
  readonly itemId: string;
  readonly warehouseId: string;
  /** A policy to try; undefined: the stored one. */
  readonly policy: PolicyTerms | undefined;
  /** Demand by day, in any order, days without demand left out; undefined: the ledger's. */
  readonly demand: readonly { readonly day: string; readonly quantity: string }[] | undefined;
  readonly historyDays: number;
  /** Undefined: a quarter of the history. */
  readonly warmUpDays: number | undefined;
  readonly openingStock: string | undefined;
  readonly backorders: boolean;
  readonly shortageRate: number;
  readonly leadTimeDays: number | undefined;
  /** Undefined: by configuration. */
  readonly orderingCost: number | undefined;
  readonly holdingRate: number | undefined;
}

/** What came of it. */
export interface ShownSimulation {
  readonly method: ReorderMethod;
  readonly from: string;
  readonly to: string;
  readonly warm_up_days: number;
  readonly supplier: string | null;
  readonly unit_cost: string | null;
  readonly currency: string | null;
  readonly lead_time_days: number;
  readonly reorder_at: string | null;
  readonly report: SimulationReport;
  readonly days: readonly Readonly<Record<string, string>>[];
}

/** A lead time that nobody has named. */
const LEAD_TIME_DAYS_DEFAULT = 7;
/** Days that a given history may span. */
export const SIMULATED_DAYS_MAX = 3_660;

/** Replays; undefined where the pair does not exist. Throws InvalidInputError where there is no policy, or too little history. */
export async function simulatePolicy(
  { db, clock, costs }: PlanDeps,
  request: SimulationRequest,
): Promise<ShownSimulation | undefined> {
  const { itemId, warehouseId } = request;
  const subject = await simulationSubjectRead(db, { itemId, warehouseId, now: clock.now() });
  if (subject === undefined) return undefined;
  const policy = request.policy ?? storedPolicy(subject);
  const history =
    request.demand === undefined
      ? await ledgerHistory(db, request, subject.today)
      : givenHistory(request.demand);
  const supply = chooseSupplier(readOffers(subject.offers), [1n])?.offer;
  const input: SimulationInput = {
    history,
    warmUpDays: warmUpOf(request, history.length),
    policy,
    ...supplyOf(request, supply),
    leadTimeDeviation: 0,
    orderingCost: request.orderingCost ?? costs.orderingCost,
    holdingRate: request.holdingRate ?? costs.holdingRate,
    shortageRate: request.shortageRate,
    backorders: request.backorders,
    ...(request.openingStock === undefined
      ? {}
      : { openingStock: quantityFromText(request.openingStock) }),
  };
  return show(input, simulateReorder(input), supply);
}

function supplyOf(request: SimulationRequest, supply: Offer | undefined) {
  return {
    supply: supply ?? NO_TERMS,
    leadTimeDays: request.leadTimeDays ?? supply?.leadTimeDays ?? LEAD_TIME_DAYS_DEFAULT,
    calendar: supply?.calendar ?? EVERY_DAY,
  };
}

/** Without a supplier: single units, no price. */
const NO_TERMS = {
  moq: 1n,
  packSize: 10_000n,
  orderMultiple: null,
  maximum: null,
  unitCost: null,
  priceBreaks: [],
};

function storedPolicy(subject: SubjectRow): PolicyTerms {
  if (subject.method !== null) return policyTerms({ ...subject, method: subject.method });
  const detail = describeFault({
    thing: "policy",
    expected: "a policy to try, since the item has none at this warehouse",
  });
  throw new InvalidInputError([{ pointer: "/policy", code: "required", detail }], "required");
}

async function ledgerHistory(
  db: PlanDeps["db"],
  request: SimulationRequest,
  today: string,
): Promise<HistoryDay[]> {
  const { itemId, warehouseId, historyDays } = request;
  const [days = []] = await readDemand(db, [{ itemId, warehouseId, today }], historyDays);
  const first = days.findIndex((day) => day.demand > 0 || (day.opening ?? 0) !== 0);
  return days.slice(Math.max(0, first)).map(({ day, demand }) => ({
    day,
    demand: BigInt(Math.round(demand * 10_000)),
  }));
}

/** Days without a gap; two entries of a day are added up. */
function givenHistory(demand: NonNullable<SimulationRequest["demand"]>): HistoryDay[] {
  const byDay = new Map<string, bigint>();
  for (const { day, quantity } of demand) {
    byDay.set(day, (byDay.get(day) ?? 0n) + quantityFromText(quantity));
  }
  const sorted = [...byDay.keys()].toSorted();
  const first = sorted[0] ?? "";
  const count = sorted.length === 0 ? 0 : daysBetween(first, sorted.at(-1) ?? first) + 1;
  if (count > SIMULATED_DAYS_MAX) {
    const detail = describeFault({
      thing: "demand",
      found: `${count} days`,
      expected: `days within ${SIMULATED_DAYS_MAX} days of each other`,
    });
    throw new InvalidInputError([{ pointer: "/demand", code: "too_long", detail }], "too_long");
  }
  return Array.from({ length: count }, (_, at) => {
    const day = addDays(first, at);
    return { day, demand: byDay.get(day) ?? 0n };
  });
}

function warmUpOf({ warmUpDays }: SimulationRequest, days: number): number {
  const wanted = warmUpDays ?? Math.floor(days / 4);
  if (days > 0 && wanted < days) return wanted;
  const detail = describeFault({
    thing: "warm_up_days",
    found: wanted,
    expected: `fewer days than the history has (${days})`,
  });
  throw new InvalidInputError(
    [{ pointer: "/warm_up_days", code: "too_little_history", detail }],
    "too_little_history",
  );
}

function show(
  input: SimulationInput,
  result: SimulationResult,
  supply: Offer | undefined,
): ShownSimulation {
  const { days, rule } = result;
  return {
    method: input.policy.method,
    from: days[0]?.day ?? "",
    to: days.at(-1)?.day ?? "",
    warm_up_days: input.warmUpDays,
    supplier: supply?.code ?? null,
    unit_cost: input.supply.unitCost === null ? null : formatQuantity(input.supply.unitCost),
    currency: supply?.currency ?? null,
    lead_time_days: input.leadTimeDays,
    reorder_at: rule === null ? null : formatQuantity(rule.reorderAt),
    report: reportSimulation(input, result),
    days: days.map((day) => ({
      day: day.day,
      demand: formatQuantity(day.demand),
      served: formatQuantity(day.served),
      received: formatQuantity(day.received),
      ordered: formatQuantity(day.ordered),
      closing: formatQuantity(day.closing),
    })),
  };
}
