/**
 * Looks at pairs of item and warehouse under the locks of their lanes and tells what was crossed. Called for pairs that something
 * else than a movement may have moved, and by the sweep for those that it found wrong.
 */
import { quantityFromText } from "../../domain/quantity.ts";
import { stockEdge } from "../../domain/reorder/lowStock.ts";
import type { Db } from "../../platform/postgres.ts";
import {
  lanesHold,
  lanesMove,
  type PairKey,
  pairStandingsRead,
  type StandingRow,
} from "./queries.ts";
import { type FoundEdge, writeEdges } from "./writeEdges.ts";

/** Settles the pairs inside the caller's transaction, which must do nothing after it: lanes stay locked until the commit. */
export async function settlePairs(tx: Db, pairs: readonly PairKey[]): Promise<FoundEdge[]> {
  if (pairs.length === 0) return [];
  const lanes = await lanesHold(tx, pairs);
  const standings = await pairStandingsRead(tx, pairs);
  const edges = standings.flatMap(edgeOf);
  const next = new Map(lanes.map((lane) => [lane.id, lane.next_position]));
  const recordedAt = new Map(lanes.map((lane) => [lane.id, lane.recorded_at]));
  const placed = edges.map((edge) => {
    const position = next.get(edge.lane) ?? 0;
    next.set(edge.lane, position + 1);
    return { ...edge, place: { position, recordedAt: recordedAt.get(edge.lane) ?? "" } };
  });
  await writeEdges(tx, placed);
  const moved = new Set(edges.map((edge) => edge.lane));
  await lanesMove(
    tx,
    [...moved].map((id) => ({
      id,
      nextPosition: next.get(id) ?? 0,
      recordedAt: recordedAt.get(id) ?? "",
    })),
  );
  return edges;
}

/** A pair without an active policy is never low, and one that was has recovered. */
function edgeOf(row: StandingRow): FoundEdge[] {
  const position = quantityFromText(row.position);
  const reorderAt = quantityFromText(row.reorder_at ?? row.alert_reorder_at ?? "0");
  const recoveryMargin = quantityFromText(row.recovery_margin ?? "0");
  const unwatched = row.is_low ? ("recovered" as const) : undefined;
  const edge =
    row.reorder_at === null
      ? unwatched
      : stockEdge(row.is_low, position, { reorderAt, recoveryMargin });
  if (edge === undefined) return [];
  return [
    {
      edge,
      itemId: row.item_id,
      warehouseId: row.warehouse_id,
      lane: row.lane,
      sku: JSON.stringify(row.sku),
      warehouse: JSON.stringify(row.warehouse),
      reorderAt,
      position,
      onHand: quantityFromText(row.on_hand),
      available: quantityFromText(row.available),
      onOrder: quantityFromText(row.on_order),
      movementId: null,
    },
  ];
}
