/** The quantity at which ordering and keeping cost least. Pure, float64: a wish that packs and minimums round exactly later. */

/** What ordering and keeping cost. */
export interface EconomicTerms {
  /** Units a year. */
  readonly annualDemand: number;
  /** Cost of placing and receiving one order, whatever its size. */
  readonly orderingCost: number;
  /** Cost of keeping stock a year, as a share of its value. */
  readonly holdingRate: number;
}

/** A price from a quantity on. */
export interface UnitPrice {
  readonly from: number;
  readonly unitCost: number;
}

/**
 * Economic order quantity sqrt(2 D K / h), with D the demand a year, K the cost of an order and h the cost of keeping a unit a year.
 * Undefined where one of them is not above zero.
 * Source: F. W. Harris, "How many parts to make at once", Factory, The Magazine of Management 10 (1913).
 */
export function economicQuantity(terms: EconomicTerms, unitCost: number): number | undefined {
  const { annualDemand, orderingCost, holdingRate } = terms;
  const holdingCost = holdingRate * unitCost;
  if (!(annualDemand > 0 && orderingCost > 0 && holdingCost > 0)) return undefined;
  return Math.sqrt((2 * annualDemand * orderingCost) / holdingCost);
}

/** Cost of a year when ordering in this quantity: goods, orders, keeping. Source: as economicQuantityAtPrices. */
export function annualCost(terms: EconomicTerms, unitCost: number, quantity: number): number {
  const { annualDemand, orderingCost, holdingRate } = terms;
  return (
    annualDemand * unitCost +
    (annualDemand / quantity) * orderingCost +
    (quantity / 2) * holdingRate * unitCost
  );
}

/**
 * The quantity with the least cost a year where the price of all units falls from certain quantities on: of each price its own
 * economic quantity, or the least quantity that has this price, the cheapest. Prices come by `from`, ascending, the first from 0 or 1.
 * Source: J. Heizer, B. Render, "Operations Management", chapter 12, "Quantity discount models" (all units).
 */
export function economicQuantityAtPrices(
  terms: EconomicTerms,
  prices: readonly UnitPrice[],
): { readonly quantity: number; readonly unitCost: number; readonly cost: number } | undefined {
  const candidates = prices.flatMap(({ from, unitCost }, nth) => {
    const wanted = economicQuantity(terms, unitCost);
    const end = prices[nth + 1]?.from ?? Number.POSITIVE_INFINITY;
    if (wanted === undefined || wanted >= end) return [];
    const quantity = Math.max(wanted, from);
    return [{ quantity, unitCost, cost: annualCost(terms, unitCost, quantity) }];
  });
  return candidates.toSorted((one, other) => one.cost - other.cost)[0];
}
