/**
 * What every format of file gives: rows with the numbers that a spreadsheet shows, and what was found out about the file.
 * csvFile.ts and workbookFile.ts make it; fileRows.ts takes the header off it.
 */

import type { EncodingBy } from "../../platform/detectEncoding.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import type { DetectedStyle, StyleQuestion } from "./columnStyle.ts";
import type { ImportMapping } from "./importMapping.ts";
import type { ImportFormat } from "./sniffContent.ts";

/** What was found out about the file; kept on the import, so that a resumed run reads the same. */
export interface Detected {
  readonly encoding?: string;
  /** How the encoding was found: a byte order mark, every byte being valid UTF-8, a guess, or the sender's word. */
  readonly encoding_by?: EncodingBy;
  readonly delimiter?: string;
  /** The sheet that is read. */
  readonly sheet?: string;
  /** All sheets of the workbook, in their order. */
  readonly sheets?: readonly string[];
  readonly header?: readonly string[];
  readonly header_row?: number;
  /** By field: how its numbers or dates are written, once the whole file was read. */
  readonly styles?: Readonly<Record<string, DetectedStyle>>;
  /** What only a person can tell of how columns are written. */
  readonly questions?: readonly StyleQuestion[];
  readonly columns?: Readonly<Record<string, string>>;
  readonly ignored_columns?: readonly string[];
}

export interface FileRow {
  readonly number: number;
  readonly cells: readonly SheetCell[];
  /** What keeps the row from being read, whatever its columns mean; it becomes the row's error. */
  readonly fault?: RowFault;
}

/** A fault of the row as it is written in the file. */
export interface RowFault {
  readonly code:
    | "encoding"
    | "nul_char"
    | "cell_too_long"
    | "csv_quote"
    | "header_repeated_in_file";
  /** Index of the cell, from 0; undefined where the whole row is meant. */
  readonly cell: number | undefined;
  /** What the header calls the cell's column; empty where it has none. */
  readonly heading: string;
  /** The rest of the sentence that begins with the name of the column, or with "the row". */
  readonly says: string;
  readonly value: string;
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

/** Rows with the header still in them. */
export interface RowSource {
  readonly detected: Detected;
  readonly batches: AsyncGenerator<FileRow[]>;
  readonly bytesRead: () => number;
  readonly close: () => void;
}

/** True for a row without any text; such rows count but are skipped. */
export function isBlank(cells: readonly SheetCell[]): boolean {
  return cells.every((cell) => cell === "" || (typeof cell === "string" && cell.trim() === ""));
}
