/**
 * Reads one stock level: Redis, then one statement by key. Concurrent reads are gathered, a miss is filled once.
 * A level older than the version asked for is never answered in silence; while Redis is away Postgres answers all.
 */
import assert from "node:assert/strict";
import { setTimeout as pause } from "node:timers/promises";
import { ConflictError } from "../../domain/errors.ts";
import { gatherReads } from "../../platform/gatherReads.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { Db } from "../../platform/postgres.ts";
import type { LevelCache, LevelEntry } from "./levelCache.ts";
import { stockLevelsByKey } from "./queries/levels.ts";
import { type LevelKey, levelKeyText, type StockLevel } from "./stockLevel.ts";

/** How long a read waits for the version asked for. */
const VERSION_WAIT_MS = 2_000;
const POLL_MS_FIRST = 10;
const POLL_MS_MAX = 160;

interface LevelReaderDeps {
  readonly db: Db;
  readonly cache: LevelCache;
  readonly metrics: Pick<Metrics, "cacheLookups">;
}

interface ReadOptions {
  /** Least version that may be answered. */
  readonly minVersion?: number | undefined;
  /** Past every cache (Cache-Control: no-cache). */
  readonly fresh?: boolean | undefined;
}

export interface LevelReader {
  /** The level; zeros where it never moved. Throws ConflictError not_yet when minVersion is not reached in 2 s. */
  read(key: LevelKey, options?: ReadOptions): Promise<StockLevel>;
}

/** Makes the reader of one process. */
export function createLevelReader({ db, cache, metrics }: LevelReaderDeps): LevelReader {
  const readThrough = gatherReads(async (texts) => {
    const read = await stockLevelsByKey(db, texts.map(keyFromText));
    return new Map([...read].map(([text, { level }]) => [text, level]));
  });
  const readCached = gatherReads(async (texts) => {
    const found = await cache.get(texts.map(keyFromText));
    const levels = new Map<string, StockLevel>();
    for (const [text, { level }] of found) if (level !== undefined) levels.set(text, level);
    const missing = texts.filter((text) => !levels.has(text));
    if (missing.length === 0) return levels;
    // read after the leases were got, or a purchase order written in between would go unseen
    const entries: LevelEntry[] = [];
    const begun = performance.now();
    const read = await stockLevelsByKey(db, missing.map(keyFromText));
    const elapsedMs = performance.now() - begun;
    for (const [text, { level, lapsesInMs }] of read) {
      levels.set(text, level);
      const lease = found.get(text)?.lease;
      if (lease === undefined) continue;
      // measured, not told by the clock: this machine's may differ from the database's
      const lifetimeMs = lapsesInMs === null ? undefined : lapsesInMs - elapsedMs;
      entries.push({ key: keyFromText(text), level, lease, lifetimeMs });
    }
    await cache.put(entries);
    return levels;
  });

  const readOnce = async (key: LevelKey, fresh: boolean): Promise<StockLevel> => {
    const text = levelKeyText(key);
    if (fresh) metrics.cacheLookups.inc({ cache: "levels", result: "bypass" });
    const levels = fresh
      ? await readThrough.read([text], { fresh: true })
      : await readCached.read([text]);
    const level = levels.get(text);
    assert(level !== undefined, "a level is answered for every key");
    return level;
  };

  return {
    read: async (key, { minVersion = 0, fresh = false } = {}) => {
      const deadline = Date.now() + VERSION_WAIT_MS;
      let level = await readOnce(key, fresh);
      for (let waitMs = POLL_MS_FIRST; level.version < minVersion; waitMs *= 2) {
        if (Date.now() >= deadline) throw notYet(level.version, minVersion);
        await pause(Math.min(waitMs, POLL_MS_MAX));
        level = await readOnce(key, true);
      }
      return level;
    },
  };
}

function keyFromText(text: string): LevelKey {
  const [itemId = "", warehouseId = ""] = text.split(":");
  return { itemId, warehouseId };
}

function notYet(version: number, minVersion: number): ConflictError {
  return new ConflictError({
    code: "not_yet",
    detail: `the level is at version ${version}, min_version asked for ${minVersion}; try again shortly, or read the movement's status`,
    retriable: true,
    context: { version: String(version) },
  });
}
