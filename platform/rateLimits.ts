/** The limits of requests by class of route, as they stand in RATE_LIMITS. */

/** So many requests in so many seconds, and how many at once. */
export interface RateLimit {
  readonly requests: number;
  readonly seconds: number;
  readonly burst: number;
}

/** Classes of routes; the last two count sign-ins, of an address and of an account. */
export const RATE_CLASSES = [
  "read",
  "write",
  "movements",
  "bulk",
  "public",
  "sign_in",
  "sign_in_account",
] as const;
export type RateClass = (typeof RATE_CLASSES)[number];

export type RateLimits = Readonly<Record<RateClass, RateLimit>>;

/** What a client may send of each class unless RATE_LIMITS says otherwise. */
const DEFAULT: RateLimit = { requests: 1_000, seconds: 1, burst: 2_000 };
const STRICTER = {
  // a large office behind one address still signs in; guessing passwords does not get far
  sign_in: { requests: 120, seconds: 60, burst: 120 },
  sign_in_account: { requests: 10, seconds: 300, burst: 10 },
};

const FORM = /^(\w+)=(\d{1,9})\/(\d{1,5})s:(\d{1,9})$/;

/** Reads "default=1000/1s:2000,sign_in=…"; undefined where a part has another form, an unknown class, or a zero. */
export function parseRateLimits(text: string): RateLimits | undefined {
  const given = new Map<string, RateLimit>();
  for (const part of text.split(",").map((one) => one.trim())) {
    if (part === "") continue;
    const [, name = "", requests, seconds, burst] = FORM.exec(part) ?? [];
    const limit = {
      requests: Number(requests),
      seconds: Number(seconds),
      burst: Number(burst),
    };
    const isKnown = name === "default" || RATE_CLASSES.some((one) => one === name);
    if (!isKnown || !(limit.requests > 0 && limit.seconds > 0 && limit.burst > 0)) return undefined;
    given.set(name, limit);
  }
  const general = given.get("default") ?? DEFAULT;
  const of = (name: RateClass, otherwise: RateLimit) => given.get(name) ?? otherwise;
  return {
    read: of("read", general),
    write: of("write", general),
    movements: of("movements", general),
    bulk: of("bulk", general),
    public: of("public", general),
    sign_in: of("sign_in", STRICTER.sign_in),
    sign_in_account: of("sign_in_account", STRICTER.sign_in_account),
  };
}
