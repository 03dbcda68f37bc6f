/**
 * A file in object storage as a stream of numbered rows, whatever its format: gunzip, encoding and delimiter for CSV, the
 * chosen sheet for XLSX. Row numbers are those that a spreadsheet shows: the header is row 1, blank rows count but are skipped.
 * Memory stays flat. Called by the staging step; a resumed import opens the file again with what was detected the first time.
 */
import { toError } from "../../domain/errors.ts";
import { CsvFormatError } from "../../platform/csvReader.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import { GzipError } from "../../platform/gunzip.ts";
import { type SheetCell, WorkbookError } from "../../platform/xlsxReader.ts";
import { openCsv } from "./csvFile.ts";
import { ImportFileError } from "./importFileError.ts";
import type { Detected, FileRow, RowFault, RowSource, StoredFile } from "./rowSource.ts";
import { unmendedCheck } from "./unmendedFault.ts";
import { openWorkbook } from "./workbookFile.ts";

export type { Detected, FileRow, StoredFile } from "./rowSource.ts";

export interface FileRows {
  readonly detected: Detected;
  readonly header: readonly string[];
  /** Data rows in batches, in the order of the file. Read once. */
  readonly rows: AsyncIterable<FileRow[]>;
  /** Bytes of the stored file that were read so far. */
  readonly bytesRead: () => number;
  readonly close: () => void;
}

/** Opens the file and reads its header; throws ImportFileError where the file as a whole can't be read. */
export async function openFileRows(file: StoredFile): Promise<FileRows> {
  try {
    const source = file.format === "xlsx" ? await openWorkbook(file) : await openCsv(file);
    try {
      return await readHeader(source, file);
    } catch (thrown) {
      source.close();
      throw thrown;
    }
  } catch (thrown) {
    throw asFileError(thrown);
  }
}

/** Faults of the file's content become ImportFileError; a storage that is away stays what it is and is tried again. */
function asFileError(thrown: unknown): Error {
  if (
    thrown instanceof CsvFormatError ||
    thrown instanceof GzipError ||
    thrown instanceof WorkbookError
  ) {
    return new ImportFileError({ code: thrown.code, detail: thrown.message, cause: thrown });
  }
  return toError(thrown);
}

async function readHeader(source: RowSource, { options, limits }: StoredFile): Promise<FileRows> {
  const { batches, detected, bytesRead, close } = source;
  const { headerRow, rest } = await findHeader(batches, options.header_row);
  refuseFaultyHeader(headerRow);
  const header = headerRow.cells.map((cell) => cellText(cell).trim());
  while (header.at(-1) === "") header.pop();
  refuseWide(headerRow, limits);
  return {
    detected: { ...detected, header, header_row: headerRow.number },
    header,
    rows: continueRows({ rest, batches, header, limits }),
    bytesRead,
    close,
  };
}

/** The row with the headings, and the rows of its batch that follow it. */
async function findHeader(
  batches: AsyncGenerator<FileRow[]>,
  wanted: number | undefined,
): Promise<{ headerRow: FileRow; rest: FileRow[] }> {
  let last = 0;
  for (;;) {
    const next = await batches.next();
    if (next.done === true) throw noHeader(wanted, last);
    const at = next.value.findIndex((row) => row.number >= (wanted ?? 1));
    const headerRow = next.value[at];
    last = next.value.at(-1)?.number ?? last;
    if (headerRow === undefined) continue;
    if (wanted !== undefined && headerRow.number > wanted) throw noHeader(wanted, last);
    return { headerRow, rest: next.value.slice(at + 1) };
  }
}

function noHeader(wanted: number | undefined, last: number): ImportFileError {
  if (last === 0) {
    return new ImportFileError({
      code: "file_empty",
      detail: "the file has no rows; expected a header row with the names of its columns",
    });
  }
  const found = last < (wanted ?? 0) ? `the file ends with row ${last}` : "that row is blank";
  return new ImportFileError({
    code: "header_row_missing",
    detail: `mapping.options.header_row is ${wanted}, but ${found}; expected the row with the names of the columns, counted as a spreadsheet shows it`,
  });
}

function refuseFaultyHeader({ number, fault }: FileRow): void {
  if (fault === undefined) return;
  const cell = fault.cell === undefined ? "" : `, column ${fault.cell + 1},`;
  throw new ImportFileError({
    code: fault.code,
    detail: `the header in row ${number}${cell} ${fault.says}`,
  });
}

function refuseWide({ number, cells }: FileRow, { columnsMax }: FileLimits): void {
  if (cells.length <= columnsMax) return;
  const width = cells.findLastIndex((cell) => cell !== "") + 1;
  if (width <= columnsMax) return;
  throw new ImportFileError({
    code: "too_many_columns",
    detail: `row ${number} has ${width} columns; expected at most ${columnsMax}; look for the wrong delimiter, or raise IMPORT_COLUMNS_MAX`,
  });
}

interface RestOfRows {
  readonly rest: FileRow[];
  readonly batches: AsyncGenerator<FileRow[]>;
  readonly header: readonly string[];
  readonly limits: FileLimits;
}

async function* continueRows({
  rest,
  batches,
  header,
  limits,
}: RestOfRows): AsyncGenerator<FileRow[]> {
  const unmended = unmendedCheck(header);
  let rows = 0;
  const check = (batch: FileRow[]): FileRow[] => {
    rows += batch.length;
    if (rows > limits.rowsMax) throw tooMany(limits);
    return batch.map((row) => {
      refuseWide(row, limits);
      const fault = faultOf(row, header) ?? unmended?.(row);
      return fault === undefined ? row : { ...row, fault };
    });
  };
  try {
    if (rest.length > 0) yield check(rest);
    for await (const batch of batches) yield check(batch);
  } catch (thrown) {
    throw asFileError(thrown);
  }
}

function tooMany({ rowsMax }: FileLimits): ImportFileError {
  return new ImportFileError({
    code: "too_many_rows",
    detail: `the file has more than ${rowsMax} rows; expected at most that; send it in parts, or raise IMPORT_ROWS_MAX`,
  });
}

/** The row's own fault under the name of its column, or that it is the header once more. */
function faultOf(row: FileRow, header: readonly string[]): RowFault | undefined {
  const { fault } = row;
  if (fault === undefined) return isHeaderAgain(row, header) ? HEADER_AGAIN : undefined;
  return { ...fault, heading: fault.cell === undefined ? "" : (header[fault.cell] ?? "") };
}

function isHeaderAgain({ cells }: FileRow, header: readonly string[]): boolean {
  return header.every((heading, index) => {
    const cell = cells[index] ?? "";
    return typeof cell === "string" && cell.trim() === heading;
  });
}

const HEADER_AGAIN: RowFault = {
  code: "header_repeated_in_file",
  cell: undefined,
  heading: "",
  says: "is the header once more; expected data; take it out where files were put together",
  value: "",
};

/** A cell as the text that the file shows. */
export function cellText(cell: SheetCell): string {
  return typeof cell === "object" ? cell.text : String(cell);
}
