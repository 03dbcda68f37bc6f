/**
 * The rows of one sheet as a stream: only cells that are there, by the place that they name; dimension, spans and counts are
 * not believed. Rows as programs write them go through the quick scan, all others through saxes, with the same result.
 */
import type { FileLimits } from "../fileLimits.ts";
import type { Archive } from "./archive.ts";
import { type CellContext, readCellValue } from "./cellValues.ts";
import { LongText } from "./longText.ts";
import { scanRows } from "./scanRow.ts";
import { readSharedTexts } from "./sharedTexts.ts";
import type { SheetRow } from "./sheetCell.ts";
import { SheetRows } from "./sheetRows.ts";
import { invalid } from "./workbookError.ts";
import type { Sheet, Workbook } from "./workbookParts.ts";
import { type Attributes, type PartListener, readXml } from "./xmlPart.ts";

interface SheetOptions {
  readonly sheet: Sheet;
  readonly limits: FileLimits;
  /** False: saxes reads every row, as a check on the quick scan. */
  readonly isQuick: boolean;
}

/** Reads the sheet's rows in batches of what one chunk of the file held. */
export async function* readSheet(
  archive: Archive,
  workbook: Workbook,
  { sheet, limits, isQuick }: SheetOptions,
): AsyncGenerator<SheetRow[]> {
  const { sharedPart, styles, is1904 } = workbook;
  const shared = await readSharedTexts(archive, sharedPart, limits);
  const context = { shared, styles, is1904, cellCharsMax: limits.cellCharsMax };
  const rows = new SheetRows(limits);
  const bytes = await archive.open(sheet.part, {
    bytesMax: limits.unpackedBytesMax,
    variable: "IMPORT_UNPACKED_BYTES_MAX",
  });
  const quick = isQuick ? scanRows(rows, context) : undefined;
  for await (const _ of readXml(bytes, new RowListener(rows, context), quick)) {
    const batch = rows.take();
    if (batch.length > 0) yield batch;
  }
}

/** Puts together the cells of rows from the tags that saxes announces. */
class RowListener implements PartListener {
  readonly #rows: SheetRows;
  readonly #context: CellContext;
  readonly #text: LongText;
  #inData = false;
  #inRow = false;
  #inCell = false;
  #type = "n";
  #style = 0;
  #hasValue = false;
  #hasFormula = false;
  #takes = false;
  #phonetic = false;

  constructor(rows: SheetRows, context: CellContext) {
    this.#rows = rows;
    this.#context = context;
    this.#text = new LongText(context.cellCharsMax);
  }

  onOpen = (name: string, attributes: Attributes): void => {
    if (name === "sheetData") this.#inData = true;
    else if (name === "row" && this.#inData) {
      this.#inRow = true;
      this.#rows.begin(rowNumber(attributes["r"]));
    } else if (name === "c" && this.#inRow) this.#openCell(attributes);
    else if (this.#inCell) this.#openInCell(name);
  };

  onText = (text: string): void => {
    if (this.#takes) this.#text.add(text);
  };

  onClose = (name: string): void => {
    if (name === "v" || name === "t") this.#takes = false;
    else if (name === "rPh") this.#phonetic = false;
    else if (name === "c" && this.#inCell) this.#closeCell();
    else if (name === "row" && this.#inRow) {
      this.#inRow = false;
      this.#rows.end();
    } else if (name === "sheetData") this.#inData = false;
  };

  #openCell(attributes: Attributes): void {
    const { column, row } = placeOf(attributes["r"]);
    this.#rows.place(column, row);
    this.#inCell = true;
    this.#type = attributes["t"] ?? "n";
    this.#style = Number(attributes["s"] ?? 0);
    this.#text.clear();
    this.#hasValue = false;
    this.#hasFormula = false;
  }

  #openInCell(name: string): void {
    if (name === "f") this.#hasFormula = true;
    else if (name === "rPh") this.#phonetic = true;
    else if (name === "is") this.#type = "inlineStr";
    else if (name === "v" || name === "t") {
      this.#takes = !this.#phonetic;
      this.#hasValue = true;
    }
  }

  #closeCell(): void {
    this.#inCell = false;
    const text = this.#hasValue ? this.#text.raw : undefined;
    const raw = { type: this.#type, style: this.#style, text, hasFormula: this.#hasFormula };
    this.#rows.put(this.#text.fault() ?? readCellValue(raw, this.#context));
  }
}

function rowNumber(text: string | undefined): number {
  if (text === undefined) return 0;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number === 0) throw invalid(`the sheet has a row "${text.slice(0, 20)}"; expected a number`);
  return number;
}

const PLACE = /^([A-Z]{1,3})([1-9]\d{0,8})$/;

/** Column from 0 and row of a cell's place: AB7 is 27 and 7; -1 and 0 where the cell does not say. */
function placeOf(text: string | undefined): { column: number; row: number } {
  if (text === undefined) return { column: -1, row: 0 };
  const [, letters, digits] = PLACE.exec(text) ?? [];
  if (letters === undefined) {
    throw invalid(`the sheet has a cell "${text.slice(0, 20)}"; expected a place such as A1`);
  }
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return { column: column - 1, row: Number(digits) };
}
