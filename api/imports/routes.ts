/** POST /v1/imports takes a file in; the rest tells where its import stands, what went wrong, and steers it. */
import { Readable } from "node:stream";
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { mayDo } from "../../domain/roles.ts";
import {
  acceptImport,
  cancelImport,
  commitImport,
  errorFile,
  type ImportKind,
  type ImportRow,
  type ImportViewer,
  importRead,
  importsList,
  kindOf,
  permissionFor,
} from "../../pipelines/import/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { WakeUps } from "../../platform/queues.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { AccessError } from "../http/problem.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { asProblem, readUpload } from "./readUpload.ts";
import { importDetailOut, importFilter, importOut, uploadForm, uploadQuery } from "./schema.ts";
import { showImport, showImportDetail } from "./showImport.ts";
import { streamProgress } from "./streamProgress.ts";

export interface ImportRouteDeps {
  readonly db: DbPool;
  readonly storage: ObjectStorage;
  /** Name of the configured bucket. */
  readonly bucket: string;
  /** How large a file may be. */
  readonly limits: FileLimits;
  /** Wake-ups of the queue "imports". */
  readonly wakeUps: WakeUps;
}

const TAG = "Imports";
const params = z.object({ id: idField });

/** Routes of imports. */
export function importRoutes(deps: ImportRouteDeps): Route[] {
  return [
    postImport(deps),
    listImports(deps),
    getImport(deps),
    getErrors(deps),
    getEvents(deps),
    postCommit(deps),
    postCancel(deps),
  ];
}

function postImport(deps: ImportRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports",
    tag: TAG,
    summary: "Import a CSV or XLSX file",
    description:
      'Multipart with the part `file`; the other fields may stand before or after it, or in the query. Or JSON `{ "source": "s3://bucket/key", "kind": … }` for an object of the configured bucket. 202 once the whole file is stored; a worker does the rest. Movements and counts need the permission imports:movements, the other kinds imports:catalogue. The same content sent again is 409 duplicate_import with import_id and import_url, unless force=true. Column names are matched without regard to case, spaces and signs, by common aliases, or by mapping. An empty cell, or a column that the file does not have, leaves a stored value as it is.',
    permission: ["imports:movements", "imports:catalogue"],
    query: uploadQuery,
    rawBody: {
      contentType: "multipart/form-data",
      schema: uploadForm,
      read: (c, caller) => readUpload(deps, c, ({ kind }) => refuseForbidden(caller, kind)),
    },
    answers: {
      202: { description: "The file is stored; its import begins.", schema: importDetailOut },
    },
    handler: async ({ caller, raw: { parameters, store } }) => {
      const row = await asProblem(async () =>
        acceptImport(deps, await store(), {
          kind: parameters.kind,
          mode: parameters.mode,
          format: parameters.format,
          mapping: parameters.mapping ?? {},
          onError: parameters.on_error,
          force: parameters.force,
          createdBy: caller.subject,
          warehouses: caller.warehouses,
        }),
      );
      return answerSteered(deps, row);
    },
  });
}

/** Wakes a worker and answers 202 with the import. */
async function answerSteered(deps: ImportRouteDeps, row: ImportRow): Promise<RouteAnswer> {
  await deps.wakeUps.wake([row.id]);
  const headers = { location: `/v1/imports/${row.id}` };
  return { status: 202, headers, body: await showImportDetail(deps.db, row) };
}

function refuseForbidden(caller: Caller, kind: ImportKind): void {
  const permission = permissionFor(kind);
  if (mayDo(caller, permission)) return;
  throw new AccessError(
    403,
    "forbidden",
    `imports of ${kind} need the permission "${permission}", which this token does not carry`,
  );
}

/** Whose eyes limit what is shown: imports of others, or sent with a token for more, may hold rows of other warehouses. */
function viewerOf({ subject, warehouses }: Caller): ImportViewer | undefined {
  return warehouses === undefined ? undefined : { createdBy: subject, warehouses };
}

async function readVisible(db: DbPool, caller: Caller, id: string): Promise<ImportRow> {
  const row = await importRead(db, { id, seenBy: viewerOf(caller) });
  if (row === undefined) throw new NotFoundError("import", id);
  return row;
}

function listImports({ db }: ImportRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports",
    tag: TAG,
    summary: "Imports, newest first",
    permission: "read",
    query: z.strictObject({ ...importFilter, ...pageQuery }),
    answers: { 200: { description: "The imports.", schema: pageOf(importOut) } },
    handler: async ({ query, caller }) => {
      const [beforeId] = decodeCursor(query.cursor, [isIdPart]) ?? [];
      const { kind, status, limit } = query;
      const filter = { kind, status, seenBy: viewerOf(caller), beforeId, limit: limit + 1 };
      const rows = await importsList(db, filter);
      return {
        status: 200,
        body: toPage(rows, { limit, keyOf: (row) => [row.id], show: showImport }),
      };
    },
  });
}

function getImport({ db }: ImportRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports/{id}",
    tag: TAG,
    summary: "Where an import stands",
    permission: "read",
    params,
    answers: { 200: { description: "The import.", schema: importDetailOut } },
    handler: async ({ params: { id }, caller }) => ({
      status: 200,
      body: await showImportDetail(db, await readVisible(db, caller, id)),
    }),
  });
}

function getErrors({ db }: ImportRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports/{id}/errors",
    tag: TAG,
    summary: "The rows that went wrong, as CSV",
    description:
      "The columns of the file plus error_row, error_code and error_detail, with the file's own delimiter: mend the rows and send the file again. Cells that a spreadsheet would run as a formula begin with an apostrophe, which an import takes off again.",
    permission: "read",
    params,
    answers: { 200: { description: "CSV.", schema: z.string(), contentType: "text/csv" } },
    handler: async ({ params: { id }, caller }) => {
      const row = await readVisible(db, caller, id);
      const body = Readable.toWeb(Readable.from(encode(errorFile(db, row))));
      return new Response(body as ReadableStream<Uint8Array>, {
        headers: {
          "content-type": "text/csv; charset=utf-8",
          "content-disposition": `attachment; filename="import-${id}-errors.csv"`,
        },
      });
    },
  });
}

async function* encode(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  for await (const text of texts) yield Buffer.from(text);
}

function getEvents({ db }: ImportRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports/{id}/events",
    tag: TAG,
    summary: "Progress of an import as server-sent events",
    description:
      'Events "progress" whenever the import moves, then one "end" with its final state; the data is the import as lists show it.',
    permission: "read",
    params,
    answers: {
      200: { description: "Events.", schema: z.string(), contentType: "text/event-stream" },
    },
    handler: async ({ params: { id }, caller, c }) => {
      await readVisible(db, caller, id);
      return streamProgress(c, () => readVisible(db, caller, id));
    },
  });
}

function postCommit(deps: ImportRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports/{id}/commit",
    tag: TAG,
    summary: "Make a finished dry run the real thing",
    description: "The rows that were read are checked against the catalogue anew and applied.",
    permission: ["imports:movements", "imports:catalogue"],
    params,
    answers: { 202: { description: "The import goes on.", schema: importDetailOut } },
    handler: async ({ params: { id }, caller }) => {
      refuseForbidden(caller, kindOf(await readVisible(deps.db, caller, id)));
      return answerSteered(deps, await commitImport(deps.db, id));
    },
  });
}

function postCancel(deps: ImportRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports/{id}/cancel",
    tag: TAG,
    summary: "Stop an import",
    description:
      "Before anything is applied it ends at once; while it is applied, what is on its way still gets its outcome, and the other rows are skipped. What was applied stays.",
    permission: ["imports:movements", "imports:catalogue"],
    params,
    answers: { 202: { description: "The import ends.", schema: importDetailOut } },
    handler: async ({ params: { id }, caller }) => {
      refuseForbidden(caller, kindOf(await readVisible(deps.db, caller, id)));
      return answerSteered(deps, await cancelImport(deps.db, id));
    },
  });
}
