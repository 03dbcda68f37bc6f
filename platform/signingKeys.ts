/**
 * Our own keys for access tokens: of a file, or of a value that a secret store hands over where there is no place for a file. The first
 * of several signs and all verify, so that keys are replaced by restarts without a token lost. Messages never show a key.
 */
import { createHash, createPrivateKey, type KeyObject } from "node:crypto";
import { readFile } from "node:fs/promises";
import { calculateJwkThumbprint, type JWK } from "jose";
import { z } from "zod";
import { StocklineError } from "../domain/errors.ts";
import { SECRET_CHARS_MIN } from "./accessVariables.ts";
import type { Config } from "./config.ts";

/** A private key with the one algorithm that it signs by, and its id. */
export type SigningKey = JWK & { readonly alg: string; readonly kid: string };

export type SigningKeyConfig = Pick<Config, "JWT_KEY_FILE"> & Partial<Pick<Config, "JWT_KEY">>;

const EXPECTED = `a private JWK or a set of them, PEM (PKCS #8), or secrets of ${SECRET_CHARS_MIN} characters or more separated by commas`;
const RSA_BITS_MIN = 2_048;

/** The keys of JWT_KEY, else of JWT_KEY_FILE; throws StocklineError signing_key where there are none, or none that can be used. */
export async function readSigningKeys(config: SigningKeyConfig): Promise<SigningKey[]> {
  const { JWT_KEY: value, JWT_KEY_FILE: file } = config;
  if (value !== undefined) return keysOf("JWT_KEY", value);
  if (file === undefined) {
    throw wrong(
      "JWT_KEY_FILE is not set; expected it, JWT_KEY, or JWT_JWKS_URL of an external issuer",
    );
  }
  return keysOf("JWT_KEY_FILE", await readFile(file, "utf8"));
}

async function keysOf(name: string, text: string): Promise<SigningKey[]> {
  const given = text.trim();
  const keys = given.startsWith("{") ? jwksOf(name, given) : objectsOf(name, given).map(toJwk);
  const complete = await Promise.all(keys.map((key) => completed(name, key)));
  if (complete.length === 0) throw wrong(`${name} holds no key; expected ${EXPECTED}`);
  return complete;
}

const jwk = z.looseObject({
  kty: z.string(),
  alg: z.string().optional(),
  kid: z.string().optional(),
});
const jwks = z.union([z.object({ keys: z.array(jwk) }), jwk]);

function jwksOf(name: string, text: string): JWK[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw wrong(`${name} is a text that is not valid JSON (not shown); expected ${EXPECTED}`);
  }
  const parsed = jwks.safeParse(content);
  if (!parsed.success)
    throw wrong(`${name} is no JWK and no set of them (not shown); expected ${EXPECTED}`);
  const { data } = parsed;
  return "keys" in data && Array.isArray(data.keys) ? (data.keys as JWK[]) : [data as JWK];
}

const PEM = /-----BEGIN PRIVATE KEY-----[^-]+-----END PRIVATE KEY-----/g;

function objectsOf(name: string, text: string): KeyObject[] {
  if (!text.includes("-----BEGIN")) return secretsOf(name, text).map(keyOfSecret);
  // whoever hands a PEM over in one line writes its ends as \n
  const blocks = text.replaceAll("\\n", "\n").match(PEM) ?? [];
  return blocks.map((pem) => {
    try {
      return createPrivateKey(pem);
    } catch {
      throw wrong(`${name} holds a PEM that can't be read (not shown); expected ${EXPECTED}`);
    }
  });
}

function secretsOf(name: string, text: string): string[] {
  const secrets = text.split(/[\s,]+/).filter((part) => part !== "");
  if (secrets.some((secret) => secret.length < SECRET_CHARS_MIN)) {
    throw wrong(`${name} is too short for a secret (not shown); expected ${EXPECTED}`);
  }
  return secrets;
}

/** PKCS #8 of an Ed25519 key up to its 32 bytes (RFC 8410). */
const ED25519_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");

/** The Ed25519 key that follows from a secret text, so that what generates secrets need not know of keys. */
function keyOfSecret(secret: string): KeyObject {
  const seed = createHash("sha256").update(`stockline access tokens\n${secret}`).digest();
  const key = Buffer.concat([ED25519_PREFIX, seed]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
}

function toJwk(key: KeyObject): JWK {
  return key.export({ format: "jwk" });
}

/** The key with its algorithm and id, where it does not name them. */
async function completed(name: string, key: JWK): Promise<SigningKey> {
  const alg = key.alg ?? algorithmOf(key);
  if (alg === undefined || key.d === undefined) {
    throw wrong(
      `${name} holds a key that can't sign here (kty ${key.kty ?? "none"}, crv ${key.crv ?? "none"}, not shown); ` +
        `expected a private key of P-256, Ed25519 or RSA of ${RSA_BITS_MIN} bits or more`,
    );
  }
  return { ...key, alg, kid: key.kid ?? (await calculateJwkThumbprint(key)) };
}

function algorithmOf({ kty, crv, n = "" }: JWK): string | undefined {
  if (kty === "EC" && crv === "P-256") return "ES256";
  if (kty === "OKP" && crv === "Ed25519") return "EdDSA";
  const bits = Buffer.from(n, "base64url").length * 8;
  return kty === "RSA" && bits >= RSA_BITS_MIN ? "RS256" : undefined;
}

function wrong(detail: string): StocklineError {
  return new StocklineError({ code: "signing_key", detail });
}
