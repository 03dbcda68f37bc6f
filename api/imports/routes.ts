/** POST /v1/imports takes a file in; the rest tells where its import stands, what went wrong, and steers it. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import {
  acceptImport,
  cancelImport,
  commitImport,
  IMPORT_PERMISSIONS,
  type ImportRow,
  type ImportViewer,
  importRead,
  importsList,
  kindOf,
} from "../../pipelines/import/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { WakeUps } from "../../platform/queues.ts";
import { idField } from "../http/fields.ts";
import { decodeCursor, isIdPart, pageOf, pageQuery, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { errorRoutes } from "./errorRoutes.ts";
import type { ProgressWatch } from "./progressWatch.ts";
import { asProblem, readUpload } from "./readUpload.ts";
import { refuseForbidden } from "./refuseForbidden.ts";
import {
  commitBody,
  importDetailOut,
  importFilter,
  importOut,
  uploadForm,
  uploadQuery,
} from "./schema.ts";
import { showImport, showImportDetail } from "./showImport.ts";
import { streamProgress } from "./streamProgress.ts";
import { templateRoutes } from "./templateRoutes.ts";
import type { UploadPace } from "./uploadPace.ts";
import { uploadRoutes } from "./uploadRoutes.ts";

export interface ImportRouteDeps {
  readonly db: DbPool;
  /** Opens rows that name persons. */
  readonly personal: PersonalData;
  readonly storage: ObjectStorage;
  /** Name of the configured bucket. */
  readonly bucket: string;
  /** How large a file may be. */
  readonly limits: FileLimits;
  /** Wake-ups of the queue "imports". */
  readonly wakeUps: WakeUps;
  /** How slow an upload may be. */
  readonly pace: UploadPace;
  /** Looks at imports for those who follow their progress. */
  readonly progress: ProgressWatch;
}

const TAG = "Imports";
const params = z.object({ id: idField });

/** Routes of imports. */
export function importRoutes(deps: ImportRouteDeps): Route[] {
  return [
    postImport(deps),
    listImports(deps),
    getImport(deps),
    getEvents(deps),
    postCommit(deps),
    postCancel(deps),
    ...errorRoutes({
      ...deps,
      readVisible: (caller, id) => readVisible(deps.db, caller, id),
    }),
    ...uploadRoutes(deps),
    ...templateRoutes(),
  ];
}

function postImport(deps: ImportRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports",
    tag: TAG,
    summary: "Import a CSV or XLSX file",
    description:
      'Multipart with the part `file`; the other fields may stand before or after it, or in the query. Or JSON `{ "source": "s3://bucket/key", "kind": … }` for an object of the configured bucket. 202 once the whole file is stored; a worker does the rest. Movements and counts need the permission imports:movements, purchase orders purchasing:write, the other kinds imports:catalogue. The same content sent again is 409 duplicate_import with import_id and import_url, unless force=true. Column names are matched without regard to case, spaces and signs, by common aliases, or by mapping. An empty cell, or a column that the file does not have, leaves a stored value as it is.',
    permission: IMPORT_PERMISSIONS,
    query: uploadQuery,
    rawBody: {
      contentType: "multipart/form-data",
      schema: uploadForm,
      read: (c, caller) => readUpload(deps, c, ({ kind }) => refuseForbidden(caller, kind)),
    },
    answers: {
      202: {
        description: "The file is stored; its import begins.",
        schema: importDetailOut,
        headers: ["Location"],
      },
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
          stopAfterErrors: parameters.stop_after_errors,
          createdBy: caller.subject,
          warehouses: caller.warehouses,
          approverRoles: caller.roles,
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
  return { status: 202, headers, body: await showImportDetail(deps, row) };
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

function getImport(deps: ImportRouteDeps): Route {
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
      body: await showImportDetail(deps, await readVisible(deps.db, caller, id)),
    }),
  });
}

function getEvents({ db, progress }: ImportRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports/{id}/events",
    tag: TAG,
    summary: "Progress of an import as server-sent events",
    description:
      'Events "progress" whenever the import moves, then one "end" with its final state; the data is the import as lists show it. A client that comes back with Last-Event-ID gets what is new since; one that has the end gets 204.',
    permission: "read",
    params,
    answers: {
      200: { description: "Events.", schema: z.string(), contentType: "text/event-stream" },
      204: { description: "The client has the end already." },
    },
    handler: async ({ params: { id }, caller, c }) => {
      const row = await readVisible(db, caller, id);
      return streamProgress({ watch: progress, row, lastEventId: c.req.header("last-event-id") });
    },
  });
}

function postCommit(deps: ImportRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports/{id}/commit",
    tag: TAG,
    summary: "Make a finished dry run the real thing",
    description:
      "The rows that were read are checked against the catalogue anew and applied. What fares otherwise than the dry run foresaw is told in changed_since_preview. The body may be left out.",
    permission: IMPORT_PERMISSIONS,
    params,
    body: commitBody,
    answers: {
      202: { description: "The import goes on.", schema: importDetailOut, headers: ["Location"] },
    },
    handler: async ({ params: { id }, body, caller }) => {
      refuseForbidden(caller, kindOf(await readVisible(deps.db, caller, id)));
      const wish = { ifChanged: body.if_changed, approverRoles: caller.roles };
      return answerSteered(deps, await commitImport(deps.db, id, wish));
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
    permission: IMPORT_PERMISSIONS,
    params,
    answers: {
      202: { description: "The import ends.", schema: importDetailOut, headers: ["Location"] },
    },
    handler: async ({ params: { id }, caller }) => {
      refuseForbidden(caller, kindOf(await readVisible(deps.db, caller, id)));
      return answerSteered(deps, await cancelImport(deps.db, id));
    },
  });
}
