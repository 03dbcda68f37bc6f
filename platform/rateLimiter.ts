/**
 * Exact limits of requests, shared by all instances: a bucket a client and class in Redis (GCRA, by Redis' own clock), of which an
 * instance takes small lots ahead. What is taken is taken from the bucket first, so the sum never passes the limit, and a busy
 * client costs one round trip for some twenty requests. While Redis is away, slow or full each instance allows its share.
 */
import type { ClientContext, Result } from "ioredis";
import { LRUCache } from "lru-cache";
import { type Breaker, createBreaker } from "./breaker.ts";
import { newId } from "./clock.ts";
import type { RateLimit } from "./rateLimits.ts";
import type { Redis } from "./redis.ts";

declare module "ioredis" {
  interface RedisCommander<Context extends ClientContext> {
    stocklineTake(
      key: string,
      interval: number,
      burst: number,
      wanted: number,
    ): Result<[number, number, number, number], Context>;
    stocklineBeat(key: string, instance: string, lifetimeMs: number): Result<number, Context>;
  }
}

/** What became of a request, and what the answer says of the limit. */
export interface Verdict {
  readonly allowed: boolean;
  /** Requests at once that the limit allows. */
  readonly limit: number;
  readonly remaining: number;
  /** Until the whole burst is there again. */
  readonly resetSeconds: number;
  /** 0 where it is allowed. */
  readonly retryAfterSeconds: number;
}

export interface RateLimiter {
  /** Takes one request of the key's bucket; answers at once where a lot is at hand. Never throws. */
  take(key: string, limit: RateLimit): Verdict | Promise<Verdict>;
  /** Fills the key's bucket again. */
  refill(key: string): Promise<void>;
  /** Instances that share the limits now, as far as is known. */
  readonly instances: number;
  close(): void;
}

interface LimiterOptions {
  readonly redis: Redis;
  readonly prefix: string;
  /** Instances at least, for the share while Redis is away. */
  readonly instancesMin: number;
}

/**
 * KEYS: bucket. ARGV: microseconds a request, requests of the burst, requests wanted. The bucket holds the time at which it will
 * be full again. Answers what was granted, what is left, and the microseconds until it is full and until there is one more.
 */
const TAKE_SCRIPT = `
local time = redis.call('time')
local now = time[1] * 1000000 + time[2]
local interval = tonumber(ARGV[1])
local span = interval * tonumber(ARGV[2])
local full = tonumber(redis.call('get', KEYS[1]) or '0')
if full < now then full = now end
if full > now + span then full = now + span end
local free = math.floor((now + span - full) / interval + 0.000001)
local granted = math.min(tonumber(ARGV[3]), free)
if granted > 0 then
  full = full + granted * interval
  redis.call('set', KEYS[1], string.format('%.0f', full), 'px', math.ceil((full - now) / 1000) + 1000)
end
local wait = 0
if free - granted < 1 then wait = full + interval - span - now end
return {granted, free - granted, math.ceil(full - now), math.ceil(wait)}`;

/** KEYS: set of instances. ARGV: this one, milliseconds that it counts without a further beat. Answers how many there are. */
const BEAT_SCRIPT = `
local time = redis.call('time')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('zadd', KEYS[1], now, ARGV[1])
redis.call('zremrangebyscore', KEYS[1], '-inf', now - ARGV[2])
redis.call('pexpire', KEYS[1], ARGV[2])
return redis.call('zcard', KEYS[1])`;

/** A lot is at most this part of the burst, so that instances together hold little back from each other. */
const LOT_PART = 100;
/** A lot that is not used up by then is given up: it belongs to the moment that it was taken for. */
const LOT_MS = 100;
/** A lot that is used up faster than this is too small. */
const LOT_FAST_MS = 25;
/** An empty bucket is not asked again before this: what comes in meanwhile is refused without Redis, and nothing is lost of it. */
const EMPTY_MS = 5;
const BUCKETS_MAX = 50_000;
const REDIS_PATIENCE_MS = 250;
const REDIS_PAUSE_MS = 1_000;
const BEAT_MS = 5_000;
const BEAT_LIFETIME_MS = 15_000;

/** What this instance knows of one bucket. */
interface Bucket {
  readonly limit: RateLimit;
  /** Requests that were taken ahead and may go on at once, until lotEnds. */
  lot: number;
  lotEnds: number;
  lotBegan: number;
  lotSize: number;
  /** Left in the shared bucket when it was last asked, and when it will be full. */
  left: number;
  fullAt: number;
  /** Nothing to be had before this. */
  emptyUntil: number;
  waiting: number;
  asking: Promise<void> | undefined;
  /** While Redis is away: when this instance's share will be full; undefined: it is not used. */
  shareFullAt: number | undefined;
}

/** Makes the limiter of one process. */
export function createRateLimiter(options: LimiterOptions): RateLimiter {
  const { redis, prefix } = options;
  redis.defineCommand("stocklineTake", { numberOfKeys: 1, lua: TAKE_SCRIPT });
  redis.defineCommand("stocklineBeat", { numberOfKeys: 1, lua: BEAT_SCRIPT });
  const breaker = createBreaker({ patienceMs: REDIS_PATIENCE_MS, pauseMs: REDIS_PAUSE_MS });
  const buckets = new LRUCache<string, Bucket>({ max: BUCKETS_MAX });
  const crowd = countInstances(options, breaker);
  const keyOf = (key: string): string => `${prefix}:rate:${key}`;

  const bucketOf = (key: string, limit: RateLimit): Bucket => {
    const known = buckets.get(key);
    if (known !== undefined) return known;
    const bucket = newBucket(limit);
    buckets.set(key, bucket);
    return bucket;
  };
  const ask = async (key: string, bucket: Bucket): Promise<void> => {
    const { limit } = bucket;
    const wanted = Math.max(bucket.lotSize, bucket.waiting);
    const reply = await breaker.run(() =>
      redis.stocklineTake(keyOf(key), intervalOf(limit) * 1_000, limit.burst, wanted),
    );
    bucket.asking = undefined;
    if (reply === undefined) beginShare(bucket);
    else noteReply(bucket, reply);
  };
  const startAsking = (key: string, bucket: Bucket): Promise<void> => {
    bucket.asking ??= ask(key, bucket);
    return bucket.asking;
  };
  const wait = async (key: string, bucket: Bucket): Promise<Verdict> => {
    bucket.waiting += 1;
    try {
      for (;;) {
        await startAsking(key, bucket);
        const verdict = decide(bucket, crowd.instances());
        if (verdict !== undefined) return verdict;
      }
    } finally {
      bucket.waiting -= 1;
    }
  };

  return {
    get instances() {
      return crowd.instances();
    },
    take: (key, limit) => {
      const bucket = bucketOf(key, limit);
      if (bucket.shareFullAt !== undefined && breaker.closed) bucket.shareFullAt = undefined;
      const verdict = decide(bucket, crowd.instances());
      if (verdict === undefined) return wait(key, bucket);
      // the next lot is asked for before this one is used up, so that a busy client never waits for it
      if (verdict.allowed && bucket.lotSize > 1 && bucket.lot < bucket.lotSize / 2) {
        if (bucket.shareFullAt === undefined) void startAsking(key, bucket);
      }
      return verdict;
    },
    refill: async (key) => {
      buckets.delete(key);
      await breaker.run(() => redis.del(keyOf(key)));
    },
    close: crowd.close,
  };
}

function newBucket(limit: RateLimit): Bucket {
  return {
    limit,
    lot: 0,
    lotEnds: 0,
    lotBegan: 0,
    lotSize: 1,
    left: limit.burst,
    fullAt: 0,
    emptyUntil: 0,
    waiting: 0,
    asking: undefined,
    shareFullAt: undefined,
  };
}

/** Milliseconds a request. */
function intervalOf({ requests, seconds }: RateLimit): number {
  return (seconds * 1_000) / requests;
}

/** The verdict where it can be told without Redis; undefined: it must be asked. */
function decide(bucket: Bucket, instances: number): Verdict | undefined {
  const now = performance.now();
  if (bucket.shareFullAt !== undefined) return takeShare(bucket, { now, instances });
  if (bucket.lot > 0 && now < bucket.lotEnds) {
    bucket.lot -= 1;
    return verdictOf(bucket, { now, retryMs: 0, remaining: bucket.left + bucket.lot });
  }
  if (now < bucket.emptyUntil) {
    return verdictOf(bucket, { now, retryMs: bucket.emptyUntil - now, remaining: 0 });
  }
  return undefined;
}

/** Asks for more next time where a lot was used up at once, for less where it lasted. */
function fitLot(bucket: Bucket, now: number): void {
  const most = Math.max(1, Math.floor(bucket.limit.burst / LOT_PART));
  const lasted = now - bucket.lotBegan;
  if (lasted < LOT_FAST_MS) bucket.lotSize = Math.min(bucket.lotSize * 2, most);
  else if (lasted > LOT_MS) bucket.lotSize = Math.max(1, Math.floor(bucket.lotSize / 2));
}

function noteReply(bucket: Bucket, [granted, left, fullUs, waitUs]: number[]): void {
  const now = performance.now();
  fitLot(bucket, now);
  if (now >= bucket.lotEnds) bucket.lot = 0; // given up
  bucket.shareFullAt = undefined;
  bucket.lot += granted ?? 0;
  bucket.lotBegan = now;
  bucket.lotEnds = now + LOT_MS;
  bucket.left = left ?? 0;
  bucket.fullAt = now + (fullUs ?? 0) / 1_000;
  bucket.emptyUntil = granted === 0 ? now + Math.max(EMPTY_MS, (waitUs ?? 0) / 1_000) : 0;
}

/** From now on by this instance's share, of which as much is used as of the whole. */
function beginShare(bucket: Bucket): void {
  bucket.shareFullAt ??= Math.max(performance.now(), bucket.fullAt);
}

/** The same rule as the script's, with a part of the limit. */
function takeShare(bucket: Bucket, at: { now: number; instances: number }): Verdict {
  const { now, instances } = at;
  const interval = intervalOf(bucket.limit) * instances;
  const burst = Math.max(1, Math.floor(bucket.limit.burst / instances));
  const fullAt = Math.max(now, bucket.shareFullAt ?? 0);
  const free = Math.floor((now + burst * interval - fullAt) / interval + 1e-6);
  if (free >= 1) bucket.shareFullAt = fullAt + interval;
  bucket.fullAt = Math.max(now, bucket.shareFullAt ?? 0);
  const retryMs = free >= 1 ? 0 : fullAt + interval - burst * interval - now;
  return verdictOf(bucket, { now, retryMs, remaining: Math.max(0, free - 1) });
}

function verdictOf(
  bucket: Bucket,
  { now, retryMs, remaining }: { now: number; retryMs: number; remaining: number },
): Verdict {
  return {
    allowed: retryMs === 0,
    limit: bucket.limit.burst,
    remaining,
    resetSeconds: Math.max(0, Math.ceil((bucket.fullAt - now) / 1_000)),
    retryAfterSeconds: Math.ceil(retryMs / 1_000),
  };
}

/** Tells Redis that this instance is there, and keeps how many there were when it last answered. */
function countInstances({ redis, prefix, instancesMin }: LimiterOptions, breaker: Breaker) {
  const instance = newId();
  let seen = 1;
  const beat = async (): Promise<void> => {
    const count = await breaker.run(() =>
      redis.stocklineBeat(`${prefix}:api-instances`, instance, BEAT_LIFETIME_MS),
    );
    if (count !== undefined) seen = count;
  };
  const timer = setInterval(() => void beat(), BEAT_MS);
  timer.unref();
  redis.once("ready", () => void beat());
  if (redis.status === "ready") void beat();
  return {
    instances: () => Math.max(seen, instancesMin),
    close: () => clearInterval(timer),
  };
}
