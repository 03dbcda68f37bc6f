/** Limits of files for tests that name one or two of them; the others are far away. */
import type { FileLimits } from "../../platform/fileLimits.ts";

/** Small but roomy limits, with the given ones instead. */
export function testFileLimits(changes: Partial<FileLimits> = {}): FileLimits {
  return {
    fileBytesMax: 100_000_000,
    unpackedBytesMax: 100_000_000,
    rowsMax: 10_000_000,
    columnsMax: 1_000,
    cellCharsMax: 32_767,
    recordCharsMax: 1_048_576,
    sharedTextBytesMax: 50_000_000,
    archivePartsMax: 10_000,
    archiveRatioMax: 100,
    ...changes,
  };
}
