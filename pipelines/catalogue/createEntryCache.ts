/**
 * A cache in the process over a read of many keys: misses are gathered, what does not exist is not kept,
 * and a read that began before a drop never puts back what was dropped.
 */
import { LRUCache } from "lru-cache";
import { gatherReads } from "../../platform/gatherReads.ts";
import type { Metrics } from "../../platform/metrics.ts";

interface EntryCacheOptions {
  /** Label of the metric. */
  readonly name: string;
  readonly entriesMax: number;
  /** Lifetime of an entry that is put now. */
  readonly ttlMs: () => number;
  readonly metrics: Pick<Metrics, "cacheLookups" | "beforeCacheLookups"> | undefined;
}

export interface EntryCache<V> {
  /** Answers the keys that exist. */
  get(keys: readonly string[]): Promise<Map<string, V>>;
  /** Drops the given keys, or everything. */
  drop(keys: readonly string[] | "all"): void;
}

/** Makes a cache in front of `readMany`. */
export function createEntryCache<V extends object>(
  options: EntryCacheOptions,
  readMany: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>,
): EntryCache<V> {
  const cache = new LRUCache<string, V>({ max: options.entriesMax });
  const gathered = gatherReads(readMany);
  let drops = 0;
  let hits = 0;
  let misses = 0;
  options.metrics?.beforeCacheLookups(() => {
    const label = { cache: options.name };
    options.metrics?.cacheLookups.inc({ ...label, result: "hit" }, hits);
    options.metrics?.cacheLookups.inc({ ...label, result: "miss" }, misses);
    hits = 0;
    misses = 0;
  });

  const fill = async (answer: Map<string, V>, missing: readonly string[]): Promise<void> => {
    const dropsBefore = drops;
    const read = await gathered.read(missing);
    const ttl = options.ttlMs();
    for (const [key, value] of read) {
      answer.set(key, value);
      if (drops === dropsBefore) cache.set(key, value, { ttl });
    }
  };

  return {
    get: async (keys) => {
      const answer = new Map<string, V>();
      const missing: string[] = [];
      for (const key of keys) {
        const known = cache.get(key);
        if (known === undefined) missing.push(key);
        else answer.set(key, known);
      }
      hits += keys.length - missing.length;
      misses += missing.length;
      if (missing.length > 0) await fill(answer, missing);
      return answer;
    },
    drop: (keys) => {
      drops += 1;
      gathered.detach();
      if (keys === "all") cache.clear();
      else for (const key of keys) cache.delete(key);
    },
  };
}
