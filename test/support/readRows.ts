/** Reads a file of a test as the staging step does, in chunks that cut characters and lines somewhere. */
import { Readable } from "node:stream";
import { openFileRows, type StoredFile } from "../../pipelines/import/fileRows.ts";
import type { RowFault } from "../../pipelines/import/rowSource.ts";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import { testFileLimits } from "./fileLimits.ts";

export interface ReadOptions extends Partial<StoredFile> {
  /** Bytes of the chunks that the storage gives. */
  readonly chunkBytes?: number;
}

export interface RowsRead {
  readonly header: readonly string[];
  readonly detected: StoredFile["detected"];
  /** Number of the row, then its cells. */
  readonly rows: readonly (readonly [number, ...SheetCell[]])[];
  /** By number of the row. */
  readonly faults: ReadonlyMap<number, RowFault>;
  readonly bytesRead: number;
}

/** All rows of the file; throws what openFileRows and its rows throw. */
export async function readRows(
  content: Buffer | string,
  { chunkBytes = 7, ...more }: ReadOptions = {},
): Promise<RowsRead> {
  const bytes = Buffer.from(content);
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkBytes) }, (_, nth) =>
    bytes.subarray(nth * chunkBytes, (nth + 1) * chunkBytes),
  );
  const file = await openFileRows({
    storage: {
      get: async () => Readable.from(chunks),
      getRange: async (_key, start, end) => Readable.from([bytes.subarray(start, end)]),
    },
    key: "file",
    bytes: bytes.length,
    format: "csv",
    options: {},
    detected: {},
    limits: testFileLimits({ unpackedBytesMax: 1_000_000 }),
    ...more,
  });
  const rows: [number, ...SheetCell[]][] = [];
  const faults = new Map<number, RowFault>();
  for await (const batch of file.rows) {
    for (const row of batch) {
      rows.push([row.number, ...row.cells]);
      if (row.fault !== undefined) faults.set(row.number, row.fault);
    }
  }
  const { header, detected } = file;
  return { header, detected, rows, faults, bytesRead: file.bytesRead() };
}

/** A file of any length that is made while it is read; `givenBytes` tells how much of it was asked for. */
export function endlessFile(chunks: () => Iterable<Buffer>): {
  readonly open: (more?: Partial<StoredFile>) => Promise<RowsRead>;
  readonly givenBytes: () => number;
} {
  let given = 0;
  const counted = function* (): Generator<Buffer> {
    for (const chunk of chunks()) {
      given += chunk.length;
      yield chunk;
    }
  };
  return {
    givenBytes: () => given,
    open: (more = {}) =>
      readRows("", {
        storage: {
          get: async () => Readable.from(counted()),
          getRange: async () => Readable.from([]),
        },
        detected: { encoding: "utf-8", encoding_by: "valid", delimiter: "," },
        ...more,
      }),
  };
}
