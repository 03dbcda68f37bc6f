/** The warehouses that a token is limited to: what lies outside does not exist for its bearer. */
import { NotFoundError } from "../../domain/errors.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { AccessError } from "./problem.ts";

/** Throws NotFoundError where the caller is limited to other warehouses, as if the code were unknown. */
export function refuseOtherWarehouse(caller: Caller, code: string): void {
  if (!mayUseWarehouse(caller, code)) throw new NotFoundError("warehouse", code);
}

/** True where the caller is not limited, or limited to warehouses that include this one. */
export function mayUseWarehouse(caller: Caller, code: string): boolean {
  return caller.warehouses === undefined || caller.warehouses.includes(code);
}

/** Throws AccessError (403) where the token is limited to warehouses: `what` concerns all of them. */
export function refuseLimitedCaller(caller: Caller, what: string): void {
  if (caller.warehouses === undefined) return;
  throw new AccessError(403, "forbidden", `the token is limited to warehouses, ${what}`);
}
