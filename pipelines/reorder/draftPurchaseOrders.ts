/**
 * Drafts purchase orders for every need, all in one transaction under one lock: the figures are read after the lock was won,
 * in one statement, with existing drafts counted in. So a second run, a run on another machine at the same moment, and a run
 * while a receipt is accepted but not applied order nothing twice. What can't be ordered is answered with the reason.
 */
import { daysAfter } from "../../domain/days.ts";
import { formatQuantity, quantityFromText } from "../../domain/quantity.ts";
import { type ReorderRule, reorderQuantity } from "../../domain/reorderQuantity.ts";
import { type Clock, newId } from "../../platform/clock.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { addDrafts, purchaseOrdersOfRun, purchaseOrdersRead } from "../purchasing/index.ts";
import { explainLine } from "./explainLine.ts";
import { groupNeeds, type NeedWithSupplier, type OrderLineNeed } from "./groupNeeds.ts";
import { decisionLock, type NeedRow, reorderNeedsRead } from "./queries.ts";

/** A run waits this long for another one to end; past it the run is tried again. */
const LOCK_TIMEOUT_MS = 25_000;
/** Entries of a list in the outcome; the counts are always whole. */
const LISTED_MAX = 100;

/** A need that was not ordered, and why. */
interface Unordered {
  readonly sku: string;
  readonly warehouse: string;
  readonly reason: "no_supplier" | "too_large";
}

export interface DraftOutcome {
  readonly orders: number;
  readonly lines: number;
  readonly drafts: readonly {
    readonly id: string;
    readonly number: string;
    readonly supplier: string;
    readonly warehouse: string;
    readonly lines: number;
  }[];
  readonly not_ordered: number;
  readonly not_ordered_items: readonly Unordered[];
}

/** Drafts what is needed now, in the name of a run. A run that is repeated after its commit drafts nothing more. */
export async function draftPurchaseOrders(
  { db, clock }: { db: DbPool; clock: Clock },
  run: { readonly id: string; readonly actor: string },
): Promise<DraftOutcome> {
  const unordered = await inTransaction(db, async (tx) => {
    await decisionLock(tx, { decision: "drafts", timeoutMs: LOCK_TIMEOUT_MS });
    const { lines, refused } = decide(await reorderNeedsRead(tx));
    const drafts = groupNeeds(lines).map((group) => ({
      id: newId(),
      supplierId: group.supplierId,
      warehouseId: group.warehouseId,
      currency: group.currency,
      expectedOn: daysAfter(clock.now(), group.leadTimeDays),
      note: null,
      createdBy: run.actor,
      generatedByRun: run.id,
      lines: group.lines.map((line) => ({
        id: newId(),
        itemId: line.row.item_id,
        quantity: formatQuantity(line.quantity),
        unitCost: line.row.unit_cost,
        explanation: explainLine(line),
      })),
    }));
    await addDrafts(tx, drafts);
    return refused;
  });
  return describe(db, run.id, unordered);
}

function decide(rows: readonly NeedRow[]): { lines: OrderLineNeed[]; refused: Unordered[] } {
  const lines: OrderLineNeed[] = [];
  const refused: Unordered[] = [];
  for (const row of rows) {
    const place = { sku: row.sku, warehouse: row.warehouse };
    if (!hasSupplier(row)) {
      refused.push({ ...place, reason: "no_supplier" });
      continue;
    }
    const decision = reorderQuantity(positionOf(row), ruleOf(row), {
      moq: quantityFromText(row.moq),
      packSize: quantityFromText(row.pack_size),
    });
    if (decision.result === "too_large") refused.push({ ...place, reason: "too_large" });
    if (decision.result !== "order") continue;
    lines.push({ row, need: decision.need, quantity: decision.quantity });
  }
  return { lines, refused };
}

function hasSupplier(row: NeedRow): row is NeedWithSupplier {
  return row.supplier_id !== null;
}

/** What is or will be there, drafts counted in. */
function positionOf(row: NeedRow): bigint {
  return quantityFromText(row.position) + quantityFromText(row.drafted);
}

/** The policy's rule; the table's checks keep the figures of its method present. */
function ruleOf(row: NeedRow): ReorderRule {
  const level = quantityFromText(row.reorder_at);
  if (row.method === "min_max") {
    return { method: "min_max", min: level, max: quantityFromText(row.max_quantity ?? "") };
  }
  const reorderQuantityScaled = quantityFromText(row.reorder_quantity ?? "");
  return {
    method: "reorder_point",
    reorderPoint: level,
    reorderQuantity: reorderQuantityScaled,
  };
}

/** Read back by the run's id, so that a run which is repeated after its commit tells the same drafts. */
async function describe(
  db: DbPool,
  runId: string,
  unordered: readonly Unordered[],
): Promise<DraftOutcome> {
  const ids = await purchaseOrdersOfRun(db, runId);
  const orders = await purchaseOrdersRead(db, { ids, warehouses: undefined });
  return {
    orders: orders.length,
    lines: orders.reduce((sum, order) => sum + order.line_count, 0),
    drafts: orders.slice(0, LISTED_MAX).map((order) => ({
      id: order.id,
      number: order.number,
      supplier: order.supplier,
      warehouse: order.warehouse,
      lines: order.line_count,
    })),
    not_ordered: unordered.length,
    not_ordered_items: unordered.slice(0, LISTED_MAX),
  };
}
