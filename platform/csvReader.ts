/**
 * CSV as batches of records: a quote opens a cell only at its beginning and is doubled inside it, a line ends with CR, LF or
 * both. Memory is bounded by the longest record allowed, so that a quote that is never closed ends in an error with its line.
 * Lines without quotes are split by the engine's own search; that is what makes it fast (docs/imports.md has the figures).
 */
import { StocklineError } from "../domain/errors.ts";

/** The text is no CSV from some line on. */
export class CsvFormatError extends StocklineError {}

export interface CsvShape {
  /** One character. */
  readonly delimiter: string;
  /** Characters of one record, with its delimiters and quotes. */
  readonly recordCharsMax: number;
  /** Characters that are parsed together, unless a record needs more; some hundred records when undefined. */
  readonly pieceChars?: number;
}

/** Text stands behind the closing quote of a cell; the cell is given as it is written. */
export interface StrayQuote {
  /** Index of the first such cell of the record. */
  readonly cell: number;
  /** Line of the file in which the cell begins. */
  readonly line: number;
}

export interface CsvBatch {
  /** A blank line is a record of one empty cell. */
  readonly records: readonly string[][];
  /** Where each record ends, with its line end: characters from the start of the text. */
  readonly ends: readonly number[];
  /** By index of the record. */
  readonly strays: ReadonlyMap<number, StrayQuote>;
}

const PIECE_CHARS = 65_536;

/** Reads the text as records, batch by batch. Throws CsvFormatError. */
export async function* readCsv(
  text: AsyncIterable<string>,
  shape: CsvShape,
): AsyncGenerator<CsvBatch> {
  const parser = new CsvParser(shape);
  for await (const piece of text) {
    const batch = parser.push(piece);
    if (batch.records.length > 0) yield batch;
  }
  const rest = parser.end();
  if (rest.records.length > 0) yield rest;
}

/** Takes text in pieces of any length and gives the records that are complete. */
export class CsvParser {
  readonly #shape: CsvShape;
  #held: string[] = [];
  #heldChars = 0;
  /** Characters to wait for: a record that is not complete is tried again only when there is twice as much. */
  #wantedChars: number;
  #startChar = 0;
  #line = 1;

  constructor(shape: CsvShape) {
    this.#shape = shape;
    this.#wantedChars = shape.pieceChars ?? PIECE_CHARS;
  }

  /** The records that the piece completes; small pieces are gathered first. */
  push(piece: string): CsvBatch {
    this.#held.push(piece);
    this.#heldChars += piece.length;
    return this.#heldChars < this.#wantedChars ? NO_RECORDS : this.#parse(false);
  }

  /** The last records; the text need not end with a line end. */
  end(): CsvBatch {
    return this.#parse(true);
  }

  #parse(isLast: boolean): CsvBatch {
    const text = this.#held.join("");
    const scan = new RecordScan(text, { delimiter: this.#shape.delimiter, isLast });
    scan.line = this.#line;
    const records: string[][] = [];
    const ends: number[] = [];
    const strays = new Map<number, StrayQuote>();
    let at = 0;
    while (at < text.length) {
      const { line } = scan;
      const record = scan.recordAt(at);
      const length = (record === undefined ? text.length : scan.next) - at;
      if (length > this.#shape.recordCharsMax) {
        throw tooLong(scan.openedLine, line, this.#shape.recordCharsMax);
      }
      if (record === undefined) break;
      if (scan.stray !== undefined) strays.set(records.length, scan.stray);
      records.push(record);
      at = scan.next;
      ends.push(this.#startChar + at);
    }
    if (isLast && at < text.length) throw neverClosed(scan);
    this.#keep(text.slice(at), this.#startChar + at);
    this.#line = scan.line;
    return { records, ends, strays };
  }

  #keep(rest: string, startChar: number): void {
    this.#held = [rest];
    this.#heldChars = rest.length;
    this.#wantedChars = Math.max(this.#shape.pieceChars ?? PIECE_CHARS, 2 * rest.length);
    this.#startChar = startChar;
  }
}

const NO_RECORDS: CsvBatch = { records: [], ends: [], strays: new Map() };

function tooLong(openedLine: number | undefined, line: number, charsMax: number): CsvFormatError {
  if (openedLine !== undefined) {
    return new CsvFormatError({
      code: "csv_format",
      detail: `the quote that opens in line ${openedLine} is not closed within ${charsMax} characters; close it, and write a quote inside a quoted cell twice ("")`,
    });
  }
  return new CsvFormatError({
    code: "record_too_long",
    detail: `the record that begins in line ${line} has more than ${charsMax} characters; expected at most that; look for a missing line end, or for the wrong delimiter or encoding`,
  });
}

function neverClosed(scan: RecordScan): CsvFormatError {
  return new CsvFormatError({
    code: "csv_format",
    detail: `the quote that opens in line ${scan.openedLine ?? scan.line} is never closed; close it, and write a quote inside a quoted cell twice ("")`,
  });
}

const QUOTE = 0x22;
const NOWHERE = Number.POSITIVE_INFINITY;

/** One look at a piece of text that begins with a record. */
class RecordScan {
  readonly #text: string;
  readonly #delimiter: string;
  readonly #isLast: boolean;
  readonly #quotes: Finder;
  readonly #delimiters: Finder;
  readonly #newlines: Finder;
  readonly #returns: Finder;
  /** Line in which the next record begins. */
  line = 1;
  /** Where the record that was read last ends. */
  next = 0;
  stray: StrayQuote | undefined;
  /** Line of the quote that made the last record incomplete. */
  openedLine: number | undefined;

  constructor(
    text: string,
    { delimiter, isLast }: { readonly delimiter: string; readonly isLast: boolean },
  ) {
    this.#text = text;
    this.#delimiter = delimiter;
    this.#isLast = isLast;
    this.#quotes = new Finder(text, '"');
    this.#delimiters = new Finder(text, delimiter);
    this.#newlines = new Finder(text, "\n");
    this.#returns = new Finder(text, "\r");
  }

  /** The cells of the record that begins at `at`; undefined where the text ends before it is complete. */
  recordAt(at: number): string[] | undefined {
    this.stray = undefined;
    this.openedLine = undefined;
    const end = this.#lineEnd(at);
    if (this.#quotes.from(at) >= end) {
      if (!this.#takeLineEnd(end)) return undefined;
      this.line += 1;
      return this.#text.slice(at, end).split(this.#delimiter);
    }
    return this.#quotedRecord(at);
  }

  #quotedRecord(start: number): string[] | undefined {
    const cells: string[] = [];
    let at = start;
    let line = this.line;
    for (;;) {
      let end: number;
      if (this.#text.charCodeAt(at) === QUOTE) {
        const close = this.#closingQuote(at);
        if (close === undefined) {
          this.openedLine = line;
          return undefined;
        }
        const startLine = line;
        if (this.#lineEnd(at) < close) line += countLineEnds(this.#text.slice(at, close));
        const behind = this.#skipBlanks(close + 1);
        end = this.#cellEnd(behind);
        if (end > behind) this.stray ??= { cell: cells.length, line: startLine };
        cells.push(end > behind ? this.#text.slice(at, end) : this.#unquoted(at, close));
      } else {
        end = this.#cellEnd(at);
        cells.push(this.#text.slice(at, end));
      }
      if (end < this.#text.length && this.#text[end] === this.#delimiter) {
        at = end + 1;
        continue;
      }
      if (!this.#takeLineEnd(end)) return undefined;
      this.line = line + 1;
      return cells;
    }
  }

  /** First line end at or after the place: where the text ends when it is the last, else nowhere. */
  #lineEnd(at: number): number {
    const found = Math.min(this.#newlines.from(at), this.#returns.from(at));
    return found === NOWHERE && this.#isLast ? this.#text.length : found;
  }

  #cellEnd(at: number): number {
    return Math.min(this.#delimiters.from(at), this.#lineEnd(at));
  }

  /** Moves behind the line end; false where the text stops before it, or at a CR that an LF may follow. */
  #takeLineEnd(end: number): boolean {
    if (end > this.#text.length) return false;
    const isReturn = this.#text[end] === "\r";
    if (isReturn && end + 1 === this.#text.length && !this.#isLast) return false;
    const length = isReturn && this.#text[end + 1] === "\n" ? 2 : 1;
    this.next = Math.min(end + length, this.#text.length);
    return true;
  }

  /** Place of the quote that closes the one at `open`; undefined where the text ends before that is known. */
  #closingQuote(open: number): number | undefined {
    let at = this.#quotes.from(open + 1);
    while (at !== NOWHERE && this.#text.charCodeAt(at + 1) === QUOTE) {
      at = this.#quotes.from(at + 2);
    }
    if (at === NOWHERE || (at + 1 === this.#text.length && !this.#isLast)) return undefined;
    return at;
  }

  #unquoted(open: number, close: number): string {
    const inner = this.#text.slice(open + 1, close);
    return inner.includes('"') ? inner.replaceAll('""', '"') : inner;
  }

  #skipBlanks(from: number): number {
    let at = from;
    for (;;) {
      const sign = this.#text[at];
      if (sign === this.#delimiter || (sign !== " " && sign !== "\t")) return at;
      at += 1;
    }
  }
}

function countLineEnds(text: string): number {
  return text.split(/\r\n|\r|\n/).length - 1;
}

/** The places of one sign, asked for from left to right; each is searched once. */
class Finder {
  readonly #text: string;
  readonly #sign: string;
  #at = -1;

  constructor(text: string, sign: string) {
    this.#text = text;
    this.#sign = sign;
  }

  /** The first place at or after `from`, or NOWHERE. */
  from(from: number): number {
    if (this.#at < from) {
      const found = this.#text.indexOf(this.#sign, from);
      this.#at = found < 0 ? NOWHERE : found;
    }
    return this.#at;
  }
}
