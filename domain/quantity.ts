/**
 * Exact quantities: inside the program a bigint scaled by 10,000 (4 decimals), at every edge a decimal string.
 * Never a float: what cannot be held exactly is refused, not rounded.
 */

/** A quantity times 10,000. */
export type ScaledQuantity = bigint;

/** Decimals a quantity may have, as numeric(18, 4) holds them. */
const QUANTITY_DECIMALS = 4;
const SCALE = 10_000n;
/** Exclusive bound of any quantity or level: 10^14 units, scaled. */
export const QUANTITY_LIMIT_SCALED: ScaledQuantity = 100_000_000_000_000n * SCALE;

const DECIMAL = /^([+-]?)(\d{1,30})(?:\.(\d+))?$/;

/** Why a text is not a quantity. */
export type QuantityFault = "not_a_decimal" | "too_many_decimals" | "out_of_range";

/** Reads a decimal text ("12", "-0.5", "3.1250") exactly; answers the fault instead of throwing. */
export function parseQuantity(text: string): ScaledQuantity | QuantityFault {
  const match = DECIMAL.exec(text);
  if (match === null) return "not_a_decimal";
  const fraction = (match[3] ?? "").replace(/0+$/, "");
  if (fraction.length > QUANTITY_DECIMALS) return "too_many_decimals";
  const magnitude =
    BigInt(match[2] ?? "0") * SCALE + BigInt(fraction.padEnd(QUANTITY_DECIMALS, "0"));
  if (magnitude >= QUANTITY_LIMIT_SCALED) return "out_of_range";
  return match[1] === "-" ? -magnitude : magnitude;
}

/** As numeric(18, 4) prints it. */
const FIXED = /^-?\d{1,14}\.\d{4}$/;

/** Reads a decimal text that is known to be right (from the database); throws RangeError when it is not. */
export function quantityFromText(text: string): ScaledQuantity {
  if (FIXED.test(text)) return BigInt(text.replace(".", "")); // half the time of the general way
  const quantity = parseQuantity(text);
  if (typeof quantity !== "bigint") throw new RangeError(`quantity "${text}" is ${quantity}`);
  return quantity;
}

/** Reads a difference of quantities from the database, which may be past what a quantity itself can be. */
export function differenceFromText(text: string): bigint {
  const [whole = "", fraction = ""] = text.split(".");
  return BigInt(`${whole}${fraction.padEnd(QUANTITY_DECIMALS, "0")}`);
}

/** Writes a quantity as a decimal string without needless zeros: 50000n is "5", 25000n is "2.5". */
export function formatQuantity(quantity: ScaledQuantity): string {
  const negative = quantity < 0n;
  const magnitude = negative ? -quantity : quantity;
  const rest = magnitude % SCALE;
  const decimals = () => rest.toString().padStart(QUANTITY_DECIMALS, "0").replace(/0+$/, "");
  const text = rest === 0n ? `${magnitude / SCALE}` : `${magnitude / SCALE}.${decimals()}`;
  return negative ? `-${text}` : text;
}

/** A quantity as a float: for metrics, never for a figure that somebody is told. */
export function approximateQuantity(quantity: ScaledQuantity): number {
  return Number(quantity) / Number(SCALE);
}

/** Says what is wrong with a quantity, for messages. */
export function quantityExpectation(fault: QuantityFault): string {
  switch (fault) {
    case "not_a_decimal":
      return 'a decimal number such as "12" or "0.5", without exponent or separators';
    case "too_many_decimals":
      return `at most ${QUANTITY_DECIMALS} decimals (it is never rounded)`;
    case "out_of_range":
      return "less than 100,000,000,000,000";
  }
}
