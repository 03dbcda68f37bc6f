/** Requests while the database has gone silent: no answer, no reset. How statements fail then: test/platform/postgres.test.ts. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { newId } from "../../../platform/clock.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { testBackends } from "../../support/backends.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { startTcpProxy, type TcpProxy } from "../../support/tcpProxy.ts";

let api: ApiHarness;
let proxy: TcpProxy;
beforeAll(async () => {
  proxy = await startTcpProxy(Number(new URL(testBackends().writerUrl).port));
  api = await createApiHarness({ routes: createRoutes, databaseThrough: proxy.through });
  await seedItems(api.context.db, ["A"]);
  await seedWarehouses(api.context.db, ["MAIN"]);
});
afterAll(async () => {
  proxy.heal();
  proxy.reset();
  await api.close();
  await proxy.close();
});

test("a movement is answered 503 in time, and is safe to send again with the same id", async () => {
  const movement = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };
  const first = await api.request("POST", "/v1/movements", { body: movement });
  expect(first.status).toBe(202);
  proxy.blackHole();
  const body = { id: newId(), ...movement };
  const silent = await api.request("POST", "/v1/movements", { body });
  expect(silent).toMatchObject({ status: 503, body: { code: "commit_unknown" } });
  expect(silent.body.detail).toMatch(/same ids again/);
  expect(silent.headers.get("retry-after")).toMatch(/^\d+$/);
  proxy.heal();
  proxy.reset();
  const again = await api.request("POST", "/v1/movements", { body });
  expect(again.status).toBe(202);
}, 40_000);
