/**
 * Checks one row of the file by itself: every cell by its format, then the rules between the fields. The first certain fault in
 * column order is the row's error. A row whose reading waits for the rest of its columns is unread. What needs the database (does
 * the SKU exist?) is checked later, for all rows at once. Pure, but for the evidence that the cells add to their columns.
 */
import { describeFault } from "../../domain/errors.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import {
  type DateCell,
  type FaultyCell,
  isFaulty,
  type SheetCell,
} from "../../platform/xlsxReader.ts";
import { type CellStyle, code } from "./cellFormats.ts";
import { type ColumnEvidence, noteCell } from "./columnStyle.ts";
import type { BoundColumn } from "./matchHeader.ts";
import type { RowError, RowFields } from "./rowFault.ts";
import { ruleFault } from "./rowRules.ts";

/** A column with how its cells are read. */
export interface CheckedColumn extends BoundColumn {
  readonly style: CellStyle;
  /** Set while the file is read for the first time and nobody has said how the column is written. */
  readonly evidence: ColumnEvidence | undefined;
}

export interface RowCheck {
  readonly kind: ImportKind;
  readonly columns: readonly CheckedColumn[];
  /** Cells of the header row. */
  readonly width: number;
  /** Times past this are in the future. */
  readonly now: Date;
  /** True for CSV: a line with another number of cells is broken, not merely short. */
  readonly isRagged: boolean;
  /** True where an empty cell takes the stored value away. */
  readonly clears: boolean;
}

/** `unread`: how the row is read follows from cells that come later. */
export type RowResult = { readonly fields: RowFields } | { readonly error: RowError } | "unread";

/** The row's fields, or its error, or that it has to wait. */
export function checkRow(cells: readonly SheetCell[], check: RowCheck): RowResult {
  const shape = shapeFault(cells, check);
  if (shape !== undefined) return { error: shape };
  const { fields, error, waits, depends } = readCells(cells, check);
  if (error !== undefined) return { error };
  if (waits) return "unread";
  const fault = ruleFault(check.kind, fields, check.now);
  if (fault === undefined) return { fields };
  return depends ? "unread" : { error: fault };
}

interface ReadCells {
  readonly fields: Record<string, string | null>;
  /** The first certain fault. */
  error: RowError | undefined;
  /** A cell that depends on others of its column can't be read yet. */
  waits: boolean;
  /** A cell was read as others of its column have shown so far. */
  depends: boolean;
}

function readCells(cells: readonly SheetCell[], check: RowCheck): ReadCells {
  const row = { cells, clears: check.clears, depends: false };
  const done: ReadCells = { fields: {}, error: undefined, waits: false, depends: false };
  for (const column of check.columns) {
    if (done.error !== undefined && column.evidence === undefined) continue; // other cells are evidence all the same
    row.depends = false;
    const value = readCell(row, column);
    done.depends ||= row.depends;
    if (value === undefined) continue;
    if (typeof value === "string" || value === null) {
      done.fields[column.rule.storedAs ?? column.rule.field] = value;
    } else if (row.depends) done.waits = true;
    else done.error ??= value;
  }
  return done;
}

function shapeFault(cells: readonly SheetCell[], check: RowCheck): RowError | undefined {
  if (!check.isRagged || cells.length === check.width) return undefined;
  if (cells.length > check.width && cells.slice(check.width).every((cell) => cell === ""))
    return undefined;
  const expected = `${check.width} cells as in the header`;
  const mend = "look for a missing or superfluous delimiter or quote";
  return {
    column: "",
    code: "columns",
    detail: `the row has ${cells.length} cells; expected ${expected}; ${mend}`,
    value: "",
  };
}

/** A row while it is read. */
interface RowInHand {
  readonly cells: readonly SheetCell[];
  readonly clears: boolean;
  /** The cell that was read last depends on what other cells of its column show. */
  depends: boolean;
}

/** The value of a field, null where it is to be cleared, undefined where the row does not give it, or the fault. */
function readCell(row: RowInHand, column: CheckedColumn): string | null | undefined | RowError {
  const { index } = column;
  const cell = index === undefined ? "" : (row.cells[index] ?? "");
  if (typeof cell === "object" || typeof cell === "number") {
    return readTyped(row, column, cell);
  }
  const given = unguarded(cell.trim());
  return given === "" ? readMissing(row, column) : readText(row, column, given);
}

/** A cell of a workbook that is no text. */
function readTyped(
  row: RowInHand,
  column: CheckedColumn,
  cell: Exclude<SheetCell, string>,
): string | null | undefined | RowError {
  if (isFaulty(cell)) return faultyCell(column, cell);
  const { rule } = column;
  const mangled = rule.format === code ? mangledCode(column, cell) : undefined;
  if (mangled !== undefined) return mangled;
  if (typeof cell === "object") return readText(row, column, cell.text);
  const found = numberText(cell);
  const ours = column.values?.get(found);
  return ours === undefined ? read(column, found, true) : readMapped(row, column, ours);
}

function readMissing(row: RowInHand, column: CheckedColumn): string | null | undefined | RowError {
  const { rule, index, fallback } = column;
  if (fallback !== undefined) return readOurs(column, column.values?.get(fallback) ?? fallback);
  if (rule.required === true) return missingError(column);
  return row.clears && index !== undefined && rule.clearable === true ? null : undefined;
}

function readText(
  row: RowInHand,
  column: CheckedColumn,
  found: string,
): string | null | undefined | RowError {
  if (ODD_TEXT.test(found) && BROKEN_TEXT.test(found)) return encodingError(column, found);
  const ours = column.values?.get(found);
  if (ours !== undefined) return readMapped(row, column, ours);
  if (column.evidence !== undefined && noteCell(column.evidence, found)) row.depends = true;
  return read(column, found, false);
}

/** What the mapping makes of a cell; nothing ("NULL": "") is an empty cell. */
function readMapped(
  row: RowInHand,
  column: CheckedColumn,
  ours: string,
): string | null | undefined | RowError {
  return ours === "" ? readMissing(row, column) : readOurs(column, ours);
}

/** A value of the mapping: where it is written as JSON writes numbers, it is one, however the file writes them. */
function readOurs(column: CheckedColumn, value: string): string | RowError {
  return read(column, value, /^-?\d+(\.\d+)?$/.test(value));
}

function read(column: CheckedColumn, found: string, isNumeric: boolean): string | RowError {
  const style = column.evidence === undefined ? column.style : column.evidence.style;
  const value = column.rule.format(found, style, isNumeric);
  return typeof value === "string" ? value : wordError(column, value, found);
}

/** Excel keeps 15 digits of a number: a longer code was rounded. */
const CODE_NUMBER_MAX = 1e15;
/** Excel writes smaller numbers with an exponent: a code such as 1E-3 looks like that. */
const CODE_NUMBER_MIN = 0.01;

/** What a spreadsheet has made of a code that was typed into a cell without the text format. */
function mangledCode(column: BoundColumn, cell: number | DateCell): RowError | undefined {
  const mend = "format the column as text and enter it again";
  const isDate = typeof cell === "object";
  if (!isDate && (cell === 0 || isWithin(Math.abs(cell)))) return undefined;
  const found = isDate ? cell.text : numberText(cell);
  const expected = isDate
    ? "the code itself, which a spreadsheet has turned into a date or time"
    : "the code itself, which a spreadsheet has turned into a number of at most 15 digits";
  return wordError(column, { code: "excel_mangled", expected, mend }, found);
}

function isWithin(size: number): boolean {
  return size >= CODE_NUMBER_MIN && size < CODE_NUMBER_MAX;
}

function missingError(column: BoundColumn): RowError {
  return wordError(column, { code: "required", expected: "a value" }, undefined);
}

/** A double in plain notation; values that no plain notation holds fail their format. */
function numberText(number: number): string {
  const text = String(number);
  return /e-/.test(text) ? number.toFixed(20).replace(/0+$/, "") : text;
}

/** Our own error files put an apostrophe before what a spreadsheet would run as a formula; it is no part of the value. */
function unguarded(text: string): string {
  if (!text.startsWith("'")) return text;
  return /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.slice(1) : text;
}

/** NUL, the replacement character of a broken encoding, or half of a surrogate pair. */
const BROKEN_TEXT =
  /[\0\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

/** What BROKEN_TEXT may be found in: most texts pass by this alone. */
const ODD_TEXT = /[\0\ud800-\udfff\ufffd]/;

function encodingError(column: BoundColumn, found: string): RowError {
  return {
    column: column.rule.field,
    code: "encoding",
    detail: `${thingOf(column)} holds a character that the file's encoding does not have; save the file as UTF-8, or set mapping.options.encoding`,
    value: storable(found),
  };
}

/** The text as PostgreSQL can hold it. */
export function storable(text: string): string {
  return text.replaceAll("\0", "\u2400").toWellFormed();
}

function faultyCell(column: BoundColumn, cell: FaultyCell): RowError {
  const thing = thingOf(column);
  const details = {
    cell_error: `${thing} is the error ${cell.text}; expected a value; mend the formula in the workbook`,
    formula_no_value: `${thing} is a formula without a stored result; open the workbook, save it and send it again`,
    cell_too_long: `${thing} has ${cell.chars ?? "too many"} characters or more; expected at most 32767, as a cell of Excel holds`,
  };
  return {
    column: column.rule.field,
    code: cell.code,
    detail: details[cell.code],
    value: cell.text,
  };
}

function wordError(
  column: BoundColumn,
  fault: { code: string; expected: string; mend?: string },
  found: string | undefined,
): RowError {
  const { code, expected, mend } = fault;
  const detail = describeFault({
    thing: thingOf(column),
    ...(found === undefined ? {} : { found }),
    expected,
    ...(mend === undefined ? {} : { mend }),
  });
  return { column: column.rule.field, code, detail, value: found ?? "" };
}

function thingOf({ rule, heading }: BoundColumn): string {
  return heading === undefined ? rule.field : `${rule.field} (column "${heading}")`;
}
