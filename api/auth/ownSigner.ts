/** Who signs the tokens of people and machines that sign in here. */
import { ConflictError } from "../../domain/errors.ts";
import type { TokenSigner } from "../../platform/accessTokens.ts";
import type { Access } from "../http/access.ts";

/** Our own signer; throws ConflictError where tokens are signed elsewhere. */
export function ownSigner({ signer }: Pick<Access, "signer">): TokenSigner {
  if (signer !== undefined) return signer;
  throw new ConflictError({
    code: "external_issuer",
    detail: "this instance takes its tokens from an external issuer; sign in there",
  });
}
