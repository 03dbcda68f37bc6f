/** Writes crossings: alerts and events in one statement. The caller holds the lanes and gives each event its place. */
import assert from "node:assert/strict";
import { formatQuantity, type ScaledQuantity } from "../../domain/quantity.ts";
import type { StockEdge } from "../../domain/reorder/lowStock.ts";
import { newId } from "../../platform/clock.ts";
import type { Db } from "../../platform/postgres.ts";
import { lowStockWrite } from "./queries.ts";

/** A crossing, and how the level stood. */
export interface FoundEdge {
  readonly edge: StockEdge;
  readonly itemId: string;
  readonly warehouseId: string;
  readonly lane: number;
  /** As JSON. */
  readonly sku: string;
  readonly warehouse: string;
  readonly reorderAt: ScaledQuantity;
  readonly position: ScaledQuantity;
  readonly onHand: ScaledQuantity;
  readonly available: ScaledQuantity;
  readonly onOrder: ScaledQuantity;
  /** The movement that crossed; null where it was something else. */
  readonly movementId: string | null;
}

/** Where an event stands in its lane. */
export interface EventPlace {
  readonly position: number;
  /** ISO 8601. */
  readonly recordedAt: string;
}

/** Writes edges in their order. Fails where an alert was there already or was gone: somebody wrote it without its lane. */
export async function writeEdges(
  db: Db,
  edges: readonly (FoundEdge & { readonly place: EventPlace })[],
): Promise<void> {
  if (edges.length === 0) return;
  const last = new Map(edges.map((edge) => [`${edge.itemId}/${edge.warehouseId}`, edge]));
  const first = new Map(
    edges.toReversed().map((edge) => [`${edge.itemId}/${edge.warehouseId}`, edge]),
  );
  // an odd number of edges changes the alert, an even one leaves it as it was
  const net = [...last.entries()].flatMap(([key, edge]) =>
    first.get(key)?.edge === edge.edge ? [edge] : [],
  );
  const written = await lowStockWrite(db, {
    alerts: net.map((edge) => ({
      ...edge,
      reorderAt: formatQuantity(edge.reorderAt),
      position: formatQuantity(edge.position),
    })),
    events: edges.map((edge) => ({
      id: newId(),
      lane: edge.lane,
      position: edge.place.position,
      recordedAt: edge.place.recordedAt,
      type: `stockline.stock.${edge.edge}`,
      subject: `stock/${textOf(edge.sku)}/${textOf(edge.warehouse)}`,
      partitionKey: edge.itemId,
      data: dataOf(edge),
    })),
  });
  assert.equal(written, net.length, "alerts are written by who holds the lane of their item");
}

function textOf(json: string): string {
  return String(JSON.parse(json));
}

function dataOf(edge: FoundEdge): string {
  const cause = edge.movementId === null ? "" : `,"movement_id":"${edge.movementId}"`;
  return (
    `{"sku":${edge.sku},"warehouse":${edge.warehouse},` +
    `"position":"${formatQuantity(edge.position)}","on_hand":"${formatQuantity(edge.onHand)}",` +
    `"available":"${formatQuantity(edge.available)}","on_order":"${formatQuantity(edge.onOrder)}",` +
    `"reorder_at":"${formatQuantity(edge.reorderAt)}"${cause}}`
  );
}
