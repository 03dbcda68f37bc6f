/**
 * /v1/auth: signing in, going on, signing out, tokens of machine clients. No answer here is kept under an Idempotency-Key, since
 * it would keep tokens: a repeated sign-in opens another session, signing out twice is the same as once.
 */
import { ConflictError } from "../../domain/errors.ts";
import { mayDo, PERMISSIONS } from "../../domain/roles.ts";
import {
  changeOwnPassword,
  type OpenSession,
  refreshSession,
  signIn,
  signOut,
  signOutByToken,
} from "../../pipelines/identity/index.ts";
import type { Caller, TokenSigner } from "../../platform/accessTokens.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { Access } from "../http/access.ts";
import { authenticate } from "../http/authorize.ts";
import { AccessError } from "../http/problem.ts";
import { defineRoute, type Route } from "../http/route.ts";
import { ownSigner } from "./ownSigner.ts";
import {
  loginBody,
  logoutBody,
  meOut,
  ownPasswordBody,
  refreshBody,
  sessionOut,
} from "./schema.ts";
import { countAttempt, forgetAttempts } from "./signInThrottle.ts";
import { tokenRoute } from "./tokenRoute.ts";

export interface AuthDeps {
  readonly db: DbPool;
  readonly access: Access;
}

/** Long enough to be cached well, short enough to be harmless where a bearer's rights can't be looked up (partner services). */
const ACCESS_SECONDS = 900;
const SHARED = { tag: "Sign-in", idempotency: "never", rateClass: "sign_in" } as const;

/** The routes of signing in. */
export function authRoutes(deps: AuthDeps): Route[] {
  return [
    login(deps),
    refresh(deps),
    logout(deps),
    tokenRoute(deps, ACCESS_SECONDS),
    me(),
    ownPassword(deps),
  ];
}

function login({ db, access }: AuthDeps): Route {
  return defineRoute({
    ...SHARED,
    method: "post",
    path: "/v1/auth/login",
    summary: "Sign in",
    description:
      "A wrong address, a wrong password and a disabled user are answered alike (401 credentials_invalid). Attempts are limited by account and by address (429).",
    permission: "public",
    body: loginBody,
    answers: { 200: { description: "Signed in.", schema: sessionOut } },
    handler: async ({ body }) => {
      const signer = ownSigner(access);
      await countAttempt(access, body.email);
      const session = await signIn({ db, ...access }, body);
      if (session === undefined) {
        throw new AccessError(401, "credentials_invalid", "e-mail address or password is wrong");
      }
      await forgetAttempts(access, body.email);
      return { status: 200, body: await tokensOf(session, signer) };
    },
  });
}

function refresh({ db, access }: AuthDeps): Route {
  return defineRoute({
    ...SHARED,
    method: "post",
    path: "/v1/auth/refresh",
    summary: "Exchange a refresh token for new tokens",
    description:
      "Each refresh token is good once. One that comes a second time ends the session with all its tokens (401 refresh_token_reused): one of the two who had it had stolen it.",
    permission: "public",
    body: refreshBody,
    answers: { 200: { description: "New tokens.", schema: sessionOut } },
    handler: async ({ body }) => {
      const signer = ownSigner(access);
      const session = await refreshSession({ db, ...access }, body.refresh_token);
      if (session === "reused") {
        const detail =
          "the refresh token was exchanged before; its session has ended, sign in again";
        throw new AccessError(401, "refresh_token_reused", detail);
      }
      if (session === "invalid") {
        const detail = "the refresh token is not valid (any more); sign in again";
        throw new AccessError(401, "refresh_token_invalid", detail);
      }
      return { status: 200, body: await tokensOf(session, signer) };
    },
  });
}

function logout({ db, access }: AuthDeps): Route {
  return defineRoute({
    ...SHARED,
    method: "post",
    path: "/v1/auth/logout",
    summary: "Sign out",
    description:
      "Ends the session of the access token, or of the refresh token in the body. Its tokens are refused by every instance from the answer on.",
    permission: "public",
    body: logoutBody,
    answers: { 204: { description: "Signed out." } },
    handler: async ({ body, c }) => {
      const deps = { db, ...access };
      if (body.refresh_token !== undefined) await signOutByToken(deps, body.refresh_token);
      else {
        const caller = await authenticate(access, c.req.header("authorization"));
        await signOut(deps, sessionOf(caller));
      }
      return { status: 204 };
    },
  });
}

function me(): Route {
  return defineRoute({
    method: "get",
    path: "/v1/auth/me",
    tag: SHARED.tag,
    summary: "Who am I, and what may I do",
    permission: "signed-in",
    answers: { 200: { description: "The bearer of the token.", schema: meOut } },
    handler: async ({ caller }) => ({
      status: 200,
      body: {
        subject: caller.subject,
        roles: caller.roles,
        permissions: PERMISSIONS.filter((permission) => mayDo(caller, permission)),
        warehouses: caller.warehouses ?? null,
        session: caller.bearer?.startsWith("session:") === true,
      },
    }),
  });
}

function ownPassword({ db, access }: AuthDeps): Route {
  return defineRoute({
    ...SHARED,
    method: "post",
    path: "/v1/auth/password",
    summary: "Change one's own password",
    description: "The user's other sessions end.",
    permission: "signed-in",
    body: ownPasswordBody,
    answers: { 204: { description: "Changed." } },
    handler: async ({ body, caller }) => {
      const sessionId = sessionOf(caller);
      await countAttempt(access, caller.subject);
      const changed = await changeOwnPassword(
        { db, ...access },
        {
          userId: caller.subject,
          sessionId,
          current: body.current_password,
          next: body.password,
        },
      );
      if (!changed)
        throw new AccessError(403, "credentials_invalid", "the current password is wrong");
      await forgetAttempts(access, caller.subject);
      return { status: 204 };
    },
  });
}

/** Id of the caller's session; throws ConflictError where the token is of none. */
function sessionOf(caller: Caller): string {
  const id = /^session:(.+)$/.exec(caller.bearer ?? "")?.[1];
  if (id !== undefined) return id;
  throw new ConflictError({
    code: "no_session",
    detail: "the access token is of no session: it was not got by signing in with a password",
  });
}

async function tokensOf(session: OpenSession, sign: TokenSigner) {
  const { sessionId, userId, refreshToken, rights } = session;
  const { roles, warehouses } = rights;
  return {
    access_token: await sign({
      subject: userId,
      roles,
      warehouses,
      session: sessionId,
      lifetimeSeconds: ACCESS_SECONDS,
    }),
    token_type: "Bearer",
    expires_in: ACCESS_SECONDS,
    refresh_token: refreshToken,
  };
}
