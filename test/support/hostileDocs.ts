/** docs/hostile-files.md, made from the very cases that the tests send, so that it tells nothing that is not held by one. */
import { type CsvDialect, NAMED_DIALECTS } from "./csvDialects.ts";
import type { HostileCase, Wanted } from "./hostileCase.ts";
import { HOSTILE_LIMITS, TEXT_CASES } from "./hostileText.ts";
import { WORKBOOK_CASES } from "./hostileWorkbooks.ts";

const HEAD = `# Files that were tried

What imports do with the files that programs write, and with those that are broken or meant to harm. Every row of the tables is a test:
this page is made from them (\`npm test -- test/pipelines/import/importDocs.test.ts -u\`). What a code means stands in
[imports.md](imports.md#error-codes).

## Dialects of CSV

Each is written from one table (accents, delimiters, quotes and line ends in cells, leading zeros, numbers in both styles, spaces) and
comes back cell by cell (\`test/pipelines/import/csvFile.test.ts\`).

`;

const RANDOM = `
Besides them random tables come back cell by cell: of 1 to 6 columns in every combination of seven delimiters, three ways of quoting, four
line ends, UTF-8, both UTF-16 and GB18030, with and without mark, gzip, \`sep=\` and last line end, cut into chunks of 1 to 200 bytes.

## Dialects of XLSX

Random tables of texts, numbers, truths, dates and gaps come back cell by cell (\`test/platform/xlsxDialects.test.ts\`) as exceljs writes
them, and in every combination of: shared, inline, rich and formula texts; the transitional and the strict namespace; prefixed tags; both
quotes; with and without cell references, in and out of order; spaces, CDATA and comments between cells; UTF-8 and both UTF-16; stored and
deflated; shared texts before and after the sheet; relative, absolute and stepping targets. \`test/platform/xlsxReader.test.ts\` names
dates of 1900 and 1904, times and durations, percentages, error cells, merged and hidden cells, hidden and several sheets one by one.

## Bad and hostile files

\`test/api/imports/hostile.test.ts\` sends each over HTTP to an API that takes ${millions(HOSTILE_LIMITS.bytes)} MB and
${HOSTILE_LIMITS.rows.toLocaleString("en")} rows, and has a real workers process read it while good files are imported beside them, one after another.
After each the same process still runs and no step of it has failed; where a file is made to fill the memory, its peak has grown by less
than the number of MiB in brackets. At the end every good import is whole, and nobody has called the address that the entities name.

`;

const TAIL = `
A source that is not an object of the bucket (other buckets, URLs, files, addresses in odd notations, the product's own prefixes) is
422 \`source_refused\`. A form that goes on for 4 GB in one cell is cut off with 413 \`file_too_large\` once the limit is passed.

Random damage ends in rows that can be stored or in a refusal, never in another failure: bytes in any encoding and gzip
(\`test/pipelines/import/csvLimits.test.ts\`), archives (\`test/platform/xlsxHostile.test.ts\`), XML that is changed at random has one reading,
by the quick scan and by a plain XML parser (\`test/platform/xlsxMutations.test.ts\`).
`;

/** The whole page. */
export function hostileFilesPage(): string {
  return [
    HEAD,
    table(["program", "delimiter", "quotes", "line ends", "encoding", "found by"], dialectRows()),
    RANDOM,
    table(["text", "answer"], TEXT_CASES.map(caseRow)),
    "\n",
    table(["workbook", "answer"], WORKBOOK_CASES.map(caseRow)),
    TAIL,
  ].join("");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((cells) => `| ${cells.map(plainCell).join(" | ")} |\n`).join("");
}

function plainCell(text: string): string {
  return text.replaceAll("|", "\\|");
}

const LINE_ENDS = { "\n": "LF", "\r\n": "CRLF", "\r": "CR", mixed: "mixed" };

function dialectRows(): string[][] {
  return Object.entries(NAMED_DIALECTS).map(([name, dialect]) => [
    name,
    dialect.delimiter === "\t" ? "tab" : `\`${dialect.delimiter}\``,
    dialect.quoting,
    LINE_ENDS[dialect.newline] + (dialect.endsWithNewline ? "" : ", none at the end"),
    dialect.encoding + (dialect.isPacked ? ", gzip" : ""),
    foundBy(dialect),
  ]);
}

function foundBy({ encoding, hasMark }: CsvDialect): string {
  if (hasMark) return "mark";
  if (encoding === "macroman") return "option";
  return encoding === "utf-8" ? "valid" : "guess";
}

function caseRow({ name, wanted, growthMiB }: HostileCase): string[] {
  const grown = growthMiB === undefined ? "" : ` (${growthMiB})`;
  return [name.replace(/^[A-Z]\d+ /, ""), answerOf(wanted) + grown];
}

function answerOf(wanted: Wanted): string {
  if ("status" in wanted) return `not taken: ${wanted.status} \`${wanted.code}\``;
  if ("failed" in wanted) return `fails as a whole: \`${wanted.failed}\``;
  const { applied, errors = [], rejected = errors.length } = wanted;
  const [first] = errors;
  const codes = [...new Set(errors.map(([, , code]) => `\`${code}\``))].join(", ");
  if (first === undefined) return applied === 0 ? "an import of no rows" : `${applied} in`;
  return `${applied} in, ${rejected.toLocaleString("en")} refused: ${codes}`;
}

function millions(bytes: number): string {
  return String(bytes / 1e6);
}
