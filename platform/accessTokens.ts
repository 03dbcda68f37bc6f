/**
 * Access tokens: asymmetric JWTs. Algorithms are pinned, issuer, audience, type, expiry and not-before are checked (RFC 8725).
 * Keys come from a JWKS URL (with rotation), or from the local development key that npm start makes.
 */
import { hash } from "node:crypto";
import { readFile } from "node:fs/promises";
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  importJWK,
  type JWK,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
  SignJWT,
} from "jose";
import { LRUCache } from "lru-cache";
import { isRole, type Role } from "../domain/roles.ts";
import { newId } from "./clock.ts";
import type { Config } from "./config.ts";

/** Who sends a request. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Permissions of a service token (claim "scope"). */
  readonly scopes: readonly string[];
  /** Codes of the warehouses that the caller is limited to; undefined means all. */
  readonly warehouses: readonly string[] | undefined;
}

export interface TokenVerifier {
  /** Answers the caller, or throws: the token is not valid here and now. */
  verify(token: string): Promise<Caller>;
}

type TokenConfig = Pick<Config, "JWT_ISSUER" | "JWT_AUDIENCE" | "JWT_JWKS_URL" | "JWT_KEY_FILE">;

const ALGORITHMS = ["ES256", "EdDSA", "RS256", "PS256"];
/** Clocks may differ by this much. */
const SKEW_SECONDS = 60;
/** A verified token is remembered this long at most. */
const REMEMBER_MS = 60_000;
const REMEMBERED_MAX = 10_000;
/** Tokens that live longer than this are refused, whoever signed them. */
const LIFETIME_SECONDS_MAX = 24 * 3600;
const TYPE = "at+jwt";

/** Makes the verifier of the configuration; reads the local key file when no JWKS URL is set. */
export async function createTokenVerifier(config: TokenConfig): Promise<TokenVerifier> {
  const keys = await keySource(config);
  const remembered = new LRUCache<string, Caller>({ max: REMEMBERED_MAX });
  return {
    verify: async (token) => {
      const fingerprint = hash("sha256", token, "base64");
      const known = remembered.get(fingerprint);
      if (known !== undefined) return known;
      const { payload } = await jwtVerify(token, keys, {
        algorithms: ALGORITHMS,
        issuer: config.JWT_ISSUER,
        audience: config.JWT_AUDIENCE,
        clockTolerance: SKEW_SECONDS,
        requiredClaims: ["exp", "iat", "sub"],
        typ: TYPE,
      });
      if ((payload.exp ?? 0) - (payload.iat ?? 0) > LIFETIME_SECONDS_MAX) {
        throw new Error("the token lives longer than tokens may");
      }
      const caller = callerOf(payload);
      const leftMs = (payload.exp ?? 0) * 1_000 - Date.now();
      if (leftMs > 0) remembered.set(fingerprint, caller, { ttl: Math.min(leftMs, REMEMBER_MS) });
      return caller;
    },
  };
}

async function keySource(config: TokenConfig): Promise<JWTVerifyGetKey> {
  if (config.JWT_JWKS_URL !== undefined) {
    return createRemoteJWKSet(new URL(config.JWT_JWKS_URL), { cooldownDuration: 30_000 });
  }
  const key = await readKeyFile(config);
  return createLocalJWKSet({ keys: [publicPart(key)] });
}

function callerOf(payload: JWTPayload): Caller {
  const roles = Array.isArray(payload["roles"]) ? payload["roles"].filter(isRole) : [];
  const scope = typeof payload["scope"] === "string" ? payload["scope"] : "";
  return {
    subject: payload.sub ?? "",
    roles,
    scopes: scope.split(" ").filter((part) => part !== ""),
    warehouses: warehousesOf(payload["warehouses"]),
  };
}

/** A limit that can't be read must not count as none: such a token is refused. */
function warehousesOf(claim: unknown): readonly string[] | undefined {
  if (claim === undefined) return undefined;
  if (!Array.isArray(claim) || !claim.every((code) => typeof code === "string")) {
    throw new TypeError("the claim warehouses is not a list of codes");
  }
  return claim;
}

interface TokenRequest {
  readonly subject: string;
  readonly roles: readonly Role[];
  readonly scopes?: readonly string[];
  readonly warehouses?: readonly string[];
  readonly lifetimeSeconds: number;
}

/** Signs an access token with the local development key; throws when none is configured. */
export async function signLocalToken(config: TokenConfig, request: TokenRequest): Promise<string> {
  const key = await readKeyFile(config);
  const issuedAt = Math.floor(Date.now() / 1_000);
  return new SignJWT({
    roles: request.roles,
    ...(request.scopes === undefined ? {} : { scope: request.scopes.join(" ") }),
    ...(request.warehouses === undefined ? {} : { warehouses: request.warehouses }),
  })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: TYPE })
    .setSubject(request.subject)
    .setIssuer(config.JWT_ISSUER)
    .setAudience(config.JWT_AUDIENCE)
    .setJti(newId())
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.lifetimeSeconds)
    .sign(await importJWK(key, key.alg));
}

type LocalKey = JWK & { readonly alg: string; readonly kid: string };

async function readKeyFile(config: TokenConfig): Promise<LocalKey> {
  if (config.JWT_KEY_FILE === undefined) {
    throw new Error("JWT_KEY_FILE is not set; expected it, or JWT_JWKS_URL of an external issuer");
  }
  const key = JSON.parse(await readFile(config.JWT_KEY_FILE, "utf8")) as JWK;
  if (key.alg === undefined || key.kid === undefined) {
    throw new Error(`JWT_KEY_FILE names a key without alg or kid; expected a JWK with both`);
  }
  return { ...key, alg: key.alg, kid: key.kid };
}

function publicPart(key: JWK): JWK {
  const { d: _d, p: _p, q: _q, dp: _dp, dq: _dq, qi: _qi, ...rest } = key;
  return rest;
}
