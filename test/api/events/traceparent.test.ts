/** The trace context of a request reaches the events of what it caused: movements by the inbox, entities at once. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { readTraceparent } from "../../../platform/traceContext.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

const TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
let harness: ApiHarness;
beforeAll(async () => {
  harness = await createApiHarness({ routes: createRoutes });
});
afterAll(() => harness.close());

async function eventsOf(type: string): Promise<{ traceparent?: string }[]> {
  const { body } = await harness.request("GET", `/v1/events?type=${type}&limit=100`);
  return body.data;
}

test("a request's traceparent stands in the events that it causes, and in no others", async () => {
  const headers = { traceparent: TRACEPARENT };
  const item = { sku: "TRACED", name: "Traced" };
  await harness.request("POST", "/v1/warehouses", { body: { code: "MAIN", name: "Main" } });
  await harness.request("POST", "/v1/items", { body: item, headers });
  const line = { type: "receipt", sku: "TRACED", warehouse: "MAIN", quantity: 1 };
  await harness.request("POST", "/v1/movements", { body: line, headers });
  const odd = { traceparent: "00-xyz" };
  const second = await harness.request("POST", "/v1/movements", { body: line, headers: odd });
  expect(second.status).toBe(202);
  const lanes = Array.from({ length: 256 }, (_, lane) => lane);
  await drainLanes(harness.context.db, { lanes, rowsMax: 1_000 });
  expect(await eventsOf("stockline.item.created")).toMatchObject([{ traceparent: TRACEPARENT }]);
  const applied = await eventsOf("stockline.movement.applied");
  expect(applied.map(({ traceparent }) => traceparent)).toEqual([TRACEPARENT, undefined]);
  const warehouses = await eventsOf("stockline.warehouse.created");
  expect(warehouses.map(({ traceparent }) => traceparent)).toEqual([undefined]);
});

test.each([
  ["00-00000000000000000000000000000000-b7ad6b7169203331-01"],
  ["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"],
  ["00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"],
  [""],
])("a traceparent that is none (%s) is ignored", (header) => {
  expect(readTraceparent(header)).toBeUndefined();
});
