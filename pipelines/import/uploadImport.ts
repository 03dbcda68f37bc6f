/**
 * Takes a file in: streams it to object storage while its bytes are measured, and notes the import only when the whole file
 * is there; or notes where a worker is to fetch it from. The same content sent before is refused with the first import's id.
 */
import type { Readable } from "node:stream";
import { ConflictError, describeFault, InvalidInputError } from "../../domain/errors.ts";
import type { ImportKind } from "../../domain/importWords.ts";
import type { Role } from "../../domain/roles.ts";
import { newId } from "../../platform/clock.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import { type ObjectStorage, OWN_PREFIXES } from "../../platform/objectStorage.ts";
import { type Db, isUnavailable, sqlState, violatedConstraint } from "../../platform/postgres.ts";
import { checkMappingFields, type ImportMapping } from "./importMapping.ts";
import {
  createFileMeter,
  FileRefusedError,
  type MeasuredFile,
  plainName,
  tooLarge,
} from "./measureFile.ts";
import { type ImportRow, importInsert, importOfContent } from "./queries/imports.ts";
import { decideFormat, type ImportFormat } from "./sniffContent.ts";

/** A file that is wholly in object storage, but belongs to no import yet. */
export interface StoredUpload extends MeasuredFile {
  readonly id: string;
  readonly key: string;
  readonly fileName: string;
}

/** An object that a worker will fetch, hash and judge. */
export interface FileToFetch {
  readonly id: string;
  /** Where the import's own copy will lie; the object itself where it lies there already. */
  readonly key: string;
  readonly fileName: string;
  readonly bytes: number;
  readonly source: {
    readonly key: string;
    readonly etag: string;
    /** What its sender says the hash is. */
    readonly sha256?: Buffer | undefined;
  };
}

interface UploadDeps {
  readonly db: Db;
  readonly storage: Pick<ObjectStorage, "put" | "remove">;
  readonly limits: FileLimits;
}

/** Key of an import's own copy of its file. */
export function fileKeyOf(importId: string): string {
  return `${OWN_PREFIXES.imports}${importId}/file`;
}

/** Streams a file into object storage; throws FileRefusedError (nothing stays behind then). */
export async function storeUpload(
  deps: Pick<UploadDeps, "storage" | "limits">,
  file: { readonly name: string; readonly body: Readable },
): Promise<StoredUpload> {
  const id = newId();
  const key = fileKeyOf(id);
  const meter = createFileMeter(deps.limits.fileBytesMax);
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

export interface ImportRequest {
  readonly kind: ImportKind;
  readonly mode: "dry_run" | "commit";
  readonly format: ImportFormat | undefined;
  readonly mapping: ImportMapping;
  readonly onError: "skip" | "abort";
  readonly force: boolean;
  readonly createdBy: string;
  readonly warehouses: readonly string[] | undefined;
  /** Of whoever sends it; their limits of approval hold for orders that are past draft. Unset: nobody's. */
  readonly approverRoles?: readonly Role[] | undefined;
  /** As soon as so many rows are wrong, the import fails before anything is applied. */
  readonly stopAfterErrors?: number | undefined;
}

/**
 * Notes the import of a stored file, or of one to fetch. Throws FileRefusedError, InvalidInputError, or ConflictError
 * duplicate_import with import_id and import_url; the stored file is removed again then. It stays where the database did not
 * say whether the import was noted: the import has it, or housekeeping finds it.
 */
export async function acceptImport(
  deps: UploadDeps,
  file: StoredUpload | FileToFetch,
  request: ImportRequest,
): Promise<ImportRow> {
  try {
    return await insertImport(deps, file, request);
  } catch (thrown) {
    if (!("source" in file || isUnavailable(thrown))) await discardUpload(deps, file);
    throw thrown;
  }
}

/** Removes a stored file that no import will have. */
export async function discardUpload(
  deps: Pick<UploadDeps, "storage">,
  upload: Pick<StoredUpload, "key">,
): Promise<void> {
  await deps.storage.remove(upload.key).catch(() => undefined); // an object that nothing points to; housekeeping finds it
}

/** The same without touching the storage, for use inside a transaction. */
export async function insertImport(
  deps: Pick<UploadDeps, "db" | "limits">,
  file: StoredUpload | FileToFetch,
  request: ImportRequest,
): Promise<ImportRow> {
  const { kind, mode, mapping } = request;
  checkMappingFields(kind, mapping);
  refuseSize(file, deps.limits);
  const content = contentOf(file, request);
  const { sha256 = null } = "source" in file ? file.source : file;
  if ("source" in file && sha256 !== null && mode === "commit" && !request.force)
    await refuseKnown(deps.db, { kind, sha256 });
  failPoint("import.before_insert");
  try {
    const row = await importInsert(deps.db, {
      id: file.id,
      kind,
      mode,
      onError: request.onError,
      ...content,
      fileName: file.fileName,
      fileKey: file.key,
      forced: request.force,
      mapping,
      bytesTotal: file.bytes,
      ...senderOf(request),
      stopAfterErrors: request.stopAfterErrors,
    });
    if (row === undefined) throw new Error("an inserted import was not answered");
    return row;
  } catch (thrown) {
    if (!isDuplicate(thrown) || sha256 === null) throw thrown;
    throw await duplicateError(deps.db, { kind, sha256 }, thrown);
  }
}

function senderOf({ createdBy, warehouses, approverRoles }: ImportRequest) {
  return { createdBy, warehouses: warehouses ?? null, approverRoles: approverRoles ?? null };
}

function refuseSize({ bytes, fileName }: StoredUpload | FileToFetch, limits: FileLimits): void {
  if (bytes > limits.fileBytesMax) throw tooLarge(limits.fileBytesMax, bytes);
  if (bytes === 0) throw emptyFile(fileName);
}

/** The refusal of a file without a byte. */
export function emptyFile(fileName: string): InvalidInputError {
  const detail = describeFault({
    thing: "file",
    found: fileName,
    expected: "a file with at least a header row; it has 0 bytes",
  });
  return new InvalidInputError([{ pointer: "/file", code: "file_empty", detail }], "file_empty");
}

/** What is noted of the content: what it is, or what its sender says it is. */
function contentOf(file: StoredUpload | FileToFetch, { format }: ImportRequest) {
  if ("source" in file) {
    const { key, etag, sha256: expectedSha256 = null } = file.source;
    const source = { key, etag, expectedSha256, wantedFormat: format ?? null };
    return { format: null, sha256: null, source };
  }
  const decided = decideFormat(file.sniffed, { fileName: file.fileName, format });
  if ("refused" in decided) throw new FileRefusedError(415, "unsupported_content", decided.refused);
  return { format: decided.format, sha256: file.sha256 };
}

/** Throws ConflictError duplicate_import for content that was imported before. */
export async function refuseKnown(
  db: Db,
  content: { readonly kind: string; readonly sha256: Buffer },
): Promise<void> {
  if ((await importOfContent(db, content)) !== undefined) throw await duplicateError(db, content);
}

/** True where the database refused content that came before. */
export function isDuplicate(thrown: unknown): boolean {
  return sqlState(thrown) === "23505" && violatedConstraint(thrown) === "imports_content_unique";
}

/** The refusal of content that came before, naming the first import. */
export async function duplicateError(
  db: Db,
  content: { readonly kind: string; readonly sha256: Buffer },
  cause?: unknown,
): Promise<ConflictError> {
  const first = await importOfContent(db, content);
  return new ConflictError({
    code: "duplicate_import",
    detail: `the same file was imported before${first === undefined ? "" : ` as import ${first}`}; send force=true to import it once more`,
    cause,
    context: first === undefined ? {} : { import_id: first, import_url: `/v1/imports/${first}` },
  });
}
