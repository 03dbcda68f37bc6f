/** Which imports a caller may make: the permission depends on the kind, which a route's declaration does not know. */

import type { ImportKind } from "../../domain/importWords.ts";
import { mayDo } from "../../domain/roles.ts";
import { permissionFor } from "../../pipelines/import/index.ts";
import type { Caller } from "../../platform/accessTokens.ts";
import { AccessError } from "../http/problem.ts";

/** Throws AccessError (403) where the caller may not import this kind. */
export function refuseForbidden(caller: Caller, kind: ImportKind): void {
  const permission = permissionFor(kind);
  if (mayDo(caller, permission)) return;
  throw new AccessError(
    403,
    "forbidden",
    `imports of ${kind} need the permission "${permission}", which this token does not carry`,
  );
}
