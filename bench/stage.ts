/**
 * What a benchmark runs against: private backends in a temporary folder, PostgreSQL with fsync and synchronous_commit on,
 * and a migrated database for each section. Nothing of the product is switched off; everything is stopped at the end.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type LocalBackends, startBackends } from "../local/backends.ts";
import { killGroup } from "../local/childProcess.ts";
import { ensureSigningKey } from "../local/signingKey.ts";
import { signLocalToken } from "../platform/accessTokens.ts";
import { readConfig } from "../platform/config.ts";
import { migrate } from "../platform/migrate.ts";

export interface Stage {
  /** Makes a migrated database and the environment of product processes that work on it. */
  makeDatabase(name: string): Promise<BenchDatabase>;
  /** Version of the PostgreSQL server. */
  readonly postgresVersion: string;
  readonly home: string;
  stop(): Promise<void>;
}

export interface BenchDatabase {
  readonly env: Readonly<Record<string, string>>;
  /** As the superuser: for seeding and for looking on. */
  readonly admin: pg.Pool;
  readonly adminUrl: string;
  /** A token of an operator. */
  readonly token: string;
  close(): Promise<void>;
}

/** Of the caller's environment only which PostgreSQL to run counts. Sections that publish events start their own sinks. */
const GIVEN = {
  STOCKLINE_POSTGRES_BIN: process.env["STOCKLINE_POSTGRES_BIN"],
  SQS_ENDPOINT: "http://127.0.0.1:9",
  KINESIS_ENDPOINT: "http://127.0.0.1:9",
};

/** Starts the backends. */
export async function createStage(): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), "stockline-bench-"));
  const pids: number[] = [];
  process.once("exit", () => {
    for (const pid of pids) killGroup(pid);
    rmSync(home, { recursive: true, force: true });
  });
  const backends = await startBackends({
    home,
    given: GIVEN,
    log: (line) => process.stderr.write(`${line}\n`),
    fsync: true,
    onStarted: ({ pid }) => pids.push(pid),
  });
  return {
    home,
    postgresVersion: await postgresVersion(urls(backends).adminUrl),
    makeDatabase: (name) => makeDatabase(name, { backends, home }),
    stop: async () => {
      await backends.stop();
      pids.length = 0;
    },
  };
}

function urls({ postgres }: LocalBackends) {
  if (postgres === undefined) throw new Error("the bench started no PostgreSQL of its own");
  return postgres;
}

async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ server_version: string }>("show server_version");
  await client.end();
  return rows[0]?.server_version ?? "unknown";
}

async function makeDatabase(
  name: string,
  { backends, home }: { backends: LocalBackends; home: string },
): Promise<BenchDatabase> {
  const postgres = urls(backends);
  const database = `bench_${name}`;
  const server = new pg.Client({ connectionString: postgres.adminUrl });
  await server.connect();
  await server.query(`create database ${database} owner stockline_owner`);
  await server.end();
  await migrate({ databaseUrl: postgres.urlOf("owner", database) });
  const adminUrl = postgres.urlOf("postgres", database);
  const env = {
    ...backends.env,
    DATABASE_URL: postgres.urlOf("writer", database),
    DATABASE_OWNER_URL: postgres.urlOf("owner", database),
    DATABASE_READ_URL: postgres.urlOf("reader", database),
    NODE_ENV: "production",
    LOG_LEVEL: "info",
    PORT: "0",
    REDIS_PREFIX: `bench-${name}`,
    INBOX_DEPTH_MAX: "100000000",
    // one client sends all the load: the limits count, and are not reached
    RATE_LIMITS: "default=1000000/1s:2000000",
    JWT_KEY_FILE: await ensureSigningKey(home),
  };
  const admin = new pg.Pool({ connectionString: adminUrl, max: 4 });
  admin.on("error", () => undefined);
  const token = await signLocalToken(readConfig(env), {
    subject: "bench",
    roles: ["admin"],
    lifetimeSeconds: 4 * 3_600,
  });
  return { env, admin, adminUrl, token, close: () => admin.end() };
}
