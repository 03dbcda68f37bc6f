/** Turns declared routes into handlers: authorize, read and validate, replay idempotent answers, run. */
import type { Hono, Context as HonoContext } from "hono";
import { z } from "zod";
import { canonicalJson } from "../../domain/canonicalJson.ts";
import { InvalidInputError } from "../../domain/errors.ts";
import { validate } from "../../domain/validate.ts";
import {
  type Attempt,
  type KeptAnswer,
  settleIdempotencyKey,
  type Taken,
  takeIdempotencyKey,
} from "../../pipelines/idempotency/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { failPoint } from "../../platform/failPoints.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { readTraceparent, withTraceparent } from "../../platform/traceContext.ts";
import { ownTraceparent } from "../../platform/tracing.ts";
import type { Access } from "./access.ts";
import { type Marks, type TextAnswer, toTextAnswer } from "./answer.ts";
import { inNameOf } from "./author.ts";
import { ANONYMOUS, authenticate, permit } from "./authorize.ts";
import { isSealed, openAnswer, sealAnswer, withoutSecret } from "./keptAnswers.ts";
import { limitRate } from "./limitRate.ts";
import { toProblem } from "./problem.ts";
import { readJsonBody } from "./readBody.ts";
import type { AppEnv, ReadBody, Route, RouteInput } from "./route.ts";
import type { Serve } from "./serve.ts";

interface MountDeps {
  readonly access: Access;
  readonly db: DbPool;
  readonly serve: Serve;
}

/** Mounts the routes on the app. */
export function mountRoutes(app: Hono<AppEnv>, routes: readonly Route[], deps: MountDeps): void {
  for (const route of routes) {
    const path = route.path.replaceAll(/\{(\w+)\}/g, ":$1");
    app.on(route.method.toUpperCase(), path, (c) =>
      deps.serve(c, route.path, (marks) =>
        withTraceparent(ownTraceparent() ?? readTraceparent(c.req.header("traceparent")), () =>
          answerRoute(route, c, { ...deps, marks }),
        ),
      ),
    );
  }
}

interface RoutedRequest {
  readonly route: Route;
  readonly c: HonoContext<AppEnv>;
}

async function answerRoute(
  route: Route,
  c: HonoContext<AppEnv>,
  deps: MountDeps & { readonly marks: Marks },
): Promise<TextAnswer | Response> {
  const caller = await admit(route, c, deps);
  return inNameOf({ route, c, marks: deps.marks }, caller, () =>
    answerCaller({ route, c }, caller, deps),
  );
}

async function answerCaller(
  { route, c }: RoutedRequest,
  caller: Caller,
  deps: MountDeps,
): Promise<TextAnswer | Response> {
  refuseNul(c);
  const params =
    route.params === undefined ? undefined : validate(route.params, c.req.param(), "/path");
  refuseUnknownQuery(route, c);
  const query = route.query === undefined ? undefined : validate(route.query, queryOf(c), "/query");
  const { body, content, read } = await readBodyOf(route, c, caller);
  const input = {
    params,
    query,
    body,
    raw: read?.value,
    caller,
    idempotencyScope: undefined,
    c,
  };
  const takesKey = route.method === "post" && route.idempotency !== "never";
  const key = takesKey ? c.req.header("idempotency-key") : undefined;
  if (key === undefined)
    return toTextAnswer(await route.handler(input as RouteInput<never, never, never, never>));
  return answerOnce({ route, input, key, content, read, deps });
}

/** Lets in who may: known, within the limit of requests, allowed to do this; before anything else of the request is looked at. */
async function admit(
  route: Route,
  c: HonoContext<AppEnv>,
  { access, marks }: Pick<MountDeps, "access"> & { readonly marks: Marks },
): Promise<Caller> {
  const { permission } = route;
  if (permission === "public") {
    await limitRate(access, route, { caller: undefined, c, marks });
    return ANONYMOUS;
  }
  const caller = await authenticate(access, c.req.header("authorization"));
  marks.subject = caller.subject;
  await limitRate(access, route, { caller, c, marks });
  permit(caller, permission);
  return caller;
}

/** Reads the body as JSON and checks it, or lets the route read it. */
async function readBodyOf(route: Route, c: HonoContext<AppEnv>, caller: Caller) {
  if (route.rawBody !== undefined) {
    const read = await route.rawBody.read(c, caller);
    return { body: undefined, content: read.content, read };
  }
  const content = route.method === "get" ? undefined : await readJsonBody(c);
  const form = route.bodyForm?.(content) ?? route.body;
  const body = form === undefined ? undefined : validate(form, content ?? {});
  return { body, content, read: undefined };
}

/** No text of ours may hold NUL, which the database can't store; in a body parseJson refuses it. */
function refuseNul(c: HonoContext<AppEnv>): void {
  if (!c.req.url.includes("%00")) return;
  const detail =
    "the path or query holds the NUL character (%00), which no value has; leave it out";
  throw new InvalidInputError([{ pointer: "", code: "nul_char", detail }], "nul_char");
}

/** A misspelt parameter would be ignored in silence, and the answer be for another question. */
function refuseUnknownQuery(route: Route, c: HonoContext<AppEnv>): void {
  if (route.permission === "public" || !c.req.url.includes("?")) return;
  const known = route.query instanceof z.ZodObject ? Object.keys(route.query.shape) : [];
  if (route.query !== undefined && known.length === 0) return;
  const faults = Object.keys(c.req.queries())
    .filter((name) => !known.includes(name))
    .map((name) => ({
      pointer: `/query/${name.slice(0, 40)}`,
      code: "unknown_field",
      detail: `parameter "${name.slice(0, 40)}" is not known here; expected ${known.join(", ") || "none"}`,
    }));
  if (faults.length > 0) throw new InvalidInputError(faults, "unknown_field");
}

function queryOf(c: HonoContext<AppEnv>): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  for (const [name, values] of Object.entries(c.req.queries())) {
    query[name] = values.length === 1 ? (values[0] ?? "") : values;
  }
  return query;
}

interface OnceArgs {
  readonly route: Route;
  readonly input: Omit<RouteInput<unknown, unknown, unknown, unknown>, "idempotencyScope">;
  readonly key: string;
  /** What the client sent. */
  readonly content: unknown;
  /** The same, where the route read it itself. */
  readonly read: ReadBody<unknown> | undefined;
  readonly deps: MountDeps;
}

/** Runs the handler at most once for the key; the kept answer is replayed, also when it was a refusal. */
async function answerOnce(args: OnceArgs): Promise<TextAnswer> {
  const { route, input, key, deps } = args;
  const client = clientOf(input.caller);
  const { kept, run } = await takeKey(args, client);
  if (kept !== undefined) {
    const first = await openAnswer(deps.access.personal, { client, key }, kept);
    return { ...first, headers: { ...first.headers, "idempotency-replayed": "true" } };
  }
  let answer: KeptAnswer | undefined;
  let first: KeptAnswer | undefined;
  try {
    const handled = { ...input, idempotencyScope: `${client}\n${key}` };
    const handlerAnswer = await route.handler(handled as RouteInput<never, never, never, never>);
    answer = await toKept(toTextAnswer(handlerAnswer));
    first = answer;
    answer = withoutSecret(answer, route);
  } catch (thrown) {
    const problem = toProblem(thrown, input.c.req.path);
    answer = {
      status: problem.status,
      headers: problem.headers,
      body: JSON.stringify(problem.body),
    };
    if (problem.status >= 500) throw thrown;
  } finally {
    await settle(args, run, answer);
  }
  return first ?? answer;
}

async function settle(
  { route, deps }: OnceArgs,
  run: Attempt,
  answer: KeptAnswer | undefined,
): Promise<void> {
  failPoint("request.after_effect");
  const { personal } = deps.access;
  const kept = answer && (await sealAnswer(personal, { route, keyed: run, answer }));
  await settleIdempotencyKey(deps.db, run, kept);
  failPoint("request.after_kept");
}

/** The body as it is compared: a password is not kept, not even under a hash that is quick to try. */
async function comparable({ route, content, key, input, deps }: OnceArgs): Promise<unknown> {
  const secret = route.idempotency === "never" ? undefined : route.idempotency?.bodySecret;
  const given: unknown = secret === undefined ? undefined : Object(content)[secret];
  if (secret === undefined || typeof given !== "string") return content;
  const salt = `${clientOf(input.caller)}\n${key}`;
  const fingerprint = await deps.access.hasher.fingerprint(given, salt);
  return { ...Object(content), [secret]: fingerprint };
}

/** Takes the key; where the handler need not run, what was read is given up. */
async function takeKey(args: OnceArgs, client: string): Promise<Taken> {
  const { route, input, key, read, deps } = args;
  let mustRun = false;
  try {
    const content = await comparable(args);
    const request = `${route.method} ${input.c.req.path} ${canonicalJson(content ?? null)}`;
    const personal = namesPersons(route, request) ? deps.access.personal : undefined;
    await personal?.ready();
    const taken = await takeIdempotencyKey(deps.db, { client, key, request, personal });
    mustRun = taken.run !== undefined;
    return taken;
  } finally {
    if (!mustRun) await read?.discard();
  }
}

/** Whether a request speaks of a person: by its route, or by the customer of a movement in it. */
function namesPersons(route: Route, request: string): boolean {
  return isSealed(route) || CUSTOMER.test(request);
}

function clientOf(caller: Caller): string {
  return caller.subject;
}

/** A member of that name; within a text its quotes would be escaped. */
const CUSTOMER = /[{,]"customer":/;

const KEPT_HEADERS = ["content-type", "location", "etag"];

/** What of an answer is kept: it is the same the first time and when it is replayed. */
async function toKept(answer: TextAnswer | Response): Promise<KeptAnswer> {
  const isText = !(answer instanceof Response);
  const headers: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = isText ? answer.headers[name] : answer.headers.get(name);
    if (value !== undefined && value !== null) headers[name] = value;
  }
  return { status: answer.status, headers, body: isText ? answer.body : await answer.text() };
}
