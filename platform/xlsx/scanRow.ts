/**
 * A quick scan of sheet rows as spreadsheet programs write them: attributes in quotes, a value or an inline text in a cell,
 * nothing between the tags. Several times as fast as saxes. Anything else is UNUSUAL and saxes reads that row; both give the same.
 */
import { type CellContext, cellText, readCellValue, sharedText, showStyled } from "./cellValues.ts";
import type { SheetRows } from "./sheetRows.ts";
import { type QuickScan, UNFINISHED, UNUSUAL } from "./xmlPart.ts";
import { readXmlText } from "./xmlText.ts";

/** The tags of cells with the sheet's namespace prefix. */
interface Tags {
  readonly row: string;
  readonly rowEnd: string;
  readonly cell: string;
  readonly cellEnd: string;
  readonly formula: string;
  readonly formulaEnd: string;
  readonly value: string;
  readonly valueEnd: string;
  readonly inline: string;
  readonly inlineEnd: string;
}

function tagsOf(prefix: string): Tags {
  const end = (...names: string[]) => names.map((name) => `</${prefix}${name}>`).join("");
  return {
    row: `<${prefix}row`,
    rowEnd: end("row"),
    cell: `<${prefix}c`,
    cellEnd: end("c"),
    formula: `<${prefix}f`,
    formulaEnd: end("f"),
    value: `<${prefix}v>`,
    valueEnd: end("v", "c"),
    inline: `<${prefix}is><${prefix}t`,
    inlineEnd: end("t", "is", "c"),
  };
}

const SPACE = 0x20;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SLASH = 0x2f;
const ZERO = 0x30;
const NINE = 0x39;
const EQUALS = 0x3d;
const GREATER = 0x3e;
const A = 0x41;
const Z = 0x5a;
const SMALL_R = 0x72;
const SMALL_S = 0x73;
const SMALL_T = 0x74;
/** Digits that a double holds exactly, which is also what Excel shows. */
const DIGITS_MAX = 15;
/** Powers of ten by exponent, all exact. */
const POWERS = Array.from({ length: DIGITS_MAX + 1 }, (_, exponent) => 10 ** exponent);
const MINUS = 0x2d;
const DOT = 0x2e;
const ATTRIBUTE_CHARS_MAX = 64;

const TYPES = new Set(["b", "d", "e", "inlineStr", "n", "s", "str"]);
/** The name, equals sign and value of an attribute that says nothing about values. */
const IGNORED = /^[A-Za-z_][\w.:-]*=["'][^<&]*$/;

/** The quick scan that puts what it finds into the rows. */
export function scanRows(rows: SheetRows, context: CellContext): QuickScan {
  const scanner = new RowScanner(rows, context);
  return {
    container: "sheetData",
    depth: 2,
    item: "row",
    skip: (text, from, prefix) => scanner.row(text, from, prefix),
  };
}

/** Every method takes a position in the text and answers the next one, UNFINISHED or UNUSUAL. */
class RowScanner {
  readonly #rows: SheetRows;
  readonly #context: CellContext;
  #prefix = "";
  #tags = tagsOf("");
  #text = "";
  // what the last tag said
  #isClosed = false;
  #column = -1;
  #row = 0;
  #style = 0;
  #type = "n";
  // what the last number was
  #size = 0;
  #isIndex = false;

  constructor(rows: SheetRows, context: CellContext) {
    this.#rows = rows;
    this.#context = context;
  }

  row(text: string, from: number, prefix: string): number {
    if (prefix !== this.#prefix) {
      this.#prefix = prefix;
      this.#tags = tagsOf(prefix);
    }
    this.#text = text;
    let at = this.#tag(this.#tags.row, skipSpace(text, from));
    if (at < 0) return at;
    if (this.#column !== -1) return UNUSUAL;
    this.#rows.begin(this.#row);
    while (!this.#isClosed) {
      const end = this.#literal(this.#tags.rowEnd, at);
      if (end >= 0) {
        at = end;
        break;
      }
      at = end === UNFINISHED ? end : this.#cell(at);
      if (at < 0) return at;
    }
    this.#rows.end();
    return at;
  }

  #cell(from: number): number {
    const at = this.#tag(this.#tags.cell, from);
    if (at < 0) return at;
    if (this.#column === -1 && this.#row > 0) return UNUSUAL;
    this.#rows.place(this.#column, this.#row);
    if (!this.#isClosed) return this.#content(at);
    this.#isClosed = false;
    return at;
  }

  #content(from: number): number {
    const tags = this.#tags;
    const value = this.#literal(tags.value, from);
    if (value >= 0) return this.#value(value, false);
    const end = this.#literal(tags.cellEnd, from);
    if (end >= 0) return end;
    const inline = this.#literal(tags.inline, from);
    if (inline >= 0) return this.#inline(from);
    const isCut = value === UNFINISHED || end === UNFINISHED || inline === UNFINISHED;
    return isCut ? UNFINISHED : this.#formula(from);
  }

  /** A formula and the value that it had when the workbook was saved. */
  #formula(from: number): number {
    const tags = this.#tags;
    const { style, type } = { style: this.#style, type: this.#type };
    let at = this.#tag(tags.formula, from);
    if (at < 0) return at;
    this.#style = style;
    this.#type = type;
    if (!this.#isClosed) {
      const until = indexOrEnd(this.#text, at);
      // never calculated, but no XML either where its text is none
      if (readXmlText(this.#text.slice(at, until)) === undefined) return UNUSUAL;
      at = this.#literal(tags.formulaEnd, until);
    }
    this.#isClosed = false;
    if (at < 0) return at;
    const value = this.#literal(tags.value, at);
    if (value >= 0) return this.#value(value, true);
    const end = this.#literal(tags.cellEnd, at);
    if (end >= 0) this.#put(undefined, true);
    return end;
  }

  #value(from: number, hasFormula: boolean): number {
    const text = this.#text;
    if (!hasFormula && (this.#type === "n" || this.#type === "s")) {
      const end = this.#plain(from);
      if (end >= 0) return end;
    }
    const until = indexOrEnd(text, from);
    const end = this.#literal(this.#tags.valueEnd, until);
    if (end < 0) return end;
    const value = readXmlText(text.slice(from, until));
    if (value === undefined) return UNUSUAL;
    this.#put(value, hasFormula);
    return end;
  }

  /** A plain number or the index of a shared text, without making a text of it; UNUSUAL for any other value. */
  #plain(from: number): number {
    const until = this.#measure(from);
    if (until < 0) return until;
    const end = this.#literal(this.#tags.valueEnd, until);
    if (end < 0) return UNUSUAL;
    const context = this.#context;
    if (this.#type === "n") {
      this.#rows.put(showStyled(this.#size, this.#style, context));
    } else if (this.#isIndex) this.#rows.put(sharedText(this.#size, context));
    else return UNUSUAL;
    return end;
  }

  /** Reads the digits of a number that a double holds exactly; UNUSUAL for more, fewer or a leading zero. */
  #measure(from: number): number {
    const text = this.#text;
    const isNegative = text.charCodeAt(from) === MINUS;
    const first = isNegative ? from + 1 : from;
    let at = first;
    let number = 0;
    let dot = -1;
    for (; ; at += 1) {
      const code = text.charCodeAt(at);
      if (isDigit(code)) number = number * 10 + code - ZERO;
      else if (code === DOT && dot === -1) dot = at;
      else break;
    }
    const isWhole = dot === -1;
    const decimals = isWhole ? 0 : at - dot - 1;
    if (!this.#isPlain(first, isWhole ? at - first : dot - first, decimals)) return UNUSUAL;
    // both are exact, so the quotient is the double nearest to the decimal
    const size = number / (POWERS[decimals] ?? Number.NaN);
    this.#size = isNegative ? 0 - size : size;
    this.#isIndex = isWhole && !isNegative;
    return at;
  }

  #isPlain(first: number, whole: number, decimals: number): boolean {
    if (whole === 0 || whole + decimals > DIGITS_MAX) return false;
    return whole === 1 || this.#text.charCodeAt(first) !== ZERO;
  }

  #inline(from: number): number {
    const { style, type } = { style: this.#style, type: this.#type };
    const at = this.#tag(this.#tags.inline, from);
    if (at < 0) return at;
    if (this.#isClosed || type !== "inlineStr") {
      this.#isClosed = false;
      return UNUSUAL;
    }
    this.#style = style;
    this.#type = type;
    const until = indexOrEnd(this.#text, at);
    const end = this.#literal(this.#tags.inlineEnd, until);
    if (end < 0) return end;
    const value = readXmlText(this.#text.slice(at, until));
    if (value === undefined) return UNUSUAL;
    this.#rows.put(cellText(value, this.#context.cellCharsMax));
    return end;
  }

  #put(text: string | undefined, hasFormula: boolean): void {
    const raw = { type: this.#type, style: this.#style, text, hasFormula };
    this.#rows.put(readCellValue(raw, this.#context));
  }

  /** The literal at a place. */
  #literal(literal: string, from: number): number {
    const text = this.#text;
    for (let nth = 0; nth < literal.length; nth += 1) {
      const code = text.charCodeAt(from + nth);
      if (code === literal.charCodeAt(nth)) continue;
      return from + nth >= text.length ? UNFINISHED : UNUSUAL;
    }
    return from + literal.length;
  }

  /** A whole opening tag and its attributes r, s and t. */
  #tag(name: string, from: number): number {
    const text = this.#text;
    let at = this.#literal(name, from);
    this.#isClosed = false;
    this.#column = -1;
    this.#row = 0;
    this.#style = 0;
    this.#type = "n";
    while (at >= 0) {
      const code = text.charCodeAt(at);
      if (code === GREATER) return at + 1;
      if (code === SPACE) {
        at = this.#attribute(at + 1);
      } else if (code === SLASH) {
        this.#isClosed = true;
        return this.#literal("/>", at);
      } else return at >= text.length ? UNFINISHED : UNUSUAL;
    }
    return at;
  }

  #attribute(from: number): number {
    const text = this.#text;
    const equals = text.charCodeAt(from + 1) === EQUALS ? from + 1 : text.indexOf("=", from);
    if (equals === -1) return text.length - from > ATTRIBUTE_CHARS_MAX ? UNUSUAL : UNFINISHED;
    if (equals - from > ATTRIBUTE_CHARS_MAX) return UNUSUAL;
    const quote = text.charCodeAt(equals + 1);
    if (quote !== QUOTE && quote !== APOSTROPHE) {
      return equals + 1 >= text.length ? UNFINISHED : UNUSUAL;
    }
    const end = text.indexOf(quote === QUOTE ? '"' : "'", equals + 2);
    if (end === -1) return UNFINISHED;
    const isTaken =
      equals === from + 1
        ? this.#take(text.charCodeAt(from), equals + 2, end)
        : IGNORED.test(text.slice(from, end));
    return isTaken ? end + 1 : UNUSUAL;
  }

  /** Takes an attribute of one letter; false for a value that only saxes may judge. */
  #take(letter: number, from: number, until: number): boolean {
    if (letter === SMALL_R) return this.#takePlace(from, until);
    if (letter === SMALL_S) {
      this.#style = this.#number(from, until);
      return this.#style >= 0;
    }
    if (letter === SMALL_T) {
      this.#type =
        until - from === 1 && this.#text.charCodeAt(from) === SMALL_S
          ? "s"
          : this.#text.slice(from, until);
      return TYPES.has(this.#type);
    }
    return false;
  }

  /** A cell's place such as AB7, or the number of a row. */
  #takePlace(from: number, until: number): boolean {
    let at = from;
    let column = 0;
    for (; at < until; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (!(code >= A && code <= Z)) break;
      column = column * 26 + code - A + 1;
    }
    if (at - from > 3) return false;
    this.#column = column - 1;
    this.#row = this.#number(at, until);
    return this.#row > 0;
  }

  /** Up to 9 digits; -1 for anything else. */
  #number(from: number, until: number): number {
    if (until === from || until - from > 9) return -1;
    let number = 0;
    for (let at = from; at < until; at += 1) {
      const code = this.#text.charCodeAt(at);
      if (!(code >= ZERO && code <= NINE)) return -1;
      number = number * 10 + code - ZERO;
    }
    return number;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= SPACE) at += 1;
  return at;
}

/** Where the next tag begins. */
function indexOrEnd(text: string, from: number): number {
  const at = text.indexOf("<", from);
  return at === -1 ? text.length : at;
}
