/**
 * The rows that went wrong as CSV, ready to be mended and sent again with the same mapping: the columns of the file where it
 * has its header, then what is wrong. Written in pages, so that memory stays flat. A cell that a spreadsheet would run as a
 * formula gets an apostrophe, which a later import takes off again; numbers and dates that the good rows have explained are
 * written so that they need those no more.
 */
import type { PersonalData } from "../../platform/personalData.ts";
import type { Db } from "../../platform/postgres.ts";
import { cellWriters } from "./errorCells.ts";
import { detectedOf, kindOf, mappingOf } from "./importRun.ts";
import type { ImportRow } from "./queries/imports.ts";
import { type Cells, type FaultyRow, importFaultsList, importLeftOutList } from "./queries/rows.ts";
import { openFaults } from "./sealStagedRows.ts";

const PAGE_ROWS = 1_000;
/** Spreadsheets take a text without it for the code page of their system. */
const BYTE_ORDER_MARK = "\ufeff";
const FORMULA = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d[\d.,]*$/;

export interface ErrorFilter {
  /** Only rows with this code. */
  readonly code?: string | undefined;
  /** Also rows that were skipped: repeated ones, and good ones that the end of the import left out. */
  readonly withSkipped?: boolean | undefined;
}

/** A row that did not go in, as it is shown. */
export interface ShownFault {
  readonly row: number;
  readonly column: string;
  readonly code: string;
  readonly detail: string;
  readonly value: string;
}

/** Where the rows are, and what opens those that name persons. */
export interface FaultDeps {
  readonly db: Db;
  readonly personal: PersonalData;
}

/** Rows that did not go in, in the order of the file, after the given row. */
export async function faultyRows(
  { db, personal }: FaultDeps,
  row: ImportRow,
  page: ErrorFilter & { readonly after: number; readonly limit: number },
): Promise<(ShownFault & { readonly cells: Cells })[]> {
  const { code, withSkipped = false, after, limit } = page;
  const list = withSkipped ? importLeftOutList : importFaultsList;
  const stored = await list(db, { importId: row.id, after, limit, code });
  const rows = await openFaults(personal, row.id, stored);
  return rows.map((fault) => ({
    row: fault.row_number,
    column: fault.error_column ?? "",
    value: fault.error_value ?? "",
    cells: fault.cells,
    ...reasonOf(fault, row),
  }));
}

function reasonOf(fault: FaultyRow, row: ImportRow): { code: string; detail: string } {
  const { error_code: code, error_detail: detail } = fault;
  return code === null ? leftOut(row) : { code, detail: detail ?? "" };
}

/** Why a good row did not go in. */
function leftOut({ mode, status, error_code: code }: ImportRow): { code: string; detail: string } {
  if (status === "cancelled") {
    return { code: "import_cancelled", detail: "the import was cancelled before this row" };
  }
  if (status === "failed") {
    return { code: "import_failed", detail: `the import failed (${code ?? ""}) before this row` };
  }
  return mode === "dry_run"
    ? { code: "dry_run", detail: "nothing is wrong with this row; a dry run applies nothing" }
    : { code: "waiting", detail: "nothing is wrong with this row; it is not applied yet" };
}

/** The error file of an import, page by page; the header line comes also when no row went wrong. */
export async function* errorFile(
  deps: FaultDeps,
  row: ImportRow,
  filter: ErrorFilter = {},
): AsyncGenerator<string> {
  const detected = detectedOf(row);
  const { header = [], delimiter } = detected;
  const mapping = mappingOf(row);
  const { options = {} } = mapping;
  const separator = delimiter ?? options.delimiter ?? ",";
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => quote(safe(cell), separator)).join(separator)}\r\n`;
  // with header_row in the mapping the header is looked for in that row
  const above = "\r\n".repeat((options.header_row ?? 1) - 1);
  yield `${BYTE_ORDER_MARK}${above}${line([...header, "error_row", "error_code", "error_detail"])}`;
  const writers = cellWriters({ kind: kindOf(row), mapping, detected });
  let after = 0;
  for (;;) {
    const rows = await faultyRows(deps, row, { ...filter, after, limit: PAGE_ROWS });
    if (rows.length === 0) return;
    yield rows
      .map(({ cells, ...fault }) => {
        const texts = cells.map((cell, index) => writers[index]?.(cell) ?? String(cell));
        const own = Array.from({ length: header.length }, (_, index) => texts[index] ?? "");
        const surplus = texts.slice(header.length).filter((text) => text !== "");
        return line([...own, String(fault.row), fault.code, fault.detail + surplusNote(surplus)]);
      })
      .join("");
    after = rows.at(-1)?.row ?? after;
  }
}

/** Cells past the header have no column; they are told, so that nothing of the row is lost. */
function surplusNote(cells: readonly string[]): string {
  return cells.length === 0 ? "" : `; cells past the header: ${JSON.stringify(cells)}`;
}

/** A text that no spreadsheet takes for a formula; numbers stay numbers (OWASP ASVS 1.2.10). */
function safe(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

function quote(cell: string, delimiter: string): string {
  const needs = cell.includes(delimiter) || /["\r\n]/.test(cell) || cell !== cell.trim();
  return needs ? `"${cell.replaceAll('"', '""')}"` : cell;
}
