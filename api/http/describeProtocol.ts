/**
 * What the OpenAPI document says of every operation alike: request headers, problem answers by status, answer headers. Only what
 * the route's declaration and the shared handling (mountRoutes.ts, problem.ts) really do.
 */
import type { ProblemCodes } from "../problemTable.ts";
import { AccessError, titleOf, toProblem } from "./problem.ts";
import type { AnswerHeader, Route } from "./route.ts";

type Json = Readonly<Record<string, unknown>>;

const text = { type: "string" } as const;

const PARAMETERS = {
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    required: false,
    description:
      "Names this attempt: a repeat with the same key and body gets the first answer again, with Idempotency-Replayed: true; the same key with another request is 422 idempotency_key_reused.",
    schema: text,
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    required: false,
    description: "The ETag that the change is meant for; 412 where it has changed since.",
    schema: text,
  },
  Prefer: {
    name: "Prefer",
    in: "header",
    required: false,
    description: "wait=<seconds>, at most 30: wait for the final outcomes.",
    schema: { ...text, examples: ["wait=10"] },
  },
  CacheControl: {
    name: "Cache-Control",
    in: "header",
    required: false,
    description: "no-cache: the answer is made anew instead of taken from a cache.",
    schema: { ...text, examples: ["no-cache"] },
  },
} as const;

const HEADERS = {
  "X-Request-Id": {
    description:
      "Id of this request in our log; the client's own where it sent one of 8 to 128 characters.",
    schema: text,
  },
  "WWW-Authenticate": { description: "Bearer, and what is wrong with the token.", schema: text },
  "RateLimit-Limit": {
    description: "Requests of this class that a client may send at once.",
    schema: { type: "integer" },
  },
  "RateLimit-Remaining": {
    description: "How many of them are left now.",
    schema: { type: "integer" },
  },
  "RateLimit-Reset": {
    description: "Seconds until all of them are there again.",
    schema: { type: "integer" },
  },
  "Idempotency-Replayed": {
    description: "true: this is the first answer to that Idempotency-Key, once more.",
    schema: { ...text, enum: ["true"] },
  },
  ETag: { description: "Version of the entity, for If-Match.", schema: text },
  Location: { description: "Where what was made is read.", schema: text },
  "Preference-Applied": { description: "wait: the outcomes came in time.", schema: text },
  "Retry-After": {
    description: "Seconds to wait before the next attempt.",
    schema: { type: "integer" },
  },
} as const;

/** Problem answers by status: the name of the shared answer and what it says. */
const PROBLEMS = {
  400: ["Malformed", "The body, or a header, can't be read."],
  401: ["NotAuthenticated", "No bearer token, or none that is valid."],
  403: ["NotAllowed", "The token's role may not do this."],
  404: ["NotFound", "There is no such thing for this caller."],
  408: ["RequestTimeout", "The request did not come in time."],
  409: ["Conflict", "What is there forbids it; code says what."],
  412: ["StaleVersion", "If-Match names another version than the one that is there."],
  413: ["TooLarge", "The body is larger than this takes."],
  415: ["UnsupportedMedia", "The body is not of the type, or in the encoding, that this takes."],
  422: ["InvalidInput", "Fields are wrong; errors names each by its pointer."],
  429: [
    "TooManyRequests",
    "More requests than the client's limit allows: wait as Retry-After says.",
  ],
  500: ["Unforeseen", "Nobody foresaw it; it was logged under the request's id."],
  503: ["Unavailable", "A backend is away, or too much waits: try again after Retry-After."],
} as const;

/** The shared parts that operations refer to, for the document's components. */
export function sharedComponents(): Json {
  const responses = Object.entries(PROBLEMS).map(([status, [name, description]]) => [
    name,
    problemAnswer(description, Number(status)),
  ]);
  return { parameters: PARAMETERS, headers: HEADERS, responses: Object.fromEntries(responses) };
}

/** Parameters that are request headers: an Idempotency-Key for every POST, the others where the route reads them. */
export function headerParameters(route: Route): Json[] {
  const names: (keyof typeof PARAMETERS)[] = [];
  if (takesKey(route)) names.push("IdempotencyKey");
  if (route.reads?.includes("If-Match")) names.push("IfMatch");
  if (route.reads?.includes("Prefer")) names.push("Prefer");
  if (route.reads?.includes("Cache-Control")) names.push("CacheControl");
  return names.map((name) => ({ $ref: `#/components/parameters/${name}` }));
}

/** Problem answers by the statuses of a route's codes, and the default for all others. */
export function problemAnswers(codes: ProblemCodes): Json {
  const statuses = Object.keys(codes);
  const named = Object.entries(PROBLEMS)
    .filter(([status]) => statuses.includes(status))
    .map(([status, [name]]) => [status, { $ref: `#/components/responses/${name}` }]);
  return { ...Object.fromEntries(named), default: problemAnswer("A problem.", 500) };
}

/** Header objects of a route's own answer: its id, what the route declares, and that it may be a replay. */
export function answerHeaders(route: Route, declared: readonly AnswerHeader[]): Json {
  const replayed = takesKey(route) ? (["Idempotency-Replayed"] as const) : [];
  const limits = route.rateClass === "none" ? [] : LIMITS;
  return headersOf(["X-Request-Id", ...limits, ...declared, ...replayed]);
}

const LIMITS = ["RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"] as const;

function takesKey({ method, idempotency }: Route): boolean {
  return method === "post" && idempotency !== "never";
}

function headersOfProblem(status: number): (keyof typeof HEADERS)[] {
  const always = ["X-Request-Id", ...LIMITS] as const;
  if (status === 401 || status === 403) return [...always, "WWW-Authenticate"];
  return status === 503 || status === 429 ? [...always, "Retry-After"] : [...always];
}

function headersOf(names: readonly (keyof typeof HEADERS)[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function problemAnswer(description: string, status: number) {
  return {
    description,
    headers: headersOf(headersOfProblem(status)),
    content: {
      "application/problem+json": {
        schema: { $ref: "#/components/schemas/Problem" },
        example: problemExample(status),
      },
    },
  };
}

/** A code and a detail that answers of a status often have. */
const OFTEN: Readonly<Record<number, readonly [string, string]>> = {
  400: ["json_malformed", "the body is not valid JSON"],
  401: ["token_missing", "no access token; send Authorization: Bearer <token>"],
  403: ["forbidden", 'role viewer does not carry the permission "movements:write" that this needs'],
  404: ["not_found", 'item "sku:NONE" does not exist'],
  408: ["request_timeout", "the request did not come in time"],
  409: ["idempotency_key_in_flight", "the first request with this key has not been answered yet"],
  412: ["stale_version", "the item is at version 3, If-Match names 2"],
  413: ["body_too_large", "the body is larger than 16777216 bytes"],
  415: ["unsupported_media_type", "expected application/json"],
  422: ["quantity_sign", 'quantity "0" is not valid; expected more than 0'],
  429: ["rate_limited", "more requests of the class read than a client may send; try again in 1 s"],
  503: ["backlog_full", "too many movements wait to be applied; try again in 2 s"],
};

function problemExample(status: number): Json {
  const [code, detail] = OFTEN[status] ?? [
    "internal_error",
    "an unexpected failure; it was logged under the request's id",
  ];
  const problem = new AccessError(401, code, detail);
  const { body } = toProblem(problem, "/v1/items");
  const errors = status === 422 ? [{ pointer: "/quantity", code, detail }] : undefined;
  return { ...body, title: titleOf(status), status, ...(errors === undefined ? {} : { errors }) };
}
