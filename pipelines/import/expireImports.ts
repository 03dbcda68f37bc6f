/**
 * What is left of imports after weeks, and of uploads that came to nothing: staged rows give way to an error file, files and
 * parts that nothing points to are removed. Bounded steps, each safe to repeat and to cut off.
 */
import { Readable } from "node:stream";
import { type ObjectStorage, OWN_PREFIXES } from "../../platform/objectStorage.ts";
import { PERSONAL_TABLES, type PersonalData } from "../../platform/personalData.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { repeatUntilNone } from "../../platform/repeatUntilNone.ts";
import { expireUploads } from "./directUpload.ts";
import { errorFile, type FaultDeps, faultyRows, type ShownFault } from "./errorFile.ts";
import { importErrorsByCode } from "./queries/importEnds.ts";
import { type ImportRow, importRead } from "./queries/imports.ts";
import {
  importFilesGone,
  importIdsKnown,
  importRowsDelete,
  importRowsGone,
  importRowsRetire,
  importsWithOldFiles,
  importsWithOldRows,
} from "./queries/retention.ts";
import { hasPersons } from "./sealStagedRows.ts";

/** Rows of one delete: short transactions, so that nobody waits for one. */
const CHUNK_ROWS = 5_000;
/** Imports and uploads of one look; objects come by the thousand. */
const LOOK_MAX = 100;
/** Imports, files, uploads or orphans that one run takes; the rest waits for the next hour. */
const RUN_MAX = 10_000;
/** What nothing points to is left alone this long: its upload may be under way. */
const ORPHAN_MS = 86_400_000;
/** Rejected rows that stay on the import. */
const SAMPLE_ROWS = 100;

interface ExpiryDeps {
  readonly db: DbPool;
  readonly storage: ObjectStorage;
  readonly personal: PersonalData;
  readonly rowsDays: number;
  readonly filesDays: number;
}

export interface ExpiryOutcome {
  readonly import_rows_deleted: number;
  readonly import_error_files_written: number;
  readonly import_files_deleted: number;
  /** Direct uploads whose day was over. */
  readonly import_uploads_expired: number;
  /** Objects that no import had, and uploads in parts that were never put together. */
  readonly orphans_deleted: number;
}

/** Removes what has served its time. Stops between two steps when the signal aborts. */
export async function expireImports(deps: ExpiryDeps, signal: AbortSignal): Promise<ExpiryOutcome> {
  const rows = await expireRows(deps, signal);
  return {
    ...rows,
    import_files_deleted: await expireFiles(deps, signal),
    import_uploads_expired: await expireOldUploads(deps, signal),
    orphans_deleted: (await dropOrphans(deps, signal)) + (await dropParts(deps)),
  };
}

async function expireRows(deps: ExpiryDeps, signal: AbortSignal) {
  const { db, rowsDays } = deps;
  const outcome = { import_rows_deleted: 0, import_error_files_written: 0 };
  for (let taken = 0; taken < RUN_MAX; taken += LOOK_MAX) {
    const ids = await importsWithOldRows(db, { olderThanDays: rowsDays, limit: LOOK_MAX });
    for (const id of ids) {
      signal.throwIfAborted();
      const { written, mayGo } = await retire(deps, id);
      outcome.import_error_files_written += written ? 1 : 0;
      if (mayGo) outcome.import_rows_deleted += await deleteRows(db, id, signal);
    }
    if (ids.length < LOOK_MAX) break;
  }
  return outcome;
}

/** Keeps what is to be known of the rows: the error file where rows went wrong, the first of them, and their counts. */
async function retire(deps: Omit<ExpiryDeps, "filesDays">, id: string) {
  const { db, rowsDays } = deps;
  const row = await importRead(db, { id });
  if (row === undefined) return { written: false, mayGo: false };
  if (row.rows_deleted_at !== null) return { written: false, mayGo: true };
  const errorFileKey = row.rows_rejected > 0 ? `${OWN_PREFIXES.imports}${id}/errors.csv` : null;
  if (errorFileKey !== null) await writeErrorFile({ ...deps, row, key: errorFileKey });
  const sample = await faultyRows(deps, row, { after: 0, limit: SAMPLE_ROWS });
  const mayGo = await importRowsRetire(db, {
    id,
    errorFileKey,
    errorsSample: sample.map((fault) => sampleOf(fault, row)),
    errorsByCode: await importErrorsByCode(db, id),
    olderThanDays: rowsDays,
  });
  return { written: errorFileKey !== null, mayGo };
}

/** What stays on the import of a row that went wrong: nothing that a cell of a person held. */
function sampleOf(
  { row, column, code, detail, value }: ShownFault,
  { kind }: ImportRow,
): ShownFault {
  const isPersonal = ["", ...PERSONAL_TABLES.suppliers.columns].includes(column);
  return hasPersons(kind) && isPersonal
    ? { row, column, code, detail: "the value was removed with the rows", value: "" }
    : { row, column, code, detail, value };
}

interface ErrorFileParts extends FaultDeps {
  readonly storage: ObjectStorage;
  readonly row: ImportRow;
  readonly key: string;
}

async function writeErrorFile({ storage, row, key, ...deps }: ErrorFileParts): Promise<void> {
  const bytes = async function* () {
    for await (const text of errorFile(deps, row)) yield Buffer.from(text);
  };
  await storage.put(key, Readable.from(bytes(), { objectMode: false }), "text/csv; charset=utf-8");
}

async function deleteRows(db: DbPool, id: string, signal: AbortSignal): Promise<number> {
  const deleted = await repeatUntilNone(() => importRowsDelete(db, { id, limit: CHUNK_ROWS }), {
    signal,
  });
  await importRowsGone(db, id);
  return deleted;
}

async function expireFiles({ db, storage, filesDays }: ExpiryDeps, signal: AbortSignal) {
  let deleted = 0;
  while (deleted < RUN_MAX) {
    signal.throwIfAborted();
    const files = await importsWithOldFiles(db, { olderThanDays: filesDays, limit: LOOK_MAX });
    for (const { file_key: key } of files) await storage.remove(key);
    const ids = files.map(({ id }) => id);
    await importFilesGone(db, ids);
    deleted += files.length;
    if (files.length < LOOK_MAX) break;
  }
  return deleted;
}

async function expireOldUploads(deps: ExpiryDeps, signal: AbortSignal): Promise<number> {
  let expired = 0;
  while (expired < RUN_MAX) {
    signal.throwIfAborted();
    const some = await expireUploads(deps, LOOK_MAX);
    expired += some;
    if (some < LOOK_MAX) break;
  }
  return expired;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Removes objects of ours that are older than a day and belong to no import and no upload under way. */
async function dropOrphans({ db, storage }: ExpiryDeps, signal: AbortSignal): Promise<number> {
  const before = new Date(Date.now() - ORPHAN_MS);
  let dropped = 0;
  let after = "";
  while (dropped < RUN_MAX) {
    signal.throwIfAborted();
    const page = await storage.listFacts(OWN_PREFIXES.imports, after);
    const last = page.at(-1)?.key;
    if (last === undefined) break;
    after = last;
    const old = page.filter(({ modifiedAt }) => modifiedAt < before);
    const ids = old.flatMap(({ key }) => idOf(key) ?? []);
    const known = new Set(await importIdsKnown(db, ids));
    const orphans = old.filter(({ key }) => {
      const id = idOf(key);
      return id !== undefined && !known.has(id);
    });
    for (const { key } of orphans) await storage.remove(key);
    dropped += orphans.length;
  }
  return dropped;
}

/** The import of a key; undefined for keys that we never make, which are left alone. */
function idOf(key: string): string | undefined {
  const id = key.slice(OWN_PREFIXES.imports.length).split("/")[0] ?? "";
  return ID.test(id) ? id : undefined;
}

/** Gives up uploads in parts that a dead process or client left; those of open direct uploads end with the day, too. */
async function dropParts({ storage }: ExpiryDeps): Promise<number> {
  const before = new Date(Date.now() - ORPHAN_MS);
  const uploads = await storage.multipart.listBefore(OWN_PREFIXES.imports, before);
  for (const upload of uploads) await storage.multipart.abort(upload);
  return uploads.length;
}
