/**
 * Which problem codes a route may answer with, by status. What every route of its kind can meet (tokens, bodies, keys, limits, backends)
 * follows from its declaration; what is its own stands in api/problemTable.ts. The OpenAPI document and the tests' client read this alone.
 */
import { z } from "zod";
import { PROBLEM_TABLE, type ProblemCodes } from "../problemTable.ts";
import type { Route } from "./route.ts";

/** Any route: what nobody foresaw. */
const ALWAYS: ProblemCodes = { 500: ["internal_error"] };
const DATABASE: ProblemCodes = { 503: ["database_unavailable", "database_silent"] };
const LIMITED: ProblemCodes = { 429: ["rate_limited"] };
const KNOWN_CALLER: ProblemCodes = {
  401: ["token_missing", "token_malformed", "token_invalid"],
  403: ["forbidden"],
  503: ["issuer_unavailable"],
};
const ANY_INPUT: ProblemCodes = { 422: ["nul_char"] };
const BODY: ProblemCodes = {
  400: ["json_malformed", "duplicate_key", "json_too_deep", "json_too_many_values", "bad_unicode"],
  408: ["request_timeout"],
  413: ["body_too_large"],
  415: ["unsupported_media_type", "unsupported_encoding"],
  422: ["number_unsafe"],
};
const WRITE: ProblemCodes = { 503: ["commit_unknown"] };
const KEYED: ProblemCodes = {
  409: ["idempotency_key_in_flight"],
  422: ["idempotency_key_length", "idempotency_key_reused"],
};
const ADDRESSED: ProblemCodes = { 404: ["not_found"] };
const PAGED: ProblemCodes = { 422: ["cursor_invalid"] };
const MATCHED: ProblemCodes = { 400: ["if_match_malformed"], 412: ["stale_version"] };
/** What a schema refuses with, beside the codes of its own refinements; validation_failed where several fields are wrong. */
const CHECKED: ProblemCodes = {
  422: [
    "validation_failed",
    "required",
    "wrong_type",
    "too_big",
    "too_small",
    "wrong_format",
    "not_allowed",
    "invalid",
    "unknown_field",
  ],
};

/** The codes of a route, sorted, by status. */
export function problemCodesOf(route: Route): ProblemCodes {
  const found = new Map<string, Set<string>>();
  for (const codes of [...kindsOf(route), PROBLEM_TABLE[`${route.method} ${route.path}`] ?? {}]) {
    for (const [status, some] of Object.entries(codes)) {
      const known = found.get(status) ?? new Set();
      for (const code of some) known.add(code);
      found.set(status, known);
    }
  }
  return Object.fromEntries(
    [...found]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([status, codes]) => [status, [...codes].sort()]),
  );
}

function kindsOf(route: Route): ProblemCodes[] {
  const { params, query, body, rawBody } = route;
  const isPublic = route.permission === "public";
  const isWrite = route.method !== "get";
  const schemas = [params, query, body, rawBody?.schema].filter((schema) => schema !== undefined);
  const asked: [boolean, ProblemCodes][] = [
    [true, ALWAYS],
    [true, ANY_INPUT],
    [!isPublic || isWrite, DATABASE],
    [route.rateClass !== "none", LIMITED],
    [!isPublic, KNOWN_CALLER],
    [!isPublic, { 422: ["unknown_field"] }],
    [isWrite, BODY],
    [isWrite, WRITE],
    [route.method === "post" && route.idempotency !== "never", KEYED],
    [route.path.includes("{"), ADDRESSED],
    [route.reads?.includes("If-Match") === true, MATCHED],
    [query instanceof z.ZodObject && "cursor" in query.shape, PAGED],
    [schemas.length > 0, CHECKED],
    [true, { 422: schemas.flatMap((schema) => [...refinementCodes(schema)]) }],
  ];
  return asked.flatMap(([holds, codes]) => (holds ? [codes] : []));
}

/** The codes that refinements of a schema name in their params, wherever in it they stand. */
function refinementCodes(schema: z.ZodType): Set<string> {
  const codes = new Set<string>();
  const seen = new Set<unknown>();
  const visit = (value: unknown): void => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if ("_zod" in value) {
      visit(Object(value["_zod"]).def);
      return;
    }
    for (const [name, member] of Object.entries(value)) {
      if (name === "params" && typeof Object(member).code === "string")
        codes.add(Object(member).code);
      else visit(member);
    }
  };
  visit(schema);
  return codes;
}
