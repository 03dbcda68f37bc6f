/**
 * Stock levels in Redis for 30 s. An entry carries the level's version, and a lower version never replaces a higher one:
 * the apply batch leaves a tombstone with the new version, so a slower reader can't put back what it read before.
 * What is on order changes without the version, so an entry also carries the lease under which it was read (forgetIncoming);
 * what lapses changes by the clock, so an entry lives no longer than until then. Never throws: while Redis is away everything
 * is a miss. Whatever else changes a level must raise its version.
 */
import type { ChainableCommander, ClientContext, Result } from "ioredis";
import type { Metrics } from "../../platform/metrics.ts";
import type { Redis } from "../../platform/redis.ts";
import { type LevelKey, levelKeyText, type StockLevel } from "./stockLevel.ts";

declare module "ioredis" {
  interface RedisCommander<Context extends ClientContext> {
    stocklineLevelsPut(
      keyCount: number,
      ...keysThenLifetimesAndTexts: (string | number)[]
    ): Result<number, Context>;
  }
}

const ENTRY_MS = 30_000;
/** Longer than any read may take (statement timeout 30 s), so that no older read outlives the tombstone. */
const TOMBSTONE_MS = 60_000;
/** Longer than a read and the life of what it put. */
const LEASE_SECONDS = 120;
/** After a failed command reads leave Redis alone for this long, so that a hung one costs no more than one time-out in that time. */
const PAUSE_MS = 5_000;
/** Levels of one script call: it holds Redis for about 1 ms. */
const SCRIPT_KEYS_MAX = 500;

/** KEYS: entries. ARGV: for each key its lifetime in ms and a text that begins with its version. Answers how many were put. */
const PUT_SCRIPT = `
local put = 0
for i, key in ipairs(KEYS) do
  local text = ARGV[2 * i]
  local held = redis.call('get', key)
  if not held or tonumber(string.match(held, '^%d+')) <= tonumber(string.match(text, '^%d+')) then
    redis.call('set', key, text, 'px', ARGV[2 * i - 1])
    put = put + 1
  end
end
return put`;

/** What a look-up found. `lease` must be handed to the put that follows a miss. */
export interface LevelLookup {
  readonly level: StockLevel | undefined;
  readonly lease: string;
}

/** A level that was read after its lease was got. */
export interface LevelEntry {
  readonly key: LevelKey;
  readonly level: StockLevel;
  readonly lease: string;
  /** How long the level stays as it is by the clock alone; undefined: for ever. */
  readonly lifetimeMs?: number | undefined;
}

/** What is written under a key; the text begins with the version. */
interface CacheText {
  readonly key: LevelKey;
  readonly text: string;
  readonly lifetimeMs: number;
}

export interface LevelCache {
  /** Looks levels up, by levelKeyText; while Redis is away the answer is empty, and nothing is to be put. */
  get(keys: readonly LevelKey[]): Promise<Map<string, LevelLookup>>;
  /** Keeps levels, unless a higher version is known. */
  put(entries: readonly LevelEntry[]): Promise<void>;
  /** After the commit of an apply batch: nothing older than these versions is served or kept any more. */
  invalidate(levels: readonly (LevelKey & { readonly version: number })[]): Promise<void>;
  /** After the commit of a purchase order write: what is on order for these levels must be read again. */
  forgetIncoming(keys: readonly LevelKey[]): Promise<void>;
}

/** Makes the cache on a connection for commands (one that fails fast). */
export function createLevelCache(
  redis: Redis,
  prefix: string,
  metrics: Pick<Metrics, "cacheLookups">,
): LevelCache {
  redis.defineCommand("stocklineLevelsPut", { lua: PUT_SCRIPT });
  const pauses = createPauses();
  const { attempt } = pauses;
  const count = (result: string, levels: number) =>
    metrics.cacheLookups.inc({ cache: "levels", result }, levels);
  /** Writes in one round trip. */
  const write = (texts: readonly CacheText[]) => {
    const pipeline = redis.pipeline();
    for (let from = 0; from < texts.length; from += SCRIPT_KEYS_MAX) {
      const part = texts.slice(from, from + SCRIPT_KEYS_MAX);
      const keys = part.map(({ key }) => entryKey(prefix, key));
      const values = part.flatMap(({ lifetimeMs, text }) => [lifetimeMs, text]);
      pipeline.stocklineLevelsPut(keys.length, ...keys, ...values);
    }
    return attempt(() => execute(pipeline));
  };
  /** A Redis that is full takes nothing new, and still deletes. */
  const remove = (keys: readonly LevelKey[]) =>
    attempt(() => redis.del(keys.map((key) => entryKey(prefix, key))));

  return {
    get: async (keys) => {
      let found = new Map<string, LevelLookup>();
      if (!pauses.isPaused()) {
        await attempt(async () => {
          found = await readLookups(redis, prefix, keys);
        });
      }
      const hits = [...found.values()].filter(({ level }) => level !== undefined).length;
      count("hit", hits);
      count("miss", found.size - hits);
      count("error", keys.length - found.size);
      return found;
    },
    put: async (entries) => {
      if (entries.length === 0 || pauses.isPaused()) return;
      const texts = entries.map(toText).filter(({ lifetimeMs }) => lifetimeMs >= 1);
      if (texts.length > 0) await write(texts);
    },
    invalidate: async (levels) => {
      if (levels.length === 0) return;
      const isWritten = await write(
        levels.map((level) => ({
          key: level,
          text: `${level.version}\n`,
          lifetimeMs: TOMBSTONE_MS,
        })),
      );
      if (!isWritten) await remove(levels);
    },
    forgetIncoming: async (keys) => {
      if (keys.length === 0) return;
      const pipeline = redis.pipeline();
      for (const key of keys) {
        pipeline.incr(leaseKey(prefix, key));
        pipeline.expire(leaseKey(prefix, key), LEASE_SECONDS);
      }
      // what was read under the old lease must go where there can be no new one
      if (!(await attempt(() => execute(pipeline)))) await remove(keys);
    },
  };
}

/** Leaves Redis alone for a while after a command that failed. */
function createPauses() {
  let pausedUntil = 0;
  return {
    isPaused: () => Date.now() < pausedUntil,
    /** Answers whether it went through. */
    attempt: async (command: () => Promise<unknown>): Promise<boolean> => {
      try {
        await command();
        return true;
      } catch {
        pausedUntil = Date.now() + PAUSE_MS;
        return false;
      }
    },
  };
}

/** Sends a pipeline; throws the first fault of its commands, which a pipeline itself keeps to its replies. */
async function execute(pipeline: ChainableCommander): Promise<void> {
  const replies = (await pipeline.exec()) ?? [];
  const fault = replies.find(([error]) => error !== null)?.[0];
  if (fault) throw fault;
}

function entryKey(prefix: string, key: LevelKey): string {
  return `${prefix}:level:${levelKeyText(key)}`;
}

function leaseKey(prefix: string, key: LevelKey): string {
  return `${prefix}:incoming:${levelKeyText(key)}`;
}

async function readLookups(
  redis: Redis,
  prefix: string,
  keys: readonly LevelKey[],
): Promise<Map<string, LevelLookup>> {
  const replies = await redis.mget(
    keys.flatMap((key) => [entryKey(prefix, key), leaseKey(prefix, key)]),
  );
  return new Map(
    keys.map((key, nth) => {
      const lease = replies[2 * nth + 1] ?? "";
      return [levelKeyText(key), { level: readEntry(replies[2 * nth] ?? "", lease), lease }];
    }),
  );
}

function toText({ key, level, lease, lifetimeMs = ENTRY_MS }: LevelEntry): CacheText {
  return {
    key,
    text: writeEntry(level, lease),
    lifetimeMs: Math.min(Math.floor(lifetimeMs), ENTRY_MS),
  };
}

/** An entry is its version, its lease and the level as JSON, a line each; a tombstone is its version alone. */
function writeEntry(level: StockLevel, lease: string): string {
  return `${level.version}\n${lease}\n${JSON.stringify(level)}`;
}

function readEntry(text: string, lease: string): StockLevel | undefined {
  const [, leaseThen, json] = text.split("\n", 3);
  if (json === undefined || leaseThen !== lease) return undefined;
  return JSON.parse(json) as StockLevel; // the row that writeEntry wrote
}
