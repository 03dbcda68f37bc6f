/**
 * Redis healthy, slow, full and away, one after the other, under two instances of the API: every answer that leans on it stays right.
 * The rows of "When Redis is stopped" in docs/security.md stand on this. Redis is one of its own behind a proxy.
 */
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../api/routes.ts";
import { startRedis } from "../../local/redis.ts";
import { newId } from "../../platform/clock.ts";
import { startApplyWorker } from "../../workers/applyLanes.ts";
import { startExportReportWorker } from "../../workers/exportReport.ts";
import { startImportWorker } from "../../workers/importFile.ts";
import { type ApiHarness, createApiHarness } from "../support/apiHarness.ts";
import { testBackends } from "../support/backends.ts";
import { formOf } from "../support/importHarness.ts";
import { startTcpProxy, type TcpProxy } from "../support/tcpProxy.ts";
import { waitFor } from "../support/waitFor.ts";

/** Longer than a breaker is patient (250 ms), shorter than a command may take (1 s). */
const SLOW_MS = 300;

let proxy: TcpProxy;
let control: Redis;
let one: ApiHarness;
let two: ApiHarness;
const stops: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const home = mkdtempSync(join(testBackends().home, "redis-faults-"));
  const redis = await startRedis({ home, log: () => undefined });
  const url = redis.env["REDIS_URL"] ?? "";
  proxy = await startTcpProxy(redis.port);
  control = new Redis(url);
  const env = { REDIS_URL: proxy.through(url), RATE_LIMITS: "public=20/60s:20" };
  one = await createApiHarness({ routes: createRoutes, env });
  two = await createApiHarness({ routes: createRoutes, env: { ...env, ...one.sharedEnv } });
  await one.context.storage.ensureBucket();
  for (const worker of [
    startApplyWorker(one.context),
    startImportWorker(one.context),
    startExportReportWorker(one.context),
  ]) {
    stops.push(() => worker.stop());
  }
  await one.request("POST", "/v1/warehouses", { body: { code: "W", name: "W" } });
  stops.push(
    () => two.close(),
    () => one.close(),
    async () => control.disconnect(),
    () => proxy.close(),
    () => redis.stop(),
  );
}, 120_000);
afterAll(async () => {
  proxy.heal();
  proxy.delay(0);
  for (const stop of stops) await stop();
}, 60_000);

const STATES: readonly [string, () => Promise<unknown>][] = [
  ["healthy", async () => undefined],
  ["slow", async () => proxy.delay(SLOW_MS)],
  [
    "full",
    async () => {
      proxy.delay(0);
      await control.config("SET", "maxmemory", "1");
      await expect(control.set("more", "of it")).rejects.toThrow("OOM");
    },
  ],
  [
    "away",
    async () => {
      await control.config("SET", "maxmemory", "0");
      proxy.blackHole();
      proxy.reset();
    },
  ],
];

describe.each(STATES)("while Redis is %s", (state, enter) => {
  const sku = `TEA-${state}`;
  beforeAll(enter);

  test("movements are accepted and applied, and levels are read as they are on every instance", async () => {
    await one.request("POST", "/v1/items", { body: { sku, name: "Tea" } });
    let expected = 0;
    for (const quantity of [5, 7]) {
      expected += quantity;
      const body = { type: "receipt", sku, warehouse: "W", quantity };
      const headers = { prefer: "wait=20" };
      const { body: moved } = await one.request("POST", "/v1/movements", { body, headers });
      const [movement] = moved.data;
      expect(movement).toMatchObject({ status: "applied", balance_after: String(expected) });
      for (const api of [one, two]) {
        const path = `/v1/stock/${sku}/W?min_version=${movement.version}`;
        const level = await api.request("GET", path);
        expect([level.status, level.body.on_hand]).toEqual([200, String(expected)]);
        const fresh = { headers: { "cache-control": "no-cache" } };
        expect((await api.request("GET", `/v1/stock/${sku}/W`, fresh)).body.on_hand).toBe(
          String(expected),
        );
      }
      // from the cache: never behind once the invalidation has had its time
      await waitFor(
        "a level that is right without being asked for a version",
        async () => {
          const { body: level } = await two.request("GET", `/v1/stock/${sku}/W`);
          return level.on_hand === String(expected);
        },
        { intervalMs: 500 },
      );
    }
  });

  test("a change of the catalogue counts at once here, and within seconds elsewhere", async () => {
    const body = { sku: `OLD-${state}`, name: "Old" };
    await one.request("POST", "/v1/items", { body });
    const line = { type: "receipt", sku: body.sku, warehouse: "W", quantity: 1 };
    expect((await two.request("POST", "/v1/movements", { body: line })).status).toBe(202);
    const issue = { ...line, type: "issue" };
    const headers = { prefer: "wait=20" };
    await one.request("POST", "/v1/movements", { body: issue, headers });
    const archived = await one.request("POST", `/v1/items/sku:${body.sku}/archive`);
    expect(archived.status).toBe(200);
    expect((await one.request("POST", "/v1/movements", { body: line })).body.code).toBe(
      "item_archived",
    );
    await waitFor("the other instance to know", async () => {
      const answer = await two.request("POST", "/v1/movements", { body: { ...line, id: newId() } });
      return answer.body.code === "item_archived";
    });
  });

  test("people sign in and out; a sign-out counts at once here, and within seconds elsewhere", async () => {
    const person = { email: `${state}@example.com`, name: "P", password: "a long pass phrase" };
    await one.request("POST", "/v1/users", { body: { ...person, roles: ["viewer"] } });
    const { email, password } = person;
    const login = { role: "none", body: { email, password } } as const;
    const { body: session } = await one.request("POST", "/v1/auth/login", login);
    const headers = { authorization: `Bearer ${session.access_token}` };
    const me = (api: ApiHarness) => api.request("GET", "/v1/auth/me", { role: "none", headers });
    expect([(await me(one)).status, (await me(two)).status]).toEqual([200, 200]);
    const body = { refresh_token: session.refresh_token };
    const next = await two.request("POST", "/v1/auth/refresh", { role: "none", body });
    expect(next.status).toBe(200);
    expect((await one.request("POST", "/v1/auth/logout", { role: "none", headers })).status).toBe(
      204,
    );
    expect((await me(one)).status).toBe(401);
    await waitFor("the other instance to refuse", async () => (await me(two)).status === 401);
  });

  test("limits hold, over both instances together or by their shares", async () => {
    const statuses: number[] = [];
    for (let nth = 0; nth < 60; nth += 1) {
      const api = nth % 2 === 0 ? one : two;
      const answer = await api.request("GET", "/openapi.json", { role: "none" });
      statuses.push(answer.status);
    }
    // 20 at once and one more each three seconds; what an earlier state took is not there again so soon
    const allowed = statuses.filter((status) => status === 200).length;
    expect(allowed).toBeLessThanOrEqual(30);
    if (state === "healthy") expect(allowed).toBeGreaterThanOrEqual(20);
    expect(statuses.slice(-10)).toContain(429);
  });

  test("an Idempotency-Key is good for one effect, whichever instance is asked", async () => {
    const post = {
      headers: { "idempotency-key": `key ${state}` },
      body: { sku: `K-${state}`, name: "K" },
    };
    const first = await one.request("POST", "/v1/items", post);
    const again = await two.request("POST", "/v1/items", post);
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([
      201,
      201,
      "true",
    ]);
    expect(again.body).toEqual(first.body);
  });

  test("event streams tell what happens on another instance", async () => {
    const stream = await two.fetch("GET", "/v1/events/stream");
    const made = await one.request("POST", "/v1/items", { body: { sku: `E-${state}`, name: "E" } });
    const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
    let seen = "";
    while (!seen.includes(made.body.id)) seen += (await reader?.read())?.value ?? "";
    await reader?.cancel();
  });

  test("imports and reports come to their end", async () => {
    const content = `sku,name\nI-${state},Imported\n`;
    const sent = await one.request("POST", "/v1/imports", {
      body: formOf({ kind: "items", content }),
    });
    const asked = await two.request("POST", "/v1/reports", {
      body: { report: "low_stock", format: "csv" },
    });
    expect([sent.status, asked.status]).toEqual([202, 202]);
    const ended = async (path: string) => {
      const { body } = await one.request("GET", path);
      return body.status === "completed";
    };
    await waitFor("the import", () => ended(`/v1/imports/${sent.body.id}`), { intervalMs: 1_000 });
    const report = `/v1/reports/${asked.body.id}`;
    await waitFor(
      "the report",
      async () => (await one.request("GET", report)).body.status === "completed",
      { intervalMs: 1_000 },
    );
  });

  test("a report asked for again is the first one's until something is committed, on every instance", async () => {
    const body = { report: "movement_history", parameters: { sku_prefix: sku } };
    const run = async (api: ApiHarness, headers = {}) => {
      const { body: asked } = await api.request("POST", "/v1/reports", { body, headers });
      return waitFor(
        "the report",
        async () => {
          const { body: shown } = await api.request("GET", `/v1/reports/${asked.id}`);
          return shown.status === "completed" ? shown : undefined;
        },
        { intervalMs: 500 },
      );
    };
    const first = await run(one, { "cache-control": "no-cache" });
    await run(one, {}).then(({ reused }) => expect(reused).toBe(false)); // what no-cache wrote is nobody else's
    const again = await run(two);
    expect(again).toMatchObject({ reused: true, rows: first.rows });
    const moved = await two.request("POST", "/v1/movements", {
      body: { type: "receipt", sku, warehouse: "W", quantity: 1 },
      headers: { prefer: "wait=20" },
    });
    expect(moved.status).toBe(200);
    expect(await run(one)).toMatchObject({ reused: false, rows: first.rows + 1 });
  });
});
