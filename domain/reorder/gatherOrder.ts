/**
 * From what warehouses need of an item to what its supplier is asked for: needs are gathered over the warehouses first, and only
 * their sum has to reach the minimum, fill order multiples and may earn a price break; each line is whole packs, since no pack is
 * split between warehouses. Pure and exact: quantities and prices are bigints scaled by 10,000 (quantity.ts).
 */
import { QUANTITY_LIMIT_SCALED, type ScaledQuantity } from "../quantity.ts";

/** A price of all units from a quantity on. */
export interface PriceBreak {
  readonly quantity: ScaledQuantity;
  /** Scaled by 10,000. */
  readonly unitCost: bigint;
}

/** How a supplier sells an item. Quantities greater than zero. */
export interface SupplyTerms {
  readonly moq: ScaledQuantity;
  readonly packSize: ScaledQuantity;
  /** The sum is a multiple of it; null: whole packs will do. */
  readonly orderMultiple: ScaledQuantity | null;
  /** Most of the item in one go; null: no bound. */
  readonly maximum: ScaledQuantity | null;
  /** Price below the first break; null: not known. */
  readonly unitCost: bigint | null;
  /** Ascending by quantity. */
  readonly priceBreaks: readonly PriceBreak[];
}

/** Why a sum is more or less than the needs in whole packs; null: it is not. */
export type RoundedBy = "moq" | "order_multiple" | "price_break" | "maximum" | null;

/** What to ask for. */
export type GatheredOrder =
  | {
      readonly result: "order";
      /** Of each need, in the given order; some may be 0 where the maximum cut them. */
      readonly quantities: readonly ScaledQuantity[];
      readonly total: ScaledQuantity;
      readonly unitCost: bigint | null;
      /** The least quantity that has this price; null where it is the base price. */
      readonly breakAt: ScaledQuantity | null;
      readonly roundedBy: RoundedBy;
    }
  /** The maximum lies below the minimum, or below one pack. */
  | { readonly result: "over_maximum" }
  /** The quantity would be past what a quantity can hold. */
  | { readonly result: "too_large" };

/**
 * Rounds needs (each greater than zero) to what can be ordered. A higher price break is taken where the whole order then costs no
 * more than without it: those units are free. Extra goes to the greatest need, and a cut is taken from it.
 */
export function gatherOrder(needs: readonly ScaledQuantity[], terms: SupplyTerms): GatheredOrder {
  const packed = needs.map((need) => roundUp(need, terms.packSize));
  const needed = packed.reduce((sum, quantity) => sum + quantity, 0n);
  const step = lcm(terms.packSize, terms.orderMultiple ?? terms.packSize);
  const { total, roundedBy } = roundTotal(needed, step, terms);
  if (total <= 0n || total < terms.moq) return { result: "over_maximum" };
  if (total >= QUANTITY_LIMIT_SCALED) return { result: "too_large" };
  const { unitCost, breakAt } = priceOf(total, terms);
  const quantities = distribute(packed, { by: total - needed, packSize: terms.packSize });
  return { result: "order", quantities, total, unitCost, breakAt, roundedBy };
}

/** The price of all units of an order of this quantity. */
function priceOf(
  total: ScaledQuantity,
  { unitCost, priceBreaks }: Pick<SupplyTerms, "unitCost" | "priceBreaks">,
): { readonly unitCost: bigint | null; readonly breakAt: ScaledQuantity | null } {
  const reached = priceBreaks.findLast((one) => one.quantity <= total);
  if (reached === undefined) return { unitCost, breakAt: null };
  return { unitCost: reached.unitCost, breakAt: reached.quantity };
}

function roundTotal(
  needed: ScaledQuantity,
  step: ScaledQuantity,
  terms: SupplyTerms,
): { readonly total: ScaledQuantity; readonly roundedBy: RoundedBy } {
  let total = roundUp(needed > terms.moq ? needed : terms.moq, step);
  let roundedBy: RoundedBy = null;
  if (needed < terms.moq) roundedBy = "moq";
  else if (total > needed) roundedBy = "order_multiple";
  const better = betterBreak(total, step, terms);
  if (better !== undefined) {
    total = better;
    roundedBy = "price_break";
  }
  if (terms.maximum === null || total <= terms.maximum) return { total, roundedBy };
  return { total: (terms.maximum / step) * step, roundedBy: "maximum" };
}

/** The cheapest total of a higher break that costs no more than this one and stays below the maximum. */
function betterBreak(
  total: ScaledQuantity,
  step: ScaledQuantity,
  terms: SupplyTerms,
): ScaledQuantity | undefined {
  const { unitCost } = priceOf(total, terms);
  if (unitCost === null) return undefined;
  let best: { total: ScaledQuantity; cost: bigint } | undefined;
  for (const one of terms.priceBreaks) {
    if (one.quantity <= total) continue;
    const more = roundUp(one.quantity, step);
    const cost = more * priceAt(more, terms);
    if (terms.maximum !== null && more > terms.maximum) continue;
    if (cost <= total * unitCost && (best === undefined || cost < best.cost)) {
      best = { total: more, cost };
    }
  }
  return best?.total;
}

function priceAt(total: ScaledQuantity, terms: SupplyTerms): bigint {
  return priceOf(total, terms).unitCost ?? 0n;
}

/** Adds to the greatest, or takes from the greatest again and again, in whole packs. */
function distribute(
  packed: readonly ScaledQuantity[],
  { by, packSize }: { readonly by: bigint; readonly packSize: ScaledQuantity },
): ScaledQuantity[] {
  const quantities = [...packed];
  if (by >= 0n) {
    const most = greatest(quantities);
    quantities[most] = (quantities[most] ?? 0n) + by;
    return quantities;
  }
  let left = -by;
  while (left > 0n) {
    const most = greatest(quantities);
    const mine = quantities[most] ?? 0n;
    const next = quantities.reduce((max, q, at) => (at !== most && q > max ? q : max), 0n);
    const wanted = mine > next ? mine - next : packSize;
    const cut = wanted < left ? wanted : left;
    quantities[most] = mine - cut;
    left -= cut;
  }
  return quantities;
}

function greatest(quantities: readonly ScaledQuantity[]): number {
  let most = 0;
  for (const [at, quantity] of quantities.entries()) {
    if (quantity > (quantities[most] ?? 0n)) most = at;
  }
  return most;
}

/** The least multiple of `step` that is not below `quantity`; step greater than zero. */
function roundUp(quantity: ScaledQuantity, step: ScaledQuantity): ScaledQuantity {
  return ((quantity + step - 1n) / step) * step;
}

function lcm(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return (one / a) * other;
}
