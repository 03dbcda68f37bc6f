/**
 * When an item is low: at or below its reorder level, until its position is above that by more than the policy's margin. One rule for
 * the apply batch, the worker that looks again, and the sweep. Pure and exact.
 */
import type { ScaledQuantity } from "../quantity.ts";

/** What is crossed. */
export interface LowStockLevel {
  readonly reorderAt: ScaledQuantity;
  /** Keeps a position that swings about the reorder level from being told again and again; 0n or more. */
  readonly recoveryMargin: ScaledQuantity;
}

/** A crossing. */
export type StockEdge = "low" | "recovered";

/** The edge that a position makes of an item that was low or not; undefined where nothing is crossed. */
export function stockEdge(
  wasLow: boolean,
  position: ScaledQuantity,
  level: LowStockLevel,
): StockEdge | undefined {
  if (wasLow) {
    return position > level.reorderAt + level.recoveryMargin ? "recovered" : undefined;
  }
  return position <= level.reorderAt ? "low" : undefined;
}
