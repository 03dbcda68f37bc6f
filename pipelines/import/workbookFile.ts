/** An XLSX file in object storage as numbered rows of the chosen sheet. Memory stays flat. */
import type { Readable } from "node:stream";
import { openXlsxSheet, type SheetRow } from "../../platform/xlsxReader.ts";
import { type FileRow, isBlank, type RowSource, type StoredFile } from "./rowSource.ts";

/** Names of sheets that are kept on the import. */
const SHEETS_SHOWN = 100;

/** Opens the sheet that was asked for, was read before, or is the first visible one. */
export async function openWorkbook(file: StoredFile): Promise<RowSource> {
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
    { sheet: file.options.sheet ?? file.detected.sheet, limits: file.limits },
  );
  return {
    detected: { ...file.detected, sheet: sheet.name, sheets: sheet.sheets.slice(0, SHEETS_SHOWN) },
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
