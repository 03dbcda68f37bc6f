/** Tokens that must be refused, made with the instance's own key where that makes them hard to tell: rows T of the bad-input list. */
import { createHmac, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { exportJWK, generateKeyPair, importJWK, type JWK, type JWTPayload, SignJWT } from "jose";
import type { Config } from "../../platform/config.ts";

interface Parts {
  readonly jwk: JWK & { readonly alg: string; readonly kid: string };
  readonly claims: JWTPayload;
  readonly header: { readonly alg: string; readonly kid: string; readonly typ: string };
}

const now = (): number => Math.floor(Date.now() / 1_000);

/** How each is forged, by what it is. */
export const FORGED_TOKENS: Readonly<Record<string, (parts: Parts) => Promise<string> | string>> = {
  "T1 alg none": ({ claims, header }) => `${encode({ ...header, alg: "none" })}.${encode(claims)}.`,
  "T2 HS256 with the public key as the secret": ({ jwk, claims, header }) => {
    const { d: _private, ...publicJwk } = jwk;
    const pem = createPublicKey({ key: publicJwk, format: "jwk" });
    const secret = pem.export({ type: "spki", format: "pem" });
    const signed = `${encode({ ...header, alg: "HS256" })}.${encode(claims)}`;
    return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
  },
  "T4 another issuer": (parts) => sign(parts, { iss: "https://other.example" }),
  "T5 another audience": (parts) => sign(parts, { aud: "books" }),
  "T6 an id token as an access token": (parts) => sign(parts, {}, { typ: "JWT" }),
  "T7 expired by 61 s": (parts) => sign(parts, { iat: now() - 300, exp: now() - 61 }),
  "T7 not before 62 s from now": (parts) => sign(parts, { nbf: now() + 62 }),
  "T8 without expiry": (parts) => sign(parts, { exp: undefined }),
  "T8 good for ten years": (parts) => sign(parts, { exp: now() + 315_360_000 }),
  "T9 an unknown key id": (parts) => sign(parts, {}, { kid: "nobody" }),
  "T10 a key id that is a path": (parts) => sign(parts, {}, { kid: "../../key" }),
  "T10 a key of its own in the header": async ({ claims, header }) => {
    const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
    const jwk = await exportJWK(publicKey);
    return new SignJWT(claims)
      .setProtectedHeader({ ...header, alg: "ES256", jwk })
      .sign(privateKey);
  },
  "T10 a jku that leads elsewhere": (parts) =>
    sign(parts, {}, { jku: "https://thief.example/keys", kid: "thief" }),
  "T12 a warehouse limit that can't be read": (parts) => sign(parts, { warehouses: "MAIN" }),
};

/** The forged token of that name for the running instance; without a name the token that they are forged from. */
export async function forgeToken(config: Config, name: string | undefined): Promise<string> {
  const jwk = JSON.parse(readFileSync(config.JWT_KEY_FILE ?? "", "utf8"));
  const claims = {
    sub: "forger",
    iss: config.JWT_ISSUER,
    aud: config.JWT_AUDIENCE,
    roles: ["admin"],
    iat: now(),
    exp: now() + 600,
  };
  const parts: Parts = { jwk, claims, header: { alg: jwk.alg, kid: jwk.kid, typ: "at+jwt" } };
  const forge = name === undefined ? (given: Parts) => sign(given) : FORGED_TOKENS[name];
  if (forge === undefined) throw new Error(`no forged token is named ${name}`);
  return forge(parts);
}

async function sign(parts: Parts, claims: object = {}, header: object = {}): Promise<string> {
  const key = await importJWK(parts.jwk, parts.jwk.alg);
  return new SignJWT({ ...parts.claims, ...claims })
    .setProtectedHeader({ ...parts.header, ...header })
    .sign(key);
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
