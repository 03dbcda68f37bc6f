/**
 * Writes a report as a workbook: styled header that stays in sight, a filter, widths, number formats, a sheet of notes. Rows stream
 * through, nothing is held; past the limit of a sheet the next one begins. A decimal that a spreadsheet's number can't hold exactly
 * stays a text. The same rows are the same bytes.
 */
import { writeArchive } from "../../platform/xlsx/writeArchive.ts";
import {
  columnName,
  numberCell,
  sheetFoot,
  sheetHead,
  textCell,
  workbookParts,
} from "../../platform/xlsx/writeSheet.ts";
import { cellsOf, type Lines } from "./readLines.ts";
import type { ReportColumn, ReportDefinition } from "./reportDefinitions.ts";

/** Rows of a sheet, header included; the format knows no more. */
const SHEET_ROWS_MAX = 1_048_576;
/** A double holds any decimal of so many digits exactly as written. */
const EXACT_DIGITS = 15;
/** Text that is gathered before it goes on. */
const PIECE_CHARS = 128 * 1024;

export interface XlsxOptions {
  readonly report: ReportDefinition;
  readonly name: string;
  readonly asOf: Date;
  /** Lines for the notes sheet beside the report's own: what it was limited to. */
  readonly notes: readonly (readonly [string, string])[];
  readonly sheetRowsMax?: number;
}

const WIDTHS = { text: 18, decimal: 14, integer: 10, timestamp: 20, date: 12 } as const;
const WIDE = 36;
const NOTES_WIDTHS = [22, 12, 80];

/** The bytes of a workbook of the rows, each a JSON array of the columns' cells. */
export async function* writeXlsx(lines: Lines, options: XlsxOptions): AsyncGenerator<Buffer> {
  const archive = writeArchive();
  const rows = openRows(lines);
  const sheets: string[] = [];
  do {
    sheets.push(sheets.length === 0 ? options.name : `${options.name} (${sheets.length + 1})`);
    yield* archive.entry(sheetPart(sheets.length), dataSheet(rows, options));
  } while (!(await rows.isOver()));
  sheets.push("notes");
  yield* archive.entry(sheetPart(sheets.length), [notesSheet(options, rows.taken())]);
  for (const [name, text] of workbookParts(sheets, options.asOf))
    yield* archive.entry(name, [text]);
  yield archive.directory();
}

function sheetPart(nth: number): string {
  return `xl/worksheets/sheet${nth}.xml`;
}

/** Rows that several sheets take one after another. */
interface OpenRows {
  /** The next rows, so many at most; none after the last. */
  next(rowsMax: number): Promise<readonly string[]>;
  isOver(): Promise<boolean>;
  taken(): number;
}

function openRows(lines: Lines): OpenRows {
  const iterator = lines[Symbol.asyncIterator]();
  let ahead: readonly string[] = [];
  let over = false;
  let taken = 0;
  const look = async (): Promise<void> => {
    while (ahead.length === 0 && !over) {
      const { done, value } = await iterator.next();
      if (done === true) over = true;
      else ahead = value;
    }
  };
  return {
    next: async (rowsMax) => {
      await look();
      const rows = ahead.length <= rowsMax ? ahead : ahead.slice(0, rowsMax);
      ahead = ahead.length <= rowsMax ? [] : ahead.slice(rowsMax);
      taken += rows.length;
      return rows;
    },
    isOver: async () => {
      await look();
      return over && ahead.length === 0;
    },
    taken: () => taken,
  };
}

async function* dataSheet(rows: OpenRows, options: XlsxOptions): AsyncGenerator<string> {
  const { columns } = options.report;
  const rowsMax = options.sheetRowsMax ?? SHEET_ROWS_MAX;
  const widths = columns.map(({ name, type }) => (name === "name" ? WIDE : WIDTHS[type]));
  const sheet = columns.map(({ type }, nth) => ({ type, letters: columnName(nth) }));
  const header = columns.map(({ name }, nth) => textCell(`${columnName(nth)}1`, name, "header"));
  let piece = `${sheetHead(widths, true)}<row r="1">${header.join("")}</row>`;
  let count = 1;
  while (count < rowsMax) {
    const some = await rows.next(rowsMax - count);
    if (some.length === 0) break;
    for (const line of some) {
      count += 1;
      piece += rowOf(sheet, cellsOf(line), count);
    }
    if (piece.length < PIECE_CHARS) continue;
    yield piece;
    piece = "";
  }
  yield piece + sheetFoot({ columns: columns.length, rows: count });
}

interface SheetColumn {
  readonly type: ReportColumn["type"];
  readonly letters: string;
}

function rowOf(
  sheet: readonly SheetColumn[],
  cells: readonly (string | number | null)[],
  nth: number,
): string {
  let row = `<row r="${nth}">`;
  for (const [place, { type, letters }] of sheet.entries()) {
    const cell = cells[place];
    if (cell === null || cell === undefined || cell === "") continue;
    row += cellOf(`${letters}${nth}`, type, String(cell));
  }
  return `${row}</row>`;
}

const DAY_MS = 86_400_000;
/** 1970-01-01 in days of a spreadsheet, which counts from 1899-12-30. */
const EPOCH_DAYS = 25_569;

function cellOf(at: string, type: ReportColumn["type"], text: string): string {
  switch (type) {
    case "text":
      return textCell(at, text, type);
    case "timestamp":
    case "date":
      return numberCell(at, String(Date.parse(text) / DAY_MS + EPOCH_DAYS), type);
    case "decimal":
    case "integer":
      return isExact(text) ? numberCell(at, text, type) : textCell(at, text, "text");
  }
}

/** Whether a double holds the decimal as it is written. Most are short, and need no closer look. */
function isExact(text: string): boolean {
  return text.length <= EXACT_DIGITS || text.replace(/^-?0*|\./g, "").length <= EXACT_DIGITS;
}

function notesSheet({ report, asOf, notes }: XlsxOptions, rows: number): string {
  const lines: readonly (readonly string[])[] = [
    ["report", "", report.title],
    ["meaning", "", report.description],
    ["as of (UTC)", "", asOf.toISOString()],
    ["rows", "", String(rows)],
    ...notes.map(([name, value]) => [name, "", value]),
    [],
  ];
  const words: readonly (readonly string[])[] = report.columns.map(
    ({ name, type, description }) => [name, type, description],
  );
  const head = ["column", "type", "meaning"];
  const rowsOfTexts = [...lines, head, ...words].map((cells, nth) => {
    const style = cells === head ? "bold" : "plain";
    const row = cells.map((text, place) => textCell(`${columnName(place)}${nth + 1}`, text, style));
    return `<row r="${nth + 1}">${row.join("")}</row>`;
  });
  return [sheetHead(NOTES_WIDTHS, false), ...rowsOfTexts, sheetFoot()].join("");
}
