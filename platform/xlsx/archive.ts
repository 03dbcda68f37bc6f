/**
 * The zip under an XLSX file, read by its central directory through byte ranges, so that a file in object storage needs
 * neither memory nor disk. Every promise of the archive about itself is checked: entries, names, inflated bytes, ratio.
 */
import { PassThrough, type Readable } from "node:stream";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { StocklineError, toError } from "../../domain/errors.ts";

/** The file is no workbook that can be read, or goes past a limit. */
export class WorkbookError extends StocklineError {}

/** Bytes of a file by position. */
export interface RangeSource {
  readonly size: number;
  read(start: number, end: number): Promise<Readable>;
}

export interface Archive {
  has(name: string): boolean;
  /** Streams the inflated bytes of a part; throws WorkbookError where it is missing or past a limit. */
  open(name: string, bytesMax: number): Promise<AsyncIterable<Buffer>>;
  close(): void;
}

/** Parts of a workbook; real ones have tens. */
const ENTRIES_MAX = 10_000;
/** Inflated to packed bytes past which an archive counts as a bomb; real sheets reach 20 to 40. */
const RATIO_MAX = 100;
/** The ratio is looked at from this many inflated bytes on: small parts of one repeated character are harmless. */
const RATIO_FROM_BYTES = 20 * 1024 * 1024;

/** Reads the central directory; throws WorkbookError for what is no zip, is encrypted, or names parts twice or outside. */
export async function openArchive(source: RangeSource): Promise<Archive> {
  const reader = new RangeReader(source);
  try {
    const zip = await fromRandomAccessReaderPromise(reader, source.size, { autoClose: false });
    const entries = await readDirectory(zip);
    return {
      has: (name) => entries.has(name),
      open: async (name, bytesMax) => {
        const entry = entries.get(name);
        if (entry === undefined) throw invalid(`the workbook has no part "${name}"`);
        const stream = await zip.openReadStreamPromise(entry);
        return limited(stream, { entry, bytesMax });
      },
      close: () => zip.close(),
    };
  } catch (thrown) {
    throw reader.failure ?? worded(thrown);
  }
}

/** yauzl's view of a range source. A read that fails is kept, since yauzl would report it as a broken archive. */
class RangeReader extends RandomAccessReader {
  readonly #source: RangeSource;
  failure: Error | undefined;

  constructor(source: RangeSource) {
    super();
    this.#source = source;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const through = new PassThrough();
    this.#source.read(start, end).then(
      (stream) => {
        stream.on("error", (error) => through.destroy(error));
        through.on("close", () => stream.destroy());
        stream.pipe(through);
      },
      (thrown: unknown) => {
        this.failure = toError(thrown);
        through.destroy(this.failure);
      },
    );
    return through;
  }
}

async function readDirectory(zip: ZipFile): Promise<Map<string, Entry>> {
  if (zip.entryCount > ENTRIES_MAX) {
    throw limits(`the archive has ${zip.entryCount} parts; expected at most ${ENTRIES_MAX}`);
  }
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName)) throw invalid(`part "${entry.fileName}" stands twice`);
    if (entry.isEncrypted()) throw invalid("the workbook is encrypted; save it without a password");
    entries.set(entry.fileName, entry);
  }
  return entries;
}

async function* limited(
  stream: Readable,
  { entry, bytesMax }: { entry: Entry; bytesMax: number },
): AsyncGenerator<Buffer> {
  let inflated = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      inflated += chunk.length;
      const ratio = inflated / Math.max(1, entry.compressedSize);
      if (inflated > bytesMax || (inflated > RATIO_FROM_BYTES && ratio > RATIO_MAX)) {
        throw limits(
          `part "${entry.fileName}" unpacks to more than ${Math.min(inflated, bytesMax)} bytes from ${entry.compressedSize}; expected at most ${bytesMax} bytes and ${RATIO_MAX} times the packed size`,
        );
      }
      yield chunk;
    }
  } catch (thrown) {
    throw worded(thrown);
  } finally {
    stream.destroy();
  }
}

function limits(detail: string): WorkbookError {
  return new WorkbookError({ code: "archive_limits", detail });
}

/** The workbook is broken in the way that the sentence says. */
export function invalid(detail: string, cause?: unknown): WorkbookError {
  return new WorkbookError({ code: "workbook_invalid", detail, cause });
}

const ZLIB_OR_YAUZL =
  /^(invalid |unexpected |too many |not enough |incorrect |multi-disk|End of central directory|end of central|unsupported compression|absolute path|Invalid |strong encryption|extra field|ZIP64|unrecognized|compressed)/i;

/** yauzl reports a broken archive as a plain error; what came from the storage stays as it is. */
function worded(thrown: unknown): Error {
  const error = toError(thrown);
  if (error instanceof StocklineError) return error;
  const fromZlib = "code" in error && String(error.code).startsWith("Z_");
  if (!fromZlib && !ZLIB_OR_YAUZL.test(error.message)) return error;
  return invalid(`the file can't be read as a workbook: ${error.message}`, error);
}
