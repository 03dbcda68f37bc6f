/**
 * How much a policy asks for at a position, before suppliers' minimums and packs. Pure and exact: quantities are bigints scaled by
 * 10,000 (quantity.ts). What the five methods come to is one of three rules; planReorder says which.
 */
import type { ScaledQuantity } from "../quantity.ts";

/** The part of a policy that decides. */
export type ReorderRule =
  /** (s, S): at or below `reorderAt`, up to `orderUpTo`. */
  | {
      readonly kind: "order_up_to";
      readonly reorderAt: ScaledQuantity;
      readonly orderUpTo: ScaledQuantity;
    }
  /** (s, nQ): at or below `reorderAt`, in whole quantities. */
  | {
      readonly kind: "fixed_quantity";
      readonly reorderAt: ScaledQuantity;
      readonly quantity: ScaledQuantity;
    }
  /** (R, S): on review days, up to `orderUpTo`, however much is there. */
  | {
      readonly kind: "periodic";
      /** Told as low at or below it; decides nothing. */
      readonly reorderAt: ScaledQuantity;
      readonly orderUpTo: ScaledQuantity;
      readonly reviewDays: number;
    };

/**
 * What to ask for at a position (all that is or will be there: on hand - reserved + in transit + on order + drafted); 0n for nothing.
 * A fixed quantity is asked for the fewest times that bring the position above the reorder point. `isReviewDay` counts for the
 * periodic rule only.
 * Source of the three systems: E. A. Silver, D. F. Pyke, R. Peterson, "Inventory Management and Production Planning and Scheduling",
 * 3rd edition, section 7.3: (s, S), (s, nQ) and (R, S).
 */
export function reorderNeed(
  position: ScaledQuantity,
  rule: ReorderRule,
  isReviewDay: boolean,
): ScaledQuantity {
  switch (rule.kind) {
    case "order_up_to":
      return position > rule.reorderAt ? 0n : notBelowZero(rule.orderUpTo - position);
    case "fixed_quantity": {
      if (position > rule.reorderAt) return 0n;
      const times = (rule.reorderAt - position) / rule.quantity + 1n;
      return times * rule.quantity;
    }
    case "periodic":
      return isReviewDay ? notBelowZero(rule.orderUpTo - position) : 0n;
  }
}

function notBelowZero(quantity: ScaledQuantity): ScaledQuantity {
  return quantity > 0n ? quantity : 0n;
}
