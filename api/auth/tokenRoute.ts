/** POST /v1/auth/token: access tokens of machine clients (OAuth 2.0 client credentials, RFC 6749 section 4.4). */
import type { Context as HonoContext } from "hono";
import { z } from "zod";
import { InvalidInputError } from "../../domain/errors.ts";
import { validate } from "../../domain/validate.ts";
import { clientRights } from "../../pipelines/identity/index.ts";
import type { DbPool } from "../../platform/postgres.ts";
import type { Access } from "../http/access.ts";
import { AccessError } from "../http/problem.ts";
import { readBytes, readJsonBody } from "../http/readBody.ts";
import { type AppEnv, defineRoute, type Route } from "../http/route.ts";
import { ownSigner } from "./ownSigner.ts";
import { tokenBody, tokenOut } from "./schema.ts";
import { countAttempt, forgetAttempts } from "./signInThrottle.ts";

type Asked = z.output<typeof tokenBody>;

/** Declares the route. */
export function tokenRoute(
  { db, access }: { readonly db: DbPool; readonly access: Access },
  lifetimeSeconds: number,
): Route {
  return defineRoute({
    method: "post",
    path: "/v1/auth/token",
    tag: "Sign-in",
    summary: "Get an access token for a service client",
    description:
      "OAuth 2.0 client credentials: a form (application/x-www-form-urlencoded) or JSON with grant_type; client_id and client_secret in it or by HTTP Basic. The token carries the client's scopes, or those of them that `scope` names.",
    permission: "public",
    idempotency: "never",
    rateClass: "sign_in",
    rawBody: {
      contentType: "application/x-www-form-urlencoded",
      schema: tokenBody,
      read: async (c) => {
        const value = validate(tokenBody, await readAsked(c));
        return { value, content: null, discard: async () => undefined };
      },
    },
    answers: { 200: { description: "A token.", schema: tokenOut } },
    handler: async ({ raw, c }) => {
      const sign = ownSigner(access);
      const { id, secret } = credentialsOf(raw, c.req.header("authorization"));
      await countAttempt(access, id);
      const scopes = raw.scope?.split(" ").filter((scope) => scope !== "");
      const rights = await clientRights(db, { id, secret, scopes });
      if (rights === undefined) throw wrongClient();
      await forgetAttempts(access, id);
      if (rights === "scope") throw unknownScope(raw.scope ?? "");
      const token = await sign({ subject: id, client: id, lifetimeSeconds, ...rights });
      return {
        status: 200,
        body: {
          access_token: token,
          token_type: "Bearer",
          expires_in: lifetimeSeconds,
          scope: rights.scopes.join(" "),
        },
      };
    },
  });
}

const FORM_TYPE = /^application\/x-www-form-urlencoded\s*(?:;|$)/i;

async function readAsked(c: HonoContext<AppEnv>): Promise<unknown> {
  if (!FORM_TYPE.test(c.req.header("content-type") ?? "")) return (await readJsonBody(c)) ?? {};
  const form = new URLSearchParams(Buffer.from(await readBytes(c)).toString("utf8"));
  const names = [...form.keys()];
  const twice = names.find((name, nth) => names.indexOf(name) !== nth);
  if (twice === undefined) return Object.fromEntries(form);
  const detail = `field "${twice.slice(0, 40)}" is there twice; name each once`;
  throw new InvalidInputError([{ pointer: "", code: "duplicate_key", detail }], "duplicate_key");
}

const clientId = z.uuid();

/** The client by HTTP Basic (its parts form-encoded, RFC 6749 2.3.1), else by the body. */
function credentialsOf(asked: Asked, header: string | undefined): { id: string; secret: string } {
  const basic = /^Basic ([A-Za-z0-9+/=]{1,1000})$/i.exec(header ?? "")?.[1];
  const [id, secret] =
    basic === undefined
      ? [asked.client_id, asked.client_secret]
      : Buffer.from(basic, "base64").toString("utf8").split(":", 2).map(decodePart);
  // an id that is none of ours can't be looked up; it is answered as any wrong one
  if (secret === undefined || !clientId.safeParse(id).success) throw wrongClient();
  return { id: (id ?? "").toLowerCase(), secret };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part.replaceAll("+", " "));
  } catch {
    return "";
  }
}

function wrongClient(): AccessError {
  return new AccessError(401, "invalid_client", "client_id or client_secret is wrong");
}

function unknownScope(scope: string): InvalidInputError {
  const detail = `scope "${scope.slice(0, 100)}" names more than the client has; expected some of its scopes`;
  return new InvalidInputError(
    [{ pointer: "/scope", code: "invalid_scope", detail }],
    "invalid_scope",
  );
}
