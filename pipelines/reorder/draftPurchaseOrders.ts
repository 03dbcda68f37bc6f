/**
 * Drafts purchase orders for every need, all in one transaction under one lock: the figures are read after the lock was won,
 * in one statement, with existing drafts counted in. So a second run, a run on another machine at the same moment, and a run
 * while a receipt is accepted but not applied order nothing twice. What can't be ordered is answered with the reason.
 */
import { formatQuantity } from "../../domain/quantity.ts";
import { isPlanned } from "../../domain/reorder/reorderPolicy.ts";
import { newId } from "../../platform/clock.ts";
import { failPoint } from "../../platform/failPoints.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import {
  addDrafts,
  type NewDraft,
  purchaseOrdersOfRun,
  purchaseOrdersRead,
} from "../purchasing/index.ts";
import { decideOrders, type OrderGroup, type Unordered } from "./decideOrders.ts";
import { type DemandFigures, explainLine } from "./explainLine.ts";
import { type PlanDeps, planAll, planPolicies } from "./planPolicies.ts";
import { draftsLock, type NeedRow, reorderNeedsRead, reviewsNote } from "./queries/needs.ts";

/** A run waits this long for another one to end; past it the run is tried again. */
const LOCK_TIMEOUT_MS = 25_000;
/** Entries of a list in the outcome; the counts are always whole. */
const LISTED_MAX = 100;
/** Histories read at once for what lines tell of demand. */
const LINES_AT_ONCE = 256;

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

interface Run {
  readonly id: string;
  readonly actor: string;
}

/** Drafts what is needed now, in the name of a run. A run that is repeated after its commit drafts nothing more. */
export async function draftPurchaseOrders(deps: PlanDeps, run: Run): Promise<DraftOutcome> {
  await planPolicies(deps);
  const demand = await readDemandFigures(deps);
  const { db, clock } = deps;
  const unordered = await inTransaction(db, async (tx) => {
    await draftsLock(tx, LOCK_TIMEOUT_MS);
    const rows = await reorderNeedsRead(tx, clock.now());
    const { groups, unordered: refused } = decideOrders(rows);
    failPoint("drafts.after_read");
    await reviewsNote(
      tx,
      rows.filter((row) => row.method === "periodic_review"),
    );
    await addDrafts(
      tx,
      groups.map((group) => toDraft(group, run, demand)),
    );
    failPoint("drafts.before_commit");
    return refused;
  });
  failPoint("drafts.after_commit");
  return describe(db, run.id, unordered);
}

function toDraft(
  group: OrderGroup,
  run: Run,
  demand: ReadonlyMap<string, DemandFigures>,
): NewDraft {
  return {
    id: newId(),
    supplierId: group.supplierId,
    warehouseId: group.warehouseId,
    currency: group.currency,
    expectedOn: group.expectedOn,
    note: null,
    createdBy: run.actor,
    generatedByRun: run.id,
    lines: group.lines.map((line) => ({
      id: newId(),
      itemId: line.row.item_id,
      quantity: formatQuantity(line.quantity),
      unitCost: line.unitCost === null ? null : formatQuantity(line.unitCost),
      explanation: explainLine(line, demand.get(keyOf(line.row)) ?? null),
    })),
  };
}

function keyOf(row: Pick<NeedRow, "item_id" | "warehouse_id">): string {
  return `${row.item_id}/${row.warehouse_id}`;
}

/**
 * What lines of policies with figures of their own tell of demand: read before the lock is taken, since it decides nothing. A need
 * that arises between this look and the decision has its demand figures null.
 */
async function readDemandFigures(deps: PlanDeps): Promise<Map<string, DemandFigures>> {
  const { db, clock, costs } = deps;
  const now = clock.now();
  const found = new Map<string, DemandFigures>();
  const rows = (await reorderNeedsRead(db, now)).filter((row) => !isPlanned(row.method));
  for (let from = 0; from < rows.length; from += LINES_AT_ONCE) {
    const part = rows
      .slice(from, from + LINES_AT_ONCE)
      .map((row) => ({ ...row, id: "", version: 0 }));
    for (const plan of await planAll(db, part, { now, costs })) {
      found.set(`${plan.itemId}/${plan.warehouseId}`, plan.working);
    }
  }
  return found;
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
