/** What a person may ask of an import: make a finished dry run the real thing, or stop it. */
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf } from "./importRun.ts";
import {
  type ImportRow,
  importCancelRequest,
  importCommit,
  importContentHash,
  importLockAny,
} from "./queries/imports.ts";
import { importRowsUnjudge, longStatementAllow } from "./queries/rows.ts";
import { duplicateError, isDuplicate } from "./uploadImport.ts";

const OPEN = ["uploaded", "reading", "checking", "applying"];

/** Makes a finished dry run the real thing: the rows are there, the database's checks run anew. Throws ConflictError. */
export async function commitImport(db: DbPool, id: string): Promise<ImportRow> {
  try {
    return await inTransaction(db, async (tx) => {
      const row = present(await importLockAny(tx, id), id);
      if (row.mode !== "dry_run") {
        throw new ConflictError({
          code: "not_a_dry_run",
          detail: `import ${id} is no dry run; only a finished dry run can be committed`,
        });
      }
      if (!row.status.startsWith("completed")) {
        throw new ConflictError({
          code: "dry_run_not_completed",
          detail: `the dry run ${id} is "${row.status}"; expected "completed" or "completed_with_errors"`,
        });
      }
      await longStatementAllow(tx);
      await importRowsUnjudge(tx, id);
      const { staged_row: stagedRow } = checkpointOf(row);
      return present(await importCommit(tx, { id, checkpoint: { staged_row: stagedRow } }), id);
    });
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
    throw await duplicateError(db, present(await importContentHash(db, id), id), thrown);
  }
}

/**
 * Stops an import. Before anything is applied it ends at once; while it is applied the worker stops feeding, waits for what
 * the inbox has, and ends it. What was applied stays. Throws ConflictError for one that is over.
 */
export async function cancelImport(db: DbPool, id: string): Promise<ImportRow> {
  return inTransaction(db, async (tx) => {
    const row = present(await importLockAny(tx, id), id);
    if (!OPEN.includes(row.status)) {
      throw new ConflictError({
        code: "import_over",
        detail: `import ${id} is "${row.status}" and can't be cancelled any more`,
      });
    }
    if (row.status === "applying") await importCancelRequest(tx, id);
    else await finishImport(tx, row, { status: "cancelled" });
    return present(await importLockAny(tx, id), id);
  });
}

function present<T>(row: T | undefined, id: string): T {
  if (row === undefined) throw new NotFoundError("import", id);
  return row;
}
