/**
 * First step of an import whose file did not come through the API: reads the object that was named, as it was then, hashes and
 * judges it, and copies it to the import's own key (a direct upload lies there already). Cut off anywhere it starts over.
 */
import assert from "node:assert/strict";
import { type Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  ConflictError,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from "../../domain/errors.ts";
import { ObjectChangedError, type OpenObject } from "../../platform/objectStorage.ts";
import { ImportFileError } from "./importFileError.ts";
import { ImportLostError, type ImportRun, inFence, stepDone } from "./importRun.ts";
import { createFileMeter, FileRefusedError, type MeasuredFile } from "./measureFile.ts";
import type { ImportRow } from "./queries/imports.ts";
import { importFetched, importFetchProgress } from "./queries/uploads.ts";
import { decideFormat, type ImportFormat } from "./sniffContent.ts";
import { duplicateError, emptyFile, isDuplicate } from "./uploadImport.ts";

/** How often the bytes fetched so far are noted. */
const PROGRESS_MS = 2_000;

/** Fetches the file and notes what it is. Throws ImportFileError where the object or its content ends the import. */
export async function fetchFile(run: ImportRun, row: ImportRow): Promise<void> {
  try {
    const file = await measureSource(run, row);
    const format = judge(row, file);
    await noteFetched(run, { file, format, kind: row.kind });
  } catch (thrown) {
    const end = asFileError(thrown, row);
    if (end !== undefined) await dropCopy(run, row);
    throw end ?? thrown;
  }
  stepDone(run, "fetched");
}

async function measureSource(run: ImportRun, row: ImportRow): Promise<MeasuredFile> {
  const { source_key: key, source_etag: etag } = row;
  assert(key !== null && etag !== null, `import ${row.id} has neither a file nor a source`);
  const object = await run.deps.storage.open(key, etag);
  const meter = createFileMeter(run.deps.limits.fileBytesMax);
  const stop = (): void => void object.body.destroy(new ImportLostError(run.id));
  run.signal.addEventListener("abort", stop, { once: true });
  const timer = setInterval(() => void noteProgress(run, meter.bytes()), PROGRESS_MS);
  try {
    if (run.signal.aborted) stop();
    await readThrough(run, row, { object, through: meter.stream });
  } catch (thrown) {
    throw meter.refusal() ?? thrown;
  } finally {
    clearInterval(timer);
    run.signal.removeEventListener("abort", stop);
    object.body.destroy();
  }
  if (meter.bytes() !== object.bytes) throw cutOff(object.bytes, meter.bytes());
  return meter.result();
}

interface Reading {
  readonly object: OpenObject;
  readonly through: Readable & NodeJS.WritableStream;
}

async function readThrough(run: ImportRun, row: ImportRow, reading: Reading): Promise<void> {
  const { object, through } = reading;
  if (row.source_key === row.file_key) {
    await pipeline(
      object.body,
      through,
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
    return;
  }
  object.body.on("error", (error) => through.destroy(error));
  object.body.pipe(through);
  await run.deps.storage.put(row.file_key, through, "application/octet-stream");
}

function cutOff(expected: number, found: number): UnavailableError {
  return new UnavailableError({
    code: "storage_cut_off",
    detail: `the object storage sent ${found} bytes of an object; expected ${expected}`,
  });
}

async function noteProgress(run: ImportRun, bytes: number): Promise<void> {
  const { id, owner } = run;
  await importFetchProgress(run.deps.db, { id, owner, bytes }).catch(() => undefined); // told again soon
}

function judge(row: ImportRow, { bytes, sha256, sniffed }: MeasuredFile): ImportFormat {
  const { expected_sha256: expected, file_name: fileName } = row;
  if (bytes === 0) throw emptyFile(fileName);
  if (expected !== null && !expected.equals(sha256)) {
    throw new ImportFileError({
      code: "sha256_mismatch",
      detail: `the file's SHA-256 is ${sha256.toString("hex")}; expected ${expected.toString("hex")}, as its sender said; send it again`,
    });
  }
  const decided = decideFormat(sniffed, { fileName, format: row.wanted_format ?? undefined });
  if ("refused" in decided) throw new FileRefusedError(415, "unsupported_content", decided.refused);
  return decided.format;
}

async function noteFetched(
  run: ImportRun,
  found: { readonly file: MeasuredFile; readonly format: ImportFormat; readonly kind: string },
): Promise<void> {
  const { format, kind } = found;
  const { bytes, sha256 } = found.file;
  try {
    await inFence(run, (tx) => importFetched(tx, { id: run.id, format, sha256, bytes }));
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
    throw await duplicateError(run.deps.db, { kind, sha256 }, thrown);
  }
}

/** Why the import ends, in the words that an upload of the same content would be refused with. */
function asFileError(thrown: unknown, row: ImportRow): ImportFileError | undefined {
  const key = JSON.stringify(row.source_key);
  if (thrown instanceof ObjectChangedError) {
    const detail = `object ${key} was written again after the import was accepted; import it as it is now`;
    return new ImportFileError({ code: "source_changed", detail, cause: thrown });
  }
  if (thrown instanceof NotFoundError) {
    const detail = `object ${key} is no longer in the bucket; send the file again`;
    return new ImportFileError({ code: "source_missing", detail, cause: thrown });
  }
  const isRefusal =
    thrown instanceof FileRefusedError ||
    thrown instanceof InvalidInputError ||
    thrown instanceof ConflictError;
  if (isRefusal)
    return new ImportFileError({ code: thrown.code, detail: thrown.message, cause: thrown });
  return thrown instanceof ImportFileError ? thrown : undefined;
}

/** A refused file needs no copy; the object it came from stays. */
async function dropCopy(run: ImportRun, row: ImportRow): Promise<void> {
  if (row.source_key === row.file_key) return;
  await run.deps.storage.remove(row.file_key).catch(() => undefined); // housekeeping removes it
}
