/**
 * The rows that went wrong as CSV, ready to be mended and sent again: the columns of the file, then what is wrong. Written in
 * pages, so that memory stays flat. A cell that a spreadsheet would run as a formula gets an apostrophe, which a later import
 * takes off again.
 */
import type { Db } from "../../platform/postgres.ts";
import { detectedOf } from "./importRun.ts";
import type { ImportRow } from "./queries/imports.ts";
import { type FaultyRow, importFaultsList } from "./queries/rows.ts";

const PAGE_ROWS = 1_000;
const FORMULA = /^[=+\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]/;
const NUMBER = /^[+-]?\d[\d.,]*$/;

/** The error file of an import, page by page; the header line comes also when no row went wrong. */
export async function* errorFile(db: Db, row: ImportRow): AsyncGenerator<string> {
  const { header = [], delimiter = "," } = detectedOf(row);
  const line = (cells: readonly string[]) =>
    `${cells.map((cell) => quote(safe(cell), delimiter)).join(delimiter)}\r\n`;
  yield line([...header, "error_row", "error_code", "error_detail"]);
  let after = 0;
  for (;;) {
    const rows = await importFaultsList(db, { importId: row.id, after, limit: PAGE_ROWS });
    if (rows.length === 0) return;
    yield rows.map((fault) => line(cellsOf(fault, header.length))).join("");
    after = rows.at(-1)?.row_number ?? after;
  }
}

function cellsOf(fault: FaultyRow, width: number): string[] {
  const cells = Array.from({ length: width }, (_, index) => fault.cells[index] ?? "");
  return [...cells, String(fault.row_number), fault.error_code, fault.error_detail ?? ""];
}

/** A text that no spreadsheet takes for a formula; numbers stay numbers (OWASP ASVS 1.2.10). */
function safe(cell: string): string {
  return FORMULA.test(cell) && !NUMBER.test(cell) ? `'${cell}` : cell;
}

function quote(cell: string, delimiter: string): string {
  const needs = cell.includes(delimiter) || /["\r\n]/.test(cell) || cell !== cell.trim();
  return needs ? `"${cell.replaceAll('"', '""')}"` : cell;
}
