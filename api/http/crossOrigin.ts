/** Pages of other origins (CORS): those of the allow list may call the API and read its answers, nobody else. No cookies are involved. */
import type { Context as HonoContext } from "hono";
import type { TextAnswer } from "./answer.ts";
import type { AppEnv } from "./route.ts";

const METHODS = "GET, POST, PATCH, PUT, DELETE";
const REQUEST_HEADERS =
  "Authorization, Content-Type, Idempotency-Key, If-Match, Prefer, Cache-Control, X-Request-Id";
const ANSWER_HEADERS =
  "ETag, Location, Retry-After, Idempotency-Replayed, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, RateLimit-Policy, WWW-Authenticate";
const PREFLIGHT_SECONDS = "600";

/** Lets a page of the origin read the answer where the origin is on the list. */
export function letOriginRead(
  response: Response,
  origin: string,
  origins: ReadonlySet<string>,
): void {
  if (origins.size === 0) return;
  response.headers.append("vary", "Origin");
  if (!origins.has(origin)) return;
  response.headers.set("access-control-allow-origin", origin);
  response.headers.set("access-control-expose-headers", ANSWER_HEADERS);
}

/** Answer of a preflight request of an origin of the list; undefined for every other request. */
export function answerPreflight(
  c: HonoContext<AppEnv>,
  origins: ReadonlySet<string>,
): TextAnswer | undefined {
  const isPreflight =
    c.req.method === "OPTIONS" && c.req.header("access-control-request-method") !== undefined;
  if (!isPreflight || !origins.has(c.req.header("origin") ?? "")) return undefined;
  return {
    status: 204,
    headers: {
      "access-control-allow-methods": METHODS,
      "access-control-allow-headers": REQUEST_HEADERS,
      "access-control-max-age": PREFLIGHT_SECONDS,
    },
    body: "",
  };
}
