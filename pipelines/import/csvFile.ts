/**
 * A CSV file in object storage as numbered rows: gunzip, encoding, delimiter, records, and what no cell may hold. Memory stays
 * flat. A resumed import reads the file with what was detected the first time. A row without a fault holds no NUL, no U+FFFD
 * and no half of a surrogate pair.
 */
import type { Readable } from "node:stream";
import { type CsvBatch, readCsv } from "../../platform/csvReader.ts";
import { detectEncoding, type FoundEncoding, markOf } from "../../platform/detectEncoding.ts";
import { gatherBytes } from "../../platform/gatherBytes.ts";
import { gunzip } from "../../platform/gunzip.ts";
import { type BadPlace, decodeText, namedEncoding } from "../../platform/textDecoding.ts";
import { CsvFaults } from "./csvFaults.ts";
import { ImportFileError } from "./importFileError.ts";
import { type FileRow, isBlank, type RowSource, type StoredFile } from "./rowSource.ts";
import { SNIFFED_BYTES, sniffContent } from "./sniffContent.ts";
import { sniffDelimiter } from "./sniffDelimiter.ts";

/** Opens the file with the encoding and delimiter that were given, found before, or are found here. */
export async function openCsv(file: StoredFile): Promise<RowSource> {
  const { encoding, by } = await encodingOf(file);
  const { bytes, read, close } = openBytes(file);
  const places: BadPlace[] = [];
  const { sample, isWhole, whole } = await peek(textOf(decodeText(bytes, encoding), places));
  const named = SEPARATOR_LINE.exec(sample)?.[1];
  const delimiter =
    file.options.delimiter ??
    file.detected.delimiter ??
    named ??
    sniffDelimiter({ text: sample, isWhole, headerRow: file.options.header_row });
  const faults = new CsvFaults({ places, encoding, cellCharsMax: file.limits.cellCharsMax });
  const records = readCsv(whole, { delimiter, recordCharsMax: file.limits.recordCharsMax });
  return {
    detected: { ...file.detected, encoding, encoding_by: by, delimiter },
    batches: numberRecords(records, {
      faults,
      skipsFirst: named !== undefined,
      rowsMax: file.limits.rowsMax * ROWS_WITH_BLANK,
    }),
    bytesRead: read,
    close,
  };
}

/** The line that Excel reads the delimiter from; it counts as row 1. */
const SEPARATOR_LINE = /^"?sep=([^"\r\n])"?(?=[\r\n]|$)/i;

/** A mark wins over the sender's word: a mended error file, in UTF-8 with a mark, is sent with the mapping of the first file. */
async function encodingOf(file: StoredFile): Promise<FoundEncoding> {
  const { encoding: before, encoding_by: by = "guess" } = file.detected;
  if (before !== undefined) return { encoding: before, by };
  const named = namedEncoding(file.options.encoding ?? "");
  if (named === undefined) return detectEncoding(openBytes(file).bytes);
  const marked = markOf(await firstBytes(openBytes(file).bytes));
  if (marked !== undefined) return marked;
  if (named !== "utf-16") return { encoding: named, by: "option" };
  const found = await detectEncoding(openBytes(file).bytes);
  return { encoding: found.encoding === "utf-16be" ? "utf-16be" : "utf-16le", by: "option" };
}

async function firstBytes(bytes: AsyncGenerator<Buffer>): Promise<Buffer> {
  for await (const head of gatherBytes(bytes, MARK_BYTES_MAX)) return head;
  return Buffer.alloc(0);
}

/** The longest byte order mark, that of UTF-8. */
const MARK_BYTES_MAX = 3;

async function* textOf(
  pieces: ReturnType<typeof decodeText>,
  places: BadPlace[],
): AsyncGenerator<string> {
  for await (const { text, bad } of pieces) {
    for (const place of bad) places.push(place);
    yield text;
  }
}

/** Rows to rows of data: a file of blank lines ends here. */
const ROWS_WITH_BLANK = 10;

interface Numbering {
  readonly faults: CsvFaults;
  readonly skipsFirst: boolean;
  /** Rows, blank ones among them. */
  readonly rowsMax: number;
}

async function* numberRecords(
  batches: AsyncIterable<CsvBatch>,
  { faults, skipsFirst, rowsMax }: Numbering,
): AsyncGenerator<FileRow[]> {
  let number = 0;
  for await (const batch of batches) {
    if (number > rowsMax) throw tooManyBlank(rowsMax);
    const rows: FileRow[] = [];
    for (const [index, cells] of batch.records.entries()) {
      number += 1;
      const row = faults.check({ number, cells }, batch, index);
      if (!(skipsFirst && number === 1) && !isBlank(cells) && !isEndMark(cells)) rows.push(row);
    }
    if (rows.length > 0) yield rows;
  }
}

function tooManyBlank(rowsMax: number): ImportFileError {
  return new ImportFileError({
    code: "too_many_rows",
    detail: `the file has more than ${rowsMax} rows, most of them blank; expected at most that; take the blank ones out`,
  });
}

/** Control-Z alone: the end of a text file in DOS. */
function isEndMark(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0] === "\u001a";
}

/** Characters that the delimiter is judged by. */
const SAMPLE_CHARS = 64 * 1024;

interface Peeked {
  readonly sample: string;
  readonly isWhole: boolean;
  readonly whole: AsyncGenerator<string>;
}

async function peek(text: AsyncGenerator<string>): Promise<Peeked> {
  let sample = "";
  let isWhole = false;
  while (sample.length < SAMPLE_CHARS && !isWhole) {
    const next = await text.next();
    if (next.done === true) isWhole = true;
    else sample += next.value;
  }
  return { sample, isWhole, whole: prepend(sample, text) };
}

async function* prepend(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head !== "") yield head;
  yield* rest;
}

interface OpenBytes {
  readonly bytes: AsyncGenerator<Buffer>;
  readonly read: () => number;
  readonly close: () => void;
}

/** The file's bytes, unpacked, with a count of the stored bytes that went by. */
function openBytes(file: StoredFile): OpenBytes {
  let read = 0;
  let stored: Readable | undefined;
  const raw = async function* (): AsyncGenerator<Buffer> {
    stored = await file.storage.get(file.key);
    for await (const chunk of stored as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  };
  const bytes = file.format === "csv.gz" ? onlyText(gunzip(raw(), file.limits)) : raw();
  return { bytes, read: () => read, close: () => stored?.destroy() };
}

/** What was packed is judged like a file that is sent unpacked. */
async function* onlyText(unpacked: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let isJudged = false;
  for await (const bytes of gatherBytes(unpacked, SNIFFED_BYTES)) {
    if (!isJudged) refuseOther(bytes);
    isJudged = true;
    yield bytes;
  }
}

function refuseOther(head: Buffer): void {
  const sniffed = sniffContent(head.subarray(0, SNIFFED_BYTES));
  if (!("refused" in sniffed) && sniffed.format === "csv") return;
  const names = { csv: "text", "csv.gz": "gzip once more", xlsx: "a zip archive, as XLSX is" };
  const found = "refused" in sniffed ? sniffed.refused : names[sniffed.format];
  throw new ImportFileError({
    code: "unsupported_content",
    detail: `the gzip holds ${found}; expected CSV; send it under its true name and format`,
  });
}
