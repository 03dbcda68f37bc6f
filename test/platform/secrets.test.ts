/** Secrets of AWS Secrets Manager over a real socket, and a database password that is replaced on a real server under load. */
import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import pg from "pg";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readPartnerConfig } from "../../platform/partnerConfig.ts";
import { createPool } from "../../platform/postgres.ts";
import {
  createRotatingPassword,
  createSecretSource,
  isSecretReference,
  resolveSecrets,
} from "../../platform/secrets.ts";
import { testBackends } from "../support/backends.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

const secrets = new Map<string, string>();
let server: Server;
let database: TestDatabase;
let environment: Record<string, string>;

beforeAll(async () => {
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const known = secrets.get(JSON.parse(body).SecretId);
      const isRead = request.headers["x-amz-target"] === "secretsmanager.GetSecretValue";
      response.writeHead(isRead && known !== undefined ? 200 : 400, {
        "content-type": "application/x-amz-json-1.1",
      });
      const refusal = { __type: "ResourceNotFoundException", message: "no such secret" };
      response.end(JSON.stringify(known === undefined ? refusal : { SecretString: known }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  environment = { SECRETS_MANAGER_ENDPOINT: `http://127.0.0.1:${port}` };
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  database = await createTestDatabase();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.drop();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test("references are filled, whole or by member; everything else stays", async () => {
  secrets.set("prod/redis", "redis://:hunter2@cache");
  secrets.set("arn:aws:secretsmanager:eu-central-1:1:secret:db-x", '{"url":"postgres://x","n":7}');
  const filled = await resolveSecrets({
    ...environment,
    REDIS_URL: "secretsmanager:prod/redis",
    DATABASE_URL: "secretsmanager:arn:aws:secretsmanager:eu-central-1:1:secret:db-x#url",
    DATABASE_PASSWORD_SECRET: "secretsmanager:prod/db#password",
    LOG_LEVEL: "info",
  });
  expect(filled).toMatchObject({
    REDIS_URL: "redis://:hunter2@cache",
    DATABASE_URL: "postgres://x",
    DATABASE_PASSWORD_SECRET: "secretsmanager:prod/db#password",
    LOG_LEVEL: "info",
  });
  expect(isSecretReference("postgres://x")).toBe(false);
});

test.each([
  ["secretsmanager:none", /^REDIS_URL can't be filled: .*"none".*ResourceNotFoundException/],
  ["secretsmanager:prod/redis#url", /"prod\/redis".*no member "url"/],
])("%s is a sentence that names the variable and shows no secret", async (reference, sentence) => {
  const failure = await resolveSecrets({ ...environment, REDIS_URL: reference }).catch(
    (thrown: unknown) => thrown,
  );
  expect(failure).toMatchObject({
    code: "secret_missing",
    message: expect.stringMatching(sentence),
  });
  expect(String(failure)).not.toContain("hunter2");
});

test("the event processor's signing secret is filled from its reference; one that can't be had is no configuration", async () => {
  const secret = `whsec_${"aB3".repeat(16)}`;
  secrets.set("partners", JSON.stringify({ secret }));
  const PAYMENTS_URL = "https://payments.example";
  const reference = "secretsmanager:partners#secret";
  const variables = { ...environment, PAYMENTS_URL, PARTNER_SIGNING_SECRET: reference };
  expect(await readPartnerConfig(variables)).toMatchObject({
    PAYMENTS_URL,
    PARTNER_SIGNING_SECRET: secret,
  });
  const missing = { ...variables, PARTNER_SIGNING_SECRET: "secretsmanager:partners#other" };
  await expect(readPartnerConfig(missing)).rejects.toMatchObject({
    code: "config_invalid",
    message: expect.stringMatching(/^PARTNER_SIGNING_SECRET can't be filled: .*no member "other"/),
  });
});

test("a password is replaced under load without one failed request", async () => {
  const role = `rotating_${randomBytes(4).toString("hex")}`;
  const admin = new pg.Client({ connectionString: testBackends().adminUrl });
  await admin.connect();
  const setPassword = async (password: string): Promise<void> => {
    await admin.query(`alter role ${role} password '${password}'`);
  };
  await admin.query(`create role ${role} login in role stockline_writer`);
  const url = new URL(database.writerUrl);
  url.username = role;
  url.password = "";
  const publish = (password: string): void => {
    secrets.set("prod/db", JSON.stringify({ username: role, password }));
  };
  await setPassword("first");
  publish("first");
  const source = createSecretSource(environment);
  const open = () =>
    createPool({
      url: url.href,
      applicationName: "stockline-test",
      max: 4,
      role: "stockline_writer",
      password: createRotatingPassword(source, "secretsmanager:prod/db#password"),
    });
  const pool = open();
  const outcomes = { done: 0, failed: [] as unknown[] };
  let running = true;
  const client = async (): Promise<void> => {
    while (running) {
      // every request on a connection of its own, so that each needs the password
      try {
        const connection = await pool.connect();
        await connection.query("select count(*) from warehouses");
        connection.release(true);
        await pool.query({ text: "select 1" });
        outcomes.done += 2;
      } catch (thrown) {
        outcomes.failed.push(thrown);
      }
    }
  };
  const clients = [1, 2, 3].map(client);
  const until = async (count: number): Promise<void> =>
    vi.waitFor(() => expect(outcomes.done).toBeGreaterThan(count), { timeout: 90_000 });
  await until(10);
  // the server first, the secret a little later, as a rotation does it
  await setPassword("second");
  await new Promise((resolve) => setTimeout(resolve, 300));
  publish("second");
  await until(outcomes.done + 10);
  // and the other way round
  publish("third");
  await new Promise((resolve) => setTimeout(resolve, 300));
  await setPassword("third");
  await until(outcomes.done + 10);
  running = false;
  await Promise.all(clients);
  expect(outcomes.failed).toEqual([]);
  // a password that nobody publishes is refused in the end, by its own words
  await setPassword("lost");
  await pool.end();
  const late = open();
  await expect(late.connect()).rejects.toThrow(/password authentication failed/);
  await late.end();
  source.close();
  await admin.query(`drop role ${role}`);
  await admin.end();
}, 300_000);
