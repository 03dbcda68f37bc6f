/** /v1/users: who may sign in, with which roles, in which warehouses. For administrators of all warehouses. */
import { deriveId } from "../../domain/deriveId.ts";
import {
  createUser,
  endSessions,
  patchUser,
  readUser,
  listUsers as readUsers,
  resetPassword,
  type UserDeps,
  type UserRow,
} from "../../pipelines/identity/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { newId } from "../../platform/clock.ts";
import { entityTag, versionFromIfMatch } from "../http/entityTag.ts";
import { decodeCursor, isIdPart, pageOf, toPage } from "../http/pagination.ts";
import { defineRoute, type Route, type RouteAnswer } from "../http/route.ts";
import { refuseLimitedCaller } from "../http/warehouseLimit.ts";
import {
  endedOut,
  passwordBody,
  userCreate,
  userOut,
  userParams,
  userPatch,
  usersQuery,
} from "./schema.ts";

const TAG = "Users";
const PATH = "/v1/users";
const MEMBER = { tag: TAG, permission: "users:manage", params: userParams } as const;

/** The routes of users. */
export function userRoutes(deps: UserDeps): Route[] {
  return [listUsers(deps), postUser(deps), getUser(deps), changeUser(deps), ...accessRoutes(deps)];
}

function listUsers(deps: UserDeps): Route {
  return defineRoute({
    method: "get",
    path: PATH,
    tag: TAG,
    summary: "List users",
    permission: "users:manage",
    query: usersQuery,
    answers: { 200: { description: "A page, oldest first.", schema: pageOf(userOut) } },
    handler: async ({ query, caller }) => {
      refuseLimitedAdmin(caller);
      const { limit, cursor, status, email } = query;
      const after = decodeCursor(cursor, [isIdPart])?.[0];
      const rows = await readUsers(deps, { after, limit: limit + 1, status, email });
      return { status: 200, body: toPage(rows, { limit, keyOf: (row) => [row.id], show }) };
    },
  });
}

function postUser(deps: UserDeps): Route {
  return defineRoute({
    method: "post",
    path: PATH,
    tag: TAG,
    summary: "Create a user",
    permission: "users:manage",
    idempotency: { bodySecret: "password", sealed: true },
    body: userCreate,
    answers: {
      201: {
        description: "Created; Location and ETag name it.",
        schema: userOut,
        headers: ["ETag", "Location"],
      },
    },
    handler: async ({ body, caller, idempotencyScope }) => {
      refuseLimitedAdmin(caller);
      const id = idempotencyScope === undefined ? newId() : deriveId(`${idempotencyScope}\nuser`);
      const { warehouses = null, password, ...fields } = body;
      const row = await createUser(deps, { ...fields, id, warehouses, password });
      return {
        status: 201,
        body: show(row),
        headers: { location: `${PATH}/${row.id}`, etag: entityTag(row.version) },
      };
    },
  });
}

function getUser(deps: UserDeps): Route {
  return defineRoute({
    ...MEMBER,
    method: "get",
    path: `${PATH}/{id}`,
    summary: "Read a user",
    answers: { 200: { description: "The user.", schema: userOut, headers: ["ETag"] } },
    handler: async ({ params, caller }) => {
      refuseLimitedAdmin(caller);
      return answerUser(await readUser(deps, params.id));
    },
  });
}

function changeUser(deps: UserDeps): Route {
  return defineRoute({
    ...MEMBER,
    method: "patch",
    path: `${PATH}/{id}`,
    summary: "Change a user",
    description:
      'Roles and warehouses count from the answer on, also for tokens that are out; status "disabled" ends all sessions. With If-Match the write happens only if the user is still at that version, else 412. Answers 409 last_admin where nobody would be left to administer all warehouses.',
    body: userPatch,
    reads: ["If-Match"],
    answers: { 200: { description: "As it is now.", schema: userOut, headers: ["ETag"] } },
    handler: async ({ params, body, caller, c }) => {
      refuseLimitedAdmin(caller);
      const ifMatch = versionFromIfMatch(c.req.header("if-match"));
      return answerUser(await patchUser(deps, { id: params.id, ifMatch, change: body }));
    },
  });
}

function accessRoutes(deps: UserDeps): Route[] {
  const password = defineRoute({
    ...MEMBER,
    method: "post",
    path: `${PATH}/{id}/password`,
    summary: "Set a user's password",
    description: "Ends all sessions of the user.",
    idempotency: { bodySecret: "password" },
    body: passwordBody,
    answers: { 204: { description: "Set." } },
    handler: async ({ params, body, caller }) => {
      refuseLimitedAdmin(caller);
      await resetPassword(deps, { id: params.id, password: body.password });
      return { status: 204 };
    },
  });
  const sessions = defineRoute({
    ...MEMBER,
    method: "post",
    path: `${PATH}/{id}/sign-out`,
    summary: "End all sessions of a user",
    answers: { 200: { description: "Ended.", schema: endedOut } },
    handler: async ({ params, caller }) => {
      refuseLimitedAdmin(caller);
      return { status: 200, body: { ended: await endSessions(deps, params.id) } };
    },
  });
  return [password, sessions];
}

/** Who is limited to warehouses could lift the limit by way of another user. */
function refuseLimitedAdmin(caller: Caller): void {
  refuseLimitedCaller(caller, "users may be given all of them");
}

function show(row: UserRow): Record<string, unknown> {
  return { ...row };
}

function answerUser(row: UserRow): RouteAnswer {
  return { status: 200, body: show(row), headers: { etag: entityTag(row.version) } };
}
