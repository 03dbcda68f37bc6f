/** A movement as it is accepted, and the closed unions of its types and of the reasons it can be rejected for. */
import type { ScaledQuantity } from "./quantity.ts";

/** Types that this version applies. */
export const MOVEMENT_TYPES = [
  "receipt",
  "issue",
  "transfer",
  "adjustment",
  "count",
  "return",
  "supplier_return",
  "scrap",
] as const;
export type MovementType = (typeof MOVEMENT_TYPES)[number];

/** Types of the contract that a later version will apply; they are refused by name until then. */
export const MOVEMENT_TYPES_TO_COME = ["hold", "unhold", "reserve", "release"] as const;

/** Why a movement was rejected; final, and the same for every retry. */
export const REJECTION_CODES = [
  "insufficient_stock",
  "version_conflict",
  "level_overflow",
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** What the fold needs of an accepted movement. */
export interface Movement {
  readonly id: string;
  readonly type: MovementType;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly toWarehouseId: string | null;
  readonly quantity: ScaledQuantity;
  /** Cost of one stock unit in the item's currency, 4 decimals, scaled by 10,000. */
  readonly unitCost: bigint | null;
  readonly expectedVersion: number | null;
}
