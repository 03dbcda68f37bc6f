/** What a process is made of: built once in each main.ts, handed on in slices. Everything it opens is stopped by its lifecycle. */
import { type Clock, systemClock } from "./clock.ts";
import { type Config, ConfigError, readConfigWithSecrets } from "./config.ts";
import { createKeyWrapper, type KeyWrapper } from "./cryptoWrapper.ts";
import { startMetricLines } from "./embeddedMetrics.ts";
import { armFailPoints } from "./failPoints.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createLog, type Log } from "./log.ts";
import { createMetrics, type Metrics, showConnections } from "./metrics.ts";
import { createObjectStorage, type ObjectStorage } from "./objectStorage.ts";
import { createPool, type DbPool } from "./postgres.ts";
import { createReadSources, type ReadSources } from "./readSources.ts";
import { checkEvictionPolicy, createRedis, type Redis } from "./redis.ts";
import { createRotatingPassword, createSecretSource, type RotatingPassword } from "./secrets.ts";

export interface Context {
  readonly config: Config;
  readonly log: Log;
  readonly db: DbPool;
  /** Where reports and exports read; decisions that write never do. */
  readonly reads: ReadSources;
  readonly redis: Redis;
  /** For what may be lost at any time: cached levels, limits of requests. The same as `redis` where there is no second server. */
  readonly cacheRedis: Redis;
  readonly storage: ObjectStorage;
  /** Wraps the keys of personal data (pipelines/privacy). */
  readonly keyWrapper: KeyWrapper;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
}

/** Statements of reports and refreshes may take this long. */
const LONG_STATEMENT_MS = 10 * 60_000;
/** Just longer than a statement may last: a request to a database that has gone silent is answered 503 after this. */
const ANSWER_TIMEOUT_MS = 35_000;

/** Opens every backend that a process of the given name needs. */
export function createContext(name: "api" | "workers" | "jobs", config: Config): Context {
  if (config.STOCKLINE_FAIL_POINTS !== undefined) armFailPoints(config.STOCKLINE_FAIL_POINTS);
  const log = createLog({ process: name, level: config.LOG_LEVEL });
  const lifecycle = new Lifecycle(log);
  const password = openPassword(config, lifecycle);
  const db = createPool({
    password,
    url: config.DATABASE_URL,
    applicationName: `stockline-${name}`,
    max: config.DATABASE_POOL_MAX,
    role: "stockline_writer",
    // Of the processes only the API neither streams into the database nor runs statements of minutes.
    ...(name === "api" ? { answerTimeoutMs: ANSWER_TIMEOUT_MS } : {}),
  });
  lifecycle.onStop("postgres", () => db.end());
  const readPools = openReadPools(name, { config, lifecycle, password });
  const reads = createReadSources({
    ...readPools,
    lagSecondsMax: config.DATABASE_READ_LAG_SECONDS_MAX,
    fallback: config.DATABASE_READ_FALLBACK,
    log,
  });
  const redis = createRedis({
    url: config.REDIS_URL,
    name: `stockline-${name}`,
    log,
    use: "commands",
  });
  lifecycle.onStop("redis", () => redis.disconnect());
  const cacheRedis = openCacheRedis(name, { config, log, lifecycle }) ?? redis;
  const storage = createObjectStorage(config);
  lifecycle.onStop("object storage", () => storage.close());
  const keyWrapper = createKeyWrapper(config);
  lifecycle.onStop("keys of personal data", () => keyWrapper.close());
  const metrics = createMetrics(name);
  showConnections(metrics, { write: db, read: readPools.primary, replica: readPools.replica });
  if (config.METRICS_EMF_SECONDS > 0) {
    const lines = startMetricLines(metrics, {
      everySeconds: config.METRICS_EMF_SECONDS,
      environment: config.METRICS_ENVIRONMENT,
      log,
    });
    lifecycle.onStop("metric lines", () => lines.stop());
  }
  return {
    config,
    log,
    db,
    reads,
    redis,
    cacheRedis,
    storage,
    keyWrapper,
    metrics,
    clock: systemClock,
    lifecycle,
  };
}

function openCacheRedis(
  name: string,
  { config, log, lifecycle }: Pick<Context, "config" | "log" | "lifecycle">,
): Redis | undefined {
  const url = config.REDIS_CACHE_URL;
  if (url === undefined) return undefined;
  const cache = createRedis({ url, name: `stockline-${name}-cache`, log, use: "commands" });
  lifecycle.onStop("cache redis", () => cache.disconnect());
  return cache;
}

/** Pools on the replica and on the primary; snapshots are read only on either. The primary knows our login as its writer only. */
function openReadPools(
  name: string,
  {
    config,
    lifecycle,
    password,
  }: Pick<Context, "config" | "lifecycle"> & { readonly password: RotatingPassword | undefined },
): { readonly primary: DbPool; readonly replica: DbPool } {
  const readers = (
    what: string,
    { url, role }: { url: string; role: "stockline_reader" | "stockline_writer" },
  ): DbPool => {
    const pool = createPool({
      url,
      password,
      applicationName: `stockline-${name}-read`,
      max: 4,
      role,
      statementTimeoutMs: LONG_STATEMENT_MS,
    });
    lifecycle.onStop(what, () => pool.end());
    return pool;
  };
  const primary = readers("postgres read", { url: config.DATABASE_URL, role: "stockline_writer" });
  const url = config.DATABASE_READ_URL;
  if (url === undefined) return { primary, replica: primary };
  return { primary, replica: readers("postgres replica", { url, role: "stockline_reader" }) };
}

/** The database's password where a secret holds it; what asks for it is closed after the pools. */
function openPassword(config: Config, lifecycle: Lifecycle): RotatingPassword | undefined {
  const { DATABASE_PASSWORD_SECRET: reference } = config;
  if (reference === undefined) return undefined;
  const source = createSecretSource({
    AWS_REGION: config.AWS_REGION,
    SECRETS_MANAGER_ENDPOINT: config.SECRETS_MANAGER_ENDPOINT,
  });
  lifecycle.onStop("secrets", () => source.close());
  return createRotatingPassword(source, reference);
}

/**
 * Reads the configuration, with what AWS Secrets Manager holds of it, or ends the process with a sentence for each wrong variable.
 */
export async function readConfigOrExit(): Promise<Config> {
  try {
    return await readConfigWithSecrets();
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown;
    process.stderr.write(`${thrown.message}\n`);
    process.exit(78); // EX_CONFIG of sysexits.h
  }
}

/** Ends the process with a sentence when Redis could evict keys. A Redis that is away is no reason not to start. */
export async function refuseEvictingRedis(context: Pick<Context, "redis" | "log">): Promise<void> {
  const fault = await checkEvictionPolicy(context.redis);
  if (fault === undefined) return;
  process.stderr.write(`${fault}\n`);
  process.exit(78);
}
