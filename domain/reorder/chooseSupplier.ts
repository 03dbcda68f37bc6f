/** Whom to order an item from. Pure; one choice an item, so that the needs of all warehouses are gathered with one supplier. */
import type { ScaledQuantity } from "../quantity.ts";
import { type GatheredOrder, gatherOrder, type SupplyTerms } from "./gatherOrder.ts";

/** An active supplier of the item. */
export interface SupplyOffer extends SupplyTerms {
  readonly code: string;
  readonly preferred: boolean;
  /** ISO 4217 of its prices; null: not known. */
  readonly currency: string | null;
  /** Days until goods are there; null: not known. */
  readonly leadTimeDays: number | null;
}

/** What decided between the suppliers. */
export type SupplierChoice =
  | "preferred"
  | "only_supplier"
  | "lowest_cost"
  | "shortest_lead_time"
  | "first_code";

/** The choice, and what is ordered there. */
export interface ChosenSupply<Offer extends SupplyOffer> {
  readonly offer: Offer;
  readonly choice: SupplierChoice;
  readonly order: GatheredOrder;
}

interface Candidate<Offer extends SupplyOffer> {
  readonly offer: Offer;
  readonly order: GatheredOrder;
}

/**
 * Chooses by preference; among equals by the lowest price of a unit at the quantity that would really be ordered (MOQ, packs and
 * price breaks in), then by lead time, then by code. Prices of different currencies are not compared. A supplier that cannot supply
 * the needs (order "over_maximum", "too_large") comes after all that can. Undefined where nobody sells the item.
 */
export function chooseSupplier<Offer extends SupplyOffer>(
  offers: readonly Offer[],
  needs: readonly ScaledQuantity[],
): ChosenSupply<Offer> | undefined {
  const candidates = offers.map((offer) => ({ offer, order: gatherOrder(needs, offer) }));
  const comparable = new Set(offers.flatMap((offer) => offer.currency ?? [])).size <= 1;
  const ranked = candidates.toSorted((one, other) => {
    for (const { compare } of RULES) {
      const order = compare(one, other, comparable);
      if (order !== 0) return order;
    }
    return one.offer.code < other.offer.code ? -1 : 1;
  });
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  const decided = RULES.find(
    ({ compare }) => second !== undefined && compare(first, second, comparable) !== 0,
  );
  return { ...first, choice: choiceOf(first, second, decided?.choice) };
}

function choiceOf(
  first: Candidate<SupplyOffer>,
  second: Candidate<SupplyOffer> | undefined,
  decided: SupplierChoice | undefined,
): SupplierChoice {
  if (first.offer.preferred) return "preferred";
  if (second === undefined) return "only_supplier";
  return decided ?? "first_code";
}

type Compare = (
  one: Candidate<SupplyOffer>,
  other: Candidate<SupplyOffer>,
  comparable: boolean,
) => number;

const RULES: readonly { readonly choice: SupplierChoice; readonly compare: Compare }[] = [
  { choice: "only_supplier", compare: (one, other) => failed(one) - failed(other) },
  {
    choice: "preferred",
    compare: (one, other) => Number(other.offer.preferred) - Number(one.offer.preferred),
  },
  {
    choice: "lowest_cost",
    compare: (one, other, comparable) => (comparable ? compareCost(one, other) : 0),
  },
  {
    choice: "shortest_lead_time",
    compare: (one, other) =>
      (one.offer.leadTimeDays ?? Number.MAX_SAFE_INTEGER) -
      (other.offer.leadTimeDays ?? Number.MAX_SAFE_INTEGER),
  },
];

function failed({ order }: Candidate<SupplyOffer>): number {
  return order.result === "order" ? 0 : 1;
}

/** An unknown price comes after every known one. */
function compareCost(one: Candidate<SupplyOffer>, other: Candidate<SupplyOffer>): number {
  const mine = costOf(one);
  const theirs = costOf(other);
  if (mine === null || theirs === null) return Number(mine === null) - Number(theirs === null);
  if (mine === theirs) return 0;
  return mine < theirs ? -1 : 1;
}

function costOf({ order, offer }: Candidate<SupplyOffer>): bigint | null {
  return order.result === "order" ? order.unitCost : offer.unitCost;
}
