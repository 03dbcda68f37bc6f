/** A movement as it is accepted, and the closed unions of its types and of the reasons it can be rejected for. */
import type { ScaledQuantity } from "./quantity.ts";

/** Types that a reversing movement takes back. */
export const REVERSIBLE_TYPES = [
  "receipt",
  "issue",
  "transfer",
  "adjustment",
  "count",
  "return",
  "supplier_return",
  "scrap",
  "hold",
  "unhold",
] as const;

/** Types that clients post. A reservation is released instead of reversed. */
export const MOVEMENT_TYPES = [...REVERSIBLE_TYPES, "reserve", "release"] as const;
export type PostedType = (typeof MOVEMENT_TYPES)[number];

/** Types that follow from another movement: what arrives of a transfer, what is lost of it, what takes a movement back. */
export const CONSEQUENT_TYPES = ["arrival", "transit_loss", "reversal"] as const;
export type MovementType = PostedType | (typeof CONSEQUENT_TYPES)[number];

/** Why a movement was rejected; final, and the same for every retry. */
export const REJECTION_CODES = [
  "insufficient_stock",
  "insufficient_unavailable",
  "version_conflict",
  "level_overflow",
  "lot_required",
  "lot_not_tracked",
  "lot_mismatch",
  "unknown_lot",
  "too_many_lots",
  "serial_quantity",
  "serial_in_stock",
  "unknown_reservation",
  "reservation_consumed",
  "reservation_released",
  "reservation_expired",
  "reservation_exceeded",
  "unknown_transfer",
  "transit_exceeded",
  "unknown_movement",
  "already_reversed",
  "not_reversible",
  "period_closed",
  "atomic_group_rejected",
  "discarded",
] as const;
export type RejectionCode = (typeof REJECTION_CODES)[number];

/** How an item's stock is told apart: not at all, by lot, or piece by piece. */
export type Tracking = "none" | "lot" | "serial";

/** What the fold needs of an accepted movement. */
export interface Movement {
  readonly id: string;
  readonly type: MovementType;
  readonly itemId: string;
  readonly warehouseId: string;
  /** The other end: where a transfer goes, or where an arrival comes from. */
  readonly toWarehouseId: string | null;
  readonly quantity: ScaledQuantity;
  /** Cost of one stock unit in the item's currency, 4 decimals, scaled by 10,000. */
  readonly unitCost: bigint | null;
  readonly expectedVersion: number | null;
  /** Code of the lot, or the serial number. */
  readonly lotCode: string | null;
  /** YYYY-MM-DD. */
  readonly lotExpiresOn: string | null;
  /** The reservation that is issued or released, the transfer that arrives or is lost, the movement that is reversed. */
  readonly targetId: string | null;
  /** When a reservation lapses; milliseconds since 1970. */
  readonly expiresAtMs: number | null;
  /** The version that the counter saw. */
  readonly countedVersion: number | null;
  readonly inTransit: boolean;
  readonly occurredAtMs: number;
  /** When it is decided: reservations have lapsed or not by this moment. */
  readonly decidedAtMs: number;
}
