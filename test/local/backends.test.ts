/** The embedded backends: durable over restarts, private to this machine, their faults in words. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { Redis } from "ioredis";
import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { type LocalBackends, startBackends } from "../../local/backends.ts";
import { killGroup } from "../../local/childProcess.ts";
import { keepBackend } from "../../local/keepBackend.ts";
import type { LocalBackend } from "../../local/localBackend.ts";
import { startPostgres } from "../../local/postgres.ts";
import { postgresBinaries } from "../../local/postgresBinaries.ts";
import { startRedis } from "../../local/redis.ts";
import { testBackends } from "../support/backends.ts";
import { waitFor } from "../support/waitFor.ts";
import { kinesisCall, listeningAddresses, temporaryFolder } from "./localFixtures.ts";

const log = (): void => undefined;

function urlOf(backends: LocalBackends, name: string): string {
  return backends.env[name] ?? `${name} is missing`;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function s3Of(backends: LocalBackends): S3Client {
  const s3 = new S3Client({
    region: "us-east-1",
    endpoint: urlOf(backends, "S3_ENDPOINT"),
    forcePathStyle: true,
    credentials: { accessKeyId: "S3RVER", secretAccessKey: "S3RVER" },
  });
  onTestFinished(() => s3.destroy());
  return s3;
}

function redisOf(backends: LocalBackends): Redis {
  const redis = new Redis(urlOf(backends, "REDIS_URL"), { maxRetriesPerRequest: null });
  redis.on("error", () => undefined); // It reconnects by itself when its server comes back.
  onTestFinished(() => redis.disconnect());
  return redis;
}

test("a second start finds the data of the first, and nothing listens beyond loopback", async () => {
  const home = temporaryFolder();
  const first = await startBackends({ home, given: {}, log });
  const object = { Bucket: "stockline", Key: "kept.txt" };
  await query(urlOf(first, "DATABASE_OWNER_URL"), "create table kept as select 'row' as what");
  await redisOf(first).set("kept", "key");
  await s3Of(first).send(new PutObjectCommand({ ...object, Body: "object" }));
  await kinesisCall(urlOf(first, "KINESIS_ENDPOINT"), "CreateStream", {
    StreamName: "kept",
    ShardCount: 1,
  });
  if (process.platform === "linux") {
    const addresses = first.backends.flatMap(({ pid }) => listeningAddresses(pid));
    expect(addresses.length).toBeGreaterThanOrEqual(first.backends.length);
    expect(addresses.filter((address) => !address.startsWith("127.0.0.1:"))).toEqual([]);
  }
  await first.stop();

  const second = await startBackends({ home, given: {}, log });
  onTestFinished(second.stop);
  const rows = await query(urlOf(second, "DATABASE_OWNER_URL"), "select what from kept");
  expect(rows).toEqual([{ what: "row" }]);
  expect(await redisOf(second).get("kept")).toBe("key");
  const got = await s3Of(second).send(new GetObjectCommand(object));
  expect(await got.Body?.transformToString()).toBe("object");
  expect(await kinesisCall(urlOf(second, "KINESIS_ENDPOINT"), "ListStreams", {})).toMatchObject({
    StreamNames: ["kept"],
  });
});

test("a backend whose variable is set is used and not started", async () => {
  const given = { ...testBackends().env, DATABASE_URL: "postgres://theirs", S3_ENDPOINT: "" };
  const backends = await startBackends({ home: temporaryFolder(), given, log });
  onTestFinished(backends.stop);
  expect(backends.backends).toEqual([]);
  expect(backends.env).toEqual({});
});

test("PostgreSQL asks for passwords, keeps them private, and its roles are no superusers", async () => {
  const home = temporaryFolder();
  const postgres = await startPostgres({ home, log, fsync: false });
  onTestFinished(() => postgres.stop());
  const withoutPassword = new URL(postgres.adminUrl);
  withoutPassword.password = "wrong";
  await expect(query(withoutPassword.href, "select 1")).rejects.toMatchObject({ code: "28P01" });
  expect(statSync(join(home, "keys/passwords.json")).mode & 0o777).toBe(0o600);
  const roles = await query(
    postgres.adminUrl,
    "select rolname, rolsuper, rolcreatedb, rolcreaterole from pg_roles" +
      " where rolname like 'stockline%' and (rolsuper or rolcreatedb or rolcreaterole)",
  );
  expect(roles).toEqual([]);
  const settings = await query(
    postgres.urlOf("writer", "stockline"),
    "select current_setting('timezone') as zone, current_setting('server_encoding') as encoding," +
      " datcollate as collate from pg_database where datname = current_database()",
  );
  expect(settings).toEqual([{ zone: "UTC", encoding: "UTF8", collate: "C" }]);
});

test("PostgreSQL starts again after a kill, with what was committed", async () => {
  const home = temporaryFolder();
  const killed = await startPostgres({ home, log });
  await query(killed.urlOf("owner", "stockline"), "create table kept as select 1 as n");
  killGroup(killed.pid);
  await killed.exited;
  const again = await startPostgres({ home, log });
  onTestFinished(() => again.stop());
  expect(await query(again.urlOf("owner", "stockline"), "select n from kept")).toEqual([{ n: 1 }]);
});

test("a pid file that names a process of somebody else does not keep PostgreSQL from starting", async () => {
  const home = temporaryFolder();
  const first = await startPostgres({ home, log, fsync: false });
  const file = join(home, "postgres/data/postmaster.pid");
  const text = readFileSync(file, "utf8");
  await first.stop();
  // As root, PostgreSQL runs as nobody and trusts a pid file only if it may signal that process.
  const user = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const other = spawn("sleep", ["60"], { stdio: "ignore", ...user });
  await once(other, "spawn");
  onTestFinished(() => void other.kill());
  writeFileSync(file, text.replace(/^\d+/, String(other.pid)));
  const second = await startPostgres({ home, log, fsync: false });
  await second.stop();
  expect(other.exitCode).toBeNull();
});

test("a PostgreSQL left running on the same data is stopped first", async () => {
  const home = temporaryFolder();
  const lines: string[] = [];
  const left = await startPostgres({ home, log, fsync: false });
  const next = await startPostgres({ home, log: (line) => lines.push(line), fsync: false });
  onTestFinished(() => next.stop());
  await left.exited;
  expect(lines).toEqual([
    `Stopping the PostgreSQL (process ${left.pid}) that an earlier start left running.`,
  ]);
});

test("data of another major version is refused with a sentence", async () => {
  const home = temporaryFolder();
  const data = join(home, "postgres/data");
  mkdirSync(data, { recursive: true });
  writeFileSync(join(data, "PG_VERSION"), "11\n");
  await expect(startPostgres({ home, log })).rejects.toThrow(
    /postgres\/data holds data of PostgreSQL 11, but the server here is \d+\. Choose another/,
  );
});

test("a backend that cannot take its port is told with the last lines of its log", async () => {
  const { port } = new URL(testBackends().redisUrl);
  const starting = startRedis({ home: temporaryFolder(), log, port: Number(port) });
  await expect(starting).rejects.toThrow(/^redis ended at once \(status 1\)\. Its log ends:/);
});

test("a kept backend that is killed comes back at the same address with its data", async () => {
  const lines: string[] = [];
  const backends = await startBackends({
    home: temporaryFolder(),
    given: { ...testBackends().env, DATABASE_URL: "postgres://theirs", REDIS_URL: "" },
    log: (line) => lines.push(line),
    restarts: true,
  });
  onTestFinished(backends.stop);
  const redis = redisOf(backends);
  await redis.set("kept", "key");
  for (const { pid } of backends.backends) killGroup(pid);
  await waitFor("Redis to answer again", async () => (await redis.get("kept")) === "key");
  expect(lines).toEqual(["redis ended by itself; starting it again."]);
});

test("a kept backend that is stopped just as it comes back stays stopped", async () => {
  const home = temporaryFolder();
  const first = await startRedis({ home, log });
  const again = new Promise<{ next: LocalBackend; stopped: Promise<void> }>((resolve) => {
    const restart = async (port: number): Promise<LocalBackend> => {
      const next = await startRedis({ home, log, port });
      resolve({ next, stopped: kept.stop() });
      return next;
    };
    const kept = keepBackend(first, { restart, log });
  });
  killGroup(first.pid);
  const { next, stopped } = await again;
  onTestFinished(next.stop);
  await stopped;
  await next.exited;
});

test.runIf(process.getuid?.() === 0)(
  "as root it runs as another user, data and programs below a folder only root enters",
  async () => {
    const shut = temporaryFolder(); // It has mode 0700.
    cpSync(dirname(postgresBinaries(undefined)), join(shut, "programs"), { recursive: true });
    const home = join(shut, "deep/home");
    const binDir = join(shut, "programs/bin");
    const postgres = await startPostgres({ home, log, fsync: false, binDir });
    onTestFinished(() => postgres.stop());
    expect(await query(postgres.adminUrl, "select 1 as one")).toEqual([{ one: 1 }]);
    expect(statSync(`/proc/${postgres.pid}`).uid).not.toBe(0);
  },
);

test.runIf(process.getuid?.() === 0)(
  "as root it goes on as the owner of data made earlier",
  async () => {
    const home = temporaryFolder();
    const first = await startPostgres({ home, log, fsync: false });
    await first.stop();
    execFileSync("chown", ["-R", "12345:12345", join(home, "postgres")]);
    const second = await startPostgres({ home, log, fsync: false });
    onTestFinished(() => second.stop());
    expect(statSync(`/proc/${second.pid}`).uid).toBe(12_345);
  },
);
