/**
 * Takes a file in: streams it to object storage while its bytes are hashed, counted and judged, and notes the import only
 * when the whole file is there. The same content sent before is refused with the first import's id.
 */
import { createHash } from "node:crypto";
import { type Readable, Transform } from "node:stream";
import {
  ConflictError,
  describeFault,
  InvalidInputError,
  StocklineError,
} from "../../domain/errors.ts";
import { newId } from "../../platform/clock.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { type Db, sqlState, violatedConstraint } from "../../platform/postgres.ts";
import type { ImportKind } from "./importKinds.ts";
import { checkMappingFields, type ImportMapping } from "./importMapping.ts";
import { type ImportRow, importInsert, importOfContent } from "./queries/imports.ts";
import {
  decideFormat,
  type ImportFormat,
  SNIFFED_BYTES,
  type Sniffed,
  sniffContent,
} from "./sniffContent.ts";

/** The content is none that is imported (HTTP 415), or too large (HTTP 413). */
export class FileRefusedError extends StocklineError {
  readonly status: 413 | 415;

  constructor(status: 413 | 415, code: string, detail: string) {
    super({ code, detail });
    this.status = status;
  }
}

/** A file that is wholly in object storage, but belongs to no import yet. */
export interface StoredUpload {
  readonly id: string;
  readonly key: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: Buffer;
  readonly sniffed: Sniffed;
}

interface UploadDeps {
  readonly db: Db;
  readonly storage: Pick<ObjectStorage, "put" | "remove">;
  readonly limits: FileLimits;
}

/** Streams a file into object storage; throws FileRefusedError (nothing stays behind then). */
export async function storeUpload(
  deps: Pick<UploadDeps, "storage" | "limits">,
  file: { readonly name: string; readonly body: Readable },
): Promise<StoredUpload> {
  const id = newId();
  const key = `imports/${id}/file`;
  const meter = meterBytes(deps.limits.fileBytesMax);
  file.body.on("error", (error) => meter.stream.destroy(error));
  file.body.pipe(meter.stream);
  try {
    await deps.storage.put(key, meter.stream, "application/octet-stream");
  } catch (thrown) {
    throw meter.refusal() ?? thrown;
  } finally {
    file.body.unpipe(meter.stream);
    file.body.resume();
  }
  return { id, key, fileName: plainName(file.name), ...meter.result() };
}

const NAME_CHARS_MAX = 255;

/** A file name without folders and invisible characters. */
function plainName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  const plain = base
    .normalize("NFC")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "")
    .trim();
  return plain.slice(0, NAME_CHARS_MAX) || "upload";
}

function meterBytes(bytesMax: number) {
  const hash = createHash("sha256");
  let bytes = 0;
  let head = Buffer.alloc(0);
  let refusal: FileRefusedError | undefined;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (head.length < SNIFFED_BYTES)
        head = Buffer.concat([head, chunk.subarray(0, SNIFFED_BYTES - head.length)]);
      if (bytes > bytesMax) {
        refusal = new FileRefusedError(
          413,
          "file_too_large",
          `the file is larger than ${bytesMax} bytes; expected at most that: send it in parts, or packed with gzip`,
        );
      } else if (head.length === SNIFFED_BYTES) refusal ??= refusalOf(sniffContent(head));
      if (refusal === undefined) hash.update(chunk);
      done(refusal ?? null, chunk);
    },
  });
  return {
    stream,
    refusal: () => refusal,
    result: () => ({ bytes, sha256: hash.digest(), sniffed: sniffContent(head) }),
  };
}

function refusalOf(sniffed: Sniffed): FileRefusedError | undefined {
  if (!("refused" in sniffed)) return undefined;
  const detail = `the content is ${sniffed.refused}; expected CSV, gzip of CSV, or XLSX`;
  return new FileRefusedError(415, "unsupported_content", detail);
}

export interface ImportRequest {
  readonly kind: ImportKind;
  readonly mode: "dry_run" | "commit";
  readonly format: ImportFormat | undefined;
  readonly mapping: ImportMapping;
  readonly onError: "skip" | "abort";
  readonly force: boolean;
  readonly createdBy: string;
  readonly warehouses: readonly string[] | undefined;
}

/**
 * Notes the import of a stored file. Throws FileRefusedError, InvalidInputError, or ConflictError duplicate_import with
 * import_id and import_url; the file is removed again then.
 */
export async function acceptImport(
  deps: UploadDeps,
  upload: StoredUpload,
  request: ImportRequest,
): Promise<ImportRow> {
  try {
    checkMappingFields(request.kind, request.mapping);
    return await insert(deps, upload, request);
  } catch (thrown) {
    await discardUpload(deps, upload);
    throw thrown;
  }
}

/** Removes a stored file that no import will have. */
export async function discardUpload(
  deps: Pick<UploadDeps, "storage">,
  upload: StoredUpload,
): Promise<void> {
  await deps.storage.remove(upload.key).catch(() => undefined); // an object that nothing points to; housekeeping finds it
}

async function insert(
  deps: UploadDeps,
  upload: StoredUpload,
  request: ImportRequest,
): Promise<ImportRow> {
  if (upload.bytes === 0) {
    const detail = describeFault({
      thing: "file",
      found: upload.fileName,
      expected: "a file with at least a header row; it has 0 bytes",
    });
    throw new InvalidInputError([{ pointer: "/file", code: "file_empty", detail }], "file_empty");
  }
  const decided = decideFormat(upload.sniffed, {
    fileName: upload.fileName,
    format: request.format,
  });
  if ("refused" in decided) throw new FileRefusedError(415, "unsupported_content", decided.refused);
  try {
    const row = await importInsert(deps.db, {
      id: upload.id,
      kind: request.kind,
      mode: request.mode,
      onError: request.onError,
      format: decided.format,
      fileName: upload.fileName,
      fileKey: upload.key,
      sha256: upload.sha256,
      forced: request.force,
      mapping: request.mapping,
      bytesTotal: upload.bytes,
      createdBy: request.createdBy,
      warehouses: request.warehouses ?? null,
    });
    if (row === undefined) throw new Error("an inserted import was not answered");
    return row;
  } catch (thrown) {
    if (!isDuplicate(thrown)) throw thrown;
    throw await duplicateError(deps.db, { kind: request.kind, sha256: upload.sha256 }, thrown);
  }
}

/** True where the database refused content that came before. */
export function isDuplicate(thrown: unknown): boolean {
  return sqlState(thrown) === "23505" && violatedConstraint(thrown) === "imports_content_unique";
}

/** The refusal of content that came before, naming the first import. */
export async function duplicateError(
  db: Db,
  content: { readonly kind: string; readonly sha256: Buffer },
  cause: unknown,
): Promise<ConflictError> {
  const first = await importOfContent(db, content);
  return new ConflictError({
    code: "duplicate_import",
    detail: `the same file was imported before${first === undefined ? "" : ` as import ${first}`}; send force=true to import it once more`,
    cause,
    context: first === undefined ? {} : { import_id: first, import_url: `/v1/imports/${first}` },
  });
}
