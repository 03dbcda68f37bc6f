/** What "today" is for an order that says no day of delivery: the day at its warehouse. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { purchaseOrderRoutes } from "../../../api/purchaseOrders/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedWarehouses } from "../../support/catalogue.ts";
import { builders } from "../../support/reorderStage.ts";

/** 25 hours apart: whatever the time, they never have the same day. */
const ZONES = { EAST: "Pacific/Kiritimati", WEST: "Pacific/Pago_Pago" };

let api: ApiHarness;

beforeAll(async () => {
  api = await createApiHarness({
    routes: ({ db, clock, storage }) =>
      purchaseOrderRoutes({
        db,
        clock,
        storage,
        approvalLimits: [],
        refuseWhenFull: () => undefined,
        wakeLanes: () => undefined,
        receiptTolerancePercent: 0,
        forgetIncoming: async () => undefined,
      }),
  });
  const { db } = api.context;
  const make = builders(db);
  await make.item("BOLT");
  await make.supplier("SOON", { currency: "EUR", leadTimeDays: 0 });
  await seedWarehouses(db, Object.keys(ZONES));
  for (const [code, zone] of Object.entries(ZONES)) {
    const text = "update warehouses set time_zone = $2 where code = $1";
    await db.query({ text, values: [code, zone] });
  }
});
afterAll(() => api.close());

test.each(Object.entries(ZONES))("a lead time counts from today in %s", async (warehouse, zone) => {
  const today = () => new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(Date.now());
  const before = today();
  const answer = await api.request("POST", "/v1/purchase-orders", {
    role: "buyer",
    body: { supplier: "SOON", warehouse, lines: [{ sku: "BOLT", quantity: "10" }] },
  });
  expect(answer.status).toBe(201);
  expect([before, today()]).toContain(answer.body.expected_on);
});
