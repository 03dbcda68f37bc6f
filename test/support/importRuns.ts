/** What tests of the pipeline itself need to run imports without the API: what a step works with, and imports to work on. */
import { Readable } from "node:stream";
import type { ImportKind } from "../../domain/importWords.ts";
import { acceptImport, type ImportDeps, storeUpload } from "../../pipelines/import/index.ts";
import { importInsert } from "../../pipelines/import/queries/imports.ts";
import { newId } from "../../platform/clock.ts";
import type { Context } from "../../platform/context.ts";
import type { Db } from "../../platform/postgres.ts";
import { testFileLimits } from "./fileLimits.ts";
import { testPersonalData } from "./personalData.ts";

type Backends = Pick<Context, "db" | "storage" | "clock" | "log" | "metrics">;

/** What a worker's imports work with; nobody is told of anything, and lanes are found by the sweep, unless `more` says otherwise. */
export function importDepsOf(context: Backends, more: Partial<ImportDeps> = {}): ImportDeps {
  const { db, storage, clock, log, metrics } = context;
  return {
    db,
    storage,
    clock,
    log,
    metrics,
    personal: testPersonalData(db),
    limits: testFileLimits(),
    approvalLimits: [],
    decided: () => undefined,
    wakeLanes: () => undefined,
    announce: async () => undefined,
    forgetIncoming: async () => undefined,
    ...more,
  };
}

interface FileGiven {
  readonly kind: ImportKind;
  readonly content: string | Uint8Array;
  readonly mode?: "commit" | "dry_run";
  readonly onError?: "skip" | "abort";
}

/** Stores a CSV file and notes its import, whatever was imported before; answers its id. */
export async function acceptFile(
  { db, storage }: Pick<Context, "db" | "storage">,
  { kind, content, mode = "commit", onError = "skip" }: FileGiven,
): Promise<string> {
  const deps = { db, storage, limits: testFileLimits() };
  const body = Readable.from([Buffer.from(content)]);
  const row = await acceptImport(deps, await storeUpload(deps, { name: "f.csv", body }), {
    kind,
    mode,
    format: undefined,
    mapping: {},
    onError,
    force: true,
    createdBy: "tester",
    warehouses: undefined,
  });
  return row.id;
}

/** Notes an import whose file nobody has stored, to be staged or filled by the test; answers its id. */
export async function insertImport(
  db: Db,
  over: Partial<Parameters<typeof importInsert>[1]> = {},
): Promise<string> {
  const id = newId();
  await importInsert(db, {
    id,
    kind: "counts",
    mode: "commit",
    onError: "skip",
    format: "csv",
    fileName: "f.csv",
    fileKey: id,
    sha256: Buffer.from(id),
    forced: true,
    mapping: {},
    bytesTotal: 1,
    createdBy: "tester",
    warehouses: null,
    approverRoles: null,
    ...over,
  });
  return id;
}
