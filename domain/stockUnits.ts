/** Packs: an item may be moved in boxes or pallets, each of which holds a fixed number of stock units. Exact, never rounded. */
import {
  formatQuantity,
  QUANTITY_LIMIT_SCALED,
  quantityFromText,
  type ScaledQuantity,
} from "./quantity.ts";

/** Stock units of each pack, by the pack's name; decimal strings. */
export type PackUnits = Readonly<Record<string, string>>;

const SCALE = 10_000n;

/** Why a quantity of packs has no exact quantity of stock units. */
export type ConversionFault = "unit_inexact" | "out_of_range";

/** The quantity of packs in stock units, where 4 decimals hold it. Decimal strings in and out. */
export function toStockUnits(
  packs: string,
  factor: string,
): { readonly quantity: string } | { readonly fault: ConversionFault } {
  const product: ScaledQuantity = quantityFromText(packs) * quantityFromText(factor);
  if (product % SCALE !== 0n) return { fault: "unit_inexact" };
  const quantity = product / SCALE;
  if (quantity >= QUANTITY_LIMIT_SCALED || quantity <= -QUANTITY_LIMIT_SCALED) {
    return { fault: "out_of_range" };
  }
  return { quantity: formatQuantity(quantity) };
}

/** The units of an item as a sentence lists them. */
export function listUnits(stockUnit: string, packs: PackUnits | null): string {
  return [stockUnit, ...Object.keys(packs ?? {}).sort()]
    .map((unit) => JSON.stringify(unit))
    .join(", ");
}
