/**
 * Checks one row of the file by itself: every cell by its format, then the rules between the fields. The first fault in
 * column order is the row's error. What needs the database (does the SKU exist?) is checked later, for all rows at once. Pure.
 */
import { describeFault } from "../../domain/errors.ts";
import type { FaultyCell, SheetCell } from "../../platform/xlsxReader.ts";
import type { CellStyle } from "./cellFormats.ts";
import type { ImportKind } from "./importKinds.ts";
import type { BoundColumn } from "./matchHeader.ts";
import type { RowError, RowFields } from "./rowFault.ts";
import { ruleFault } from "./rowRules.ts";

export interface RowCheck {
  readonly kind: ImportKind;
  readonly columns: readonly BoundColumn[];
  /** Cells of the header row. */
  readonly width: number;
  readonly style: CellStyle;
  /** Times past this are in the future. */
  readonly now: Date;
  /** True for CSV: a line with another number of cells is broken, not merely short. */
  readonly isRagged: boolean;
}

/** The row's fields, or its error. */
export function checkRow(
  cells: readonly SheetCell[],
  check: RowCheck,
): { fields: RowFields } | { error: RowError } {
  const shape = shapeFault(cells, check);
  if (shape !== undefined) return { error: shape };
  const fields: Record<string, string> = {};
  for (const column of check.columns) {
    const read = readCell(cells, column, check.style);
    if (read === undefined) continue;
    if (typeof read !== "string") return { error: read };
    fields[column.rule.storedAs ?? column.rule.field] = read;
  }
  const fault = ruleFault(check.kind, fields, check.now);
  return fault === undefined ? { fields } : { error: fault };
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

/** The value of a field, undefined where the row does not give it, or the fault. */
function readCell(
  cells: readonly SheetCell[],
  column: BoundColumn,
  style: CellStyle,
): string | RowError | undefined {
  const { rule, values } = column;
  const cell = column.index === undefined ? "" : (cells[column.index] ?? "");
  if (typeof cell === "object") return faultyCell(column, cell);
  const given = typeof cell === "number" ? numberText(cell) : unguarded(cell.trim());
  const found = given === "" ? column.fallback : given;
  if (found === undefined) return rule.required === true ? missingError(column) : undefined;
  if (BROKEN_TEXT.test(found)) return encodingError(column, found);
  const value = values?.get(found) ?? found;
  const read = rule.format(value, style, typeof cell === "number");
  return typeof read === "string" ? read : wordError(column, read, found);
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
  return /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/.test(text) ? text.slice(1) : text;
}

/** NUL, the replacement character of a broken encoding, or half of a surrogate pair. */
const BROKEN_TEXT =
  /[\0\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

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
  const detail =
    cell.code === "cell_error"
      ? `${thingOf(column)} is the error ${cell.text}; expected a value; mend the formula in the workbook`
      : `${thingOf(column)} is a formula without a stored result; open the workbook, save it and send it again`;
  return { column: column.rule.field, code: cell.code, detail, value: cell.text };
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
