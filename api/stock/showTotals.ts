/** Totals over an item's warehouses, exact. */
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";

interface Summed {
  readonly on_hand: string;
  readonly reserved: string;
  readonly unavailable: string;
  readonly available: string;
  readonly incoming: string | null;
  readonly in_transit: string;
}

/** Sums each quantity; a quantity that is not known for one of the levels is null. */
export function showTotals(levels: readonly Summed[], incomingKnown: boolean): Summed {
  const sum = (of: (level: Summed) => string | null) =>
    formatQuantity(levels.reduce((total, level) => total + quantityFromText(of(level) ?? "0"), 0n));
  return {
    on_hand: sum((level) => level.on_hand),
    reserved: sum((level) => level.reserved),
    unavailable: sum((level) => level.unavailable),
    available: sum((level) => level.available),
    incoming: incomingKnown ? sum((level) => level.incoming) : null,
    in_transit: sum((level) => level.in_transit),
  };
}
