/**
 * The checks of purchase orders as wholes, once each row was checked by itself: rows are grouped into orders, then judged order
 * by order, some thousand rows a transaction, each with its checkpoint.
 */

import type { DbClient } from "../../platform/postgres.ts";
import { groupOrderRows } from "./groupOrderRows.ts";
import { checkpointOf, type ImportRun, inFence, stepDone } from "./importRun.ts";
import { byOrder, judgeOrder, senderOf } from "./orderRules.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import { importOrderRowsRead, importOrdersRangeEnd } from "./queries/purchaseOrders.ts";
import { importRowsJudge, longStatementAllow } from "./queries/rows.ts";
import { wordFault } from "./wordFault.ts";

/** Rows that are read at once, give or take an order. */
const CHUNK_ROWS = 2_000;

/** Groups the rows of an import of purchase orders and judges each order. */
export async function checkOrders(run: ImportRun): Promise<void> {
  if (await inFence(run, group)) stepDone(run, "grouped orders");
  while (await judgeNextOrders(run)) stepDone(run, "checked orders");
}

/** Groups the rows, once; false where they are grouped. */
async function group(tx: DbClient, row: ImportRow): Promise<boolean> {
  const checkpoint = checkpointOf(row);
  if (checkpoint.orders_grouped) return false;
  await longStatementAllow(tx);
  const refused = await groupOrderRows(tx, row);
  await importProgress(tx, {
    id: row.id,
    ...countsOf(row, refused),
    checkpoint: { ...checkpoint, orders_grouped: true },
  });
  return true;
}

/** Judges the next orders after the checkpoint; false where none was left. */
function judgeNextOrders(run: ImportRun): Promise<boolean> {
  const step = async (tx: DbClient, row: ImportRow): Promise<boolean> => {
    const checkpoint = checkpointOf(row);
    const args = { importId: row.id, from: checkpoint.orders_row };
    const to = await importOrdersRangeEnd(tx, { ...args, rowsMax: CHUNK_ROWS });
    if (to === undefined) return false;
    const rows = await importOrderRowsRead(tx, { ...args, to });
    const sender = senderOf(row, run.deps.approvalLimits);
    const faults = byOrder(rows)
      .flatMap((order) => judgeOrder(order, sender))
      .map(wordFault);
    const judged = await importRowsJudge(tx, { importId: row.id, state: "invalid", faults });
    await importProgress(tx, {
      id: row.id,
      ...countsOf(row, judged),
      checkpoint: { ...checkpoint, orders_row: to },
    });
    return true;
  };
  return inFence(run, step, { indexProbes: true });
}

/** The counts with rows that have just fallen. */
function countsOf(
  row: { readonly rows_read: number; readonly rows_invalid: number },
  fallen: number,
): { readonly rowsValid: number; readonly rowsInvalid: number } {
  const rowsInvalid = row.rows_invalid + fallen;
  return { rowsValid: row.rows_read - rowsInvalid, rowsInvalid };
}
