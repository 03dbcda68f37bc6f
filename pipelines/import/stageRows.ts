/**
 * First step: reads the file, checks each row by itself and copies rows into import_rows, some thousands a transaction,
 * each together with the number of the last row in it. A resumed run reads the file again and skips what is staged.
 */
import assert from "node:assert/strict";
import { deriveId } from "../../domain/deriveId.ts";
import { copyValue } from "../../platform/copyRows.ts";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import { isDecimalFormat } from "./cellFormats.ts";
import { checkRow, type RowCheck, storable } from "./checkRow.ts";
import { cellText, type Detected, type FileRow, type FileRows, openFileRows } from "./fileRows.ts";
import { ImportFileError } from "./importFileError.ts";
import { isMovementKind } from "./importKinds.ts";
import type { ImportMapping } from "./importMapping.ts";
import {
  checkpointOf,
  detectedOf,
  type ImportRun,
  inFence,
  kindOf,
  mappingOf,
  stepDone,
} from "./importRun.ts";
import { type HeaderMatch, matchHeader } from "./matchHeader.ts";
import { type ImportRow, importProgress } from "./queries/imports.ts";
import { importRowsCopy } from "./queries/rows.ts";
import { type DecimalSign, evidenceOf, type NumberStyle } from "./readNumber.ts";
import type { RowFields } from "./rowFault.ts";
import type { ImportFormat } from "./sniffContent.ts";

/** Rows of one COPY and checkpoint: about 3 MB of text. */
const CHUNK_ROWS = 5_000;

/** Stages what is not staged yet and moves the import on to checking. Throws ImportFileError for the file as a whole. */
export async function stageRows(run: ImportRun, row: ImportRow): Promise<void> {
  const mapping = mappingOf(row);
  const file = await openFileRows({
    storage: run.deps.storage,
    key: row.file_key,
    bytes: row.bytes_total,
    format: formatOf(row),
    options: mapping.options ?? {},
    detected: detectedOf(row),
    limits: run.deps.limits,
  });
  try {
    const match = matchHeader(file.header, kindOf(row), mapping);
    await copyAll({ run, row, file, match, mapping });
  } finally {
    file.close();
  }
}

function formatOf({ id, format }: ImportRow): ImportFormat {
  assert(format !== null, `import ${id} is read before its file was fetched`);
  return format;
}

interface StageParts {
  readonly run: ImportRun;
  readonly row: ImportRow;
  readonly file: FileRows;
  readonly match: HeaderMatch;
  readonly mapping: ImportMapping;
}

async function copyAll({ run, row, file, match, mapping }: StageParts): Promise<void> {
  const { staged_row: stagedRow } = checkpointOf(row);
  let chunk = new StagedChunk(row.id);
  let check: RowCheck | undefined;
  let detected: Detected = file.detected;
  let lastNumber = 0;
  const counts = { read: row.rows_read, invalid: row.rows_invalid };
  const flush = async (status?: "checking") => {
    counts.read += chunk.rows;
    counts.invalid += chunk.invalid;
    await commitChunk(run, {
      chunk,
      status,
      detected,
      counts,
      bytesRead: status === undefined ? file.bytesRead() : row.bytes_total,
      stagedRow: Math.max(lastNumber, stagedRow),
    });
    chunk = new StagedChunk(row.id);
  };
  for await (const batch of file.rows) {
    if (check === undefined) {
      const style = numberStyle(batch, { match, mapping, detected });
      detected = describe(detected, match, style);
      check = rowCheck({ run, row, file, match, mapping }, style);
    }
    for (const fileRow of batch) {
      if (fileRow.number <= lastNumber) throw outOfOrder(fileRow.number, lastNumber);
      lastNumber = fileRow.number;
      if (fileRow.number <= stagedRow) continue;
      chunk.add(fileRow, check);
      if (chunk.rows >= CHUNK_ROWS) await flush();
    }
  }
  await flush("checking");
}

function outOfOrder(found: number, last: number): ImportFileError {
  return new ImportFileError({
    code: "workbook_invalid",
    detail: `row ${found} of the sheet stands after row ${last}; expected rows in ascending order; open the workbook and save it again`,
  });
}

function rowCheck({ run, row, file, match, mapping }: StageParts, number: NumberStyle): RowCheck {
  const { date_format: format, time_zone: timeZone = "UTC" } = mapping.options ?? {};
  return {
    kind: kindOf(row),
    columns: match.columns,
    width: file.header.length,
    style: { number, time: { format, timeZone } },
    now: run.deps.clock.now(),
    isRagged: row.format !== "xlsx",
  };
}

/** Decimal sign by option, by what an earlier run found, or by the first rows; a dot where nothing shows it. */
function numberStyle(
  rows: readonly FileRow[],
  parts: { match: HeaderMatch; mapping: ImportMapping; detected: Detected },
): NumberStyle {
  const { match, mapping, detected } = parts;
  const option = mapping.options?.decimal;
  if (option !== undefined) return { decimal: option, evident: true };
  if (detected.decimal !== undefined) {
    return { decimal: detected.decimal, evident: detected.decimal_evident === true };
  }
  const seen = new Set<DecimalSign>();
  for (const { rule, index } of match.columns) {
    if (index === undefined || !isDecimalFormat(rule.format)) continue;
    for (const { cells } of rows) {
      const cell = cells[index];
      const sign = typeof cell === "string" ? evidenceOf(cell.trim()) : undefined;
      if (sign !== undefined) seen.add(sign);
    }
  }
  const [only] = seen;
  return seen.size === 1 && only !== undefined
    ? { decimal: only, evident: true }
    : { decimal: ".", evident: false };
}

/** What the import shows of how the file was read. */
function describe(detected: Detected, match: HeaderMatch, style: NumberStyle): Detected {
  const bound = match.columns.filter((column) => column.index !== undefined);
  return {
    ...detected,
    decimal: style.decimal,
    decimal_evident: style.evident,
    columns: Object.fromEntries(
      bound.map(({ rule, heading }) => [heading ?? rule.field, rule.field]),
    ),
    ignored_columns: match.ignored,
  };
}

/** NUL, or half of a surrogate pair, as JSON writes them. */
const NOT_STORABLE = /\\u0000|\\ud[89a-f]/i;

/** Rows on their way into one COPY. */
class StagedChunk {
  readonly #importId: string;
  readonly #lines: string[] = [];
  rows = 0;
  invalid = 0;

  constructor(importId: string) {
    this.#importId = importId;
  }

  add(row: FileRow, check: RowCheck): void {
    const result = checkRow(row.cells, check);
    const error = "error" in result ? result.error : undefined;
    const columns = [
      this.#importId,
      String(row.number),
      cellsJson(row.cells),
      "fields" in result ? JSON.stringify(this.#named(result.fields, row, check)) : null,
      error === undefined ? "staged" : "invalid",
      error?.column ?? null,
      error?.code ?? null,
      error?.detail ?? null,
      error === undefined ? null : storable(error.value),
    ];
    this.#lines.push(columns.map(copyValue).join("\t"));
    this.rows += 1;
    if (error !== undefined) this.invalid += 1;
  }

  /** A movement gets the id that follows from import and row, unless the row has one of its own. */
  #named(fields: RowFields, row: FileRow, check: RowCheck): RowFields {
    if (!isMovementKind(check.kind) || fields["id"] !== undefined) return fields;
    return { ...fields, id: deriveId(`${this.#importId}\n${row.number}`) };
  }

  /** The rows in COPY text form. */
  text(): string {
    return this.#lines.length === 0 ? "" : `${this.#lines.join("\n")}\n`;
  }
}

function cellsJson(cells: readonly SheetCell[]): string {
  const texts = cells.map(cellText);
  const json = JSON.stringify(texts);
  return NOT_STORABLE.test(json) ? JSON.stringify(texts.map(storable)) : json;
}

interface ChunkParts {
  readonly chunk: StagedChunk;
  readonly status: "checking" | undefined;
  readonly detected: Detected;
  readonly counts: { readonly read: number; readonly invalid: number };
  readonly bytesRead: number;
  readonly stagedRow: number;
}

async function commitChunk(run: ImportRun, parts: ChunkParts): Promise<void> {
  const { chunk, status, counts } = parts;
  await inFence(run, async (tx, row) => {
    if (chunk.rows > 0) await importRowsCopy(tx, chunk.text());
    await importProgress(tx, {
      id: run.id,
      status: status ?? "reading",
      rowsTotal: counts.read,
      rowsRead: counts.read,
      rowsValid: counts.read - counts.invalid,
      rowsInvalid: counts.invalid,
      bytesRead: parts.bytesRead,
      detected: parts.detected,
      checkpoint: { ...checkpointOf(row), staged_row: parts.stagedRow },
    });
  });
  stepDone(run, status === undefined ? "staged" : "read");
}
