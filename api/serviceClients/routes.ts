/** /v1/service-clients: machine clients with scopes. For administrators of all warehouses. */
import { deriveId } from "../../domain/deriveId.ts";
import {
  createServiceClient,
  patchServiceClient,
  readServiceClient,
  rotateSecret,
  type ServiceClientDeps,
  type ServiceClientRow,
  serviceClientsPage,
} from "../../pipelines/identity/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { newId } from "../../platform/clock.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { decodeCursor, isIdPart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { refuseLimitedCaller } from "../http/warehouseLimit.ts";
import {
  clientCreate,
  clientOut,
  clientParams,
  clientPatch,
  clientSecretOut,
  clientsQuery,
} from "./schema.ts";

const TAG = "Service clients";
const PATH = "/v1/service-clients";
const MEMBER = { tag: TAG, permission: "users:manage", params: clientParams } as const;
const SECRET = { answerSecret: "client_secret" } as const;

/** The routes of machine clients. */
export function serviceClientRoutes(deps: ServiceClientDeps): Route[] {
  return [
    listClients(deps),
    postClient(deps),
    getClient(deps),
    changeClient(deps),
    postSecret(deps),
  ];
}

function listClients({ db }: ServiceClientDeps): Route {
  return defineRoute({
    method: "get",
    path: PATH,
    tag: TAG,
    summary: "List service clients",
    permission: "users:manage",
    query: clientsQuery,
    answers: { 200: { description: "A page, oldest first.", schema: pageOf(clientOut) } },
    handler: async ({ query, caller }) => {
      refuseLimited(caller);
      const { limit, cursor } = query;
      const after = decodeCursor(cursor, [isIdPart])?.[0];
      const rows = await serviceClientsPage(db, { after, limit: limit + 1 });
      return { status: 200, body: toPage(rows, { limit, keyOf: (row) => [row.id], show }) };
    },
  });
}

function postClient(deps: ServiceClientDeps): Route {
  return defineRoute({
    method: "post",
    path: PATH,
    tag: TAG,
    summary: "Create a service client",
    description: "The secret is shown this once. A token is got with it at /v1/auth/token.",
    permission: "users:manage",
    idempotency: SECRET,
    body: clientCreate,
    answers: {
      201: {
        description: "Created; Location and ETag name it.",
        schema: clientSecretOut,
        headers: ["ETag", "Location"],
      },
    },
    handler: async ({ body, caller, idempotencyScope }) => {
      refuseLimited(caller);
      const id =
        idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\nservice client`);
      const { warehouses = null, ...fields } = body;
      const { client, secret } = await createServiceClient(deps, { ...fields, id, warehouses });
      return {
        status: 201,
        body: { ...show(client), client_secret: secret ?? null },
        headers: { location: `${PATH}/${client.id}`, etag: entityTag(client.version) },
      };
    },
  });
}

function getClient({ db }: ServiceClientDeps): Route {
  return defineRoute({
    ...MEMBER,
    method: "get",
    path: `${PATH}/{id}`,
    summary: "Read a service client",
    answers: { 200: { description: "The client.", schema: clientOut, headers: ["ETag"] } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      return answerClient(await readServiceClient(db, params.id));
    },
  });
}

function changeClient(deps: ServiceClientDeps): Route {
  return defineRoute({
    ...MEMBER,
    method: "patch",
    path: `${PATH}/{id}`,
    summary: "Change a service client",
    description:
      'What is taken away is refused from the answer on, also to tokens that are out; status "disabled" refuses all of them. With If-Match the write happens only if the client is still at that version, else 412.',
    body: clientPatch,
    reads: ["If-Match"],
    answers: { 200: { description: "As it is now.", schema: clientOut, headers: ["ETag"] } },
    handler: async ({ params, body, caller, c }) => {
      refuseLimited(caller);
      const ifMatch = versionFromIfMatch(c.req.header("if-match"));
      return answerClient(await patchServiceClient(deps, { id: params.id, ifMatch, change: body }));
    },
  });
}

function postSecret({ db }: ServiceClientDeps): Route {
  return defineRoute({
    ...MEMBER,
    method: "post",
    path: `${PATH}/{id}/secret`,
    summary: "Give a service client another secret",
    description: "The one before is refused from now on; tokens that are out stay valid.",
    idempotency: SECRET,
    answers: { 200: { description: "The client with its new secret.", schema: clientSecretOut } },
    handler: async ({ params, caller }) => {
      refuseLimited(caller);
      const { client, secret } = await rotateSecret(db, params.id);
      return { status: 200, body: { ...show(client), client_secret: secret ?? null } };
    },
  });
}

/** Who is limited to warehouses could lift the limit by way of a client. */
function refuseLimited(caller: Caller): void {
  refuseLimitedCaller(caller, "service clients may be given all of them");
}

function show(row: ServiceClientRow): Record<string, unknown> {
  return { ...row };
}

function answerClient(row: ServiceClientRow): RouteAnswer {
  return { status: 200, body: show(row), headers: { etag: entityTag(row.version) } };
}
