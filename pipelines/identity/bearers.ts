/**
 * What a bearer of our own tokens (a user's session, a machine client) may do now: from this process's memory for seconds, from
 * Redis for an hour, else from the database, which is the truth. A change is told to every process at once; while news can't
 * arrive memory holds for a second, and every ten seconds what changed is looked for in the database, so that nobody keeps
 * what was taken from them for longer, whatever happens to Redis. Where neither can tell, the request is refused (503).
 */
import { LRUCache } from "lru-cache";
import { z } from "zod";
import { isRole, type Role } from "../../domain/roles.ts";
import { createBreaker } from "../../platform/breaker.ts";
import { gatherReads } from "../../platform/gatherReads.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Db } from "../../platform/postgres.ts";
import type { Redis } from "../../platform/redis.ts";
import { listenToNews } from "../../platform/redisNews.ts";
import { type BearerRow, bearersChanged, bearersRead } from "./queries/sessions.ts";

/** Rights of a bearer that is valid. */
export interface BearerRights {
  readonly roles: readonly Role[];
  readonly scopes: readonly string[];
  readonly warehouses: readonly string[] | undefined;
}

export interface Bearers {
  /** Rights at this moment; undefined where the bearer has ended or never was. Throws what the database throws. */
  read(bearer: string): Promise<BearerRights | undefined>;
  /** After the commit of a change of rights: nothing older is used from here on, in any process. Never throws. */
  changed(bearers: readonly string[]): Promise<void>;
  close(): void;
}

interface BearersDeps {
  readonly db: Db;
  readonly redis: Redis;
  readonly prefix: string;
  readonly metrics: Pick<Metrics, "cacheLookups">;
  readonly log: Log;
}

const REDIS_SECONDS = 3_600;
/** Longer than a read of the database may take, so that no older read outlives it. */
const TOMBSTONE_SECONDS = 60;
const TOMBSTONE = "-";
const MEMORY_MS = 30_000;
const MEMORY_MS_WITHOUT_NEWS = 1_000;
const MEMORY_MAX = 20_000;
const SWEEP_MS = 10_000;
/** A change may commit this long after its time stamp, and clocks of statements differ. */
const SWEEP_OVERLAP_SECONDS = 30;
const REDIS_PATIENCE_MS = 250;
const REDIS_PAUSE_MS = 2_000;

const kept = z.object({
  valid: z.boolean(),
  roles: z.array(z.string()),
  scopes: z.array(z.string()),
  warehouses: z.array(z.string()).nullable(),
});

/** "ended" is remembered too: most of what is asked about a revoked session comes right after its end. */
type Known = BearerRights | "ended";

/** Makes the look-up of one process; `close` ends its timer and its Redis connection. */
export function createBearers(deps: BearersDeps): Bearers {
  const { db, redis, prefix, metrics } = deps;
  const memory = new LRUCache<string, Known>({ max: MEMORY_MAX });
  const breaker = createBreaker({ patienceMs: REDIS_PATIENCE_MS, pauseMs: REDIS_PAUSE_MS });
  let hearsNews = false;
  /** Raised by every change: what was read before it is not remembered. */
  let changes = 0;

  const forget = (bearers: readonly string[] | "all"): void => {
    changes += 1;
    gathered.detach();
    if (bearers === "all") memory.clear();
    else for (const bearer of bearers) memory.delete(bearer);
  };
  const keyOf = (bearer: string): string => `${prefix}:bearer:${bearer}`;
  const count = (result: string, times: number) =>
    metrics.cacheLookups.inc({ cache: "sessions", result }, times);

  const gathered = gatherReads<Known>(async (bearers) => {
    const changesBefore = changes;
    const replies = await breaker.run(() => redis.mget(bearers.map(keyOf)));
    const found = new Map<string, Known>();
    bearers.forEach((bearer, nth) => {
      const known = readKept(replies?.[nth]);
      if (known !== undefined) found.set(bearer, known);
    });
    const missing = bearers.filter((bearer) => !found.has(bearer));
    count("hit", found.size);
    count(replies === undefined ? "error" : "miss", missing.length);
    if (missing.length > 0) {
      const rows = await readRows(db, missing);
      for (const bearer of missing) found.set(bearer, knownOf(rows.get(bearer)));
      await breaker.run(() => keep(redis, [...rows.values()], keyOf));
    }
    const ttl = hearsNews ? MEMORY_MS : MEMORY_MS_WITHOUT_NEWS;
    if (changes === changesBefore) found.forEach((known, one) => memory.set(one, known, { ttl }));
    return found;
  });

  const bury = (bearers: readonly string[]) =>
    breaker.run(() => buryAndTell(redis, { prefix, keyOf }, bearers));

  const sweep = sweepChanges(db, async (bearers) => {
    forget(bearers);
    await bury(bearers);
  });
  const stopListening = listenToNews(
    { redis, channel: channelOf(prefix), log: deps.log },
    {
      onMessage: (text) => forget(readNews(text)),
      onReachable: (now) => {
        hearsNews = now;
        forget("all"); // what changed in between is not known here, nor to the Redis that is back
        if (now) sweep.lookBack(REDIS_SECONDS);
      },
    },
  );

  return {
    read: async (bearer) => {
      const known = memory.get(bearer) ?? (await gathered.read([bearer])).get(bearer);
      return known === "ended" ? undefined : known;
    },
    changed: async (bearers) => {
      if (bearers.length === 0) return;
      forget(bearers);
      await bury(bearers);
    },
    close: () => {
      stopListening();
      sweep.stop();
    },
  };
}

function channelOf(prefix: string): string {
  return `${prefix}:bearers`;
}

/** News that can't be read counts as news about everything. */
function readNews(text: string): string[] | "all" {
  const news = z.array(z.string()).safeParse(parse(text));
  return news.success ? news.data : "all";
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What Redis holds; undefined for nothing, a tombstone, or what can't be read. */
function readKept(reply: string | null | undefined): Known | undefined {
  if (reply === null || reply === undefined || reply === TOMBSTONE) return undefined;
  const row = kept.safeParse(parse(reply));
  return row.success ? knownOf({ ...row.data, roles: row.data.roles.filter(isRole) }) : undefined;
}

function knownOf(row: Omit<BearerRow, "bearer"> | undefined): Known {
  if (row === undefined || !row.valid) return "ended";
  const { roles, scopes, warehouses } = row;
  return { roles, scopes, warehouses: warehouses ?? undefined };
}

/** Puts rows, but never over a tombstone: what was read before a change must not come back after it. */
async function keep(
  redis: Redis,
  rows: readonly BearerRow[],
  keyOf: (bearer: string) => string,
): Promise<void> {
  const pipeline = redis.pipeline();
  for (const { bearer, ...row } of rows) {
    pipeline.set(keyOf(bearer), JSON.stringify(row), "EX", REDIS_SECONDS, "NX");
  }
  await pipeline.exec();
}

/** Makes what Redis holds of the bearers useless, also to a slower reader, and tells every process. */
function buryAndTell(
  redis: Redis,
  at: { readonly prefix: string; readonly keyOf: (bearer: string) => string },
  bearers: readonly string[],
): Promise<unknown> {
  const pipeline = redis.pipeline();
  // a Redis that is full still deletes, and then can't be given anything older either
  pipeline.del(bearers.map(at.keyOf));
  for (const bearer of bearers) {
    pipeline.set(at.keyOf(bearer), TOMBSTONE, "EX", TOMBSTONE_SECONDS);
  }
  pipeline.publish(channelOf(at.prefix), JSON.stringify(bearers));
  return pipeline.exec();
}

async function readRows(db: Db, bearers: readonly string[]): Promise<Map<string, BearerRow>> {
  const idsOf = (kind: string): string[] =>
    bearers.filter((one) => one.startsWith(kind)).map((one) => one.slice(kind.length));
  const rows = await bearersRead(db, { sessions: idsOf("session:"), clients: idsOf("client:") });
  return new Map(rows.map((row) => [row.bearer, row]));
}

interface Sweep {
  /** Looks now, and that far back. */
  lookBack(seconds: number): void;
  stop(): void;
}

/** Looks for changes every few seconds; after a failure as far back as the last success. */
function sweepChanges(db: Db, onChanged: (bearers: readonly string[]) => Promise<void>): Sweep {
  let lookedAt = performance.now();
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    const begun = performance.now();
    const lookedBefore = lookedAt;
    try {
      const sinceSeconds = Math.ceil((begun - lookedBefore) / 1_000) + SWEEP_OVERLAP_SECONDS;
      const bearers = await bearersChanged(db, sinceSeconds);
      if (bearers.length > 0) await onChanged(bearers);
      if (lookedAt === lookedBefore) lookedAt = begun;
    } catch {
      // the database is away: requests say so, and the next look goes as far back as this one would have
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), SWEEP_MS);
  timer.unref();
  return {
    lookBack: (seconds) => {
      lookedAt -= seconds * 1_000;
      void look();
    },
    stop: () => clearInterval(timer),
  };
}
