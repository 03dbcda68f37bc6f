/** Who is calling, and may they: the only gate to every route that is not public. */
import { UnavailableError } from "../../domain/errors.ts";
import { mayDo, type Permission } from "../../domain/roles.ts";
import type { Bearers } from "../../pipelines/identity/index.ts";
import type { Caller, TokenVerifier } from "../../platform/accessTokens.ts";
import { AccessError } from "./problem.ts";

/** The caller of a public route. */
export const ANONYMOUS: Caller = {
  subject: "anonymous",
  roles: [],
  scopes: [],
  warehouses: undefined,
};

/** What a route asks of its caller: nothing, a valid token, a permission, or any one of several. */
export type Demand = "public" | "signed-in" | Permission | readonly Permission[];

export interface Gate {
  readonly verifier: TokenVerifier;
  readonly bearers: Pick<Bearers, "read">;
}

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Answers the caller of the Authorization header with the rights of this moment, or throws 401 (503 where that can't be told). */
export async function authenticate(gate: Gate, header: string | undefined): Promise<Caller> {
  if (header === undefined) {
    throw new AccessError(
      401,
      "token_missing",
      "no access token; send Authorization: Bearer <token>",
    );
  }
  const token = BEARER.exec(header)?.[1];
  if (token === undefined) {
    throw new AccessError(401, "token_malformed", "the Authorization header is not Bearer <token>");
  }
  const caller = await gate.verifier.verify(token).catch((thrown: unknown) => {
    if (thrown instanceof UnavailableError) throw thrown;
    throw invalid("the access token is not valid here and now; get a new one");
  });
  return caller.bearer === undefined ? caller : currentRights(gate, caller, caller.bearer);
}

/** Throws 403 unless the caller may do what is demanded. */
export function permit(caller: Caller, demand: Exclude<Demand, "public">): void {
  if (demand === "signed-in") return;
  const permissions = typeof demand === "string" ? [demand] : demand;
  if (permissions.some((one) => mayDo(caller, one))) return;
  const roles = caller.roles.length === 0 ? "no role" : `role ${caller.roles.join(", ")}`;
  throw new AccessError(
    403,
    "forbidden",
    `${roles} does not carry the permission "${permissions.join('" or "')}" that this needs`,
  );
}

/** Of a token of ours the rights are looked up, since they may have been taken away; a client's token may ask for fewer. */
async function currentRights(gate: Gate, caller: Caller, bearer: string): Promise<Caller> {
  const rights = await gate.bearers.read(bearer);
  if (rights === undefined) throw invalid("the access token was revoked; sign in again");
  const scopes = rights.scopes.filter((scope) => caller.scopes.includes(scope));
  return { subject: caller.subject, bearer, ...rights, scopes };
}

function invalid(detail: string): AccessError {
  return new AccessError(401, "token_invalid", detail);
}
