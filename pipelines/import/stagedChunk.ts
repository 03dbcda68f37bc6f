/** Rows on their way into one COPY: the cells as they stand in the file, and what reading them came to. */
import { deriveRowId } from "../../domain/deriveId.ts";
import { copyValue } from "../../platform/copyRows.ts";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import { checkRow, type RowCheck, type RowResult, storable } from "./checkRow.ts";
import { cellText, type FileRow } from "./fileRows.ts";
import { isMovementKind } from "./importKinds.ts";
import type { RowError, RowFields } from "./rowFault.ts";
import type { RowSeal } from "./sealStagedRows.ts";
import { wordRowFault } from "./wordRowFault.ts";

/** Rows of one chunk, as lines in COPY text form with a newline after each. */
export interface StagedChunk {
  readonly lines: string[];
  /** Length of all lines. */
  chars: number;
  invalid: number;
  unread: number;
}

/** A chunk without rows. */
export function emptyChunk(): StagedChunk {
  return { lines: [], chars: 0, invalid: 0, unread: 0 };
}

/** Reads a row of the file; the evidence of its cells is noted as well. */
export function readRow(row: FileRow, check: RowCheck): RowResult {
  return row.fault === undefined
    ? checkRow(row.cells, check)
    : { error: wordRowFault(row.fault, check.columns) };
}

interface ReadRow {
  readonly result: RowResult;
  readonly importId: string;
  readonly check: RowCheck;
  /** Given where rows name persons. */
  readonly seal?: RowSeal | undefined;
}

/** Adds a row with what reading it came to. */
export function addRow(chunk: StagedChunk, row: FileRow, read: ReadRow): void {
  const { result, importId, seal } = read;
  const json = cellsJson(row.cells);
  const cells = seal === undefined ? json : seal.cells(row.number, json);
  const line = `${importId}\t${row.number}\t${copyJson(cells)}\t${readColumns(row, read)}\n`;
  chunk.lines.push(line);
  chunk.chars += line.length;
  if (result === "unread") chunk.unread += 1;
  else if ("error" in result) chunk.invalid += 1;
}

const NO_ERROR = "\\N\t\\N\t\\N\t\\N";

/** The columns from `fields` on. */
function readColumns(row: FileRow, { result, importId, check, seal }: ReadRow): string {
  if (result === "unread") return `\\N\tunread\t${NO_ERROR}`;
  if ("fields" in result) {
    const fields = fieldsJson(result.fields, { importId, rowNumber: row.number, check, seal });
    return `${copyJson(fields)}\tstaged\t${NO_ERROR}`;
  }
  const { column, code, detail, value } = errorToStore(result.error, row.number, seal);
  return `\\N\tinvalid\t${[column, code, detail, value].map(copyValue).join("\t")}`;
}

/** The error as it is stored. */
export function errorToStore(
  error: RowError,
  rowNumber: number,
  seal: RowSeal | undefined,
): RowError {
  const found = { ...error, value: storable(error.value) };
  return seal === undefined ? found : seal.error(rowNumber, found);
}

/** The fields as JSON. A movement gets the id that follows from import and row, unless the row has one of its own. */
export function fieldsJson(
  fields: RowFields,
  row: {
    readonly importId: string;
    readonly rowNumber: number;
    readonly check: RowCheck;
    readonly seal?: RowSeal | undefined;
  },
): string {
  const json = JSON.stringify(row.seal === undefined ? fields : row.seal.fields(fields));
  if (!isMovementKind(row.check.kind) || fields["id"] !== undefined) return json;
  const id = deriveRowId(row.importId, row.rowNumber);
  return `${json.slice(0, -1)},"id":"${id}"}`;
}

/** JSON as a column of COPY text; only a backslash needs care, for JSON has no tabs and line ends of its own. */
function copyJson(json: string): string {
  return json.includes("\\") ? copyValue(json) : json;
}

/** NUL, or half of a surrogate pair, as JSON writes them. */
const NOT_STORABLE = /\\u0000|\\ud[89a-f]/i;

/** The cells as JSON: texts, and numbers for cells of a workbook that are numbers. */
function cellsJson(cells: readonly SheetCell[]): string {
  const json = JSON.stringify(hasObject(cells) ? cells.map(plainCell) : cells);
  if (!json.includes("\\u") || !NOT_STORABLE.test(json)) return json;
  return JSON.stringify(
    cells.map((cell) => (typeof cell === "string" ? storable(cell) : plainCell(cell))),
  );
}

function hasObject(cells: readonly SheetCell[]): boolean {
  for (const cell of cells) if (typeof cell === "object") return true;
  return false;
}

function plainCell(cell: SheetCell): string | number {
  return typeof cell === "number" ? cell : storable(cellText(cell));
}
