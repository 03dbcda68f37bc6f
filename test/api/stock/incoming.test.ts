/** What is on order, through the whole API: a purchase order's life is seen at once in the cached level. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let api: ApiHarness;

beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

const post = async (path: string, body?: unknown) => {
  const answer = await api.request("POST", path, { body });
  if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

test("incoming follows an order from draft to cancelled", async () => {
  await post("/v1/items", { sku: "I", name: "Item" });
  await post("/v1/warehouses", { code: "W", name: "Warehouse" });
  await post("/v1/suppliers", { code: "S", name: "Supplier" });
  await post("/v1/suppliers/code:S/items", { sku: "I", unit_cost: "1", currency: "EUR" });
  const incoming = async () => (await api.request("GET", "/v1/stock/I/W")).body.incoming;
  expect(await incoming()).toBe("0");
  const order = await post("/v1/purchase-orders", {
    supplier: "S",
    warehouse: "W",
    lines: [{ sku: "I", quantity: "12" }],
  });
  expect(await incoming()).toBe("0");
  await post(`/v1/purchase-orders/${order.id}/approve`);
  expect(await incoming()).toBe("12");
  await post(`/v1/purchase-orders/${order.id}/send`);
  await post(`/v1/purchase-orders/${order.id}/receive`, { lines: [{ sku: "I", quantity: "5" }] });
  expect(await incoming()).toBe("7");
  await post(`/v1/purchase-orders/${order.id}/cancel`);
  expect(await incoming()).toBe("0");
});
