/**
 * Low stock as edges, not repeats: one stock.low when a position falls to its reorder level, one stock.recovered when it comes
 * back. Alerts and events commit together; two runs at once stand in line, and the second finds nothing left to tell.
 */
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { decisionLock, type EdgeRow, lowStockEdges } from "./queries.ts";

const LOCK_TIMEOUT_MS = 20_000;

/** What a look at all positions found. */
export interface LowStockOutcome {
  readonly low: number;
  readonly recovered: number;
}

/** Looks at every position once and tells what crossed its reorder level since the last look. */
export async function detectLowStock(db: DbPool): Promise<LowStockOutcome> {
  const edges = await inTransaction(db, async (tx) => {
    await decisionLock(tx, { decision: "alerts", timeoutMs: LOCK_TIMEOUT_MS });
    const found = await lowStockEdges(tx);
    await appendEvents(tx, found.map(edgeEvent));
    return found;
  });
  const low = edges.filter((edge) => edge.edge === "low").length;
  return { low, recovered: edges.length - low };
}

function edgeEvent(edge: EdgeRow) {
  return {
    type: `stock.${edge.edge}`,
    entityId: edge.item_id,
    subject: `stock/${edge.sku}/${edge.warehouse}`,
    data: {
      sku: edge.sku,
      warehouse: edge.warehouse,
      position: edge.position,
      on_hand: edge.on_hand,
      available: edge.available,
      on_order: edge.on_order,
      reorder_at: edge.reorder_at,
    },
  };
}
