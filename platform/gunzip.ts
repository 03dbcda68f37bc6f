/**
 * Gzip unpacked as a stream, with every byte of the packed file accounted for: several members are read one after the other,
 * zero padding at the end is let pass, anything else behind the last member is refused. Bounded by size and by ratio.
 */
import { createGunzip, type Gunzip } from "node:zlib";
import { StocklineError, toError } from "../domain/errors.ts";

/** The file is no whole gzip, or unpacks to more than it may. */
export class GzipError extends StocklineError {}

export interface UnpackLimits {
  readonly unpackedBytesMax: number;
  readonly archiveRatioMax: number;
}

/** Unpacked bytes up to which no ratio is suspicious. */
const RATIO_FROM_BYTES = 20 * 1024 * 1024;

/** The unpacked bytes. Throws GzipError with the code gzip_invalid or archive_limits; a failing source throws its own error. */
export async function* gunzip(
  packed: AsyncIterable<Buffer>,
  limits: UnpackLimits,
): AsyncGenerator<Buffer> {
  const unzip = createGunzip();
  const fed = { bytes: 0, filledBytes: 0 };
  const feed = feedInto(packed, unzip, fed);
  let unpacked = 0;
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      unpacked += chunk.length;
      refuseBomb(unpacked, fed.bytes, limits);
      yield chunk;
    }
    await feed;
    if (fed.filledBytes > unzip.bytesWritten) throw trailing(unzip.bytesWritten);
  } catch (thrown) {
    throw worded(toError(thrown));
  } finally {
    unzip.destroy();
    await feed.catch(() => undefined); // its failure has destroyed the stream and is thrown above
  }
}

/** Writes the packed bytes with back-pressure; a failing source destroys the stream with its error. */
async function feedInto(
  packed: AsyncIterable<Buffer>,
  unzip: Gunzip,
  fed: { bytes: number; filledBytes: number },
): Promise<void> {
  try {
    for await (const chunk of packed) {
      if (unzip.destroyed) return;
      const filled = chunk.findLastIndex((byte) => byte !== 0) + 1;
      if (filled > 0) fed.filledBytes = fed.bytes + filled;
      fed.bytes += chunk.length;
      if (!unzip.write(chunk)) await drained(unzip);
    }
    unzip.end();
  } catch (thrown) {
    unzip.destroy(toError(thrown));
  }
}

async function drained(unzip: Gunzip): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      unzip.off("drain", done);
      unzip.off("close", done);
      resolve();
    };
    unzip.once("drain", done);
    unzip.once("close", done);
  });
}

function refuseBomb(unpacked: number, packed: number, limits: UnpackLimits): void {
  const { unpackedBytesMax, archiveRatioMax } = limits;
  if (unpacked > unpackedBytesMax) {
    throw new GzipError({
      code: "archive_limits",
      detail: `the file unpacks to more than ${unpackedBytesMax} bytes; expected at most that; send it in parts, or raise IMPORT_UNPACKED_BYTES_MAX`,
    });
  }
  if (unpacked > RATIO_FROM_BYTES && unpacked > packed * archiveRatioMax) {
    throw new GzipError({
      code: "archive_limits",
      detail: `the file unpacks to ${Math.floor(unpacked / packed)} times its size and more; expected at most ${archiveRatioMax} times; send it unpacked, or raise IMPORT_ARCHIVE_RATIO_MAX`,
    });
  }
}

function trailing(consumed: number): GzipError {
  return new GzipError({
    code: "gzip_invalid",
    detail: `the file goes on after byte ${consumed}, where its gzip ends; expected nothing more; pack it again`,
  });
}

function worded(error: Error): Error {
  const isBroken = "code" in error && String(error.code).startsWith("Z_");
  if (!isBroken) return error;
  return new GzipError({
    code: "gzip_invalid",
    detail: `the file can't be unpacked as gzip: ${error.message}; it is cut off or damaged; pack it again`,
    cause: error,
  });
}
