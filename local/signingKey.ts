/**
 * The development signing key: a private ES256 JWK in STOCKLINE_HOME/keys, made at the first start
 * and kept, so tokens outlive a restart. Never used when JWT_JWKS_URL, JWT_KEY or JWT_KEY_FILE is set.
 */
import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair } from "jose";
import { makeFolder } from "./localBackend.ts";

const ALGORITHM = "ES256";

/** Where the key of a data folder is. */
export function signingKeyFile(home: string): string {
  return join(home, "keys", "jwt.jwk.json");
}

/** Path of the key file, which is made (mode 0600) when missing. `kid` is its RFC 7638 thumbprint. */
export async function ensureSigningKey(home: string): Promise<string> {
  makeFolder(home, "keys");
  const file = signingKeyFile(home);
  if (existsSync(file)) return file;
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const kid = await calculateJwkThumbprint(jwk);
  const text = JSON.stringify({ ...jwk, kid, alg: ALGORITHM, use: "sig" }, null, 2);
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return file;
}
