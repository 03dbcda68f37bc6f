/**
 * Third step for purchase orders: whole orders, some thousand rows a transaction, with their events and the checkpoint. What
 * was foreseen is looked at again under the locks: an order that left draft meanwhile, or a number that was taken, is refused.
 */
import { UnavailableError } from "../../domain/errors.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { auditAuthorSet } from "../audit/index.ts";
import { bookOrders } from "../purchasing/index.ts";
import type { LevelKey } from "../stock/index.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf, type ImportDeps, type ImportRun, inFence, stepDone } from "./importRun.ts";
import { byOrder, judgeOrder, senderOf } from "./orderRules.ts";
import { planOrders } from "./planOrders.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import {
  importOrderRowsApply,
  importOrderRowsRead,
  importOrdersLock,
  importOrdersRangeEnd,
  type OrderFileRow,
} from "./queries/purchaseOrders.ts";
import { importRowsJudge } from "./queries/rows.ts";
import { wordFault } from "./wordFault.ts";

/** Rows of one transaction, give or take an order: bounds its locks and its events. */
const CHUNK_ROWS = 2_000;

/** Applies what is not applied yet and ends the import; a person's cancel is heard between two chunks. */
export async function applyPurchaseOrders(run: ImportRun): Promise<void> {
  for (;;) {
    const written = await inFence(run, (tx, row) => applyChunk(tx, row, run.deps), {
      indexProbes: true,
    });
    if (written === "end") break;
    const { applied, levels } = written;
    run.deps.metrics.importRows.inc({ kind: "purchase_orders", state: "applied" }, applied);
    await run.deps.forgetIncoming(levels);
    stepDone(run, "applied");
  }
  await inFence(run, (tx, row) =>
    finishImport(tx, row, { status: row.cancel_requested ? "cancelled" : "completed" }),
  );
  stepDone(run, "finished");
}

interface Written {
  readonly applied: number;
  /** Levels whose quantity on order may have changed. */
  readonly levels: readonly LevelKey[];
}

async function applyChunk(
  tx: DbClient,
  row: ImportRow,
  deps: ImportDeps,
): Promise<Written | "end"> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.queued_row;
  if (row.cancel_requested) return "end";
  const to = await importOrdersRangeEnd(tx, { importId: row.id, from, rowsMax: CHUNK_ROWS });
  if (to === undefined) return "end";
  const range = { importId: row.id, from, to };
  await auditAuthorSet(tx, { actor: row.created_by, via: `import ${row.id}` });
  const locked = await importOrdersLock(tx, range);
  const rows = await importOrderRowsRead(tx, range);
  if (rows.some(({ order_id: id }) => id !== null && !locked.has(id))) throw raced(row);
  const sender = senderOf(row, deps.approvalLimits);
  const faults = byOrder(rows)
    .flatMap((order) => judgeOrder(order, sender))
    .map(wordFault);
  const newlyRejected = await importRowsJudge(tx, { importId: row.id, state: "rejected", faults });
  const newlyApplied = await importOrderRowsApply(tx, range);
  await importProgress(tx, {
    id: row.id,
    newlyApplied,
    newlyRejected,
    checkpoint: { ...checkpoint, queued_row: to },
  });
  const good = withoutRejected(rows, faults);
  await book(tx, { row, rows: good, now: deps.clock.now() });
  return { applied: newlyApplied, levels: levelsOf(good) };
}

function levelsOf(rows: readonly OrderFileRow[]): LevelKey[] {
  return rows.flatMap(({ item_id: itemId, warehouse_id: warehouseId }) =>
    itemId === null || warehouseId === null ? [] : [{ itemId, warehouseId }],
  );
}

function withoutRejected(
  rows: readonly OrderFileRow[],
  faults: readonly { readonly rowNumber: number }[],
): OrderFileRow[] {
  const rejected = new Set(faults.map((fault) => fault.rowNumber));
  return rows.filter((row) => !rejected.has(row.row_number));
}

/** Last in the transaction: it locks event lanes. */
async function book(
  tx: DbClient,
  { row, rows, now }: { row: ImportRow; rows: readonly OrderFileRow[]; now: Date },
): Promise<void> {
  if (!(await bookOrders(tx, planOrders(rows, { actor: row.created_by, now })))) throw raced(row);
}

function raced(row: ImportRow): UnavailableError {
  return new UnavailableError({
    code: "import_raced",
    detail: `an order number of import ${row.id} was taken by somebody else this moment; the chunk is tried again`,
  });
}
