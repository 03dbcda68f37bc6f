/** What stands in front of the routes, made once a process: who calls, what they may do at this moment, how often they may. */
import { type Bearers, createBearers } from "../../pipelines/identity/index.ts";
import { createPersonalData } from "../../pipelines/privacy/index.ts";
import {
  createTokenSigner,
  type TokenSigner,
  type TokenVerifier,
} from "../../platform/accessTokens.ts";
import type { Context } from "../../platform/context.ts";
import { createPasswordHasher, type PasswordHasher } from "../../platform/passwordHash.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { createRateLimiter, type RateLimiter } from "../../platform/rateLimiter.ts";
import type { RateLimits } from "../../platform/rateLimits.ts";

export interface Access {
  readonly verifier: TokenVerifier;
  readonly bearers: Bearers;
  readonly limiter: RateLimiter;
  readonly limits: RateLimits;
  readonly hasher: PasswordHasher;
  readonly personal: PersonalData;
  /** Undefined where an external issuer signs the tokens. */
  readonly signer: TokenSigner | undefined;
  readonly trustedProxyHops: number;
  /** Origins whose pages may call. */
  readonly origins: ReadonlySet<string>;
}

/** Makes it; what it starts is stopped by the context's lifecycle. */
export async function createAccess(context: Context, verifier: TokenVerifier): Promise<Access> {
  const { db, redis, cacheRedis, config, metrics, log, lifecycle } = context;
  const prefix = config.REDIS_PREFIX;
  const bearers = createBearers({ db, redis, prefix, metrics, log });
  lifecycle.onStop("bearers", () => bearers.close());
  const limiter = createRateLimiter({
    redis: cacheRedis,
    prefix,
    instancesMin: config.RATE_LIMIT_INSTANCES,
  });
  lifecycle.onStop("rate limiter", () => limiter.close());
  return {
    verifier,
    bearers,
    limiter,
    limits: config.RATE_LIMITS,
    hasher: createPasswordHasher(config.PASSWORD_SCRYPT_LN),
    personal: createPersonalData({ db, wrapper: context.keyWrapper }),
    signer: await createTokenSigner(config),
    trustedProxyHops: config.TRUSTED_PROXY_HOPS,
    origins: new Set(config.CORS_ORIGINS.split(",").filter((origin) => origin !== "")),
  };
}
