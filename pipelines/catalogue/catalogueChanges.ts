/**
 * News that catalogue entries were written, from the writer to every process that caches them (Redis pub/sub).
 * News is a hint: it may be lost while Redis is away, so listeners are told whether it can reach them at all.
 */
import { z } from "zod";
import type { Log } from "../../platform/log.ts";
import type { Redis } from "../../platform/redis.ts";
import { listenToNews } from "../../platform/redisNews.ts";

const changeMessage = z.object({
  skus: z.array(z.string()).default([]),
  codes: z.array(z.string()).default([]),
  all: z.boolean().default(false),
});

/** What was written: SKUs of items, codes of warehouses, or `all` after bulk work. */
export interface CatalogueChange {
  readonly skus?: readonly string[];
  readonly codes?: readonly string[];
  readonly all?: boolean;
}

interface Listener {
  /** An entry was written somewhere. */
  readonly onChange: (change: CatalogueChange) => void;
  /** News may have been missed (false), or will arrive from now on (true). */
  readonly onReachable: (reachable: boolean) => void;
}

/** Channel of the news. */
function channelOf(prefix: string): string {
  return `${prefix}:catalogue`;
}

/**
 * Tells every process, after the commit of a write. Never throws: when Redis is away the caches
 * know that they can't be reached and keep entries for seconds only.
 */
export async function announceCatalogueChange(
  redis: Redis,
  prefix: string,
  change: CatalogueChange,
): Promise<void> {
  try {
    await redis.publish(channelOf(prefix), JSON.stringify(change));
  } catch {
    // Redis is away: the connection logs it, and listeners shorten their lifetimes by themselves.
  }
}

/** Listens on a connection of its own until the answered function is called. */
export function listenToCatalogueChanges(
  source: { readonly redis: Redis; readonly prefix: string; readonly log?: Log | undefined },
  listener: Listener,
): () => void {
  const { redis, prefix, log } = source;
  return listenToNews(
    { redis, channel: channelOf(prefix), log },
    {
      onMessage: (text) => listener.onChange(readChange(text)),
      onReachable: listener.onReachable,
    },
  );
}

/** News that can't be read counts as news about everything. */
function readChange(text: string): CatalogueChange {
  try {
    return changeMessage.parse(JSON.parse(text));
  } catch {
    return { all: true };
  }
}
