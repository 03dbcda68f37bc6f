/** Receiving what an item's tracking asks for: lots with their last day, serial numbers one by one. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { purchaseOrderRoutes } from "../../../api/purchaseOrders/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedWarehouses } from "../../support/catalogue.ts";
import { builders } from "../../support/reorderStage.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({
    routes: ({ db, clock, storage }) =>
      purchaseOrderRoutes({
        db,
        clock,
        refuseWhenFull: () => undefined,
        wakeLanes: () => undefined,
        approvalLimits: [],
        storage,
        receiptTolerancePercent: 0,
        forgetIncoming: async () => undefined,
      }),
  });
  await seedWarehouses(api.context.db, ["MAIN"]);
});
afterAll(() => api.close());

test("a tracked item is received with its lots, or serial number by serial number", async () => {
  const { db } = api.context;
  const make = builders(db);
  const item = await make.item("TRACKED");
  await make.supplier("ACME");
  const post = async (path: string, body?: object) =>
    api.request("POST", `/v1/purchase-orders${path}`, {
      role: "buyer",
      ...(body === undefined ? {} : { body }),
    });
  const lines = [{ sku: item.sku, quantity: "10" }];
  const { id } = (await post("", { supplier: "ACME", warehouse: "MAIN", lines })).body;
  await post(`/${id}/approve`);
  await post(`/${id}/send`);
  const receive = (...received: readonly object[]) =>
    post(`/${id}/receive`, {
      lines: received.map((line) => ({ line: 1, quantity: "1", ...line })),
    });
  const track = (tracking: string) =>
    db.query("update inventory_items set tracking = $2 where id = $1", [item.id, tracking]);

  expect((await receive({ lot: "L1" })).body.errors).toMatchObject([
    { pointer: "/lines/0/lot", code: "lot_not_tracked" },
  ]);
  await track("lot");
  expect((await receive({})).body.errors).toMatchObject([
    { pointer: "/lines/0/lot", code: "lot_required" },
  ]);
  await track("serial");
  expect((await receive({ quantity: "2", lot: "SN-1" })).body.errors).toMatchObject([
    { pointer: "/lines/0/quantity", code: "serial_quantity" },
  ]);
  const taken = await receive({ lot: "SN-1" }, { lot: "SN-2", expires_on: "2027-03-01" });
  expect(taken.body.lines[0]).toMatchObject({ received_quantity: "2" });
  const { rows } = await db.query(
    "select lot_code, lot_expires_on from movement_inbox where source_id = $1 order by seq",
    [id],
  );
  expect(rows).toEqual([
    { lot_code: "SN-1", lot_expires_on: null },
    { lot_code: "SN-2", lot_expires_on: "2027-03-01" },
  ]);
});
