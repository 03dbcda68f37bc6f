/**
 * Tells how the customers of movements stand: from Redis (5 min), else from the Customer Base Service. While that is down its
 * customers are unverified, and asked for later, or the caller is refused: CUSTOMER_BASE_WHEN_DOWN. Without a service all are unverified.
 */
import { z } from "zod";
import { UnavailableError } from "../../domain/errors.ts";
import type { Config } from "../../platform/config.ts";
import { type CustomerBase, createCustomerBase } from "../../platform/customerBase.ts";
import type { Log } from "../../platform/log.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import type { Redis } from "../../platform/redis.ts";
import type { CustomerNote, CustomerStanding } from "./customerStanding.ts";
import { type SealedCustomer, sealCustomer } from "./sealCustomer.ts";

export interface CustomerCheck {
  /**
   * The standing of each reference. Throws UnavailableError where the service is down and callers are to be refused, or where the
   * keys of personal data can't be had.
   */
  check(references: readonly string[]): Promise<ReadonlyMap<string, CustomerStanding>>;
  /** The blind index of a reference, in hexadecimal digits; only after `check`. */
  indexOf(reference: string): string;
  /** The customer as the row of its movement holds it; only after `check`. */
  seal(movementId: string, customer: CustomerNote): SealedCustomer;
  /** Asks the service itself; throws UnavailableError while it is down, undefined where none is configured. */
  ask(reference: string): Promise<CustomerStanding | undefined>;
}

interface CheckDeps {
  readonly config: Pick<
    Config,
    | "CUSTOMER_BASE_URL"
    | "CUSTOMER_BASE_TOKEN"
    | "CUSTOMER_BASE_TIMEOUT_MS"
    | "CUSTOMER_BASE_WHEN_DOWN"
    | "CUSTOMER_CACHE_SECONDS"
    | "REDIS_PREFIX"
  >;
  readonly redis: Redis;
  readonly log: Log;
  readonly personal: PersonalData;
}

/** A customer that is missing may be made the next moment: it is asked for again sooner. */
const MISSING_SECONDS_MAX = 10;

const UNVERIFIED: CustomerStanding = { status: "unverified", canonical: null, segment: null };
const UNKNOWN: CustomerStanding = { ...UNVERIFIED, status: "unknown" };

const cachedSchema = z.object({
  status: z.enum(["verified", "unknown", "closed"]),
  canonical: z.string().nullable(),
  segment: z.string().nullable(),
});

/** Makes the check of one process. */
export function createCustomerCheck({ config, redis, log, personal }: CheckDeps): CustomerCheck {
  const url = config.CUSTOMER_BASE_URL;
  const base = url === undefined ? undefined : createCustomerBase(url, config);
  const cache = createCache({ config, redis, personal });
  const ask = async (reference: string): Promise<CustomerStanding | undefined> => {
    if (base === undefined) return undefined;
    await personal.ready();
    const standing = await standingOf(base, reference);
    await cache.put(reference, standing);
    return standing;
  };
  const look = async (reference: string): Promise<CustomerStanding> => {
    if (base === undefined) return UNVERIFIED;
    const known = await cache.get(reference);
    if (known !== undefined) return known;
    try {
      return (await ask(reference)) ?? UNVERIFIED;
    } catch (thrown) {
      const isDown = thrown instanceof UnavailableError;
      if (!isDown || config.CUSTOMER_BASE_WHEN_DOWN === "refuse") throw thrown;
      log.warn({ code: thrown.code, circuit_open: base.isOpen }, "customer not verified");
      return UNVERIFIED;
    }
  };
  return {
    check: async (references) => {
      await personal.ready();
      const distinct = [...new Set(references)];
      const standings = await Promise.all(distinct.map((reference) => look(reference)));
      return new Map(distinct.map((reference, n) => [reference, standings[n] ?? UNVERIFIED]));
    },
    indexOf: (reference) => personal.indexOf("customer", reference).slice(2),
    seal: (movementId, customer) => sealCustomer(personal, movementId, customer),
    ask,
  };
}

async function standingOf(base: CustomerBase, reference: string): Promise<CustomerStanding> {
  const found = await base.find(reference);
  if (found === undefined) return UNKNOWN;
  const { canonical, segment } = found;
  return { status: found.status === "active" ? "verified" : "closed", canonical, segment };
}

/** Standings in Redis, under the blind index of the reference; while Redis is away everything is a miss. */
function createCache({
  config,
  redis,
  personal,
}: Pick<CheckDeps, "config" | "redis" | "personal">) {
  const keyOf = (reference: string): string =>
    `${config.REDIS_PREFIX}:customer:${personal.indexOf("customer", reference).slice(2)}`;
  return {
    get: async (reference: string): Promise<CustomerStanding | undefined> => {
      const text = await redis.get(keyOf(reference)).catch(() => null); // Redis is away
      if (text === null) return undefined;
      const kept = cachedSchema.safeParse(JSON.parse(text));
      return kept.success ? kept.data : undefined;
    },
    put: async (reference: string, standing: CustomerStanding): Promise<void> => {
      const seconds =
        standing.status === "unknown"
          ? Math.min(MISSING_SECONDS_MAX, config.CUSTOMER_CACHE_SECONDS)
          : config.CUSTOMER_CACHE_SECONDS;
      const text = JSON.stringify(standing);
      await redis.set(keyOf(reference), text, "EX", seconds).catch(() => null); // Redis is away
    },
  };
}
