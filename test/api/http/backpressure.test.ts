/** A full backlog: every way in over HTTP is refused with 503 and a time to come back, and nothing overshoots. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { newId } from "../../../platform/clock.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";

const DEPTH_MAX = 50;

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({
    routes: createRoutes,
    env: { INBOX_DEPTH_MAX: String(DEPTH_MAX) },
  });
  await seedItems(api.context.db, ["A"]);
  await seedWarehouses(api.context.db, ["MAIN"]);
});
afterAll(() => api.close());

test("a burst is let in up to the configured depth and no further; the rest is told when to come back", async () => {
  const body = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };
  const burst = await Promise.all(
    Array.from({ length: 200 }, () => api.request("POST", "/v1/movements", { body })),
  );
  expect(burst.filter(({ status }) => status === 202)).toHaveLength(DEPTH_MAX);
  const refused = burst.filter(({ status }) => status !== 202);
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 503, body: { code: "backlog_full" } });
    expect(answer.headers.get("retry-after")).toBe("60"); // nothing is being decided
  }
  const { rows } = await api.context.db.query("select from movement_inbox");
  expect(rows).toHaveLength(DEPTH_MAX);
});

test("a receipt of a purchase order is refused too", async () => {
  const answer = await api.request("POST", `/v1/purchase-orders/${newId()}/receive`, {
    body: { lines: [{ sku: "A", quantity: 1 }] },
  });
  expect(answer).toMatchObject({ status: 503, body: { code: "backlog_full" } });
});

test("reads go on, and the metrics tell the depth", async () => {
  expect((await api.request("GET", "/v1/items")).status).toBe(200);
  const metrics = await api.request("GET", "/metrics");
  expect(metrics.body).toMatch(/^stockline_inbox_depth_movements{/m);
});
