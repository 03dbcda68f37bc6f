/**
 * Finds the crossings that a batch of movements makes, movement by movement. Called by the apply batch while it holds the lanes;
 * costs nothing for levels without a policy, and no question to the database for levels that stay above their reorder level.
 */

import { quantityFromText, type ScaledQuantity } from "../../domain/quantity.ts";
import { type LowStockLevel, stockEdge } from "../../domain/reorder/lowStock.ts";
import type { Db } from "../../platform/postgres.ts";
import { ordersOutstandingRead } from "./queries.ts";
import type { FoundEdge } from "./writeEdges.ts";

/** Balances of a level that a position is made of. */
interface Balances {
  readonly onHand: ScaledQuantity;
  readonly reserved: ScaledQuantity;
  readonly unavailable: ScaledQuantity;
  readonly inTransit: ScaledQuantity;
}

/** A level after a movement. */
interface Step extends Balances {
  readonly movementId: string;
  /** Receipts of orders that the batch had decided by then. */
  readonly settled: ScaledQuantity;
}

/** What is watched of a level that has an active policy. */
export interface StockWatch extends LowStockLevel {
  readonly isLow: boolean;
  settled: ScaledQuantity;
  readonly steps: Step[];
}

/** Begins to watch a level; null where it has no policy that says when it is low. */
export function watchOf(row: {
  readonly reorder_at: string | null;
  readonly recovery_margin: string | null;
  readonly is_low: boolean | null;
}): StockWatch | null {
  if (row.reorder_at === null) return null;
  return {
    reorderAt: quantityFromText(row.reorder_at),
    recoveryMargin: row.recovery_margin === null ? 0n : quantityFromText(row.recovery_margin),
    isLow: row.is_low === true,
    settled: 0n,
    steps: [],
  };
}

/**
 * Notes a level as a movement left it. Orders can only add to a position, so a level that was not low and is above its reorder level
 * by itself is not noted at all. `receipt`: what a decided receipt of an order takes from what is on its way.
 */
export function noteStep(
  watch: StockWatch,
  level: Balances,
  movement: { readonly id: string; readonly receipt: ScaledQuantity },
): void {
  watch.settled += movement.receipt;
  const own = level.onHand - level.reserved + level.inTransit;
  if (!watch.isLow && watch.steps.length === 0 && own > watch.reorderAt) return;
  watch.steps.push({
    movementId: movement.id,
    settled: watch.settled,
    onHand: level.onHand,
    reserved: level.reserved,
    unavailable: level.unavailable,
    inTransit: level.inTransit,
  });
}

/** A level with what it is called in events. */
interface WatchedLevel {
  readonly itemId: string;
  readonly warehouseId: string;
  readonly lane: number;
  /** As JSON. */
  readonly sku: string;
  readonly warehouse: string;
  readonly watch: StockWatch | null;
}

/** The crossings of a folded batch, in the order of its movements within each level. Reads orders in one statement, one snapshot. */
export async function findEdges(db: Db, levels: Iterable<WatchedLevel>): Promise<FoundEdge[]> {
  const watched = [...levels].flatMap((level) =>
    level.watch === null || level.watch.steps.length === 0 ? [] : [{ level, watch: level.watch }],
  );
  if (watched.length === 0) return [];
  const outstanding = await ordersOutstandingRead(
    db,
    watched.map(({ level }) => level),
  );
  return watched.flatMap(({ level, watch }, nth) =>
    edgesOf(level, watch, outstanding[nth] ?? { on_order: "0", receipts_pending: "0" }),
  );
}

function edgesOf(
  level: WatchedLevel,
  watch: StockWatch,
  orders: { readonly on_order: string; readonly receipts_pending: string },
): FoundEdge[] {
  const onOrder = quantityFromText(orders.on_order);
  const pending = quantityFromText(orders.receipts_pending);
  const edges: FoundEdge[] = [];
  let isLow = watch.isLow;
  for (const step of watch.steps) {
    const own = step.onHand - step.reserved + step.inTransit;
    const position = own + onOrder + pending - step.settled;
    const edge = stockEdge(isLow, position, watch);
    if (edge === undefined) continue;
    isLow = edge === "low";
    edges.push({
      edge,
      itemId: level.itemId,
      warehouseId: level.warehouseId,
      lane: level.lane,
      sku: level.sku,
      warehouse: level.warehouse,
      reorderAt: watch.reorderAt,
      position,
      onHand: step.onHand,
      available: step.onHand - step.reserved - step.unavailable,
      onOrder,
      movementId: step.movementId,
    });
  }
  return edges;
}
