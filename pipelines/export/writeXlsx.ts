/**
 * Writes a report as a workbook: styled header that stays in sight, widths, number formats, a sheet of notes. Rows stream
 * through; past the limit of a sheet the next one begins. A decimal that a spreadsheet's number can't hold exactly stays a text.
 */
import type { Writable } from "node:stream";
import { setImmediate as letOthersRun } from "node:timers/promises";
import ExcelJS from "exceljs";
import { cellsOf } from "./readLines.ts";
import type { ReportColumn, ReportDefinition } from "./reportDefinitions.ts";

/** Rows of a sheet, header included; the format knows no more. */
const SHEET_ROWS_MAX = 1_048_576;
/** exceljs knows no backpressure: after so many rows it gets time to write. */
const ROWS_AT_ONCE = 500;
/** A double holds any decimal of so many digits exactly as written. */
const EXACT_DIGITS = 15;

export interface XlsxOptions {
  readonly report: ReportDefinition;
  readonly name: string;
  readonly asOf: Date;
  /** Lines for the notes sheet beside the report's own: what it was limited to. */
  readonly notes: readonly (readonly [string, string])[];
  readonly sheetRowsMax?: number;
}

/** Writes the rows, each a JSON array of the columns' cells, to the file; answers how many. */
export async function writeXlsx(
  file: Writable,
  lines: AsyncIterable<string>,
  options: XlsxOptions,
): Promise<number> {
  const workbook = new ExcelJS.stream.xlsx.WorkbookWriter({ stream: file, useStyles: true });
  workbook.creator = "Stockline";
  workbook.created = options.asOf;
  const columns = options.report.columns;
  const sheetRowsMax = options.sheetRowsMax ?? SHEET_ROWS_MAX;
  let sheets = 1;
  let sheet = addDataSheet(workbook, options, sheets);
  let sheetRows = 1;
  let count = 0;
  for await (const line of lines) {
    if (sheetRows === sheetRowsMax) {
      sheet.commit();
      sheets += 1;
      sheet = addDataSheet(workbook, options, sheets);
      sheetRows = 1;
    }
    addDataRow(sheet, columns, cellsOf(line));
    sheetRows += 1;
    count += 1;
    if (count % ROWS_AT_ONCE === 0) await letOthersRun();
  }
  sheet.commit();
  addNotesSheet(workbook, options, count);
  await workbook.commit();
  return count;
}

type Workbook = InstanceType<typeof ExcelJS.stream.xlsx.WorkbookWriter>;

const WIDTHS = { text: 18, decimal: 14, integer: 10, timestamp: 20, date: 12 } as const;
const WIDE = 36;
/** One object a type for all cells: exceljs knows it again, where equal styles of columns cost twice the time of a row. */
const STYLES = {
  text: { numFmt: "@" },
  decimal: { numFmt: "#,##0.00##" },
  integer: { numFmt: "0" },
  timestamp: { numFmt: "yyyy-mm-dd hh:mm:ss" },
  date: { numFmt: "yyyy-mm-dd" },
} as const;

function addDataSheet(workbook: Workbook, options: XlsxOptions, nth: number): ExcelJS.Worksheet {
  const name = nth === 1 ? options.name : `${options.name} (${nth})`;
  const sheet = workbook.addWorksheet(name, { views: [{ state: "frozen", ySplit: 1 }] });
  sheet.columns = options.report.columns.map((column) => ({
    header: column.name,
    width: column.name === "name" ? WIDE : WIDTHS[column.type],
  }));
  const header = sheet.getRow(1);
  header.eachCell((cell) => styleHeader(cell));
  header.commit();
  return sheet;
}

function styleHeader(cell: ExcelJS.Cell): void {
  Object.assign(cell, {
    font: { bold: true, color: { argb: "FFFFFFFF" } },
    fill: { type: "pattern", pattern: "solid", fgColor: { argb: "FF1F3A5F" } },
    alignment: { vertical: "middle" },
  });
}

function addDataRow(
  sheet: ExcelJS.Worksheet,
  columns: readonly ReportColumn[],
  cells: readonly (string | number | null)[],
): void {
  const row = sheet.addRow(
    columns.map((column, index) => cellValue(column, String(cells[index] ?? ""))),
  );
  row.eachCell((cell, nth) => {
    cell.style = STYLES[columns[nth - 1]?.type ?? "text"];
  });
  row.commit();
}

function cellValue(column: ReportColumn, text: string): string | number | Date | null {
  if (text === "") return null;
  switch (column.type) {
    case "text":
      return text;
    case "timestamp":
    case "date":
      return new Date(text);
    case "decimal":
    case "integer":
      return text.replace(/^-?0*|\./g, "").length <= EXACT_DIGITS ? Number(text) : text;
  }
}

function addNotesSheet(workbook: Workbook, options: XlsxOptions, rows: number): void {
  const { report, asOf, notes } = options;
  const sheet = workbook.addWorksheet("notes");
  sheet.columns = [{ width: 22 }, { width: 12 }, { width: 80 }];
  const bold = { font: { bold: true } };
  const lines: readonly (readonly string[])[] = [
    ["report", "", report.title],
    ["meaning", "", report.description],
    ["as of (UTC)", "", asOf.toISOString()],
    ["rows", "", String(rows)],
    ...notes.map(([name, value]) => [name, "", value]),
    ["", "", ""],
  ];
  for (const line of lines) sheet.addRow(line).commit();
  const header = sheet.addRow(["column", "type", "meaning"]);
  header.eachCell((cell) => Object.assign(cell, bold));
  header.commit();
  for (const { name, type, description } of report.columns) {
    sheet.addRow([name, type, description]).commit();
  }
  sheet.commit();
}
