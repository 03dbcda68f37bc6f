/**
 * Brings up a whole Stockline on this machine: embedded backends, migrations, api, workers, jobs.
 * Whatever fails or interrupts the start, all that was started is stopped again before it throws.
 */
import { createHmac } from "node:crypto";
import { join, resolve } from "node:path";
import { type Config, ConfigError, readConfig } from "../platform/config.ts";
import { projectRoot } from "../platform/projectRoot.ts";
import { startBackends } from "./backends.ts";
import { freePort, portIsFree } from "./freePort.ts";
import { type InstanceLock, lockInstance, type SignIn } from "./instanceLock.ts";
import { LocalError } from "./localError.ts";
import { localSecrets } from "./localSecrets.ts";
import { type ProductOptions, runMigrations, startProduct } from "./processes.ts";
import { ensureSigningKey, signingKeyFile } from "./signingKey.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export interface StartOptions {
  /** The caller's environment; empty values count as unset. */
  readonly given: Environment;
  /** Shows a line at the terminal. */
  readonly say: (line: string) => void;
  /** Ends a start that is under way. */
  readonly abort?: AbortSignal;
  /** Folder of the compiled product; for tests. */
  readonly dist?: string;
}

export interface RunningStockline {
  readonly url: string;
  /** Data folder, an absolute path. */
  readonly home: string;
  /** The environment that the product's processes see. */
  readonly env: Environment;
  /** Stops api, jobs, workers, then the backends. Safe to call twice. */
  stop(): Promise<void>;
  /** Kills everything at once; what was committed is kept. */
  kill(): void;
}

/** Starts everything; resolves when the api answers and workers and jobs are ready. */
export async function startStockline(options: StartOptions): Promise<RunningStockline> {
  const given = withoutEmpty(options.given);
  const { host, port: portAsked, signIn } = checkedConfig(given);
  const port = portAsked === 0 ? await freePort() : portAsked;
  const url = `http://${host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host}:${port}`;
  const home = resolve(projectRoot(), given["STOCKLINE_HOME"] ?? ".stockline");
  const lock = await lockInstance({ home, url, log: options.say, signIn: signIn(home) });
  const stops: (() => Promise<void>)[] = [async () => lock.release()];
  const stop = once(() => {
    lock.noteStopping();
    return lastFirst(stops);
  });
  try {
    await refuseTakenPort(port, host);
    const fixed = { ...given, HOST: host, PORT: String(port), STOCKLINE_HOME: home };
    const env = await startAll({ options, given: fixed, home, url, lock, stops });
    return { url, home, env, stop, kill: () => lock.killChildren() };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Starting {
  readonly options: StartOptions;
  readonly given: Environment;
  readonly home: string;
  readonly url: string;
  readonly lock: InstanceLock;
  /** What undoes each part started, in order of starting. */
  readonly stops: (() => Promise<void>)[];
}

async function startAll(starting: Starting): Promise<Environment> {
  const { options, given, home, url, lock, stops } = starting;
  const keyed = withWebhookKey(await withSigningKey(given, home), home);
  const product = (env: Environment): ProductOptions => ({
    home,
    dist: options.dist ?? join(projectRoot(), "dist"),
    env,
    say: options.say,
    onStarted: lock.note,
    abort: options.abort,
  });
  const backends = await startBackends({
    home,
    given,
    log: options.say,
    onStarted: lock.note,
    restarts: true,
    // Migrations need a whole, valid configuration; they use the database only.
    whenDatabaseReady: ({ env }) => runMigrations(product({ ...PLACEHOLDERS, ...env, ...keyed })),
  });
  stops.push(backends.stop);
  options.abort?.throwIfAborted();
  const env = { ...backends.env, ...keyed };
  const running = await startProduct(product(env), url);
  stops.push(running.stop);
  return env;
}

/** Stand-ins for what embedded backends will fill in, so that all else can be checked before. */
const PLACEHOLDERS = {
  DATABASE_URL: "postgres://embedded",
  REDIS_URL: "redis://embedded",
  S3_ACCESS_KEY_ID: "embedded",
  S3_SECRET_ACCESS_KEY: "embedded",
};

interface CheckedConfig {
  readonly host: string;
  readonly port: number;
  readonly signIn: (home: string) => SignIn;
}

function signInOf(config: Config, home: string): SignIn {
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_JWKS_URL: jwksUrl } = config;
  if (jwksUrl !== undefined) return { issuer, audience, jwksUrl };
  return { issuer, audience, keyFile: resolve(config.JWT_KEY_FILE ?? signingKeyFile(home)) };
}

/** Checks every variable before anything starts. */
function checkedConfig(given: Environment): CheckedConfig {
  const keys = given["S3_ENDPOINT"] === undefined ? {} : { S3_ACCESS_KEY_ID: undefined };
  try {
    const config = readConfig({ ...PLACEHOLDERS, ...keys, ...given });
    return { host: config.HOST, port: config.PORT, signIn: (home) => signInOf(config, home) };
  } catch (error) {
    if (error instanceof ConfigError) throw new LocalError(error.message);
    throw error;
  }
}

async function refuseTakenPort(port: number, host: string): Promise<void> {
  if (await portIsFree(port, host)) return;
  throw new LocalError(
    `Port ${port} at ${host} is in use by another program (or not allowed to you). ` +
      `Stop that program, or choose another port: PORT=${port + 1} npm start`,
  );
}

async function withSigningKey(given: Environment, home: string): Promise<Environment> {
  const names = ["JWT_JWKS_URL", "JWT_KEY", "JWT_KEY_FILE"];
  if (names.some((name) => given[name] !== undefined)) return given;
  return { ...given, JWT_KEY_FILE: await ensureSigningKey(home) };
}

/** The key that webhooks' secrets follow from is one of this data folder's own. */
function withWebhookKey(given: Environment, home: string): Environment {
  if (given["WEBHOOK_SIGNING_KEY"] !== undefined) return given;
  const key = createHmac("sha256", localSecrets(home).owner).update("webhooks").digest("hex");
  return { ...given, WEBHOOK_SIGNING_KEY: key };
}

function withoutEmpty(given: Environment): Environment {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""));
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= run();
    return result;
  };
}

/** Runs every stop, the newest first; the first failure is thrown after all have run. */
async function lastFirst(stops: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const stop of stops.toReversed()) {
    await stop().catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}
