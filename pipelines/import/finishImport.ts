/** Last step of every import: closes the books and tells it to the event log, in one transaction. */
import type { DbClient } from "../../platform/postgres.ts";
import { appendEvents } from "../events/index.ts";
import { addChanges, CHANGES_LISTED_MAX, NOTHING_CHANGED } from "./changedSince.ts";
import { isMovementKind } from "./importKinds.ts";
import { checkpointOf, kindOf } from "./importRun.ts";
import { importChangesNote, importOutcomesCompare } from "./queries/fates.ts";
import { importFinish } from "./queries/importEnds.ts";
import type { ImportRow } from "./queries/imports.ts";
import { longStatementAllow } from "./queries/rows.ts";

export interface ImportEnd {
  readonly status: "completed" | "failed" | "cancelled";
  readonly code?: string;
  readonly detail?: string;
}

/** Ends the import; rows that are still only staged count as skipped. Completed with rejected rows is completed_with_errors. */
export async function finishImport(tx: DbClient, row: ImportRow, end: ImportEnd): Promise<void> {
  await longStatementAllow(tx);
  if (end.status !== "failed") await compareOutcomes(tx, row);
  const finished = await importFinish(tx, {
    id: row.id,
    status: end.status,
    errorCode: end.code ?? null,
    errorDetail: end.detail ?? null,
  });
  if (finished === undefined) return;
  await appendEvents(tx, [
    {
      type: `import.${end.status}`,
      entityId: row.id,
      subject: `imports/${row.id}`,
      data: {
        id: row.id,
        kind: finished.kind,
        mode: finished.mode,
        status: finished.status,
        rows_total: finished.rows_total,
        rows_applied: finished.rows_applied,
        rows_rejected: finished.rows_rejected,
        rows_skipped: finished.rows_skipped,
        created_by: finished.created_by,
      },
    },
  ]);
}

/** Of the commit of a dry run of movements: what became of the rows against what was foreseen for them. */
async function compareOutcomes(tx: DbClient, row: ImportRow): Promise<void> {
  if (!checkpointOf(row).committed || row.status !== "applying") return;
  if (!isMovementKind(kindOf(row))) return;
  const args = { importId: row.id, rowsListed: CHANGES_LISTED_MAX };
  const changes = addChanges(NOTHING_CHANGED, await importOutcomesCompare(tx, args));
  await importChangesNote(tx, { id: row.id, changes });
}
