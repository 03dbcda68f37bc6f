/**
 * The API for one test file: the real application with the given routes, on a database and a Redis prefix of its own,
 * with tokens signed by a real local key. Requests go through app.request; nothing is mocked.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { createApp } from "../../api/app.ts";
import { type Access, createAccess } from "../../api/http/access.ts";
import type { Route } from "../../api/http/route.ts";
import type { Role } from "../../domain/roles.ts";
import { ensureSigningKey } from "../../local/signingKey.ts";
import { createTokenVerifier, signLocalToken } from "../../platform/accessTokens.ts";
import { type Config, readConfig } from "../../platform/config.ts";
import { type Context, createContext } from "../../platform/context.ts";
import { testBackends } from "./backends.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { declaredProblems } from "./declaredProblems.ts";
import { waitFor } from "./waitFor.ts";

export interface HarnessRequest {
  /** Sent as JSON; a string and a form (multipart) are sent as they are. */
  readonly body?: unknown;
  /** Role of the token; "none" sends no token. Default admin. */
  readonly role?: Role | "none";
  /** Scopes of a service token. */
  readonly scopes?: readonly string[];
  /** Codes of the warehouses that the token is limited to. */
  readonly warehouses?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

export interface HarnessAnswer {
  readonly status: number;
  /** Parsed JSON, or the text of anything else. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
  readonly body: any;
  readonly headers: Headers;
}

export interface ApiHarness {
  request(method: string, path: string, options?: HarnessRequest): Promise<HarnessAnswer>;
  /** As request, the answer as it comes: for streams. */
  fetch(method: string, path: string, options?: HarnessRequest): Promise<Response>;
  readonly context: Context;
  /** Variables that make another harness a further instance of the same product. */
  readonly sharedEnv: Readonly<Record<string, string>>;
  readonly database: TestDatabase;
  /** Stops what the context holds and removes the database. */
  close(): Promise<void>;
}

export interface ApiHarnessOptions {
  readonly routes?: (context: Context, access: Access) => Route[] | Promise<Route[]>;
  /** Further environment variables, e.g. another DATABASE_URL. */
  readonly env?: Readonly<Record<string, string>>;
  /** Leads the database's URL by way of a proxy. */
  readonly databaseThrough?: (url: string) => string;
}

function givenEnv(options: ApiHarnessOptions, { writerUrl }: TestDatabase) {
  const { databaseThrough = (url) => url, env } = options;
  return { DATABASE_URL: databaseThrough(writerUrl), ...env };
}

/** Builds the application; close it in afterAll. */
export async function createApiHarness(options: ApiHarnessOptions = {}): Promise<ApiHarness> {
  const backends = testBackends();
  const database = await createTestDatabase();
  const config = readConfig({
    ...backends.env,
    ...database.env,
    NODE_ENV: "test",
    LOG_LEVEL: "error",
    PASSWORD_SCRYPT_LN: "10", // quick: what is tested is not how long it takes
    REDIS_PREFIX: `test-${randomBytes(6).toString("hex")}`,
    JWT_KEY_FILE: await ensureSigningKey(mkdtempSync(join(backends.home, "api-"))),
    ...givenEnv(options, database),
  });
  const context = createContext("api", config);
  await waitFor("the Redis connection", () => context.redis.status === "ready");
  const verifier = await createTokenVerifier(config);
  const access = await createAccess(context, verifier);
  const routes = (await options.routes?.(context, access)) ?? [];
  const app = createApp({ context, access, routes });
  const tokenFor = createTokenMaker(config);
  const checkProblem = declaredProblems(routes);

  const fetch: ApiHarness["fetch"] = async (method, path, request = {}) => {
    const token = await tokenFor(request);
    return app.request(path, {
      method,
      ...sentOf(request, token),
    });
  };

  return {
    context,
    fetch,
    database,
    sharedEnv: {
      DATABASE_URL: config.DATABASE_URL,
      REDIS_PREFIX: config.REDIS_PREFIX,
      JWT_KEY_FILE: config.JWT_KEY_FILE ?? "",
    },
    request: async (method, path, request) => {
      const response = await fetch(method, path, request);
      const text = await response.text();
      const type = response.headers.get("content-type") ?? "";
      const body = /json/.test(type) && text !== "" ? JSON.parse(text) : text;
      const { status, headers } = response;
      if (type.startsWith("application/problem+json")) checkProblem({ method, path, status, body });
      return { status, body, headers };
    },
    close: async () => {
      await context.lifecycle.stop();
      await database.drop();
    },
  };
}

/** Headers and body as they are sent: JSON unless it is text or a form. */
function sentOf({ body, headers }: HarnessRequest, token: string | undefined) {
  const isForm = body instanceof FormData;
  return {
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined
      ? {}
      : { body: typeof body === "string" || isForm ? body : JSON.stringify(body) }),
  };
}

/** Signs each kind of token once. */
function createTokenMaker(config: Config) {
  const tokens = new Map<string, Promise<string>>();
  return ({ role = "admin", scopes, warehouses }: HarnessRequest) => {
    if (role === "none") return undefined;
    const name = JSON.stringify([role, scopes, warehouses]);
    const token =
      tokens.get(name) ??
      signLocalToken(config, {
        subject: `test-${role}`,
        roles: [role],
        ...(scopes === undefined ? {} : { scopes }),
        ...(warehouses === undefined ? {} : { warehouses }),
        lifetimeSeconds: 3_600,
      });
    tokens.set(name, token);
    return token;
  };
}
