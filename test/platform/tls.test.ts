/** TLS by configuration, to a PostgreSQL and a Redis that really speak it: the CA, the server's name, and client certificates. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freePort } from "../../local/freePort.ts";
import { type LocalPostgres, startPostgres } from "../../local/postgres.ts";
import { createPool } from "../../platform/postgres.ts";
import { createRedis } from "../../platform/redis.ts";
import { redisTarget } from "../../platform/redisUrl.ts";
import { type Certificates, makeCertificates } from "../support/certificates.ts";
import { waitFor } from "../support/waitFor.ts";

const home = mkdtempSync(join(tmpdir(), "stockline-tls-"));
let postgres: LocalPostgres;
let certificates: Certificates;
let redis: ChildProcess;
let redisPort: number;

beforeAll(async () => {
  postgres = await startPostgres({ home, log: () => undefined, fsync: false });
  const { uid, gid } = statSync(join(home, "postgres", "data"));
  certificates = makeCertificates(join(home, "postgres"), { uid, gid });
  redisPort = await freePort();
  const { ca, server } = certificates;
  const files = [
    "--tls-ca-cert-file",
    ca,
    "--tls-cert-file",
    server.cert,
    "--tls-key-file",
    server.key,
  ];
  redis = spawn(
    "redis-server",
    ["--port", "0", "--tls-port", String(redisPort), "--bind", "127.0.0.1", "--save", "", ...files],
    { stdio: "ignore" },
  );
  await serveWith(certificates.server);
}, 120_000);
afterAll(async () => {
  redis.kill();
  await postgres.stop();
  rmSync(home, { recursive: true, force: true });
});

/** Lets PostgreSQL show that certificate, and ask clients for theirs. */
async function serveWith({ cert, key }: Certificates["server"]): Promise<void> {
  const admin = new pg.Client({ connectionString: postgres.adminUrl });
  await admin.connect();
  for (const [name, value] of [
    ["ssl_cert_file", cert],
    ["ssl_key_file", key],
    ["ssl_ca_file", certificates.ca],
    ["ssl", "on"],
  ]) {
    await admin.query(`alter system set ${name} = '${value}'`);
  }
  await admin.query("select pg_reload_conf()");
  await admin.end();
  await waitFor("TLS", async () => {
    const [row] = await secured({ sslmode: "no-verify" }).catch(() => []);
    return row?.cert === undefined ? undefined : true;
  });
}

/** What the server says of a pool's connection with these parameters in its URL. */
async function secured(parameters: Record<string, string>, host = "localhost") {
  const url = new URL(postgres.urlOf("writer", "postgres"));
  url.hostname = host;
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const pool = createPool({
    url: url.href,
    applicationName: "stockline-test",
    max: 1,
    role: "stockline_writer",
  });
  try {
    const { rows } = await pool.query<{ ssl: boolean; cert: string | null }>({
      text: "select ssl, client_dn as cert from pg_stat_ssl where pid = pg_backend_pid()",
    });
    return rows;
  } finally {
    await pool.end();
  }
}

describe("PostgreSQL", () => {
  test("with its CA and verify-full the connection is encrypted", async () => {
    const rows = await secured({ sslmode: "verify-full", sslrootcert: certificates.ca });
    expect(rows).toEqual([{ ssl: true, cert: null }]);
  });

  test("a certificate of another CA is refused", async () => {
    const parameters = { sslmode: "verify-full", sslrootcert: certificates.otherCa };
    await expect(secured(parameters)).rejects.toThrow(/certificate/);
  });

  test("a client certificate is shown", async () => {
    const { client, ca } = certificates;
    const parameters = { sslmode: "verify-full", sslrootcert: ca };
    const rows = await secured({ ...parameters, sslcert: client.cert, sslkey: client.key });
    expect(rows).toEqual([{ ssl: true, cert: "/CN=stockline_writer" }]);
  });

  test("a server that shows another name is refused", async () => {
    await serveWith(certificates.stranger);
    const parameters = { sslmode: "verify-full", sslrootcert: certificates.ca };
    await expect(secured(parameters)).rejects.toThrow(/altnames/);
    await serveWith(certificates.server);
  });
});

describe("Redis", () => {
  const urlOf = (parameters: Record<string, string>, host = "localhost"): string =>
    `rediss://${host}:${redisPort}?${new URLSearchParams(parameters).toString()}`;
  const withClient = () => {
    const { client } = certificates;
    return { cert_file: client.cert, key_file: client.key };
  };

  async function ping(url: string): Promise<string> {
    const log = pino({ level: "silent" });
    const connection = createRedis({ url, name: "tls-test", log, use: "commands" });
    const failures: string[] = [];
    connection.on("error", (error: Error) => failures.push(error.message));
    try {
      return await waitFor("an answer of Redis", async () => {
        if (connection.status === "ready") return connection.ping();
        return failures[0];
      });
    } finally {
      connection.disconnect();
    }
  }

  test("with its CA and a client certificate the connection works", async () => {
    expect(await ping(urlOf({ ca_file: certificates.ca, ...withClient() }))).toBe("PONG");
  });

  test("without the CA, by another name, or without a client certificate it is refused", async () => {
    expect(await ping(urlOf({ ca_file: certificates.otherCa, ...withClient() }))).toMatch(
      /certificate/,
    );
    const byAddress = urlOf({ ca_file: certificates.ca, ...withClient() }, "127.0.0.1");
    expect(await ping(byAddress)).toMatch(/altnames|IP/);
    expect(await ping(urlOf({ ca_file: certificates.ca }))).not.toBe("PONG");
  });

  test("a URL that contradicts itself, or names no file, is a sentence", () => {
    const file = join(home, "ca.pem");
    writeFileSync(file, readFileSync(certificates.ca));
    expect(() => redisTarget(`redis://localhost?ca_file=${file}`)).toThrow(/expected rediss/);
    expect(() => redisTarget("rediss://localhost?ca_file=/none.pem")).toThrow(/"\/none.pem"/);
    expect(redisTarget("redis://localhost:1")).toEqual({ url: "redis://localhost:1" });
  });
});
