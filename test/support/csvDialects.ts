/** Tables written as CSV in many dialects: the named ones that programs write, and random ones for property tests. */
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import iconv from "iconv-lite";

export interface CsvDialect {
  readonly delimiter: string;
  readonly quoting: "where needed" | "texts" | "all";
  readonly newline: "\n" | "\r\n" | "\r" | "mixed";
  readonly encoding: string;
  /** With a byte order mark. */
  readonly hasMark: boolean;
  readonly isPacked: boolean;
  readonly endsWithNewline: boolean;
  /** With the line `sep=` of Excel before the header. */
  readonly namesDelimiter: boolean;
}

const PLAIN: CsvDialect = {
  delimiter: ",",
  quoting: "where needed",
  newline: "\n",
  encoding: "utf-8",
  hasMark: false,
  isPacked: false,
  endsWithNewline: true,
  namesDelimiter: false,
};

/** What well-known programs write. */
export const NAMED_DIALECTS: Readonly<Record<string, CsvDialect>> = {
  "RFC 4180": { ...PLAIN, newline: "\r\n" },
  "PostgreSQL COPY": PLAIN,
  "Excel, CSV (comma)": { ...PLAIN, newline: "\r\n", encoding: "windows-1252" },
  "Excel, CSV in a land of decimal commas": {
    ...PLAIN,
    delimiter: ";",
    newline: "\r\n",
    encoding: "windows-1252",
  },
  "Excel, CSV UTF-8": { ...PLAIN, newline: "\r\n", hasMark: true },
  "Excel, Unicode text": {
    ...PLAIN,
    delimiter: "\t",
    newline: "\r\n",
    encoding: "utf-16le",
    hasMark: true,
  },
  "Excel, CSV (Macintosh)": { ...PLAIN, delimiter: ";", newline: "\r", encoding: "macroman" },
  "a file with sep= for Excel": {
    ...PLAIN,
    delimiter: ";",
    newline: "\r\n",
    hasMark: true,
    namesDelimiter: true,
  },
  "LibreOffice, every text quoted": { ...PLAIN, quoting: "texts" },
  "a data warehouse, every cell quoted": { ...PLAIN, quoting: "all", newline: "\r\n" },
  "Google Sheets": { ...PLAIN, newline: "\r\n", endsWithNewline: false },
  "a mainframe, pipes and UTF-16BE": {
    ...PLAIN,
    delimiter: "|",
    encoding: "utf-16be",
    hasMark: true,
  },
  "tab separated values": { ...PLAIN, delimiter: "\t" },
  "a nightly dump, packed": { ...PLAIN, isPacked: true, quoting: "all" },
  "files put together, mixed line ends": { ...PLAIN, newline: "mixed" },
};

/** The table as bytes; the first row is the header. */
export function writeCsv(table: readonly (readonly string[])[], dialect: CsvDialect): Buffer {
  const lines = table.map((cells) => cells.map((cell) => quoted(cell, dialect)));
  if (dialect.namesDelimiter) lines.unshift([`sep=${dialect.delimiter}`]);
  const text = lines
    .map((cells, index) => {
      const isLast = index === lines.length - 1 && !dialect.endsWithNewline;
      return cells.join(dialect.delimiter) + (isLast ? "" : newlineAt(index, dialect));
    })
    .join("");
  const bytes = iconv.encode(text, dialect.encoding, { addBOM: dialect.hasMark });
  return dialect.isPacked ? gzipSync(bytes) : bytes;
}

function newlineAt(index: number, { newline }: CsvDialect): string {
  return newline === "mixed" ? (["\n", "\r\n", "\r"][index % 3] ?? "\n") : newline;
}

function quoted(cell: string, { delimiter, quoting }: CsvDialect): string {
  const isText = !/^-?\d+([.,]\d+)?$/.test(cell);
  const isNeeded = cell.includes(delimiter) || /["\r\n]/.test(cell);
  const isQuoted = isNeeded || quoting === "all" || (quoting === "texts" && isText);
  return isQuoted ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** Any dialect in an encoding that holds every character; what a gzip holds is judged, and UTF-16 may look binary without a mark. */
export function anyDialect(): fc.Arbitrary<CsvDialect> {
  const dialect = fc.record<CsvDialect>({
    delimiter: fc.constantFrom(",", ";", "\t", "|", "~", "\u001f", "§"),
    quoting: fc.constantFrom("where needed", "texts", "all"),
    newline: fc.constantFrom("\n", "\r\n", "\r", "mixed"),
    encoding: fc.constantFrom("utf-8", "utf-16le", "utf-16be", "gb18030"),
    hasMark: fc.boolean(),
    isPacked: fc.boolean(),
    endsWithNewline: fc.boolean(),
    namesDelimiter: fc.boolean(),
  });
  return dialect.map((drawn) => ({ ...drawn, hasMark: drawn.hasMark || drawn.isPacked }));
}

/** Cells of all scripts and of signs that a careless reader stumbles over. */
function anyCell(): fc.Arbitrary<string> {
  const signs = fc.constantFrom('"', '""', ",", ";", "\t", "|", "~", "§", "\n", "\r", "\r\n", "'");
  const texts = fc.oneof(
    signs,
    fc.constantFrom(" ", "0", "-1,5", "1.234,56", "=A1", "sep=;", "\u00a0", "\u2028", "\u0085"),
    fc.string({ unit: "grapheme", maxLength: 6 }).filter(isStorable),
    fc.string({ unit: "binary", maxLength: 6 }).filter(isStorable),
  );
  return fc.array(texts, { maxLength: 5 }).map((parts) => parts.join(""));
}

/** True for text without NUL and U+FFFD, which no cell may hold, and without the signs that make a file look binary. */
function isStorable(text: string): boolean {
  return text.isWellFormed() && !/[\ufffd\p{Cc}]/u.test(text);
}

/** A header and some rows as wide as it; none of them is blank. */
export function anyTable(): fc.Arbitrary<string[][]> {
  return fc
    .integer({ min: 1, max: 6 })
    .chain((width) =>
      fc
        .array(fc.array(anyCell(), { minLength: width, maxLength: width }), { maxLength: 12 })
        .map((rows) => [
          Array.from({ length: width }, (_, index) => `column ${index + 1}`),
          ...rows.filter((cells) => cells.join("").trim() !== "" && cells[0] !== "\u001a"),
        ]),
    );
}
