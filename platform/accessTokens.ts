/**
 * Access tokens: asymmetric JWTs (RFC 9068). The algorithm is pinned by the key; issuer, audience, type, expiry, not-before, age
 * and life span are checked (RFC 8725). Keys come from a JWKS URL (with rotation), or are our own.
 */
import { hash } from "node:crypto";
import { importJWK, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { UnavailableError } from "../domain/errors.ts";
import { isRole, type Role } from "../domain/roles.ts";
import { newId } from "./clock.ts";
import type { Config } from "./config.ts";
import { readSigningKeys, type SigningKeyConfig } from "./signingKeys.ts";
import {
  ALGORITHMS,
  localKeys,
  type RemoteOptions,
  remoteKeys,
  type TokenKeys,
} from "./tokenKeys.ts";

/** Who sends a request. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Permissions of a service token (claim "scope"). */
  readonly scopes: readonly string[];
  /** Codes of the warehouses that the caller is limited to; undefined means all. */
  readonly warehouses: readonly string[] | undefined;
  /** Of a token that we gave out ourselves: whose rights are looked up at each request (session:<id>, client:<id>). */
  readonly bearer?: string | undefined;
}

export interface TokenVerifier {
  /** Answers the caller, or throws: the token is not valid here and now, or UnavailableError. */
  verify(token: string): Promise<Caller>;
}

type TokenConfig = Pick<Config, "JWT_ISSUER" | "JWT_AUDIENCE" | "JWT_JWKS_URL"> & SigningKeyConfig;

/** Clocks may differ by this much. */
const SKEW_SECONDS = 60;
/** A verified token is remembered this long at most. */
const REMEMBER_MS = 60_000;
const REMEMBERED_MAX = 10_000;
/** Tokens that live longer than this, or are older, are refused, whoever signed them. */
const LIFETIME_SECONDS_MAX = 24 * 3600;
const TYPE = "at+jwt";
const TOKEN_CHARS_MAX = 8_192;

/** Makes the verifier of the configuration; reads our own keys when no JWKS URL is set. */
export async function createTokenVerifier(
  config: TokenConfig,
  options: RemoteOptions = {},
): Promise<TokenVerifier> {
  const isLocal = config.JWT_JWKS_URL === undefined;
  const keys = await keySource(config, options);
  const remembered = new LRUCache<string, Caller>({ max: REMEMBERED_MAX });
  return {
    verify: async (token) => {
      if (token.length > TOKEN_CHARS_MAX) throw new RangeError("the token is too long");
      const fingerprint = hash("sha256", token, "base64");
      const known = remembered.get(fingerprint);
      if (known !== undefined) return known;
      const payload = await verifiedPayload(token, keys, config);
      const caller = callerOf(payload, isLocal);
      const leftMs = (payload.exp ?? 0) * 1_000 - Date.now();
      if (leftMs > 0) remembered.set(fingerprint, caller, { ttl: Math.min(leftMs, REMEMBER_MS) });
      return caller;
    },
  };
}

async function verifiedPayload(
  token: string,
  keys: TokenKeys,
  config: TokenConfig,
): Promise<JWTPayload> {
  let away: UnavailableError | undefined;
  const { payload } = await jwtVerify(
    token,
    async ({ alg, kid }) => {
      const found = await keys.find(kid).catch((thrown: unknown) => {
        if (thrown instanceof UnavailableError) away = thrown;
        throw thrown;
      });
      if (found === undefined) throw new Error("no key has the token's key id");
      if (found.alg !== alg) throw new Error("the key is for another algorithm");
      return found.key;
    },
    {
      algorithms: [...ALGORITHMS],
      issuer: config.JWT_ISSUER,
      audience: config.JWT_AUDIENCE,
      clockTolerance: SKEW_SECONDS,
      maxTokenAge: LIFETIME_SECONDS_MAX,
      requiredClaims: ["exp", "iat", "sub"],
      typ: TYPE,
    },
  ).catch((thrown: unknown) => {
    throw away ?? thrown;
  });
  if ((payload.exp ?? 0) - (payload.iat ?? 0) > LIFETIME_SECONDS_MAX) {
    throw new RangeError("the token lives longer than tokens may");
  }
  return payload;
}

async function keySource(config: TokenConfig, options: RemoteOptions): Promise<TokenKeys> {
  if (config.JWT_JWKS_URL !== undefined) return remoteKeys(config.JWT_JWKS_URL, options);
  return localKeys(await readSigningKeys(config));
}

/** A subject is stored and shown as who did something, so it is one visible line. */
const subjectClaim = z
  .string()
  .min(1)
  .max(255)
  .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]+$/u);

function callerOf(payload: JWTPayload, isLocal: boolean): Caller {
  const roles = Array.isArray(payload["roles"]) ? payload["roles"].filter(isRole) : [];
  const scope = typeof payload["scope"] === "string" ? payload["scope"] : "";
  const bearer = isLocal ? bearerOf(payload) : undefined;
  return {
    subject: subjectClaim.parse(payload.sub),
    roles,
    scopes: scope.split(" ").filter((part) => part !== ""),
    warehouses: warehousesOf(payload["warehouses"]),
    ...(bearer === undefined ? {} : { bearer }),
  };
}

const idClaim = z.uuid().optional();

/** Only of tokens of our own: another issuer's sid and client_id mean something else. */
function bearerOf(payload: JWTPayload): string | undefined {
  const session = idClaim.parse(payload["sid"]);
  if (session !== undefined) return `session:${session}`;
  const client = idClaim.parse(payload["client_id"]);
  return client === undefined ? undefined : `client:${client}`;
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
  readonly scopes?: readonly string[] | undefined;
  readonly warehouses?: readonly string[] | undefined;
  readonly lifetimeSeconds: number;
  /** Ids of the session or the machine client that the token is of. */
  readonly session?: string;
  readonly client?: string;
}

/** Signs access tokens. */
export type TokenSigner = (request: TokenRequest) => Promise<string>;

/** Makes the signer of our own keys (the first of them signs); undefined where an external issuer signs. */
export async function createTokenSigner(config: TokenConfig): Promise<TokenSigner | undefined> {
  if (config.JWT_JWKS_URL !== undefined) return undefined;
  const [first] = await readSigningKeys(config);
  if (first === undefined) throw new Error("there is no key to sign with");
  const key = await importJWK(first, first.alg);
  return async (request) => {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT({
      roles: request.roles,
      ...(request.scopes === undefined ? {} : { scope: request.scopes.join(" ") }),
      ...(request.warehouses === undefined ? {} : { warehouses: request.warehouses }),
      ...(request.session === undefined ? {} : { sid: request.session }),
      ...(request.client === undefined ? {} : { client_id: request.client }),
    })
      .setProtectedHeader({ alg: first.alg, kid: first.kid, typ: TYPE })
      .setSubject(request.subject)
      .setIssuer(config.JWT_ISSUER)
      .setAudience(config.JWT_AUDIENCE)
      .setJti(newId())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + request.lifetimeSeconds)
      .sign(key);
  };
}

/** Signs an access token with the local key; throws when none is configured. */
export async function signLocalToken(config: TokenConfig, request: TokenRequest): Promise<string> {
  const signer = await createTokenSigner({ ...config, JWT_JWKS_URL: undefined });
  if (signer === undefined) throw new Error("no local key");
  return signer(request);
}
