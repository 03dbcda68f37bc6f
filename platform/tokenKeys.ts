/**
 * Keys that access tokens are verified with: our own, or of an issuer's JWKS URL. A key is found by its id alone, and its
 * algorithm is pinned when it is read; nothing in a token's header (alg, jku, x5u, jwk) ever chooses a key (RFC 8725).
 */
import { type CryptoKey, importJWK, type JWK } from "jose";
import { z } from "zod";
import { UnavailableError } from "../domain/errors.ts";

/** Algorithms that a key may have: asymmetric ones only. */
export const ALGORITHMS = ["ES256", "EdDSA", "RS256", "PS256"] as const;

/** A key with the one algorithm that it is good for. */
export interface VerifyingKey {
  readonly alg: string;
  readonly key: CryptoKey;
}

export interface TokenKeys {
  /** The key of that id; without an id the only key, where there is but one. Undefined: none. Throws UnavailableError. */
  find(kid: string | undefined): Promise<VerifyingKey | undefined>;
}

/** Members of a public key; whatever else a JWK holds (private parts above all) is left behind. */
const publicKey = z.object({
  kty: z.enum(["EC", "OKP", "RSA"]),
  kid: z.string().min(1).max(256).optional(),
  alg: z.string().optional(),
  use: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  n: z.string().optional(),
  e: z.string().optional(),
});
const keySet = z.object({ keys: z.array(z.unknown()).max(100) });

/** The algorithm of a key that does not name one, by its type: an attacker's header is not asked. */
const ALG_BY_TYPE = { EC: "ES256", OKP: "EdDSA", RSA: "RS256" } as const;

/** Makes keys of JWKs, leaving out those that are not for verifying here; answers them by id ("" for a key without). */
async function importKeys(jwks: readonly unknown[]): Promise<Map<string, VerifyingKey>> {
  const keys = new Map<string, VerifyingKey>();
  for (const jwk of jwks) {
    const parsed = publicKey.safeParse(jwk);
    if (!parsed.success || (parsed.data.use ?? "sig") !== "sig") continue;
    const { kid = "", use: _use, alg = ALG_BY_TYPE[parsed.data.kty], ...parts } = parsed.data;
    if (!ALGORITHMS.some((known) => known === alg)) continue;
    const members: JWK = Object.fromEntries(
      Object.entries(parts).filter(([, value]) => value !== undefined),
    );
    const key = await importJWK({ ...members, kty: parts.kty }, alg).catch(() => undefined);
    // a second key under one id would be ambiguous: the first stays
    if (key !== undefined && "type" in key && !keys.has(kid)) keys.set(kid, { alg, key });
  }
  return keys;
}

function pick(keys: ReadonlyMap<string, VerifyingKey>, kid: string | undefined) {
  if (kid !== undefined) return keys.get(kid);
  return keys.size === 1 ? [...keys.values()][0] : undefined;
}

/** Our own keys. */
export async function localKeys(jwks: readonly JWK[]): Promise<TokenKeys> {
  const keys = await importKeys(jwks);
  return { find: async (kid) => pick(keys, kid) };
}

export interface RemoteOptions {
  /** Now, in milliseconds of a clock that never goes back. */
  readonly nowMs?: () => number;
  readonly fetch?: typeof globalThis.fetch;
}

/** The issuer is asked at most this often, whatever tokens ask for. */
const COOLDOWN_MS = 30_000;
/** Keys are read again after this, so that a removed one is refused within ten minutes. */
const FRESH_MS = 5 * 60_000;
/** While the issuer does not answer its keys are trusted on, but no longer than this. */
const STALE_MS = 10 * 60_000;
const FETCH_MS = 5_000;
const SET_BYTES_MAX = 256 * 1024;

/**
 * Keys of an issuer's URL: fetched when first needed, again for an id that is not known (one fetch in 30 s at most), and every
 * five minutes beside the requests.
 */
export function remoteKeys(url: string, options: RemoteOptions = {}): TokenKeys {
  const { nowMs = () => performance.now(), fetch = globalThis.fetch } = options;
  let keys: Map<string, VerifyingKey> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let triedAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    try {
      keys = await importKeys(await fetchSet(url, fetch));
      readAt = nowMs();
    } catch {
      // worded by find, where it matters
    } finally {
      reading = undefined;
    }
  };
  /** Starts or joins a read; undefined while cooling down. */
  const refresh = (): Promise<void> | undefined => {
    if (reading !== undefined) return reading;
    if (nowMs() - triedAt < COOLDOWN_MS) return undefined;
    triedAt = nowMs();
    reading = read();
    return reading;
  };
  return {
    find: async (kid) => {
      const ageMs = nowMs() - readAt;
      if (ageMs >= STALE_MS) await refresh();
      else if (ageMs >= FRESH_MS) void refresh();
      if (nowMs() - readAt >= STALE_MS) throw issuerAway();
      const known = pick(keys, kid);
      if (known !== undefined) return known;
      await refresh();
      return pick(keys, kid);
    },
  };
}

function issuerAway(): UnavailableError {
  return new UnavailableError({
    code: "issuer_unavailable",
    detail:
      "the keys of the token's issuer can't be read at the moment; send the same request again",
    retryAfterSeconds: COOLDOWN_MS / 1_000,
  });
}

async function fetchSet(url: string, fetch: typeof globalThis.fetch): Promise<unknown[]> {
  const response = await fetch(url, {
    redirect: "error",
    signal: AbortSignal.timeout(FETCH_MS),
    headers: { accept: "application/json" },
  });
  if (!response.ok) throw new Error(`the issuer answered ${response.status}`);
  const length = Number(response.headers.get("content-length") ?? 0);
  if (length > SET_BYTES_MAX) throw new Error("the issuer's key set is too large");
  const text = await response.text();
  if (text.length > SET_BYTES_MAX) throw new Error("the issuer's key set is too large");
  return keySet.parse(JSON.parse(text)).keys;
}
