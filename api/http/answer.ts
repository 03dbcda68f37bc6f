/**
 * The one way an answer gets its headers. An answer of ours is built with all of them at once, as a plain record, which Node
 * writes as it is; only a Response that a handler made itself (streams, downloads) is given them one by one.
 */
import type { Acting } from "../../platform/acting.ts";
import type { Verdict } from "../../platform/rateLimiter.ts";
import type { RouteAnswer } from "./route.ts";

/** An answer whose body is text, before the headers that every answer has. */
export interface TextAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** "" for none. */
  readonly body: string;
}

const POLICY = "content-security-policy";

/** What every answer carries: it is for this origin only, is what it says it is, and is never framed or run as a page of ours. */
const SECURITY_HEADERS = {
  [POLICY]:
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "DENY",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
} as const;

/** Writes what a handler answered as text; a Response stays as it is. */
export function toTextAnswer(answer: RouteAnswer): TextAnswer | Response {
  if (answer instanceof Response) return answer;
  const { status, headers } = answer;
  if (answer.body === undefined) return { status, headers: headers ?? {}, body: "" };
  return {
    status,
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(answer.body),
  };
}

/** What is known of a request beside its answer. */
export interface Marks {
  readonly requestId: string;
  /** What the limit of requests said; undefined where none counts. */
  verdict: Verdict | undefined;
  /** Who called, once that is known. */
  subject: string | undefined;
  /** In whose name it acts, of a request that may change what is audited. */
  acting: Acting | undefined;
}

/** Makes the response: the answer's own headers, the request's id, its limit, no-store unless it says otherwise, and the security headers. */
export function toResponse(answer: TextAnswer | Response, marks: Marks): Response {
  if (answer instanceof Response) return complete(answer, marks);
  const { status, headers, body } = answer;
  const { requestId, verdict } = marks;
  // Spreads come last: V8 takes twenty times as long for members that are added after one.
  return new Response(body === "" ? null : body, {
    status,
    headers:
      verdict === undefined
        ? {
            "x-request-id": requestId,
            "cache-control": "no-store",
            ...headers,
            ...SECURITY_HEADERS,
          }
        : {
            "x-request-id": requestId,
            "cache-control": "no-store",
            "ratelimit-limit": String(verdict.limit),
            "ratelimit-remaining": String(verdict.remaining),
            "ratelimit-reset": String(verdict.resetSeconds),
            ...headers,
            ...SECURITY_HEADERS,
          },
  });
}

function complete(response: Response, { requestId, verdict }: Marks): Response {
  const { headers } = response;
  const ownPolicy = headers.get(POLICY); // a page's, which is stricter
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  if (ownPolicy !== null) headers.set(POLICY, ownPolicy);
  headers.set("x-request-id", requestId);
  if (verdict !== undefined) {
    headers.set("ratelimit-limit", String(verdict.limit));
    headers.set("ratelimit-remaining", String(verdict.remaining));
    headers.set("ratelimit-reset", String(verdict.resetSeconds));
  }
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return response;
}
