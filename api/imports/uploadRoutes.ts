/** /v1/imports/uploads: files that a client sends straight to object storage, in parts, by signed links. */
import { z } from "zod";
import {
  abortUpload,
  beginUpload,
  completeUpload,
  type DirectUpload,
  type FaultDeps,
  IMPORT_PERMISSIONS,
  partsPage,
  type UploadParty,
} from "../../pipelines/import/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { WakeUps } from "../../platform/queues.ts";
import { idField, timeOut } from "../http/fields.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { asProblem } from "./readUpload.ts";
import { refuseForbidden } from "./refuseForbidden.ts";
import { importDetailOut, uploadParameters } from "./schema.ts";
import { showImportDetail } from "./showImport.ts";

interface UploadRouteDeps extends FaultDeps {
  readonly db: DbPool;
  readonly storage: ObjectStorage;
  readonly limits: FileLimits;
  readonly wakeUps: WakeUps;
}

const TAG = "Imports";
const params = z.object({ id: idField });
/** Links that one answer carries at most. */
const LINKS_MAX = 100;

const beginBody = z.strictObject({
  file_name: z.string().min(1).max(1_024),
  bytes: z.int().min(0).meta({ description: "Length of the whole file." }),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "64 hexadecimal digits")
    .optional()
    .meta({
      description:
        "Hash of the whole file. Known content is then refused before it is sent, and a file with another hash fails as sha256_mismatch.",
    }),
  kind: uploadParameters.shape.kind.optional(),
  force: uploadParameters.shape.force,
});

const uploadOut = z.object({
  id: z.string().meta({ description: "Also the id of the import that it becomes." }),
  file_name: z.string(),
  bytes: z.int(),
  part_bytes: z.int().meta({ description: "Length of every part but the last." }),
  parts_total: z.int(),
  parts: z
    .array(z.object({ number: z.int(), bytes: z.int(), url: z.string() }))
    .meta({ description: "PUT exactly `bytes` bytes of the file to `url`; keep the ETag header." }),
  next_part: z.int().nullable().meta({ description: "First part without a link here." }),
  links_expire_at: timeOut,
  expires_at: timeOut.meta({ description: "An upload that is not complete by then is given up." }),
});

const completeBody = uploadParameters.extend({
  parts: z
    .array(z.strictObject({ number: z.int().min(1).max(10_000), etag: z.string().max(200) }))
    .min(1)
    .max(10_000)
    .meta({ description: "Every part once, with the ETag that its PUT answered." }),
});

/** Routes of direct uploads. */
export function uploadRoutes(deps: UploadRouteDeps): Route[] {
  return [postUpload(deps), getParts(deps), postComplete(deps), deleteUpload(deps)];
}

function partyOf({ subject, roles, warehouses }: Caller): UploadParty {
  return { subject, isAdmin: roles.includes("admin"), roles, warehouses };
}

function show({ row, partsTotal, parts, nextPart, linkSeconds }: DirectUpload) {
  return {
    id: row.id,
    file_name: row.file_name,
    bytes: row.bytes_total,
    part_bytes: row.part_bytes,
    parts_total: partsTotal,
    parts,
    next_part: nextPart ?? null,
    links_expire_at: new Date(Date.now() + linkSeconds * 1_000),
    expires_at: row.expires_at,
  };
}

function postUpload(deps: UploadRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports/uploads",
    tag: TAG,
    summary: "Begin to send a file straight to object storage",
    description:
      "For large files, and for senders that may be cut off: the file goes to the storage in parts, side by side if you like, by links that live an hour (ask for further or fresh ones); each part may be sent again. Then complete the upload. 413 past IMPORT_BYTES_MAX. With sha256 and kind, content that was imported before is 409 duplicate_import, unless force=true.",
    permission: IMPORT_PERMISSIONS,
    body: beginBody,
    answers: { 201: { description: "Send the parts.", schema: uploadOut } },
    handler: async ({ body, caller }) => {
      if (body.kind !== undefined) refuseForbidden(caller, body.kind);
      const upload = await asProblem(() =>
        beginUpload(deps, partyOf(caller), {
          fileName: body.file_name,
          bytes: body.bytes,
          sha256: body.sha256 === undefined ? undefined : Buffer.from(body.sha256, "hex"),
          kind: body.kind,
          force: body.force,
          partsMax: LINKS_MAX,
        }),
      );
      return { status: 201, body: show(upload) };
    },
  });
}

function getParts(deps: UploadRouteDeps): Route {
  return defineRoute({
    method: "get",
    path: "/v1/imports/uploads/{id}/parts",
    tag: TAG,
    summary: "Links of further parts, or fresh ones",
    permission: IMPORT_PERMISSIONS,
    params,
    query: z.strictObject({
      from: z.coerce.number().int().min(1).max(10_000).default(1),
      limit: z.coerce.number().int().min(1).max(LINKS_MAX).default(LINKS_MAX),
    }),
    answers: { 200: { description: "The links.", schema: uploadOut } },
    handler: async ({ params: { id }, query, caller }) => ({
      status: 200,
      body: show(await partsPage(deps, partyOf(caller), { id, ...query })),
    }),
  });
}

function postComplete(deps: UploadRouteDeps): Route {
  return defineRoute({
    method: "post",
    path: "/v1/imports/uploads/{id}/complete",
    tag: TAG,
    summary: "Import the file whose parts were sent",
    description:
      "The parts become one file, and the import begins under the upload's id; a worker hashes and judges the file first. A repeat answers the same import, so after a cut connection simply ask again. A fault of the parameters leaves the upload open.",
    permission: IMPORT_PERMISSIONS,
    params,
    body: completeBody,
    answers: {
      202: { description: "The import begins.", schema: importDetailOut, headers: ["Location"] },
    },
    handler: async ({ params: { id }, body, caller }) => {
      refuseForbidden(caller, body.kind);
      const row = await asProblem(() =>
        completeUpload(deps, partyOf(caller), {
          id,
          parts: body.parts,
          kind: body.kind,
          mode: body.mode,
          format: body.format,
          mapping: body.mapping ?? {},
          onError: body.on_error,
          force: body.force,
          stopAfterErrors: body.stop_after_errors,
        }),
      );
      await deps.wakeUps.wake([row.id]);
      const headers = { location: `/v1/imports/${row.id}` };
      return { status: 202, headers, body: await showImportDetail(deps, row) };
    },
  });
}

function deleteUpload(deps: UploadRouteDeps): Route {
  return defineRoute({
    method: "delete",
    path: "/v1/imports/uploads/{id}",
    tag: TAG,
    summary: "Give an upload up",
    description: "Its parts are removed. 409 once it is completed: cancel its import instead.",
    permission: IMPORT_PERMISSIONS,
    params,
    answers: { 204: { description: "Given up; also when it was before." } },
    handler: async ({ params: { id }, caller }) => {
      await abortUpload(deps, partyOf(caller), id);
      return { status: 204 };
    },
  });
}
