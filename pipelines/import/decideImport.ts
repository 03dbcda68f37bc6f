/**
 * What follows from the checks of all rows: a dry run ends with its preview, an import that must not go on ends with nothing
 * applied, every other goes on to be applied.
 */
import { describeFault } from "../../domain/errors.ts";
import type { DbClient } from "../../platform/postgres.ts";
import { changedSinceOf } from "./changedSince.ts";
import { finishImport } from "./finishImport.ts";
import { NO_FATES } from "./foreseeRows.ts";
import { isMovementKind } from "./importKinds.ts";
import { checkpointOf, detectedOf, kindOf } from "./importRun.ts";
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import type { ShortRow } from "./queries/preview.ts";
import { importRowsCount, importRowsJudge, longStatementAllow } from "./queries/rows.ts";

/** Rows that find too little stock and are named one by one. */
export const SHORT_ROWS_MAX = 20_000;

/** Ends a dry run, or an import that must not go on; else the rows may be applied. `short` are rows that stop the whole file. */
export async function decideImport(
  tx: DbClient,
  row: ImportRow,
  short: readonly ShortRow[],
): Promise<void> {
  await longStatementAllow(tx);
  const { total, invalid } = await importRowsCount(tx, row.id);
  const counts = {
    rowsTotal: total,
    rowsRead: total,
    rowsValid: total - invalid,
    rowsInvalid: invalid,
  };
  if (row.mode === "dry_run") {
    await importProgress(tx, { id: row.id, ...counts, preview: previewOf(row) });
    await finishImport(tx, row, { status: "completed" });
    return;
  }
  const refusal = abortReason(row, { total, invalid, short }) ?? changeReason(row);
  if (refusal !== undefined) {
    await judgeShort(tx, row.id, short);
    await finishImport(tx, row, { status: "failed", ...refusal });
    return;
  }
  await importProgress(tx, { id: row.id, ...counts, status: "applying" });
}

/** The preview of a dry run, with the questions that its columns leave open. */
function previewOf(row: ImportRow): unknown {
  const empty = isMovementKind(kindOf(row)) ? {} : NO_FATES;
  const { questions = [] } = detectedOf(row) as { readonly questions?: readonly unknown[] };
  return { ...empty, ...(row.preview as object | null), questions };
}

interface Checked {
  readonly total: number;
  readonly invalid: number;
  readonly short: readonly ShortRow[];
}

type Refusal = { readonly code: string; readonly detail: string };

function abortReason(row: ImportRow, { total, invalid, short }: Checked): Refusal | undefined {
  if (row.on_error !== "abort") return undefined;
  const nothing = `on_error is "abort": nothing was applied; mend the rows of the error file, or send with on_error "skip"`;
  if (invalid > 0) {
    return {
      code: "rows_invalid",
      detail: `${invalid} of ${total} rows are not valid and ${nothing}`,
    };
  }
  const [first] = short;
  if (first === undefined) return undefined;
  const rows =
    short.length === SHORT_ROWS_MAX ? `at least ${SHORT_ROWS_MAX}` : String(short.length);
  return {
    code: "rows_refused",
    detail: `${rows} of ${total} rows would find too little stock, the first is row ${first.row_number}, and ${nothing}`,
  };
}

function changeReason(row: ImportRow): Refusal | undefined {
  if (!checkpointOf(row).committed || row.if_changed !== "stop") return undefined;
  const { rows } = changedSinceOf(row.changed_since_preview);
  if (rows === 0) return undefined;
  return {
    code: "preview_outdated",
    detail: `${rows} rows would fare otherwise than the dry run foresaw and if_changed is "stop": nothing was applied; see changed_since_preview, then send the file again`,
  };
}

async function judgeShort(
  tx: DbClient,
  importId: string,
  short: readonly ShortRow[],
): Promise<void> {
  const faults = short.map((row) => ({
    rowNumber: row.row_number,
    column: "quantity",
    code: "insufficient_stock",
    detail: describeFault({
      thing: "quantity",
      found: row.quantity,
      expected: `at most ${row.available}: what ${row.sku} has at ${row.warehouse} when its row comes`,
    }),
    value: row.quantity,
  }));
  await importRowsJudge(tx, { importId, state: "rejected", faults });
}
