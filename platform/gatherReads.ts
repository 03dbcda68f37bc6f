/**
 * Gathers the reads of one turn of the event loop into one call, and lets reads of a key that is already on its way
 * share the answer (a miss is filled once however many ask). Keeps nothing once a read has ended.
 */

/** Reads many keys at once; keys that do not exist are missing in the answer. */
type ReadMany<V> = (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;

export interface GatheredReads<V> {
  /**
   * Answers the keys that exist. `fresh`: joins no read that began before this call.
   * Throws what the read threw; every caller of the batch gets the same error.
   */
  read(keys: Iterable<string>, options?: { readonly fresh: boolean }): Promise<Map<string, V>>;
  /** From now on nobody joins a read that has begun before this call: what it reads may be outdated. */
  detach(): void;
}

interface Batch<V> {
  readonly keys: Set<string>;
  readonly found: Promise<ReadonlyMap<string, V>>;
}

/** Makes a gatherer around `readMany`; a batch is cut at `keysMax` keys. */
export function gatherReads<V>(readMany: ReadMany<V>, keysMax = 10_000): GatheredReads<V> {
  let open: Batch<V> | undefined;
  const begun = new Map<string, Batch<V>>();

  const openBatch = (): Batch<V> => {
    if (open !== undefined && open.keys.size < keysMax) return open;
    const keys = new Set<string>();
    const found = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      if (open === batch) open = undefined;
      for (const key of keys) begun.set(key, batch);
      return readMany([...keys]).finally(() => {
        for (const key of keys) if (begun.get(key) === batch) begun.delete(key);
      });
    });
    const batch: Batch<V> = { keys, found };
    open = batch;
    return batch;
  };

  const batchFor = (key: string, fresh: boolean): Batch<V> => {
    const joined = fresh ? undefined : begun.get(key);
    if (joined !== undefined) return joined;
    const batch = openBatch();
    batch.keys.add(key);
    return batch;
  };

  return {
    read: async (keys, options) => {
      const wanted = new Map<Batch<V>, string[]>();
      for (const key of keys) {
        const batch = batchFor(key, options?.fresh ?? false);
        const own = wanted.get(batch);
        if (own === undefined) wanted.set(batch, [key]);
        else own.push(key);
      }
      const answer = new Map<string, V>();
      const pick = async (batch: Batch<V>, own: readonly string[]) => {
        const found = await batch.found;
        for (const key of own) {
          const value = found.get(key);
          if (value !== undefined) answer.set(key, value);
        }
      };
      await Promise.all([...wanted].map(([batch, own]) => pick(batch, own)));
      return answer;
    },
    detach: () => begun.clear(),
  };
}
