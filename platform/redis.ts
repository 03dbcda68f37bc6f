/** Redis connections. Redis is never the only holder of anything: every caller works on, slower, when it is away. */
import { Redis } from "ioredis";
import type { Log } from "./log.ts";
import { redisTarget } from "./redisUrl.ts";
import { inCallSpan, isTracing } from "./tracing.ts";

export type { Redis } from "ioredis";

interface RedisOptions {
  readonly url: string;
  readonly name: string;
  readonly log: Log;
  /** "commands": fails fast so that callers fall back; "worker": waits for Redis for ever, as BullMQ workers want. */
  readonly use: "commands" | "worker";
}

const RECONNECT_MS_MAX = 2_000;
const COMMAND_TIMEOUT_MS = 1_000;

/** Opens a connection that reconnects by itself; its errors are logged at most once a second. */
export function createRedis(options: RedisOptions): Redis {
  const forCommands = options.use === "commands";
  const { url, tls } = redisTarget(options.url);
  const redis = new Redis(url, {
    ...(tls === undefined ? {} : { tls }),
    connectionName: options.name,
    maxRetriesPerRequest: forCommands ? 1 : null,
    enableOfflineQueue: !forCommands,
    ...(forCommands ? { commandTimeout: COMMAND_TIMEOUT_MS } : {}),
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_MS_MAX),
  });
  let lastLogged = 0;
  redis.on("error", (error: Error) => {
    if (Date.now() - lastLogged < 1_000) return;
    lastLogged = Date.now();
    options.log.warn({ err: error, connection: options.name }, "redis error");
  });
  if (isTracing()) traceCommands(redis);
  return redis;
}

/** Commands that belong to recorded work become spans of it, by name and without arguments. */
function traceCommands(redis: Redis): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) =>
    inCallSpan(`redis ${command.name}`, { "db.system.name": "redis" }, async () =>
      send(command, stream),
    );
}

const EVICTING = /^(allkeys|volatile)-/;

/** Refuses a Redis that may evict keys (wake-ups and queues would vanish); answers the sentence, or undefined when right. */
export async function checkEvictionPolicy(redis: Redis): Promise<string | undefined> {
  await untilReady(redis);
  const policy = await maxmemoryPolicy(redis).catch(() => "not known");
  if (!EVICTING.test(policy)) return undefined;
  return `REDIS_URL names a server with maxmemory-policy "${policy}"; expected noeviction, since queues must not lose keys`;
}

const READY_WAIT_MS = 2_000;

/** Waits for the connection, two seconds at most; answers whether it is ready. */
export async function untilReady(redis: Redis): Promise<boolean> {
  if (redis.status === "ready") return true;
  return new Promise<boolean>((resolve) => {
    const settle = (isReady: boolean) => () => {
      clearTimeout(timer);
      redis.off("ready", onReady);
      redis.off("end", onEnd);
      resolve(isReady);
    };
    const onReady = settle(true);
    const onEnd = settle(false);
    const timer = setTimeout(onEnd, READY_WAIT_MS);
    redis.once("ready", onReady);
    redis.once("end", onEnd);
  });
}

/** RESP2 answers a list of name and value, RESP3 a map. */
async function maxmemoryPolicy(redis: Redis): Promise<string> {
  const reply: unknown = await redis.call("CONFIG", "GET", "maxmemory-policy");
  if (Array.isArray(reply)) return String(reply[1]);
  const values: unknown[] =
    reply instanceof Map ? [...reply.values()] : Object.values(Object(reply));
  return String(values[0]);
}
