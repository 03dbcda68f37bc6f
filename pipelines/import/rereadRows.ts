/**
 * Reads the rows again whose reading had to wait for their whole columns, from their stored cells and by the styles that were
 * settled, in chunks with a checkpoint each; then moves the import on to checking. Where a column has contradicted what its
 * earlier cells had shown, all rows are read again.
 */
import assert from "node:assert/strict";
import type { PersonalData } from "../../platform/personalData.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { checkRow, type RowCheck } from "./checkRow.ts";
import { givenStyle, settledStyle } from "./columnStyle.ts";
import {
  checkpointOf,
  detectedOf,
  type ImportRun,
  inFence,
  kindOf,
  mappingOf,
  stepDone,
} from "./importRun.ts";
import { matchHeader } from "./matchHeader.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import type { Cells } from "./queries/rows.ts";
import {
  importRowsReread,
  importRowsToReread,
  importUnreadRows,
  type ReadRow,
} from "./queries/unread.ts";
import { openCells, openRowSeal, type RowSeal } from "./sealStagedRows.ts";
import { errorToStore, fieldsJson } from "./stagedChunk.ts";

/** Rows of one transaction, and characters of cells past which it has fewer. */
const CHUNK_ROWS = 5_000;
const CHUNK_CHARS = 4_000_000;

/** Reads what is left to read again and moves the import on to checking. */
export async function rereadRows(run: ImportRun, row: ImportRow): Promise<void> {
  const { personal } = run.deps;
  const check = secondCheck(run, row);
  const seal = await openRowSeal(personal, { kind: check.kind, importId: row.id });
  const step = (tx: DbClient, held: ImportRow) => rereadChunk(tx, held, { personal, check, seal });
  while (await inFence(run, step, { indexProbes: true })) stepDone(run, "reread");
}

/** The check of the first reading, with every style as it was settled. */
function secondCheck(run: ImportRun, row: ImportRow): RowCheck {
  const mapping = mappingOf(row);
  const { header = [], styles = {} } = detectedOf(row);
  const { columns } = matchHeader(header, kindOf(row), mapping);
  return {
    kind: kindOf(row),
    columns: columns.map((column) => ({
      ...column,
      style: settledStyle(givenStyle(column, mapping), styles[column.rule.field]),
      evidence: undefined,
    })),
    width: header.length,
    now: run.deps.clock.now(),
    isRagged: false, // a broken line was found by the first reading
    clears: mapping.options?.empty_cells === "clear",
  };
}

interface Rereading {
  readonly personal: PersonalData;
  readonly check: RowCheck;
  /** Given where rows name persons. */
  readonly seal: RowSeal | undefined;
}

async function rereadChunk(tx: DbClient, row: ImportRow, reading: Rereading): Promise<boolean> {
  const checkpoint = checkpointOf(row);
  const list = checkpoint.reread_all ? importRowsToReread : importUnreadRows;
  const stored = await list(tx, {
    importId: row.id,
    after: checkpoint.reread_row,
    limit: CHUNK_ROWS,
    charsMax: CHUNK_CHARS,
  });
  const last = stored.at(-1);
  if (last === undefined) {
    await importProgress(tx, { id: row.id, status: "checking" });
    return false;
  }
  const opened = await openCells(reading.personal, row.id, stored);
  const read = opened.map((one) => rereadRow(one, { importId: row.id, ...reading }));
  await importRowsReread(tx, { importId: row.id, rows: read });
  const unread = checkpoint.unread_rows - stored.filter((one) => one.state === "unread").length;
  const invalid = row.rows_invalid + read.filter((one) => one.fields === null).length;
  await importProgress(tx, {
    id: row.id,
    rowsValid: row.rows_read - invalid - unread,
    rowsInvalid: invalid,
    checkpoint: { ...checkpoint, reread_row: last.row_number, unread_rows: unread },
  });
  return true;
}

function rereadRow(
  { row_number: rowNumber, cells }: { readonly row_number: number; readonly cells: Cells },
  { importId, check, seal }: Omit<Rereading, "personal"> & { readonly importId: string },
): ReadRow {
  const result = checkRow(cells, check);
  assert(result !== "unread", `row ${rowNumber} is unread, though all its columns are settled`);
  if ("fields" in result) {
    const fields = fieldsJson(result.fields, { importId, rowNumber, check, seal });
    return { rowNumber, fields, column: null, code: null, detail: null, value: null };
  }
  const { column, code, detail, value } = errorToStore(result.error, rowNumber, seal);
  return { rowNumber, fields: null, column, code, detail, value };
}
