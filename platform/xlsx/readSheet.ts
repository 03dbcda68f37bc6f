/**
 * The rows of one sheet as a stream: only cells that are there, by the place that they name. Numbers as the 15 digits that
 * Excel shows, dates as local ISO texts, formulas by their cached value; what has no value is a fault of its cell.
 */
import type { Archive } from "./archive.ts";
import { invalid } from "./archive.ts";
import { dateOfSerial } from "./serialDates.ts";
import { readSharedTexts, type Sheet, type Workbook } from "./workbookParts.ts";
import { type Attributes, readXml } from "./xmlPart.ts";

/** A cell that has no usable value. */
export interface FaultyCell {
  readonly code: "cell_error" | "formula_no_value";
  readonly text: string;
}
export type SheetCell = string | number | FaultyCell;

export interface SheetRow {
  /** As the spreadsheet shows it: 1 is the first. */
  readonly number: number;
  /** By column; "" where there is no cell. */
  readonly cells: readonly SheetCell[];
}

/** Columns of a sheet (XFD), by the format's own limit. */
const COLUMNS_MAX = 16_384;
const SIGNIFICANT_DIGITS = 15;

/** Reads the sheet's rows in batches of what one chunk of the file held. */
export async function* readSheet(
  archive: Archive,
  workbook: Workbook,
  options: { readonly sheet: Sheet; readonly bytesMax: number },
): AsyncGenerator<SheetRow[]> {
  const { sharedPart } = workbook;
  const shared = sharedPart === undefined ? [] : await readSharedTexts(archive, sharedPart);
  const rows: SheetRow[] = [];
  const listener = new RowBuilder({ workbook, shared, onRow: (row) => rows.push(row) });
  const bytes = await archive.open(options.sheet.part, options.bytesMax);
  for await (const _ of readXml(bytes, listener)) {
    if (rows.length > 0) yield rows.splice(0);
  }
}

interface BuilderOptions {
  readonly workbook: Workbook;
  readonly shared: readonly string[];
  readonly onRow: (row: SheetRow) => void;
}

/** Gathers the cells of one row after the other from the sheet's tags. */
class RowBuilder {
  readonly #options: BuilderOptions;
  #rowNumber = 0;
  #cells: SheetCell[] = [];
  #column = -1;
  #type = "n";
  #style = 0;
  #value = "";
  #hasValue = false;
  #hasFormula = false;
  #takes = false;
  #phonetic = false;

  constructor(options: BuilderOptions) {
    this.#options = options;
  }

  onOpen = (name: string, attributes: Attributes): void => {
    switch (name) {
      case "row":
        this.#rowNumber = Number(attributes["r"] ?? this.#rowNumber + 1);
        this.#cells = [];
        this.#column = -1;
        break;
      case "c":
        this.#openCell(attributes);
        break;
      case "f":
        this.#hasFormula = true;
        break;
      case "rPh":
        this.#phonetic = true;
        break;
      case "v":
      case "t":
        this.#takes = !this.#phonetic;
        this.#hasValue = true;
        break;
      default:
    }
  };

  onText = (text: string): void => {
    if (this.#takes) this.#value += text;
  };

  onClose = (name: string): void => {
    if (name === "v" || name === "t") this.#takes = false;
    else if (name === "rPh") this.#phonetic = false;
    else if (name === "c") this.#closeCell();
    else if (name === "row") {
      this.#options.onRow({ number: this.#rowNumber, cells: this.#cells });
    }
  };

  #openCell(attributes: Attributes): void {
    const place = attributes["r"];
    this.#column = place === undefined ? this.#column + 1 : columnOf(place);
    if (this.#column < 0 || this.#column >= COLUMNS_MAX)
      throw invalid(`cell ${place} has no column`);
    this.#type = attributes["t"] ?? "n";
    this.#style = Number(attributes["s"] ?? 0);
    this.#value = "";
    this.#hasValue = false;
    this.#hasFormula = false;
  }

  #closeCell(): void {
    const cell = this.#valueOfCell();
    if (cell === "") return;
    while (this.#cells.length < this.#column) this.#cells.push("");
    this.#cells[this.#column] = cell;
  }

  #valueOfCell(): SheetCell {
    if (!this.#hasValue) return this.#hasFormula ? { code: "formula_no_value", text: "" } : "";
    const value = this.#value;
    switch (this.#type) {
      case "s":
        return this.#options.shared[Number(value)] ?? "";
      case "b":
        return value === "1" ? "true" : "false";
      case "e":
        return { code: "cell_error", text: value };
      case "str":
      case "inlineStr":
        return value;
      case "d":
        return value;
      default:
        return this.#numberOrDate(value);
    }
  }

  #numberOrDate(value: string): SheetCell {
    if (value === "") return "";
    const number = Number(value);
    if (!Number.isFinite(number)) return value;
    const { dateStyles, is1904 } = this.#options.workbook;
    const date = dateStyles[this.#style] === true ? dateOfSerial(number, is1904) : undefined;
    return date ?? Number(number.toPrecision(SIGNIFICANT_DIGITS));
  }
}

/** Column of a cell reference: "A1" is 0, "AB7" is 27; -1 for anything else. */
function columnOf(place: string): number {
  let column = 0;
  let at = 0;
  for (; at < place.length; at += 1) {
    const code = place.charCodeAt(at);
    if (code < 65 || code > 90) break;
    column = column * 26 + code - 64;
  }
  return at > 3 ? -1 : column - 1;
}
