/** The outcomes of an import's movements coming back to its rows. */
import type { DbClient } from "../../platform/postgres.ts";
import { checkpointOf } from "./importRun.ts";
import { importProgress } from "./queries/importProgress.ts";
import type { ImportRow } from "./queries/imports.ts";
import { importRowsSettle, type Settlement } from "./queries/movements.ts";

/**
 * Gives the rows from the checkpoint to row number `to` the outcomes that their movements have by now, and counts them; the
 * checkpoint moves once all of them have theirs. The import's row is locked.
 */
export async function settleRows(tx: DbClient, row: ImportRow, to: number): Promise<Settlement> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.settled_row;
  const settled = await importRowsSettle(tx, { importId: row.id, from, to });
  if (settled.applied + settled.rejected > 0 || settled.waiting === 0) {
    await importProgress(tx, {
      id: row.id,
      newlyApplied: settled.applied,
      newlyRejected: settled.rejected,
      checkpoint: { ...checkpoint, settled_row: settled.waiting === 0 ? to : from },
    });
  }
  return settled;
}
