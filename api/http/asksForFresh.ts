/** Cache-Control of a request: whether its answer must not come from a cache. */
import type { Context } from "hono";
import type { AppEnv } from "./route.ts";

/** True for Cache-Control: no-cache or no-store. */
export function asksForFresh(c: Context<AppEnv>): boolean {
  return /\bno-(?:cache|store)\b/i.test(c.req.header("cache-control") ?? "");
}
