/**
 * The zip under an XLSX file, read by its central directory through byte ranges, so that a file in object storage needs
 * neither memory nor disk. Every promise of the archive about itself is checked: entries, names, places, inflated bytes, ratio,
 * checksum. Nothing is ever written anywhere.
 */
import { PassThrough, pipeline, Readable, Transform } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from "yauzl";
import { StocklineError, toError } from "../../domain/errors.ts";
import type { FileLimits } from "../fileLimits.ts";
import { RangeReader, type RangeSource } from "./rangeReader.ts";
import { invalid, pastLimit, WorkbookError } from "./workbookError.ts";

export interface Archive {
  /** Names of the parts as the archive writes them. */
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Streams the inflated bytes of a part; throws WorkbookError where it is missing, damaged or past a limit. */
  open(name: string, limit: PartLimit): Promise<AsyncIterable<Buffer>>;
  /** Ends the reading of every part, also of one that nobody reads to its end. */
  close(): void;
}

/** Inflated bytes that a part may have, and the variable that raises them, where there is one. */
export interface PartLimit {
  readonly bytesMax: number;
  readonly variable?: string;
}

type ArchiveLimits = Pick<FileLimits, "archivePartsMax" | "archiveRatioMax">;

/** The ratio is looked at from this many inflated bytes on: small parts of one repeated character are harmless. */
const RATIO_FROM_BYTES = 20 * 1024 * 1024;
/** Names, extra fields and comments of all parts; real workbooks have some kilobytes. */
const DIRECTORY_BYTES_MAX = 8 * 1024 * 1024;
/** Of a local header before its name. */
const LOCAL_HEADER_BYTES = 30;

/** Reads the central directory; throws WorkbookError for what is no zip, is encrypted, or names parts twice or outside. */
export async function openArchive(source: RangeSource, limits: ArchiveLimits): Promise<Archive> {
  const reader = new RangeReader(source);
  let zip: ZipFile | undefined;
  try {
    zip = await fromRandomAccessReaderPromise(reader, source.size, { autoClose: false });
    const parts = await readDirectory(zip, limits);
    return archiveOf({ source, reader, zip, parts, limits });
  } catch (thrown) {
    zip?.close();
    throw reader.failure ?? worded(thrown);
  }
}

interface ArchiveParts {
  readonly source: RangeSource;
  readonly reader: RangeReader;
  readonly zip: ZipFile;
  /** By name in lower case: names of parts are compared without case. */
  readonly parts: ReadonlyMap<string, Part>;
  readonly limits: ArchiveLimits;
}

function archiveOf({ source, reader, zip, parts, limits }: ArchiveParts): Archive {
  const streams = new Set<Readable>();
  return {
    names: [...parts.values()].map((part) => part.name),
    has: (name) => parts.has(name.toLowerCase()),
    open: async (name, limit) => {
      const part = parts.get(name.toLowerCase());
      if (part === undefined) throw invalid(`the workbook has no part "${name}"`);
      if (part.unpackedBytes > limit.bytesMax) throw tooLarge(part, limit);
      const start = await dataStart(zip, part).catch((thrown: unknown) => {
        throw reader.failure ?? worded(thrown);
      });
      const packed =
        part.packedBytes === 0
          ? Readable.from([])
          : await source.read(start, start + part.packedBytes);
      streams.add(packed);
      packed.once("close", () => streams.delete(packed));
      return checked(packed, { part, limit, ratioMax: limits.archiveRatioMax });
    },
    close: () => {
      zip.close();
      for (const stream of streams) stream.destroy();
    },
  };
}

async function dataStart(zip: ZipFile, { entry }: Part): Promise<number> {
  return (await zip.readLocalFileHeaderPromise(entry, { minimal: true })).fileDataStart;
}

/** One entry of the directory, as far as it is trusted until its bytes prove it. */
interface Part {
  readonly name: string;
  readonly entry: Entry;
  readonly packedBytes: number;
  readonly unpackedBytes: number;
}

async function readDirectory(
  zip: ZipFile,
  { archivePartsMax }: ArchiveLimits,
): Promise<Map<string, Part>> {
  if (zip.entryCount > archivePartsMax) {
    throw pastLimit(
      `the archive has ${zip.entryCount} parts; expected at most ${archivePartsMax}, of which a workbook has tens`,
    );
  }
  const parts = new Map<string, Part>();
  let bytes = 0;
  for await (const entry of zip.eachEntry()) {
    bytes += entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
    if (bytes > DIRECTORY_BYTES_MAX) {
      throw pastLimit(
        `the names of the archive's parts take more than ${DIRECTORY_BYTES_MAX} bytes; expected at most that`,
      );
    }
    if (entry.isEncrypted()) throw encrypted();
    const key = entry.fileName.toLowerCase();
    if (parts.has(key)) throw invalid(`part "${entry.fileName}" stands twice in the archive`);
    const { fileName: name, compressedSize, uncompressedSize } = entry;
    parts.set(key, { name, entry, packedBytes: compressedSize, unpackedBytes: uncompressedSize });
  }
  refuseOverlaps([...parts.values()]);
  return parts;
}

function encrypted(): WorkbookError {
  return new WorkbookError({
    code: "workbook_encrypted",
    detail: "the archive is encrypted; expected a workbook without a password; save it without one",
  });
}

/** Parts that share bytes are how a small archive unpacks to a large one without a striking ratio. */
function refuseOverlaps(parts: Part[]): void {
  const byPlace = parts.toSorted(
    (a, b) => a.entry.relativeOffsetOfLocalHeader - b.entry.relativeOffsetOfLocalHeader,
  );
  let end = 0;
  for (const { name, entry, packedBytes } of byPlace) {
    const start = entry.relativeOffsetOfLocalHeader;
    if (start < end) throw pastLimit(`part "${name}" overlaps another part of the archive`);
    end = start + LOCAL_HEADER_BYTES + packedBytes;
  }
}

interface Bounds {
  readonly part: Part;
  readonly limit: PartLimit;
  readonly ratioMax: number;
}

async function* checked(packed: Readable, bounds: Bounds): AsyncGenerator<Buffer> {
  const { part } = bounds;
  const { stream, received } = unpack(packed, part);
  let inflated = 0;
  let sum = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      checkSize(inflated, bounds);
      sum = crc32(chunk, sum);
      yield chunk;
    }
    if (inflated < part.unpackedBytes || sum !== part.entry.crc32) {
      throw invalid(`part "${part.name}" of the workbook is damaged: its checksum does not fit`);
    }
  } catch (thrown) {
    const error = fromZlib(thrown, part);
    const isCut = error instanceof WorkbookError && packed.readableEnded;
    if (isCut && received() < part.packedBytes) throw cutShort(received(), part);
    throw error;
  } finally {
    stream.destroy();
    packed.destroy();
  }
}

/** The storage has ended a part early: no fault of the workbook, and worth another try. */
function cutShort(received: number, { name, packedBytes }: Part): Error {
  return new Error(`the storage gave ${received} of the ${packedBytes} bytes of part "${name}"`);
}

const STORED = 0;
const DEFLATED = 8;
/** Bytes of one inflated chunk: fewer turns of the event loop than by zlib's own 16 kB. */
const CHUNK_BYTES = 128 * 1024;

/** The part's bytes and how many packed ones have come; an error of the storage ends the stream as it is. */
function unpack(packed: Readable, { entry, name }: Part) {
  const { compressionMethod: method } = entry;
  if (method !== STORED && method !== DEFLATED) {
    packed.destroy();
    throw invalid(`part "${name}" is packed by method ${method}; expected stored or deflated`);
  }
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const unpacked =
    method === STORED ? new PassThrough() : createInflateRaw({ chunkSize: CHUNK_BYTES });
  pipeline(packed, count, unpacked, () => undefined); // its error is thrown by whoever reads the last stream
  return { stream: unpacked, received: () => bytes };
}

function checkSize(inflated: number, { part, limit, ratioMax }: Bounds): void {
  if (inflated > limit.bytesMax) throw tooLarge(part, limit);
  if (inflated > part.unpackedBytes) {
    throw pastLimit(
      `part "${part.name}" unpacks to more than the ${part.unpackedBytes} bytes that the archive states`,
    );
  }
  if (inflated <= RATIO_FROM_BYTES || inflated <= part.packedBytes * ratioMax) return;
  throw pastLimit(
    `part "${part.name}" unpacks to more than ${ratioMax} times its ${part.packedBytes} bytes; expected at most that; raise IMPORT_ARCHIVE_RATIO_MAX for a workbook that is known to be sound`,
  );
}

function tooLarge(part: Part, { bytesMax, variable }: PartLimit): WorkbookError {
  const stated = part.unpackedBytes > bytesMax ? ` (${part.unpackedBytes} by its own word)` : "";
  const mend =
    variable === undefined ? "" : `; send the rows in several files, or raise ${variable}`;
  return pastLimit(
    `part "${part.name}" unpacks to more than ${bytesMax} bytes${stated}; expected at most that${mend}`,
  );
}

function fromZlib(thrown: unknown, { name }: Part): Error {
  const error = toError(thrown);
  const isZlib = "code" in error && String(error.code).startsWith("Z_");
  return isZlib ? invalid(`part "${name}" can't be unpacked: ${error.message}`, error) : error;
}

/** What yauzl throws is a broken archive; the storage's own failures are told apart by the reader. */
function worded(thrown: unknown): Error {
  const error = toError(thrown);
  if (error instanceof StocklineError) return error;
  return invalid(`the file can't be read as a workbook: ${error.message}`, error);
}
