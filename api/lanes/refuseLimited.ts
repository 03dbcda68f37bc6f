/** Lanes carry movements of all warehouses, so a caller that is limited to some may neither look into them nor steer them. */
import type { Caller } from "../../platform/accessTokens.ts";
import { refuseLimitedCaller } from "../http/warehouseLimit.ts";

/** Throws AccessError (403) where the token is limited to warehouses. */
export function refuseLimited(caller: Caller): void {
  refuseLimitedCaller(caller, "lanes carry the movements of all of them");
}
