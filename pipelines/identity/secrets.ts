/** Secrets that we make: 256 random bits with a prefix that scanners of code know them by; kept only as their hash. */
import { createHash, randomBytes } from "node:crypto";

const SECRET_BYTES = 32;

/** A secret as its owner gets it, once, and as it is kept. */
export interface MadeSecret {
  readonly secret: string;
  readonly hash: Buffer;
}

/** Makes a refresh token (slr_) or a client's secret (slc_). */
export function makeSecret(prefix: "slr_" | "slc_"): MadeSecret {
  const secret = prefix + randomBytes(SECRET_BYTES).toString("base64url");
  return { secret, hash: hashSecret(secret) };
}

/** SHA-256: enough for what can't be guessed. */
export function hashSecret(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}
