/** Purchase orders on paper: the document, what was bought at which price; who may approve how much; which are late. */
import ExcelJS from "exceljs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { purchaseOrderRoutes } from "../../../api/purchaseOrders/routes.ts";
import { readApprovalLimits } from "../../../domain/approvalLimits.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";
import { type SeededItem, seedWarehouses } from "../../support/catalogue.ts";
import { builders } from "../../support/reorderStage.ts";

const PATH = "/v1/purchase-orders";

describe("papers of purchase orders", () => {
  let api: ApiHarness;
  let make: ReturnType<typeof builders>;
  const woken: number[] = [];
  const forgotten: string[] = [];
  let serial = 0;
  let item: SeededItem;
  let other: SeededItem;
  let supplier = "";

  beforeAll(async () => {
    api = await createApiHarness({
      routes: ({ db, clock, storage }) =>
        purchaseOrderRoutes({
          db,
          clock,
          storage,
          approvalLimits: readApprovalLimits("buyer=1000,buyer=500:GBP,admin=none") ?? [],
          refuseWhenFull: () => undefined,
          wakeLanes: (lanes) => woken.push(...lanes),
          receiptTolerancePercent: 10,
          forgetIncoming: async (keys) => {
            forgotten.push(...keys.map((key) => key.itemId));
          },
        }),
    });
    make = builders(api.context.db);
    await seedWarehouses(api.context.db, ["MAIN", "SOUTH"]);
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    serial += 1;
    item = await make.item(`A-${serial}`);
    other = await make.item(`B-${serial}`);
    supplier = `S-${serial}`;
    const supplierId = await make.supplier(supplier, { currency: "EUR", leadTimeDays: 7 });
    await make.sells(supplierId, item.id, { unitCost: "2.5" });
  });

  const create = (body: object = {}, request: HarnessRequest = {}) =>
    api.request("POST", PATH, {
      role: "buyer",
      body: { supplier, warehouse: "MAIN", lines: [{ sku: item.sku, quantity: "10" }], ...body },
      ...request,
    });
  const act = (id: string, action: string, request: HarnessRequest = {}) =>
    api.request("POST", `${PATH}/${id}/${action}`, { role: "buyer", ...request });
  const sent = async (body: object = {}): Promise<string> => {
    const { id } = (await create(body)).body;
    await act(id, "approve");
    expect((await act(id, "send")).status).toBe(200);
    return id;
  };
  const receive = (id: string, lines: readonly object[], request: HarnessRequest = {}) =>
    act(id, "receive", { body: { lines }, ...request });
  test("what was bought has its prices, their changes, and what came by the ledger", async () => {
    const first = await sent();
    await receive(first, [{ line: 1, quantity: "4" }]);
    await receive(first, [{ line: 1, quantity: "6", unit_cost: "3" }]);
    await make.drain();
    await sent({ lines: [{ sku: item.sku, quantity: "5", unit_cost: "2.75" }] });
    const { body } = await api.request("GET", `/v1/purchase-history?sku=${item.sku}`);
    expect(body.data).toMatchObject([
      {
        quantity: "5",
        unit_cost: "2.75",
        unit_cost_change: "0.25",
        first_received_at: null,
        received_cost: null,
      },
      {
        purchase_order_id: first,
        status: "received",
        quantity: "10",
        received_quantity: "10",
        unit_cost: "2.5",
        currency: "EUR",
        unit_cost_change: null,
        received_cost: "28",
      },
    ]);
    expect(body.data[1].last_received_at >= body.data[1].first_received_at).toBe(true);
    const limited = { warehouses: ["SOUTH"] } as const;
    const theirs = await api.request("GET", `/v1/purchase-history?sku=${item.sku}`, limited);
    expect(theirs.body.data).toEqual([]);
    const page = await api.request("GET", `/v1/purchase-history?sku=${item.sku}&limit=1`);
    const next = `/v1/purchase-history?sku=${item.sku}&limit=1&cursor=${page.body.next_cursor}`;
    expect((await api.request("GET", next)).body.data[0].purchase_order_id).toBe(first);
  });

  test("the document is written once a version and holds the order", async () => {
    await api.context.storage.ensureBucket();
    const id = await sent({ note: "Türcode 7 日本" });
    const path = `${PATH}/${id}/document`;
    const made = await api.request("POST", path, { role: "viewer" });
    expect(made.status).toBe(200);
    expect(made.body).toMatchObject({ key: `purchase-orders/${id}/3.xlsx`, version: 3 });
    const again = await api.request("POST", path, { role: "viewer" });
    expect(again.body).toMatchObject({ key: made.body.key, bytes: made.body.bytes });
    const file = await fetch(made.body.download_url);
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load(await file.arrayBuffer());
    const texts: unknown[] = [];
    workbook.worksheets[0]?.eachRow((row) => row.eachCell(({ value }) => texts.push(value)));
    const number = (await api.request("GET", `${PATH}/${id}`)).body.number;
    for (const text of [`Purchase order ${number}`, item.sku, "Türcode 7 日本", 10, 2.5, 25]) {
      expect(texts).toContain(text);
    }
    expect((await api.request("POST", path, { warehouses: ["SOUTH"] })).status).toBe(404);
    await receive(id, [{ line: 1, quantity: "1" }]);
    expect((await api.request("POST", path)).body.version).toBe(4);
  });

  test("an order above the limit of the caller's roles is approved by who may", async () => {
    const lines = [{ sku: item.sku, quantity: "1000", unit_cost: "1.01" }];
    const { id } = (await create({ lines })).body;
    const refused = await act(id, "approve");
    expect([refused.status, refused.body.code]).toEqual([403, "approval_limit"]);
    expect(refused.body.detail).toBe(
      "role buyer may approve orders up to 1000 EUR; this one costs 1010",
    );
    expect((await act(id, "approve", { role: "admin" })).status).toBe(200);
    const pounds = (await create({ lines: [{ ...lines[0], quantity: "500" }], currency: "GBP" }))
      .body;
    expect((await act(pounds.id, "approve")).body.detail).toContain("up to 500 GBP");
    const unknown = (await create({ lines: [{ sku: other.sku, quantity: "1" }] })).body;
    expect((await act(unknown.id, "approve")).body.detail).toContain("a line has none");
  });

  test("an order that is sent and past its day is late, until it is received", async () => {
    const id = await sent({ expected_on: "2026-01-01" });
    const late = await api.request("GET", `${PATH}?late=true&supplier=${supplier}`);
    expect(late.body.data).toEqual([expect.objectContaining({ id, late: true })]);
    expect(late.body.data[0].days_late).toBeGreaterThan(0);
    await receive(id, [{ line: 1, quantity: "10" }]);
    expect((await api.request("GET", `${PATH}/${id}`)).body).toMatchObject({
      status: "received",
      late: false,
      days_late: 0,
    });
    const none = await api.request("GET", `${PATH}?late=true&supplier=${supplier}`);
    expect(none.body.data).toEqual([]);
  });
});
