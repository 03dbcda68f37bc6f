/**
 * First step: reads the file, checks each row by itself and copies rows into import_rows, some thousands a transaction,
 * each together with the number of the last row in it; the next rows are read while a chunk is written. A resumed run reads the
 * file again and stages what is not staged yet. Rows whose reading waits for their whole columns are read at the end.
 */
import assert from "node:assert/strict";
import type { RowCheck } from "./checkRow.ts";
import {
  givenStyle,
  openEvidence,
  type SettledStyles,
  settleStyles,
  type WatchedColumn,
} from "./columnStyle.ts";
import { refuseTooManyErrors } from "./errorLimit.ts";
import { type Detected, type FileRow, type FileRows, openFileRows } from "./fileRows.ts";
import { ImportFileError } from "./importFileError.ts";
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
import { importProgress } from "./queries/importProgress.ts";
import { type ImportRow } from "./queries/imports.ts";
import { importRowsCopy } from "./queries/rows.ts";
import { rereadRows } from "./rereadRows.ts";
import { openRowSeal } from "./sealStagedRows.ts";
import type { ImportFormat } from "./sniffContent.ts";
import { addRow, emptyChunk, readRow, type StagedChunk } from "./stagedChunk.ts";

/** Rows of one COPY and checkpoint: mostly about 2 MB of text. */
const CHUNK_ROWS = 5_000;
/** Characters past which a chunk is written sooner: one row may have a million. */
const CHUNK_CHARS = 4_000_000;

/** Stages what is not staged yet and moves the import on to checking. Throws ImportFileError for the file as a whole. */
export async function stageRows(run: ImportRun, row: ImportRow): Promise<void> {
  if (checkpointOf(row).file_read) return rereadRows(run, row);
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
  const writer = openWriter(run, row);
  try {
    const match = matchHeader(file.header, kindOf(row), mapping);
    await readAll({ run, row, file, match, mapping }, writer);
  } finally {
    file.close();
    await writer.settled();
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

async function readAll(parts: StageParts, writer: ChunkWriter): Promise<void> {
  const { row, file } = parts;
  const { staged_row: stagedRow } = checkpointOf(row);
  const { watched, check } = watchColumns(parts);
  const seal = await openRowSeal(parts.run.deps.personal, {
    kind: check.kind,
    importId: row.id,
  });
  const detected = describe(file.detected, parts.match);
  const seesAll = watched.some(({ evidence }) => evidence !== undefined);
  let chunk = emptyChunk();
  let lastNumber = 0;
  for await (const batch of file.rows) {
    for (const fileRow of batch) {
      if (fileRow.number <= lastNumber) throw outOfOrder(fileRow, lastNumber);
      lastNumber = fileRow.number;
      const isStaged = lastNumber <= stagedRow;
      if (isStaged && !seesAll) continue;
      const result = readRow(fileRow, check);
      if (isStaged) continue; // its cells are evidence all the same
      addRow(chunk, fileRow, { result, importId: row.id, check, seal });
      if (chunk.lines.length < CHUNK_ROWS && chunk.chars < CHUNK_CHARS) continue;
      await writer.write({ chunk, detected, bytesRead: file.bytesRead(), stagedRow: lastNumber });
      chunk = emptyChunk();
    }
  }
  const settled = settleStyles(watched);
  await writer.write({
    chunk,
    detected: { ...detected, styles: settled.styles, questions: settled.questions },
    bytesRead: row.bytes_total,
    stagedRow: Math.max(lastNumber, stagedRow),
    settled,
  });
  await writer.settled();
}

function outOfOrder({ number }: FileRow, last: number): ImportFileError {
  return new ImportFileError({
    code: "workbook_invalid",
    detail: `row ${number} of the sheet stands after row ${last}; expected rows in ascending order; open the workbook and save it again`,
  });
}

/** The columns with what is gathered of each, and the check that gathers it. */
function watchColumns({ run, row, file, match, mapping }: StageParts): {
  readonly watched: readonly WatchedColumn[];
  readonly check: RowCheck;
} {
  const watched = match.columns.map((column) => {
    const given = givenStyle(column, mapping);
    return { column, given, evidence: openEvidence(column, given) };
  });
  const check: RowCheck = {
    kind: kindOf(row),
    columns: watched.map(({ column, given, evidence }) => ({ ...column, style: given, evidence })),
    width: file.header.length,
    now: run.deps.clock.now(),
    isRagged: row.format !== "xlsx",
    clears: mapping.options?.empty_cells === "clear",
  };
  return { watched, check };
}

/** What the import shows of how the file was read. */
function describe(detected: Detected, match: HeaderMatch): Detected {
  const bound = match.columns.filter((column) => column.index !== undefined);
  return {
    ...detected,
    columns: Object.fromEntries(
      bound.map(({ rule, heading }) => [heading ?? rule.field, rule.field]),
    ),
    ignored_columns: match.ignored,
  };
}

interface ChunkToWrite {
  readonly chunk: StagedChunk;
  readonly detected: Detected;
  readonly bytesRead: number;
  readonly stagedRow: number;
  /** Given with the last chunk. */
  readonly settled?: SettledStyles;
}

/** Writes one chunk after the other, each while the next one is read. */
interface ChunkWriter {
  /** Begins to write; waits for the chunk before and throws what became of it. */
  write(chunk: ChunkToWrite): Promise<void>;
  /** Waits for the last chunk; throws what became of it, once. */
  settled(): Promise<void>;
}

function openWriter(run: ImportRun, row: ImportRow): ChunkWriter {
  const counts = {
    read: row.rows_read,
    invalid: row.rows_invalid,
    unread: checkpointOf(row).unread_rows,
  };
  let last: Promise<void> | undefined;
  const settled = async () => {
    const before = last;
    last = undefined;
    await before;
  };
  return {
    write: async (parts) => {
      await settled();
      counts.read += parts.chunk.lines.length;
      counts.invalid += parts.chunk.invalid;
      counts.unread += parts.chunk.unread;
      last = commitChunk(run, parts, { ...counts });
      last.catch(() => undefined); // it is thrown to who waits for it
    },
    settled,
  };
}

async function commitChunk(
  run: ImportRun,
  { chunk, detected, bytesRead, stagedRow, settled }: ChunkToWrite,
  counts: { readonly read: number; readonly invalid: number; readonly unread: number },
): Promise<void> {
  const isLast = settled !== undefined;
  const isReread = isLast && (counts.unread > 0 || settled.mustReread);
  const held = await inFence(run, async (tx, row) => {
    if (chunk.lines.length > 0) await importRowsCopy(tx, chunk.lines.join(""));
    await importProgress(tx, {
      id: run.id,
      status: isLast && !isReread ? "checking" : "reading",
      rowsTotal: counts.read,
      rowsRead: counts.read,
      rowsValid: counts.read - counts.invalid - counts.unread,
      rowsInvalid: counts.invalid,
      bytesRead,
      detected,
      checkpoint: {
        ...checkpointOf(row),
        staged_row: stagedRow,
        unread_rows: counts.unread,
        file_read: isReread,
        reread_all: isReread && settled.mustReread,
      },
    });
    return row;
  });
  refuseTooManyErrors(held, counts.invalid);
  stepDone(run, isLast ? "read" : "staged");
}
