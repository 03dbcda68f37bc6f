/**
 * Files that a client sends straight to object storage: signed links for their parts, then one completion that notes the
 * import. Import and upload have the same id, so that a completion that was cut off anywhere is simply repeated.
 */
import { setTimeout as pause } from "node:timers/promises";
import {
  ConflictError,
  describeFault,
  InvalidInputError,
  NotFoundError,
  UnavailableError,
} from "../../domain/errors.ts";
import type { Role } from "../../domain/roles.ts";
import { newId } from "../../platform/clock.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import { PartsRefusedError, type UploadedPart } from "../../platform/multipartUploads.ts";
import type { ObjectFacts, ObjectStorage } from "../../platform/objectStorage.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import { checkMappingFields } from "./importMapping.ts";
import { plainName, tooLarge } from "./measureFile.ts";
import { type ImportRow, importRead } from "./queries/imports.ts";
import {
  type DirectUploadRow,
  uploadClaim,
  uploadEnd,
  uploadInsert,
  uploadLock,
  uploadRead,
  uploadRelease,
  uploadsExpire,
} from "./queries/uploads.ts";
import {
  emptyFile,
  fileKeyOf,
  type ImportRequest,
  insertImport,
  refuseKnown,
} from "./uploadImport.ts";

/** Parts of smaller files; S3 wants at least 5 MiB. */
const PART_BYTES_MIN = 8 * 1024 * 1024;
/** What S3 takes at most. */
const PARTS_MAX = 10_000;
const EXPIRY_HOURS = 24;
const LINK_SECONDS = 3_600;
/** Putting the parts together takes S3 some seconds, for very large files minutes. */
const COMPLETING_SECONDS = 120;
/** How long a completion waits for another one of the same upload. */
const WAIT_MS_MAX = 25_000;
const LOOK_MS = 200;

interface DirectDeps {
  readonly db: DbPool;
  readonly storage: Pick<ObjectStorage, "multipart" | "facts" | "remove">;
  readonly limits: FileLimits;
}

/** Who acts: the creator may go on with an upload, and whoever may go on with all (`isAdmin`). */
export interface UploadParty {
  readonly subject: string;
  readonly isAdmin: boolean;
  /** Codes of the warehouses that the token is limited to; undefined means all. */
  readonly warehouses: readonly string[] | undefined;
  readonly roles: readonly Role[];
}

export interface PartLink {
  readonly number: number;
  readonly bytes: number;
  readonly url: string;
}

/** A direct upload as its sender needs it. */
export interface DirectUpload {
  readonly row: DirectUploadRow;
  readonly partsTotal: number;
  /** Links of some parts, beginning with the one asked for. */
  readonly parts: readonly PartLink[];
  /** The first part after these; undefined after the last. */
  readonly nextPart: number | undefined;
  readonly linkSeconds: number;
}

export interface BeginRequest {
  readonly fileName: string;
  readonly bytes: number;
  readonly sha256: Buffer | undefined;
  /** Content of this kind that came before is refused at once, where the hash is given too and `force` is false. */
  readonly kind: string | undefined;
  readonly force: boolean;
  readonly partsMax: number;
}

/** Begins an upload. Throws FileRefusedError (413), InvalidInputError file_empty, ConflictError duplicate_import. */
export async function beginUpload(
  deps: DirectDeps,
  party: UploadParty,
  request: BeginRequest,
): Promise<DirectUpload> {
  const { bytes, kind, sha256, force } = request;
  const fileName = plainName(request.fileName);
  if (bytes > deps.limits.fileBytesMax) throw tooLarge(deps.limits.fileBytesMax, bytes);
  if (bytes === 0) throw emptyFile(fileName);
  if (sha256 !== undefined && kind !== undefined && !force)
    await refuseKnown(deps.db, { kind, sha256 });
  const id = newId();
  const objectKey = fileKeyOf(id);
  const row = await uploadInsert(deps.db, {
    id,
    objectKey,
    storageUploadId: await deps.storage.multipart.begin(objectKey),
    fileName,
    bytes,
    partBytes: partBytesOf(bytes),
    sha256: sha256 ?? null,
    createdBy: party.subject,
    warehouses: party.warehouses ?? null,
    hours: EXPIRY_HOURS,
  });
  if (row === undefined) throw new Error("an inserted upload was not answered");
  return withLinks(deps, row, { from: 1, limit: request.partsMax });
}

/** Links for further parts, or anew for the same ones. Throws NotFoundError, or ConflictError once the upload is over. */
export async function partsPage(
  deps: DirectDeps,
  party: UploadParty,
  page: { readonly id: string; readonly from: number; readonly limit: number },
): Promise<DirectUpload> {
  const row = await readOwn(deps.db, party, page.id);
  refuseOver(row);
  return withLinks(deps, row, page);
}

/** Whole MiB, so that a client can read them off; never more parts than S3 takes. */
function partBytesOf(bytes: number): number {
  const mebibyte = 1024 * 1024;
  const least = Math.ceil(bytes / PARTS_MAX / mebibyte) * mebibyte;
  return Math.max(PART_BYTES_MIN, least);
}

function partsTotalOf({ bytes_total: bytes, part_bytes: part }: DirectUploadRow): number {
  return Math.ceil(bytes / part);
}

async function withLinks(
  { storage }: DirectDeps,
  row: DirectUploadRow,
  { from, limit }: { readonly from: number; readonly limit: number },
): Promise<DirectUpload> {
  const partsTotal = partsTotalOf(row);
  const upload = { key: row.object_key, uploadId: row.storage_upload_id };
  const count = Math.max(0, Math.min(limit, partsTotal - from + 1));
  const parts = await Promise.all(
    Array.from({ length: count }, async (_, nth): Promise<PartLink> => {
      const number = from + nth;
      const bytes = Math.min(row.part_bytes, row.bytes_total - (number - 1) * row.part_bytes);
      const url = await storage.multipart.partLink(upload, {
        number,
        bytes,
        seconds: LINK_SECONDS,
      });
      return { number, bytes, url };
    }),
  );
  const nextPart = from + count <= partsTotal && count > 0 ? from + count : undefined;
  return { row, partsTotal, parts, nextPart, linkSeconds: LINK_SECONDS };
}

async function readOwn(db: DbPool, party: UploadParty, id: string): Promise<DirectUploadRow> {
  const createdBy = party.isAdmin ? null : party.subject;
  const viewer = { createdBy, warehouses: party.warehouses ?? null };
  const row = await uploadRead(db, { id, viewer });
  if (row === undefined) throw new NotFoundError("upload", id);
  return row;
}

function refuseOver(row: DirectUploadRow): void {
  if (row.status === "open" && !row.is_expired) return;
  const state = row.status === "open" ? "expired" : row.status;
  throw new ConflictError({
    code: `upload_${state}`,
    detail: `upload ${row.id} is ${state}; ${row.import_id === null ? "begin another one" : `its import is ${row.import_id}`}`,
    context:
      row.import_id === null
        ? {}
        : { import_id: row.import_id, import_url: `/v1/imports/${row.import_id}` },
  });
}

export interface CompleteRequest
  extends Pick<
    ImportRequest,
    "kind" | "mode" | "format" | "mapping" | "onError" | "force" | "stopAfterErrors"
  > {
  readonly id: string;
  readonly parts: readonly UploadedPart[];
}

/**
 * Puts the parts together and notes the import, which has the upload's id; a repeat answers the same import. Throws
 * NotFoundError, ConflictError (over, duplicate_import, completed as something else), InvalidInputError (parts, size, mapping).
 */
export async function completeUpload(
  deps: DirectDeps,
  party: UploadParty,
  request: CompleteRequest,
): Promise<ImportRow> {
  const { id, kind, mode, force } = request;
  const giveUpAt = Date.now() + WAIT_MS_MAX;
  for (;;) {
    const row = await readOwn(deps.db, party, id);
    if (row.status === "completed") return importOf(deps.db, request);
    refuseOver(row);
    checkParts(row, request.parts);
    checkMappingFields(kind, request.mapping);
    if (row.sha256 !== null && mode === "commit" && !force)
      await refuseKnown(deps.db, { kind, sha256: row.sha256 });
    if (await uploadClaim(deps.db, { id, seconds: COMPLETING_SECONDS }))
      return completeClaimed(deps, party, { row, request });
    if (Date.now() > giveUpAt) throw stillCompleting(id);
    await pause(LOOK_MS);
  }
}

function stillCompleting(id: string): UnavailableError {
  return new UnavailableError({
    code: "upload_completing",
    detail: `upload ${id} is being completed by another request; ask again`,
    retryAfterSeconds: 5,
  });
}

/** The import that the upload became; another request for it than this one is a conflict. */
async function importOf(db: DbPool, request: CompleteRequest): Promise<ImportRow> {
  const { id, kind } = request;
  const row = await importRead(db, { id });
  if (row === undefined) throw new NotFoundError("import", id);
  if (row.kind === kind) return row;
  throw new ConflictError({
    code: "upload_completed",
    detail: `upload ${id} was completed as an import of ${row.kind}; expected ${kind} as now asked for; begin another upload`,
    context: { import_id: id, import_url: `/v1/imports/${id}` },
  });
}

function checkParts(row: DirectUploadRow, parts: readonly UploadedPart[]): void {
  const total = partsTotalOf(row);
  const numbers = new Set(parts.map(({ number }) => number));
  const missing = Array.from({ length: total }, (_, nth) => nth + 1).find((n) => !numbers.has(n));
  if (missing === undefined && parts.length === total) return;
  const found = missing === undefined ? `${parts.length} parts` : `no part ${missing}`;
  throw partsRefused(
    `parts: found ${found}; expected each of the parts 1 to ${total} once, with the ETag that its PUT answered`,
  );
}

function partsRefused(detail: string, code = "parts_invalid"): InvalidInputError {
  return new InvalidInputError([{ pointer: "/parts", code, detail }], code);
}

interface Claimed {
  readonly row: DirectUploadRow;
  readonly request: CompleteRequest;
}

async function completeClaimed(
  deps: DirectDeps,
  party: UploadParty,
  claimed: Claimed,
): Promise<ImportRow> {
  const { row, request } = claimed;
  try {
    const object = await assemble(deps, claimed);
    failPoint("import.before_insert");
    return await inTransaction(deps.db, async (tx) => {
      if (!(await uploadLock(tx, row.id))) throw stillCompleting(row.id);
      const file = {
        id: row.id,
        key: row.object_key,
        fileName: row.file_name,
        bytes: object.bytes,
        source: { key: row.object_key, etag: object.etag, sha256: row.sha256 ?? undefined },
      };
      const noted = await insertImport({ db: tx, limits: deps.limits }, file, {
        ...request,
        createdBy: row.created_by,
        warehouses: row.warehouses ?? party.warehouses,
        approverRoles: party.roles,
      });
      await uploadEnd(tx, { id: row.id, status: "completed" });
      return noted;
    });
  } catch (thrown) {
    await uploadRelease(deps.db, row.id).catch(() => undefined); // it ends by itself
    throw thrown;
  }
}

/** The whole object; one that an earlier try has put together is taken as it is. */
async function assemble({ db, storage }: DirectDeps, { row, request }: Claimed) {
  const upload = { key: row.object_key, uploadId: row.storage_upload_id };
  const there = await storage.facts(row.object_key);
  if (there?.bytes === row.bytes_total) return there;
  try {
    const parts = request.parts.toSorted((a, b) => a.number - b.number);
    await storage.multipart.complete(upload, parts);
  } catch (thrown) {
    if (!(thrown instanceof PartsRefusedError)) throw thrown;
    if (!thrown.gone)
      throw partsRefused(`parts: ${thrown.message}; send it again and complete with its ETag`);
  }
  const object = await storage.facts(row.object_key);
  if (object?.bytes === row.bytes_total) return object;
  await uploadEnd(db, { id: row.id, status: "aborted" });
  if (object !== undefined) await storage.remove(row.object_key);
  throw sizeFault(row, object);
}

function sizeFault(row: DirectUploadRow, object: ObjectFacts | undefined): InvalidInputError {
  const detail = describeFault({
    thing: "upload",
    found: object === undefined ? "nothing in the storage" : `${object.bytes} bytes`,
    expected: `the ${row.bytes_total} bytes that it was begun with`,
    mend: "the upload was given up; begin another one",
  });
  return partsRefused(detail, "size_mismatch");
}

/** Gives an upload up. A repeat is no error. Throws NotFoundError, or ConflictError where it is completed. */
export async function abortUpload(deps: DirectDeps, party: UploadParty, id: string): Promise<void> {
  const row = await readOwn(deps.db, party, id);
  if (row.status === "open") {
    const isOurs = await uploadClaim(deps.db, { id, seconds: COMPLETING_SECONDS });
    if (!isOurs) throw stillCompleting(id);
    await uploadEnd(deps.db, { id, status: "aborted" });
  } else if (row.status === "completed") refuseOver(row);
  await dropStored(deps, row);
}

async function dropStored(
  { storage }: Pick<DirectDeps, "storage">,
  row: Pick<DirectUploadRow, "object_key" | "storage_upload_id">,
): Promise<void> {
  await storage.multipart.abort({ key: row.object_key, uploadId: row.storage_upload_id });
  await storage.remove(row.object_key); // put together by a completion that then died
}

/** Gives up to `limit` uploads up whose time is over; answers how many. */
export async function expireUploads(
  deps: Pick<DirectDeps, "db" | "storage">,
  limit: number,
): Promise<number> {
  const rows = await uploadsExpire(deps.db, limit);
  for (const row of rows) await dropStored(deps, row);
  return rows.length;
}
