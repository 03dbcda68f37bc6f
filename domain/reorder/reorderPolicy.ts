/** What a reorder policy says, and what its method cannot do without. Pure. */
import type { ScaledQuantity } from "../quantity.ts";

/** The methods there are. */
export const REORDER_METHODS = [
  "min_max",
  "reorder_point",
  "periodic_review",
  "days_of_cover",
  "auto",
] as const;
export type ReorderMethod = (typeof REORDER_METHODS)[number];

/** Members that a method needs; the table has the same rule as a check (reorder_policies_method_complete). */
export const POLICY_NEEDS: Readonly<Record<ReorderMethod, readonly string[]>> = {
  min_max: ["min", "max"],
  reorder_point: ["reorder_point", "reorder_quantity"],
  periodic_review: ["review_days"],
  days_of_cover: ["min", "max"],
  auto: [],
};

/** Whether the figures that decide follow from demand, and so have to be worked out again as it goes on. */
export function isPlanned(method: ReorderMethod): boolean {
  return method !== "min_max" && method !== "reorder_point";
}

/** A policy as it is stored. Quantities in stock units; min and max of days_of_cover are days, scaled alike. */
export interface PolicyTerms {
  readonly method: ReorderMethod;
  readonly reorderPoint: ScaledQuantity | null;
  readonly reorderQuantity: ScaledQuantity | null;
  readonly min: ScaledQuantity | null;
  readonly max: ScaledQuantity | null;
  /** Takes the place of the worked out safety stock. */
  readonly safetyStock: ScaledQuantity | null;
  /** Cycle service level, more than 0 and less than 1. */
  readonly serviceLevel: number | null;
  readonly reviewDays: number | null;
}

/** Cycle service level of a policy that names none. */
export const SERVICE_LEVEL_DEFAULT = 0.95;
