/**
 * The end of an import that fails. Nothing more of it is applied; where movements of it still wait in the inbox they are decided
 * first, since no row may be told as skipped whose movement is applied a moment later.
 */
import type { DbClient } from "../../platform/postgres.ts";
import { finishImport } from "./finishImport.ts";
import { isMovementKind } from "./importKinds.ts";
import { checkpointOf, kindOf } from "./importRun.ts";
import { importFailLater } from "./queries/claims.ts";
import type { ImportRow } from "./queries/imports.ts";
import { longStatementAllow } from "./queries/rows.ts";
import { settleRows } from "./settleRows.ts";

/** Pause between two looks at what the inbox still has of the import. */
const AGAIN_SECONDS = 1;

/** Ends the import whose row is locked as failed; answers false where that has to wait for the inbox: giveUpImports ends it then. */
export async function failImport(
  tx: DbClient,
  row: ImportRow,
  end: { readonly code: string; readonly detail: string },
): Promise<boolean> {
  const isSettled = row.status !== "applying" || (await settleQueued(tx, row));
  if (isSettled) await finishImport(tx, row, { status: "failed", ...end });
  else await importFailLater(tx, { id: row.id, ...end, againInSeconds: AGAIN_SECONDS });
  return isSettled;
}

/** Gives the rows in the inbox the outcomes that are there; true where that is all of them. */
async function settleQueued(tx: DbClient, row: ImportRow): Promise<boolean> {
  const { settled_row: from, queued_row: to } = checkpointOf(row);
  if (!isMovementKind(kindOf(row)) || from >= to) return true;
  await longStatementAllow(tx);
  return (await settleRows(tx, row, to)).waiting === 0;
}
