/**
 * A file in object storage as a stream of numbered rows, whatever its format: gunzip, encoding and delimiter for CSV, the
 * chosen sheet for XLSX. Row numbers are those that a spreadsheet shows: the header is row 1, blank rows count but are skipped.
 * Memory stays flat. Called by the staging step; a resumed import opens the file again with what was detected the first time.
 */
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { toError } from "../../domain/errors.ts";
import { CsvFormatError, readCsv } from "../../platform/csvReader.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { decodeText, detectEncoding } from "../../platform/textDecoding.ts";
import {
  type FaultyCell,
  openXlsxSheet,
  type SheetCell,
  type SheetRow,
  WorkbookError,
} from "../../platform/xlsxReader.ts";
import { ImportFileError } from "./importFileError.ts";
import type { ImportMapping } from "./importMapping.ts";
import type { ImportFormat } from "./sniffContent.ts";
import { sniffDelimiter } from "./sniffDelimiter.ts";

/** What was found out about the file; kept on the import, so that a resumed run reads the same. */
export interface Detected {
  readonly encoding?: string;
  readonly delimiter?: string;
  readonly sheet?: string;
  readonly header?: readonly string[];
  readonly header_row?: number;
  readonly decimal?: "." | ",";
  readonly decimal_evident?: boolean;
  readonly columns?: Readonly<Record<string, string>>;
  readonly ignored_columns?: readonly string[];
}

export interface FileRow {
  readonly number: number;
  readonly cells: readonly SheetCell[];
}

export interface FileRows {
  readonly detected: Detected;
  readonly header: readonly string[];
  /** Data rows in batches, in the order of the file. Read once. */
  readonly rows: AsyncIterable<FileRow[]>;
  /** Bytes of the stored file that were read so far. */
  readonly bytesRead: () => number;
  readonly close: () => void;
}

export interface StoredFile {
  readonly storage: Pick<ObjectStorage, "get" | "getRange">;
  readonly key: string;
  readonly bytes: number;
  readonly format: ImportFormat;
  readonly options: NonNullable<ImportMapping["options"]>;
  readonly detected: Detected;
  readonly limits: FileLimits;
}

/** Opens the file and reads its header; throws ImportFileError where the file as a whole can't be read. */
export async function openFileRows(file: StoredFile): Promise<FileRows> {
  try {
    const source = file.format === "xlsx" ? await openWorkbook(file) : await openCsv(file);
    return await readHeader(source);
  } catch (thrown) {
    throw asFileError(thrown);
  }
}

interface RowSource {
  readonly detected: Detected;
  readonly batches: AsyncGenerator<FileRow[]>;
  readonly bytesRead: () => number;
  readonly close: () => void;
}

/** Faults of the file's content become ImportFileError; a storage that is away stays what it is and is tried again. */
function asFileError(thrown: unknown): Error {
  if (!(thrown instanceof CsvFormatError) && !(thrown instanceof WorkbookError)) {
    return toError(thrown);
  }
  return new ImportFileError({ code: thrown.code, detail: thrown.message, cause: thrown });
}

async function readHeader(source: RowSource): Promise<FileRows> {
  const { batches, detected, bytesRead, close } = source;
  const first = await batches.next();
  const [headerRow, ...rest] = first.done === true ? [] : first.value;
  if (headerRow === undefined) {
    close();
    throw new ImportFileError({
      code: "file_empty",
      detail: "the file has no rows; expected a header row with the names of its columns",
    });
  }
  const header = headerRow.cells.map((cell) => cellText(cell).trim());
  while (header.at(-1) === "") header.pop();
  return {
    detected: { ...detected, header, header_row: headerRow.number },
    header,
    rows: continueRows(rest, batches),
    bytesRead,
    close,
  };
}

async function* continueRows(
  rest: FileRow[],
  batches: AsyncGenerator<FileRow[]>,
): AsyncGenerator<FileRow[]> {
  try {
    if (rest.length > 0) yield rest;
    yield* batches;
  } catch (thrown) {
    throw asFileError(thrown);
  }
}

/** A cell as the text that the file shows. */
export function cellText(cell: SheetCell): string {
  return typeof cell === "object" ? faultText(cell) : String(cell);
}

function faultText(cell: FaultyCell): string {
  return cell.text;
}

async function openCsv(file: StoredFile): Promise<RowSource> {
  const encoding =
    file.options.encoding ??
    file.detected.encoding ??
    (await detectEncoding(openBytes(file).bytes));
  const { bytes, read, close } = openBytes(file);
  const text = decodeText(bytes, encoding);
  const { sample, whole } = await peek(text);
  const delimiter = file.options.delimiter ?? file.detected.delimiter ?? sniffDelimiter(sample);
  return {
    detected: { ...file.detected, encoding, delimiter },
    batches: numberRecords(readCsv(whole, delimiter)),
    bytesRead: read,
    close,
  };
}

async function* numberRecords(batches: AsyncIterable<string[][]>): AsyncGenerator<FileRow[]> {
  let number = 0;
  for await (const records of batches) {
    const rows: FileRow[] = [];
    for (const cells of records) {
      number += 1;
      if (!isBlank(cells)) rows.push({ number, cells });
    }
    if (rows.length > 0) yield rows;
  }
}

function isBlank(cells: readonly SheetCell[]): boolean {
  return cells.every((cell) => cell === "" || (typeof cell === "string" && cell.trim() === ""));
}

/** Characters that the delimiter is judged by. */
const SAMPLE_CHARS = 64 * 1024;

async function peek(
  text: AsyncGenerator<string>,
): Promise<{ sample: string; whole: AsyncGenerator<string> }> {
  let sample = "";
  while (sample.length < SAMPLE_CHARS) {
    const next = await text.next();
    if (next.done === true) break;
    sample += next.value;
  }
  return { sample, whole: prepend(sample, text) };
}

async function* prepend(head: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  if (head !== "") yield head;
  yield* rest;
}

/** The file's bytes, unpacked, with a count of the stored bytes that went by. */
function openBytes(file: StoredFile): {
  bytes: AsyncGenerator<Buffer>;
  read: () => number;
  close: () => void;
} {
  let read = 0;
  let stored: Readable | undefined;
  const raw = async function* (): AsyncGenerator<Buffer> {
    stored = await file.storage.get(file.key);
    for await (const chunk of stored as AsyncIterable<Buffer>) {
      read += chunk.length;
      yield chunk;
    }
  };
  const bytes = file.format === "csv.gz" ? gunzip(raw(), file.limits.unpackedBytesMax) : raw();
  return { bytes, read: () => read, close: () => stored?.destroy() };
}

async function* gunzip(packed: AsyncGenerator<Buffer>, bytesMax: number): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  const feed = feedInto(packed, unzip);
  let inflated = 0;
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      if (inflated > bytesMax) {
        throw new ImportFileError({
          code: "archive_limits",
          detail: `the file unpacks to more than ${bytesMax} bytes; expected at most that`,
        });
      }
      yield chunk;
    }
    await feed;
  } catch (thrown) {
    const error = toError(thrown);
    const isBroken = "code" in error && String(error.code).startsWith("Z_");
    if (!isBroken) throw error;
    throw new ImportFileError({
      code: "gzip_invalid",
      detail: `the file can't be unpacked as gzip: ${error.message}`,
      cause: error,
    });
  } finally {
    unzip.destroy();
    await feed.catch(() => undefined); // its failure has destroyed the stream and is thrown above
  }
}

/** Writes the packed bytes with back-pressure; a failing source destroys the stream with its error. */
async function feedInto(packed: AsyncGenerator<Buffer>, unzip: ReturnType<typeof createGunzip>) {
  try {
    for await (const chunk of packed) {
      if (unzip.destroyed) return;
      if (unzip.write(chunk)) continue;
      await new Promise((resolve) => {
        unzip.once("drain", resolve);
        unzip.once("close", resolve);
      });
    }
    unzip.end();
  } catch (thrown) {
    unzip.destroy(toError(thrown));
  }
}

async function openWorkbook(file: StoredFile): Promise<RowSource> {
  let read = 0;
  const range = async (start: number, end: number): Promise<Readable> => {
    const stream = await file.storage.getRange(file.key, start, end);
    stream.on("data", (chunk: Buffer) => {
      read = Math.min(read + chunk.length, file.bytes);
    });
    stream.pause();
    return stream;
  };
  const sheet = await openXlsxSheet(
    { size: file.bytes, read: range },
    { sheet: file.options.sheet ?? file.detected.sheet, bytesMax: file.limits.unpackedBytesMax },
  );
  return {
    detected: { ...file.detected, sheet: sheet.name },
    batches: withoutBlank(sheet.rows),
    bytesRead: () => read,
    close: sheet.close,
  };
}

async function* withoutBlank(batches: AsyncIterable<SheetRow[]>): AsyncGenerator<FileRow[]> {
  for await (const batch of batches) {
    const rows = batch.filter((row) => !isBlank(row.cells));
    if (rows.length > 0) yield rows;
  }
}
