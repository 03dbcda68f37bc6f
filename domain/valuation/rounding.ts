/**
 * How values and unit costs are rounded: half up, unit costs at 6 decimals, values at 4. A share of a value is rounded, what
 * remains is the difference, so no sum ever drifts: the last share takes the remainder.
 */

/** A unit cost of 1, scaled by 10^6. */
const UNIT_COST_SCALE = 1_000_000n;

/** Quotient rounded half up. The dividend is 0 or more, the divisor greater than 0. */
export function divideHalfUp(dividend: bigint, divisor: bigint): bigint {
  return (dividend * 2n + divisor) / (divisor * 2n);
}

/** Value (scaled by 10^4) of a quantity (scaled by 10^4) at a unit cost (scaled by 10^6). */
export function valueAt(quantity: bigint, unitCost: bigint): bigint {
  return divideHalfUp(quantity * unitCost, UNIT_COST_SCALE);
}

/** Unit cost (scaled by 10^6) of a quantity greater than 0 that has the value; both scaled by 10^4. */
export function unitCostOf(quantity: bigint, value: bigint): bigint {
  return divideHalfUp(value * UNIT_COST_SCALE, quantity);
}

/** The part's share of a value that may be negative; the whole part has the whole value. */
export function shareOf(value: bigint, part: bigint, whole: bigint): bigint {
  if (part === whole) return value;
  return value < 0n ? -divideHalfUp(-value * part, whole) : divideHalfUp(value * part, whole);
}

/** Reads a decimal text that is known to be right, of any size and with up to 4 decimals, into an amount scaled by 10^4. */
export function amountFromText(text: string): bigint {
  const [whole = "", fraction = ""] = text.replace("-", "").split(".");
  const magnitude = BigInt(whole + fraction.padEnd(4, "0"));
  return text.startsWith("-") ? -magnitude : magnitude;
}
