/** In whose name a changing request acts, for the audit trail. */
import type { Context as HonoContext } from "hono";
import type { Caller } from "../../platform/accessTokens.ts";
import { type Acting, actAs } from "../../platform/acting.ts";
import type { Marks } from "./answer.ts";
import type { AppEnv, Route } from "./route.ts";

const FORWARDED_CHARS_MAX = 100;

/**
 * Runs the rest of a request in its caller's name. Reads and movements go without: they change nothing that is audited (the ledger
 * is its own trail), and they are what comes by thousands a second.
 */
export function inNameOf<T>(
  request: { readonly route: Route; readonly c: HonoContext<AppEnv>; readonly marks: Marks },
  caller: Caller,
  rest: () => T,
): T {
  const { route, c, marks } = request;
  if (route.method === "get" || route.permission === "movements:write") return rest();
  const author: Acting = {
    actor: caller.subject,
    request_id: marks.requestId,
    address: addressOf(c),
    via: `${route.method} ${route.path}`,
  };
  marks.acting = author;
  return actAs(author, rest);
}

/** The peer of the connection, and for whom it says it speaks (a proxy's word, not checked). */
function addressOf(c: HonoContext<AppEnv>): string | undefined {
  const peer = peerOf(c.env);
  const forwarded = c.req.header("x-forwarded-for")?.slice(0, FORWARDED_CHARS_MAX);
  return forwarded === undefined ? peer : `${peer ?? "unknown"} for ${forwarded}`;
}

/** Node's adapter hands the request on in the environment; requests of tests have none. */
function peerOf(env: unknown): string | undefined {
  const incoming: unknown = Reflect.get(Object(env), "incoming");
  const socket: unknown = Reflect.get(Object(incoming), "socket");
  const address: unknown = Reflect.get(Object(socket), "remoteAddress");
  return typeof address === "string" ? address : undefined;
}
