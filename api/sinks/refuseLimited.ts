/** Sinks carry events of all warehouses, so a caller that is limited to some may neither look into them nor steer them. */
import type { Caller } from "../../platform/accessTokens.ts";
import { AccessError } from "../http/problem.ts";

/** Throws AccessError (403) where the token is limited to warehouses. */
export function refuseLimited(caller: Caller): void {
  if (caller.warehouses === undefined) return;
  const detail = "the token is limited to warehouses, sinks carry the events of all of them";
  throw new AccessError(403, "forbidden", detail);
}
