/** What a person may ask of an import: make a finished dry run the real thing, or stop it. */
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import type { Role } from "../../domain/roles.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { finishImport } from "./finishImport.ts";
import { checkpointOf } from "./importRun.ts";
import { importCommit } from "./queries/importEnds.ts";
import {
  type ImportRow,
  importCancelRequest,
  importContentHash,
  importLockAny,
  lockWaitAllow,
} from "./queries/imports.ts";
import { duplicateError, isDuplicate } from "./uploadImport.ts";

const OPEN = ["uploaded", "reading", "checking", "applying"];

export interface CommitWish {
  /** What happens where rows would fare otherwise than the dry run foresaw. */
  readonly ifChanged: "apply" | "stop";
  /** Of whoever wishes it. */
  readonly approverRoles: readonly Role[];
}

/**
 * Makes a finished dry run the real thing: its rows are there, and are checked anew by the worker. Throws ConflictError for
 * what is no finished dry run, whose rows were removed, or whose content was imported meanwhile.
 */
export async function commitImport(
  db: DbPool,
  id: string,
  wish: CommitWish = { ifChanged: "apply", approverRoles: [] },
): Promise<ImportRow> {
  try {
    return await inTransaction(db, async (tx) => {
      const row = present(await importLockAny(tx, id), id);
      refuseCommit(row);
      const { staged_row, usual_fate } = checkpointOf(row);
      const checkpoint = { staged_row, usual_fate, committed: true };
      return present(await importCommit(tx, { id, checkpoint, ...wish }), id);
    });
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
    throw await duplicateError(db, present(await importContentHash(db, id), id), thrown);
  }
}

function refuseCommit(row: ImportRow): void {
  if (row.mode !== "dry_run") {
    const detail = checkpointOf(row).committed
      ? `the dry run ${row.id} was committed before, and is "${row.status}"`
      : `import ${row.id} is no dry run; only a finished dry run can be committed`;
    throw new ConflictError({ code: "not_a_dry_run", detail });
  }
  if (!row.status.startsWith("completed")) {
    throw new ConflictError({
      code: "dry_run_not_completed",
      detail: `the dry run ${row.id} is "${row.status}"; expected "completed" or "completed_with_errors"`,
    });
  }
  if (row.rows_deleted_at !== null) {
    throw new ConflictError({
      code: "rows_expired",
      detail: `the rows of the dry run ${row.id} were removed on ${row.rows_deleted_at.toISOString()}; send the file again`,
    });
  }
}

/**
 * Stops an import. Before anything is applied it ends at once; while it is applied the worker stops feeding, waits for what
 * the inbox has, and ends it. What was applied stays. Throws ConflictError for one that is over.
 */
export async function cancelImport(db: DbPool, id: string): Promise<ImportRow> {
  return inTransaction(db, async (tx) => {
    await lockWaitAllow(tx);
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
