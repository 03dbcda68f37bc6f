/**
 * Templates to fill in: a CSV with the headings alone, or a workbook whose columns keep what is typed (codes stay texts, days
 * become days, closed lists offer themselves) with a sheet of notes. A template holds no example rows: they would be imported.
 */
import type ExcelJS from "exceljs";
import type { ImportKind } from "../../domain/importWords.ts";
import { kindRule } from "./importKinds.ts";
import type { CellType, ColumnRule } from "./kinds/columnRule.ts";

/** Formats of templates. */
export const TEMPLATE_FORMATS = ["csv", "xlsx"] as const;
export type TemplateFormat = (typeof TEMPLATE_FORMATS)[number];

/** Rows of a sheet that offer a closed list. */
const LIST_ROWS = 10_000;
const WIDTH_MIN = 12;
const FORMATS: Readonly<Record<CellType, string>> = {
  code: "@",
  text: "@",
  list: "@",
  number: "General",
  day: "yyyy-mm-dd",
  time: "yyyy-mm-dd hh:mm:ss",
};

/** The bytes of a template. */
export async function importTemplate(
  kind: ImportKind,
  format: TemplateFormat,
): Promise<Uint8Array<ArrayBuffer>> {
  if (format === "csv") return new Uint8Array(Buffer.from(csvTemplate(kind)));
  return new Uint8Array(await workbookTemplate(kind));
}

function csvTemplate(kind: ImportKind): string {
  const fields = kindRule(kind).columns.map((column) => column.field);
  return `${fields.join(",")}\r\n`;
}

async function workbookTemplate(kind: ImportKind): Promise<ArrayBuffer> {
  const { default: Excel } = await import("exceljs"); // a quarter of an API's start, for a rare route
  const workbook = new Excel.Workbook();
  workbook.creator = "Stockline";
  addDataSheet(workbook, kind);
  addNotesSheet(workbook, kind);
  return workbook.xlsx.writeBuffer();
}

function addDataSheet(workbook: ExcelJS.Workbook, kind: ImportKind): void {
  const { columns } = kindRule(kind);
  const sheet = workbook.addWorksheet("Data", { views: [{ state: "frozen", ySplit: 1 }] });
  sheet.columns = columns.map(({ field, type, example }) => ({
    header: field,
    width: Math.max(WIDTH_MIN, field.length + 2, example.length + 2),
    style: { numFmt: FORMATS[type] },
  }));
  for (const [place, column] of columns.entries()) {
    styleHeading(sheet.getCell(1, place + 1), column);
    if (column.values !== undefined && hasRanges(sheet)) {
      const letter = sheet.getColumn(place + 1).letter;
      sheet.dataValidations.add(`${letter}2:${letter}${LIST_ROWS}`, listOf(column, column.values));
    }
  }
}

/** exceljs can validate ranges, which its types leave out; cell by cell a template would be megabytes. */
interface Ranges {
  readonly dataValidations: { add(range: string, validation: ExcelJS.DataValidation): void };
}

function hasRanges(sheet: ExcelJS.Worksheet): sheet is ExcelJS.Worksheet & Ranges {
  return "dataValidations" in sheet;
}

function listOf(column: ColumnRule, values: readonly string[]): ExcelJS.DataValidation {
  return {
    type: "list",
    allowBlank: column.required !== true,
    formulae: [`"${values.join(",")}"`],
    showErrorMessage: true,
    error: `Expected ${column.holds}`,
  };
}

function styleHeading(cell: ExcelJS.Cell, column: ColumnRule): void {
  cell.font = { bold: true, color: { argb: "FFFFFFFF" } };
  const colour = column.required === true ? "FF1F3A5F" : "FF7A8CA3";
  cell.fill = { type: "pattern", pattern: "solid", fgColor: { argb: colour } };
}

const NOTE_HEADINGS = [
  "column",
  "required",
  "holds",
  "meaning",
  "where missing",
  "example",
  "other headings",
] as const;
const NOTE_WIDTHS = [18, 10, 36, 60, 36, 26, 60];

function addNotesSheet(workbook: ExcelJS.Workbook, kind: ImportKind): void {
  const { title, upsert, columns } = kindRule(kind);
  const sheet = workbook.addWorksheet("Notes");
  sheet.columns = NOTE_WIDTHS.map((width) => ({
    width,
    style: { numFmt: "@", alignment: { wrapText: true, vertical: "top" } },
  }));
  for (const line of [
    `${kind}: ${title}`,
    upsert,
    'Rows go on the sheet "Data"; dark headings are required.',
  ]) {
    const row = sheet.addRow([line]);
    sheet.mergeCells(row.number, 1, row.number, NOTE_HEADINGS.length);
  }
  sheet.getRow(1).font = { bold: true };
  sheet.getRow(2).height = 60;
  sheet.addRow([]);
  sheet.addRow([...NOTE_HEADINGS]).font = { bold: true };
  for (const column of columns) sheet.addRow(noteOf(column));
}

function noteOf(column: ColumnRule): string[] {
  return [
    column.field,
    column.required === true ? "yes" : "",
    column.holds,
    column.meaning,
    column.standard ?? "",
    column.example,
    (column.aliases ?? []).join(", "),
  ];
}
