/**
 * How much to order: what the policy needs, then at least the supplier's minimum (MOQ), then up to whole packs.
 * Pure and exact: quantities are bigints scaled by 10,000 (quantity.ts), nothing is rounded but up to packs.
 */
import { QUANTITY_LIMIT_SCALED, type ScaledQuantity } from "./quantity.ts";

/** The part of a reorder policy that decides; min_max orders up to the maximum, reorder_point in fixed quantities. */
export type ReorderRule =
  | { readonly method: "min_max"; readonly min: ScaledQuantity; readonly max: ScaledQuantity }
  | {
      readonly method: "reorder_point";
      readonly reorderPoint: ScaledQuantity;
      readonly reorderQuantity: ScaledQuantity;
    };

/** How the supplier sells: both greater than zero. */
export interface PackRule {
  readonly moq: ScaledQuantity;
  readonly packSize: ScaledQuantity;
}

/** What to order, or why nothing is. */
export type ReorderDecision =
  | {
      readonly result: "order";
      /** What the policy asks for, before MOQ and packs. */
      readonly need: ScaledQuantity;
      readonly quantity: ScaledQuantity;
    }
  /** The position is above the reorder level, or at the maximum already. */
  | { readonly result: "enough" }
  /** The quantity would be past what a quantity can hold. */
  | { readonly result: "too_large" };

/**
 * Decides on a position (all that is or will be there: on hand - reserved + in transit + on order + drafted).
 * Order-up-to for min_max: max - position, at position <= min. Fixed quantity for reorder_point: the fewest multiples of
 * the reorder quantity that bring the position above the reorder point, at position <= reorder point.
 */
export function reorderQuantity(
  position: ScaledQuantity,
  rule: ReorderRule,
  pack: PackRule,
): ReorderDecision {
  const need = needOf(position, rule);
  if (need <= 0n) return { result: "enough" };
  const quantity = roundUp(need > pack.moq ? need : pack.moq, pack.packSize);
  if (quantity >= QUANTITY_LIMIT_SCALED) return { result: "too_large" };
  return { result: "order", need, quantity };
}

function needOf(position: ScaledQuantity, rule: ReorderRule): ScaledQuantity {
  switch (rule.method) {
    case "min_max":
      return position > rule.min ? 0n : rule.max - position;
    case "reorder_point": {
      if (position > rule.reorderPoint) return 0n;
      const times = (rule.reorderPoint - position) / rule.reorderQuantity + 1n;
      return times * rule.reorderQuantity;
    }
  }
}

/** The least multiple of `step` that is not below `quantity`; both greater than zero. */
function roundUp(quantity: ScaledQuantity, step: ScaledQuantity): ScaledQuantity {
  return ((quantity + step - 1n) / step) * step;
}
