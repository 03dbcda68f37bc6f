/**
 * Second step: faults that only the database can tell, for thousands of rows a statement: what a row names must exist and be
 * live, a key stands once in the file, policies must be whole. Then decides what happens: apply, stop, or foresee (dry run).
 */
import type { DbClient } from "../../platform/postgres.ts";
import { finishImport } from "./finishImport.ts";
import { foreseeRows } from "./foreseeRows.ts";
import { type ImportKind, isMovementKind, kindRule } from "./importKinds.ts";
import { checkpointOf, type ImportRun, inFence, kindOf, stepDone } from "./importRun.ts";
import {
  importArchivedFaults,
  importArchivingFaults,
  importLookAlikeFaults,
} from "./queries/entities.ts";
import { type ImportRow, importProgress } from "./queries/imports.ts";
import { importTermFaults } from "./queries/itemTerms.ts";
import {
  type FoundFault,
  importDuplicateFaults,
  importPolicyFaults,
  importRangeEnd,
  importReferenceFaults,
  importRowsCount,
  importRowsJudge,
  longStatementAllow,
  type RowRange,
} from "./queries/rows.ts";
import { wordFault } from "./wordFault.ts";

/** Rows that one checking transaction looks at. */
const RANGE_ROWS = 20_000;
/** Faults that one statement writes. */
const FAULTS_MAX = 20_000;

/** Checks what is not checked yet, then moves the import on, or ends it. */
export async function checkRows(run: ImportRun): Promise<void> {
  while (await inFence(run, checkNextRange)) stepDone(run, "checked");
  await inFence(run, async (tx, row) => {
    await longStatementAllow(tx);
    await checkWholeFile(tx, row);
    await decide(tx, row);
  });
  stepDone(run, "decided");
}

async function checkNextRange(tx: DbClient, row: ImportRow): Promise<boolean> {
  const checkpoint = checkpointOf(row);
  const from = checkpoint.checked_row;
  const to = await importRangeEnd(tx, { importId: row.id, from, rowsMax: RANGE_ROWS });
  if (to === undefined) return false;
  const range = { importId: row.id, from, to };
  await judge(tx, row.id, await referenceFaults(tx, row, range));
  await judge(tx, row.id, await entityFaults(tx, kindOf(row), range));
  await importProgress(tx, { id: row.id, checkpoint: { ...checkpoint, checked_row: to } });
  return true;
}

function referenceFaults(tx: DbClient, row: ImportRow, range: RowRange): Promise<FoundFault[]> {
  const kind = kindOf(row);
  const { references } = kindRule(kind);
  const isMovement = isMovementKind(kind);
  const ownCode = kind === "warehouses" && row.warehouses !== null ? ["code"] : [];
  if (references.length + ownCode.length === 0) return Promise.resolve([]);
  return importReferenceFaults(tx, {
    ...range,
    fields: [...references, ...ownCode],
    isMovement,
    warehouses: row.warehouses,
  });
}

async function entityFaults(
  tx: DbClient,
  kind: ImportKind,
  range: RowRange,
): Promise<FoundFault[]> {
  if (isMovementKind(kind)) return [];
  const archived = await importArchivedFaults(tx, kind, range);
  if (kind === "reorder_policies") return [...archived, ...(await importPolicyFaults(tx, range))];
  if (kind === "items") {
    const bound = await importTermFaults(tx, range);
    return [...archived, ...(await importArchivingFaults(tx, range)), ...bound];
  }
  return archived;
}

async function checkWholeFile(tx: DbClient, row: ImportRow): Promise<void> {
  const kind = kindOf(row);
  const { key } = kindRule(kind);
  if (key.length === 0) return;
  await judge(tx, row.id, await importDuplicateFaults(tx, { importId: row.id, key }));
  if (kind === "items") await judge(tx, row.id, await importLookAlikeFaults(tx, row.id));
}

/** A row with several faults keeps its first. */
async function judge(tx: DbClient, importId: string, found: readonly FoundFault[]): Promise<void> {
  const first = new Map<number, FoundFault>();
  for (const fault of found) if (!first.has(fault.row_number)) first.set(fault.row_number, fault);
  const faults = [...first.values()].map(wordFault);
  for (let at = 0; at < faults.length; at += FAULTS_MAX) {
    await importRowsJudge(tx, {
      importId,
      state: "invalid",
      faults: faults.slice(at, at + FAULTS_MAX),
    });
  }
}

async function decide(tx: DbClient, row: ImportRow): Promise<void> {
  const { total, invalid } = await importRowsCount(tx, row.id);
  const counts = {
    rowsTotal: total,
    rowsRead: total,
    rowsValid: total - invalid,
    rowsInvalid: invalid,
  };
  if (row.mode === "dry_run") {
    await importProgress(tx, { id: row.id, ...counts, preview: await foreseeRows(tx, row) });
    await finishImport(tx, row, { status: "completed" });
    return;
  }
  if (row.on_error === "abort" && invalid > 0) {
    await finishImport(tx, row, {
      status: "failed",
      code: "rows_invalid",
      detail: `${invalid} of ${total} rows are not valid and on_error is "abort": nothing was applied; mend the rows of the error file, or send with on_error "skip"`,
    });
    return;
  }
  await importProgress(tx, { id: row.id, ...counts, status: "applying" });
}
