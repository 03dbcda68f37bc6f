/** Whose reports and schedules a caller sees. */
import type { Viewer } from "../../pipelines/export/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";

/** Only the requester and admins see a report, and only with a token that may see all warehouses in it. */
export function viewerOf(caller: Caller): Viewer {
  return {
    subject: caller.subject,
    seesAll: caller.roles.includes("admin"),
    warehouses: caller.warehouses ?? null,
  };
}
