/** Moving average cost of a level, exact to 6 decimals. */
import type { ScaledQuantity } from "./quantity.ts";

/** Exclusive bound of an average cost, as numeric(18, 6) holds it: 10^12, scaled by 10^6. */
export const AVERAGE_COST_LIMIT_SCALED = 10n ** 18n;

/**
 * Moving (perpetual weighted) average after receiving stock: (on hand × average + received × cost) / (on hand + received),
 * rounded half up at 6 decimals (IAS 2, paragraph 27). Stock at or below zero carries no cost of its own.
 * Quantities are scaled by 10^4, costs by 10^6; the scale of the quantities cancels out.
 */
export function nextAverageCost(
  level: { readonly onHand: ScaledQuantity; readonly averageCost: bigint | null },
  received: ScaledQuantity,
  unitCost: bigint,
): bigint {
  if (level.averageCost === null || level.onHand <= 0n) return unitCost;
  const total = level.onHand + received;
  if (total <= 0n) return unitCost;
  const value = level.onHand * level.averageCost + received * unitCost;
  return (value * 2n + total) / (total * 2n);
}

/** Writes a cost scaled by 10^6 as a decimal string with 6 decimals, as numeric(18, 6) takes it. */
export function formatAverageCost(cost: bigint): string {
  return `${cost / 1_000_000n}.${(cost % 1_000_000n).toString().padStart(6, "0")}`;
}

/** Reads a decimal string with up to 6 decimals into a cost scaled by 10^6. */
export function parseAverageCost(text: string): bigint {
  const [whole = "0", fraction = ""] = text.split(".");
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}
