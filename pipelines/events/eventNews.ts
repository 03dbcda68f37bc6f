/**
 * News that events were committed, from whoever wrote them to publishers and followers (Redis pub/sub). News is a hint: it may
 * be lost while Redis is away, so everybody who waits for it also looks by himself after a bounded time.
 */
import type { Redis } from "../../platform/redis.ts";

/** Redis channel that is told after commits that appended events; a hint to publishers, who poll all the same. */
function eventsChannel(redisPrefix: string): string {
  return `${redisPrefix}:events`;
}

/** Tells publishers and followers, after the commit. Never throws. */
export async function announceEvents(redis: Redis, prefix: string): Promise<void> {
  try {
    await redis.publish(eventsChannel(prefix), "");
  } catch {
    // Redis is away: its connection logs that, and everybody who waits looks by himself soon.
  }
}

/** Waiting for news; one subscription serves any number of waiters. */
export interface EventNews {
  /** Ends at the first news after `seen`, or after the time. Answers what to pass as `seen` next time; begin with 0. */
  wait(seen: number, timeoutMs: number): Promise<number>;
  /** Ends every wait, as news would. */
  wake(): void;
  close(): void;
}

/** Subscribes on a connection of its own, again after every reconnect. */
export function listenToEvents(source: { redis: Redis; prefix: string }): EventNews {
  let count = 1;
  const waiters = new Set<() => void>();
  const wake = (): void => {
    count += 1;
    for (const end of waiters) end();
  };
  const subscriber = source.redis.duplicate({
    connectionName: "stockline-events",
    autoResubscribe: false,
    enableOfflineQueue: false,
  });
  const channel = eventsChannel(source.prefix);
  subscriber.on("ready", () => {
    subscriber.subscribe(channel).then(wake, () => subscriber.disconnect(true));
  });
  subscriber.on("error", () => undefined); // the commands' connection logs that Redis is away
  subscriber.on("message", wake);
  return {
    wait: async (seen, timeoutMs) => {
      if (seen === count || seen === 0) await oneWait(waiters, timeoutMs);
      return count;
    },
    wake,
    close: () => {
      subscriber.disconnect();
      wake();
    },
  };
}

function oneWait(waiters: Set<() => void>, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      waiters.delete(end);
      resolve();
    };
    const timer = setTimeout(end, timeoutMs);
    waiters.add(end);
  });
}
