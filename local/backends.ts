/**
 * Starts the embedded backends that the environment does not already name, side by side, and stops
 * them again. A backend whose variable is set is the caller's own: used, never started or stopped.
 */
import { keepBackend } from "./keepBackend.ts";
import { startKinesis } from "./kinesis.ts";
import type { BackendOptions, LocalBackend } from "./localBackend.ts";
import { type LocalPostgres, startPostgres } from "./postgres.ts";
import { startRedis } from "./redis.ts";
import { startS3 } from "./s3.ts";
import { startSqs } from "./sqs.ts";

export interface BackendsOptions {
  /** Data folder (STOCKLINE_HOME), an absolute path; made when missing. */
  readonly home: string;
  /** The environment the product will see. */
  readonly given: Readonly<Record<string, string | undefined>>;
  readonly log: (line: string) => void;
  /** False trades durability for speed, of PostgreSQL and of Kinesis' streams; for tests. */
  readonly fsync?: boolean;
  /** Called for each backend as soon as it is up, e.g. to note its pid. */
  readonly onStarted?: (backend: LocalBackend) => void;
  /** Start a backend that ends unasked again. Default false: tests want to see such an end. */
  readonly restarts?: boolean;
  /** Work that needs only the database; runs while the other backends still start. */
  readonly whenDatabaseReady?: (database: StartedDatabase) => Promise<void>;
}

export interface StartedDatabase {
  readonly env: Readonly<Record<string, string>>;
  /** Undefined when DATABASE_URL was given. */
  readonly postgres: LocalPostgres | undefined;
}

export interface LocalBackends extends StartedDatabase {
  /** The variables of all backends started, to be laid over those given. */
  readonly env: Readonly<Record<string, string>>;
  readonly backends: readonly LocalBackend[];
  /** Stops them side by side. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts what is not given; when one fails, the others are stopped and its sentence is thrown. */
export async function startBackends(options: BackendsOptions): Promise<LocalBackends> {
  const started: LocalBackend[] = [];
  const begin = async <B extends LocalBackend>(start: Start<B>): Promise<B> => {
    const { home, log, onStarted, restarts = false } = options;
    const backend = await start({ home, log });
    onStarted?.(backend);
    const restart = (port: number): Promise<LocalBackend> => start({ home, log, port });
    started.push(restarts ? keepBackend(backend, { restart, log, onStarted }) : backend);
    return backend;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((backend) => backend.stop()));
  };
  const database = startDatabase(options, begin);
  const starting = [database, ...missingBackends(options).map((start) => begin(start))];
  const failed = (await Promise.allSettled(starting)).find(isRejected);
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  const env: Record<string, string> = { ...localAwsEnv(options.given) };
  for (const backend of started) Object.assign(env, backend.env);
  return { env, postgres: await database, backends: started, stop };
}

type Start<B extends LocalBackend> = (options: BackendOptions) => Promise<B>;

type Begin = <B extends LocalBackend>(start: Start<B>) => Promise<B>;

function isRejected(outcome: PromiseSettledResult<unknown>): outcome is PromiseRejectedResult {
  return outcome.status === "rejected";
}

async function startDatabase(
  options: BackendsOptions,
  begin: Begin,
): Promise<LocalPostgres | undefined> {
  const { given, fsync } = options;
  let postgres: LocalPostgres | undefined;
  if (!isSet(given["DATABASE_URL"])) {
    const binDir = given["STOCKLINE_POSTGRES_BIN"];
    postgres = await begin((place) => startPostgres({ ...place, fsync, binDir }));
  }
  await options.whenDatabaseReady?.({ env: postgres?.env ?? {}, postgres });
  return postgres;
}

function missingBackends({ given, fsync }: BackendsOptions): Start<LocalBackend>[] {
  const starts: Start<LocalBackend>[] = [];
  if (!isSet(given["REDIS_URL"])) starts.push(startRedis);
  if (!s3IsGiven(given)) starts.push(startS3);
  if (!isSet(given["SQS_ENDPOINT"])) starts.push(startSqs);
  if (!isSet(given["KINESIS_ENDPOINT"])) {
    starts.push((place) => startKinesis({ ...place, saves: fsync !== false }));
  }
  return starts;
}

/** S3_BUCKET without S3_ENDPOINT means Amazon's own S3. */
function s3IsGiven(given: BackendsOptions["given"]): boolean {
  return isSet(given["S3_ENDPOINT"]) || isSet(given["S3_BUCKET"]);
}

/**
 * Region and keys for emulators, which take any. Left alone when the caller has some, or uses
 * real S3, whose credentials may come from a profile or a role that these would hide.
 */
function localAwsEnv(given: BackendsOptions["given"]): Record<string, string> {
  const region = isSet(given["AWS_REGION"]) ? {} : { AWS_REGION: "us-east-1" };
  if (isSet(given["AWS_ACCESS_KEY_ID"]) || s3IsGiven(given)) return region;
  return { ...region, AWS_ACCESS_KEY_ID: "stockline", AWS_SECRET_ACCESS_KEY: "stockline" };
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
