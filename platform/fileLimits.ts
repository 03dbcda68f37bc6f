/** How large and how wide a file of rows may be: the bounds that keep a hostile file from harming anybody else. Docs: docs/imports.md. */
import type { Config } from "./config.ts";

export interface FileLimits {
  /** Bytes of the file as it was sent. */
  readonly fileBytesMax: number;
  /** Bytes of the file, or of one part of a workbook, once it is unpacked. */
  readonly unpackedBytesMax: number;
  /** Rows of data. */
  readonly rowsMax: number;
  /** Columns of the header, and cells of any row. */
  readonly columnsMax: number;
  /** Characters of one cell. */
  readonly cellCharsMax: number;
  /** Characters of one record of a CSV file, with its delimiters and quotes. */
  readonly recordCharsMax: number;
  /** Inflated bytes of a workbook's shared texts, which are held in memory while a sheet is read. */
  readonly sharedTextBytesMax: number;
  /** Parts of a workbook's archive; real ones have tens. */
  readonly archivePartsMax: number;
  /** Inflated to packed bytes past which an archive counts as a bomb; real sheets reach 20 to 40. */
  readonly archiveRatioMax: number;
}

/** What a cell of Excel holds at most. */
const CELL_CHARS_MAX = 32_767;
const RECORD_CHARS_MAX = 1_048_576;
const ARCHIVE_PARTS_MAX = 10_000;

/** The limits of the configuration. */
export function fileLimitsOf(config: Config): FileLimits {
  return {
    fileBytesMax: config.IMPORT_BYTES_MAX,
    unpackedBytesMax: config.IMPORT_UNPACKED_BYTES_MAX,
    rowsMax: config.IMPORT_ROWS_MAX,
    columnsMax: config.IMPORT_COLUMNS_MAX,
    cellCharsMax: CELL_CHARS_MAX,
    recordCharsMax: RECORD_CHARS_MAX,
    sharedTextBytesMax: config.IMPORT_SHARED_TEXT_BYTES_MAX,
    archivePartsMax: ARCHIVE_PARTS_MAX,
    archiveRatioMax: config.IMPORT_ARCHIVE_RATIO_MAX,
  };
}
