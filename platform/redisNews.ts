/**
 * News by Redis pub/sub, on a connection of its own. News is a hint: it may be lost while Redis is away, so listeners are told
 * whether it can reach them at all.
 */
import { toError } from "../domain/errors.ts";
import type { Log } from "./log.ts";
import type { Redis } from "./redis.ts";

interface NewsListener {
  readonly onMessage: (text: string) => void;
  /** News may have been missed (false), or will arrive from now on (true). */
  readonly onReachable: (reachable: boolean) => void;
}

/** Listens to the channel until the answered function is called. */
export function listenToNews(
  source: { readonly redis: Redis; readonly channel: string; readonly log?: Log | undefined },
  listener: NewsListener,
): () => void {
  const { channel } = source;
  const subscriber = source.redis.duplicate({
    connectionName: channel,
    autoResubscribe: false,
    enableOfflineQueue: false,
  });
  const subscribe = async (): Promise<void> => {
    try {
      await subscriber.subscribe(channel);
      listener.onReachable(true);
    } catch (thrown) {
      source.log?.warn({ err: toError(thrown), channel }, "news can't be subscribed; trying again");
      subscriber.disconnect(true);
    }
  };
  subscriber.on("ready", () => void subscribe());
  subscriber.on("close", () => listener.onReachable(false));
  subscriber.on("error", () => undefined); // the commands' connection logs that Redis is away
  subscriber.on("message", (_channel: string, text: string) => listener.onMessage(text));
  return () => subscriber.disconnect();
}
