/** Who is calling, and may they: the only gate to every route that is not public. */
import { mayDo, type Permission } from "../../domain/roles.ts";
import type { Caller, TokenVerifier } from "../../platform/accessTokens.ts";
import { AccessError } from "./problem.ts";

/** The caller of a public route. */
export const ANONYMOUS: Caller = {
  subject: "anonymous",
  roles: [],
  scopes: [],
  warehouses: undefined,
};

const BEARER = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** Answers the caller of the Authorization header, or throws 401 / 403. Of a list of permissions any one is enough. */
export async function authorize(
  verifier: TokenVerifier,
  header: string | undefined,
  permission: Permission | readonly Permission[],
): Promise<Caller> {
  const caller = await authenticate(verifier, header);
  const permissions = typeof permission === "string" ? [permission] : permission;
  if (permissions.some((one) => mayDo(caller, one))) return caller;
  const roles = caller.roles.length === 0 ? "no role" : `role ${caller.roles.join(", ")}`;
  throw new AccessError(
    403,
    "forbidden",
    `${roles} does not carry the permission "${permissions.join('" or "')}" that this needs`,
  );
}

async function authenticate(verifier: TokenVerifier, header: string | undefined): Promise<Caller> {
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
  try {
    return await verifier.verify(token);
  } catch {
    throw new AccessError(
      401,
      "token_invalid",
      "the access token is not valid here and now; get a new one",
    );
  }
}
