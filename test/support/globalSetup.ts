/**
 * Starts one private set of backends for a whole test run, on free ports, in a folder of its own,
 * with a migrated template database from which each test file clones its own (database.ts).
 * Never touches the data of a running `npm start`. Also builds dist/, which process tests run.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { type LocalBackends, type StartedDatabase, startBackends } from "../../local/backends.ts";
import { killGroup } from "../../local/childProcess.ts";
import { migrate } from "../../platform/migrate.ts";
import { projectRoot } from "../../platform/projectRoot.ts";
import { TEMPLATE_DATABASE, type TestBackends } from "./backends.ts";

/** Called by vitest once, before the first test file; answers what to do after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  buildDist();
  const home = mkdtempSync(join(tmpdir(), "stockline-test-"));
  const pids: number[] = [];
  // Ctrl-C ends vitest without its teardown; nothing of ours may outlive it all the same.
  process.once("exit", () => {
    for (const pid of pids) killGroup(pid);
    rmSync(home, { recursive: true, force: true });
  });
  const backends = await startBackends({
    home,
    // The suite runs on another server version when its programs are named.
    given: { STOCKLINE_POSTGRES_BIN: process.env["STOCKLINE_POSTGRES_BIN"] },
    log: (line) => console.log(line),
    fsync: false,
    onStarted: ({ pid }) => pids.push(pid),
    whenDatabaseReady: makeTemplate,
  });
  project.provide("backends", provided(home, backends));
  return async () => {
    await backends.stop();
    pids.length = 0;
  };
}

function buildDist(): void {
  const script = join(projectRoot(), "scripts/run.mjs");
  const run = spawnSync(process.execPath, [script, "build", "--tolerant"], {
    stdio: ["ignore", 2, 2],
  });
  if (run.status !== 0) throw new Error("dist/ could not be built; see the messages above.");
}

async function makeTemplate({ postgres }: StartedDatabase): Promise<void> {
  if (postgres === undefined) throw new Error("the test backends have no PostgreSQL of their own");
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  await client.query(`create database ${TEMPLATE_DATABASE} owner stockline_owner`);
  await client.end();
  await migrate({ databaseUrl: postgres.urlOf("owner", TEMPLATE_DATABASE) });
}

function provided(home: string, { env, postgres }: LocalBackends): TestBackends {
  const of = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`the test backends yield no ${name}`);
    return value;
  };
  if (postgres === undefined) throw new Error("the test backends have no PostgreSQL of their own");
  const withoutDatabase = Object.entries(env).filter(([name]) => !name.startsWith("DATABASE_"));
  return {
    home,
    adminUrl: postgres.adminUrl,
    ownerUrl: of("DATABASE_OWNER_URL"),
    writerUrl: of("DATABASE_URL"),
    readerUrl: of("DATABASE_READ_URL"),
    redisUrl: of("REDIS_URL"),
    s3Endpoint: of("S3_ENDPOINT"),
    kinesisEndpoint: of("KINESIS_ENDPOINT"),
    sqsEndpoint: of("SQS_ENDPOINT"),
    // keys that the product makes by itself go into the run's folder, never into the project's
    env: { ...Object.fromEntries(withoutDatabase), STOCKLINE_HOME: home },
  };
}
