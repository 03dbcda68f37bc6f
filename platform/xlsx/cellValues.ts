/**
 * A cell's value from its type, style and text as the sheet writes them, the same whichever scan has found them. Texts are never
 * cut and numbers never guessed; what has no value is a fault of its cell.
 */
import { type Shown, showNumber } from "./numberFormats.ts";
import { type FaultyCell, type SheetCell, tooLong } from "./sheetCell.ts";
import type { TextStore } from "./textStore.ts";
import { invalid } from "./workbookError.ts";

/** What the cells of one sheet are read with. */
export interface CellContext {
  readonly shared: Pick<TextStore, "get" | "length">;
  /** By style index. */
  readonly styles: readonly Shown[];
  readonly is1904: boolean;
  readonly cellCharsMax: number;
}

/** A cell as the sheet writes it; `text` is undefined where it has no value. */
export interface RawCell {
  readonly type: string;
  readonly style: number;
  readonly text: string | undefined;
  readonly hasFormula: boolean;
}

/** The value of a cell; "" where it is empty. */
export function readCellValue(raw: RawCell, context: CellContext): SheetCell {
  const { text = "" } = raw;
  const isText = raw.type === "str" || raw.type === "inlineStr";
  if (text === "" && raw.hasFormula && !isText) return { code: "formula_no_value", text: "" };
  return raw.text === undefined ? "" : readTyped(text, raw, context);
}

function readTyped(text: string, { type, style }: RawCell, context: CellContext): SheetCell {
  switch (type) {
    case "s":
      return sharedText(/^\s*\d+\s*$/.test(text) ? Number(text) : -1, context);
    case "b":
      return readTruth(text.trim());
    case "e":
      return { code: "cell_error", text };
    case "str":
    case "inlineStr":
      return cellText(text, context.cellCharsMax);
    case "d":
      return isoDate(text.trim());
    default:
      return readNumber(text.trim(), style, context);
  }
}

/** A date that the sheet writes out; midnight is the day itself. */
function isoDate(text: string): SheetCell {
  return text === "" ? "" : { kind: "date", text: text.replace(/T00:00:00(\.0+)?$/, "") };
}

function readTruth(text: string): string {
  if (text === "") return "";
  return text === "1" || text.toLowerCase() === "true" ? "true" : "false";
}

/** The shared text of an index; throws WorkbookError where there is none. */
export function sharedText(index: number, { shared }: CellContext): SheetCell {
  const text = shared.get(index);
  if (text !== undefined) return text;
  throw invalid(
    `a cell points to a shared text that is not there; the workbook has ${shared.length}`,
  );
}

/** A text with its escapes resolved, or the fault of one that is too long. */
export function cellText(text: string, charsMax: number): string | FaultyCell {
  const plain = text.includes("_x") ? text.replaceAll(ESCAPE, unescape) : text;
  return plain.length > charsMax ? tooLong(plain, plain.length) : plain;
}

/** Characters that XML can't hold are written as _x000D_, and an underscore before such a text as _x005F_. */
const ESCAPE = /_x([0-9a-f]{4})_/gi;

function unescape(_whole: string, hex: string): string {
  return String.fromCharCode(Number.parseInt(hex, 16));
}

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** No number that a spreadsheet writes: a code that another program has put into a number cell. */
const CODE_AS_NUMBER = /^(0\d+|\d+e\d+)$/i;

function readNumber(text: string, style: number, context: CellContext): SheetCell {
  if (!NUMBER.test(text) || CODE_AS_NUMBER.test(text)) return text;
  const number = Number(text);
  return Number.isFinite(number) ? showStyled(shortest(number), style, context) : text;
}

/** The number as its style shows it. */
export function showStyled(number: number, style: number, context: CellContext): SheetCell {
  return showNumber(number, context.styles[style], context.is1904);
}

const SIGNIFICANT_DIGITS = 15;

/** The number that Excel shows: 0.30000000000000004 is 0.3. Whole numbers stay as they are, and -0 is 0. */
function shortest(number: number): number {
  if (Number.isInteger(number)) return number + 0;
  return Number(number.toPrecision(SIGNIFICANT_DIGITS));
}
