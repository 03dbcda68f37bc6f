/**
 * Measures a file while it streams by: its SHA-256, its length and what its first bytes are. Ends the stream as soon as the
 * file is refused. Shared by uploads (api) and fetched files (workers), so that both refuse with the same words.
 */
import { createHash } from "node:crypto";
import { Transform } from "node:stream";
import { StocklineError } from "../../domain/errors.ts";
import { SNIFFED_BYTES, type Sniffed, sniffContent } from "./sniffContent.ts";

/** The content is none that is imported (HTTP 415), or too large (HTTP 413). */
export class FileRefusedError extends StocklineError {
  readonly status: 413 | 415;

  constructor(status: 413 | 415, code: string, detail: string) {
    super({ code, detail });
    this.status = status;
  }
}

/** The refusal of a file beyond the limit; `bytes` where its length is known beforehand. */
export function tooLarge(bytesMax: number, bytes?: number): FileRefusedError {
  const found =
    bytes === undefined
      ? `the file is larger than ${bytesMax} bytes`
      : `the file has ${bytes} bytes`;
  return new FileRefusedError(
    413,
    "file_too_large",
    `${found}; expected at most ${bytesMax} bytes (IMPORT_BYTES_MAX): send it in parts, or packed with gzip`,
  );
}

/** What is known of a file once all of it went by. */
export interface MeasuredFile {
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly sniffed: Sniffed;
}

interface FileMeter {
  /** The file goes through unchanged; destroyed with a FileRefusedError. */
  readonly stream: Transform;
  readonly refusal: () => FileRefusedError | undefined;
  /** Bytes that went by so far. */
  readonly bytes: () => number;
  /** Once, after the end of the stream. */
  readonly result: () => MeasuredFile;
}

/** Makes a meter for one file of at most `bytesMax` bytes. */
export function createFileMeter(bytesMax: number): FileMeter {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  let refusal: FileRefusedError | undefined;
  const look = (chunk: Buffer): void => {
    if (head.length === SNIFFED_BYTES) return;
    head = Buffer.concat([head, chunk.subarray(0, SNIFFED_BYTES - head.length)]);
    if (head.length === SNIFFED_BYTES) refusal ??= refusalOf(sniffContent(head));
  };
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      look(chunk);
      if (bytes > bytesMax) refusal ??= tooLarge(bytesMax);
      if (refusal === undefined) hash.update(chunk);
      done(refusal ?? null, chunk);
    },
  });
  return {
    stream,
    refusal: () => refusal,
    bytes: () => bytes,
    result: () => ({ bytes, sha256: hash.digest(), sniffed: sniffContent(head) }),
  };
}

function refusalOf(sniffed: Sniffed): FileRefusedError | undefined {
  if (!("refused" in sniffed)) return undefined;
  const detail = `the content is ${sniffed.refused}; expected CSV, gzip of CSV, or XLSX`;
  return new FileRefusedError(415, "unsupported_content", detail);
}

const NAME_CHARS_MAX = 255;

/** A file name without folders and invisible characters. */
export function plainName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const plain = base
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .trim();
  return plain.slice(0, NAME_CHARS_MAX) || "upload";
}
