/** Counts a request against its client's limit, before anything of it is read. */
import type { Context as HonoContext } from "hono";
import type { Caller } from "../../platform/accessTokens.ts";
import type { Verdict } from "../../platform/rateLimiter.ts";
import type { RateClass, RateLimit } from "../../platform/rateLimits.ts";
import type { Access } from "./access.ts";
import type { Marks } from "./answer.ts";
import { clientAddress } from "./clientAddress.ts";
import { RateLimitedError } from "./problem.ts";
import type { AppEnv, Route } from "./route.ts";

type Limiting = Pick<Access, "limiter" | "limits" | "trustedProxyHops">;

/** Throws RateLimitedError past the limit; notes in the marks what the answer will say of it. */
export async function limitRate(
  access: Limiting,
  route: Pick<Route, "rateClass" | "method">,
  { caller, c, marks }: { caller: Caller | undefined; c: HonoContext<AppEnv>; marks: Marks },
): Promise<void> {
  const rateClass = route.rateClass ?? classOf(route, caller);
  if (rateClass === "none") return;
  const who =
    caller === undefined ? `@${clientAddress(c, access.trustedProxyHops)}` : caller.subject;
  const limit = access.limits[rateClass];
  const taken = access.limiter.take(`${rateClass}:${who}`, limit);
  const verdict = taken instanceof Promise ? await taken : taken;
  marks.verdict = verdict;
  if (!verdict.allowed) throw pastLimit(rateClass, limit, verdict);
}

/** What a refusal says. */
export function pastLimit(
  rateClass: RateClass,
  { requests, seconds, burst }: RateLimit,
  verdict: Verdict,
): RateLimitedError {
  const window = seconds === 1 ? "a second" : `in ${seconds} seconds`;
  return new RateLimitedError(
    `more than ${requests} requests ${window} of the class "${rateClass}" (${burst} at once); wait as Retry-After says`,
    verdict.retryAfterSeconds,
  );
}

function classOf({ method }: Pick<Route, "method">, caller: Caller | undefined): RateClass {
  if (caller === undefined) return "public";
  return method === "get" ? "read" : "write";
}
