/**
 * What keeps a CSV record from being a row: bytes that its encoding does not have, NUL, text behind a closing quote, cells that
 * are too long. The bad characters of a refused row are shown as \xE9 or \uD800, so that none of them is ever stored. Pure.
 */
import type { CsvBatch } from "../../platform/csvReader.ts";
import type { BadPlace } from "../../platform/textDecoding.ts";
import type { FileRow, RowFault } from "./rowSource.ts";

interface FaultRules {
  /** Places of bad characters in the text so far, in order; those of records that went by are taken off. */
  readonly places: BadPlace[];
  readonly encoding: string;
  readonly cellCharsMax: number;
}

interface CsvRow extends FileRow {
  readonly cells: readonly string[];
}

type FoundFault = Omit<RowFault, "heading">;

/** Characters of a refused cell that are shown. */
const SHOWN_CHARS = 200;

/** Looks at each record in the order of the file. */
export class CsvFaults {
  readonly #rules: FaultRules;
  /** Places that are dealt with; they are dropped together. */
  #passed = 0;
  #start = 0;

  constructor(rules: FaultRules) {
    this.#rules = rules;
  }

  /** The row, with its fault where it has one. */
  check(row: CsvRow, batch: CsvBatch, index: number): FileRow {
    const end = batch.ends[index] ?? 0;
    const length = end - this.#start;
    this.#start = end;
    const place = this.#rules.places.length === 0 ? undefined : this.#placeBefore(end);
    if (place !== undefined) return this.#unreadable(row, place);
    const stray = batch.strays.size === 0 ? undefined : batch.strays.get(index);
    if (stray !== undefined) return faulty(row, strayFault(row.cells, stray));
    const { cellCharsMax } = this.#rules;
    if (length <= cellCharsMax) return row;
    const long = row.cells.findIndex((cell) => cell.length > cellCharsMax);
    return long < 0 ? row : faulty(row, lengthFault(row.cells, long, cellCharsMax));
  }

  /** The first bad place of the record that ends there. */
  #placeBefore(end: number): BadPlace | undefined {
    const { places } = this.#rules;
    const first = places[this.#passed];
    while ((places[this.#passed]?.at ?? end) < end) this.#passed += 1;
    if (this.#passed === places.length) {
      places.length = 0;
      this.#passed = 0;
    }
    return first !== undefined && first.at < end ? first : undefined;
  }

  #unreadable(row: CsvRow, place: BadPlace): FileRow {
    const cell = row.cells.findIndex((text) => BAD.test(text));
    const [bad = "\ufffd"] = BAD.exec(row.cells[cell] ?? "") ?? [];
    const shown = { ...row, cells: row.cells.map(showBad) };
    return faulty(shown, {
      code: bad === "\0" ? "nul_char" : "encoding",
      cell: cell < 0 ? undefined : cell,
      says: wordBad(bad, place.byte, this.#rules.encoding),
      value: (shown.cells[cell] ?? "").slice(0, SHOWN_CHARS),
    });
  }
}

function faulty(row: FileRow, fault: FoundFault): FileRow {
  return { ...row, fault: { ...fault, heading: "" } };
}

/** NUL, the replacement character of a broken encoding, or half of a surrogate pair. */
const BAD = /[\0\ufffd]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const ALL_BAD = new RegExp(BAD, "g");

function showBad(text: string): string {
  return BAD.test(text) ? text.replaceAll(ALL_BAD, shownAs) : text;
}

const SHOWN_BYTES = Array.from({ length: 256 }, (_, byte) => `\\x${hex(byte)}`);

function shownAs(bad: string): string {
  const byte = byteOf(bad);
  const shown = byte === undefined ? undefined : SHOWN_BYTES[byte];
  return shown ?? `\\u${bad.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** The byte that a half of a pair stands for, by the rule of textCodings.ts. */
function byteOf(bad: string): number | undefined {
  const unit = bad.charCodeAt(0);
  if (unit === 0) return 0;
  return unit >= 0xdc00 && unit <= 0xdcff ? unit - 0xdc00 : undefined;
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, "0");
}

function wordBad(bad: string, offset: number, encoding: string): string {
  const where = `at byte ${offset} of the file`;
  if (bad === "\0") {
    return `holds a NUL character ${where}; expected text; write the file again without it`;
  }
  if (bad === "\ufffd") {
    return `holds the replacement character U+FFFD ${where}, which stands where a program could not read the text; export the file again from its source`;
  }
  const byte = byteOf(bad);
  const found = byte === undefined ? `half of a surrogate pair` : `the byte 0x${hex(byte)}`;
  return `holds ${found} ${where}, which is no text in ${encoding}; save the file as UTF-8, or set mapping.options.encoding`;
}

function strayFault(
  cells: readonly string[],
  { cell, line }: { readonly cell: number; readonly line: number },
): FoundFault {
  return {
    code: "csv_quote",
    cell,
    says: `begins with a quote in line ${line} and goes on after its closing quote; expected a delimiter there; write a quote inside a quoted cell twice ("")`,
    value: (cells[cell] ?? "").slice(0, SHOWN_CHARS),
  };
}

function lengthFault(cells: readonly string[], cell: number, charsMax: number): FoundFault {
  const text = cells[cell] ?? "";
  return {
    code: "cell_too_long",
    cell,
    says: `has ${text.length} characters; expected at most ${charsMax}; look for a quote that is never closed`,
    value: text.slice(0, SHOWN_CHARS),
  };
}
