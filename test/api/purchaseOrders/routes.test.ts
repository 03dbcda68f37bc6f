/** Purchase orders over HTTP: their life from draft to the last receipt, and who may touch which. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { purchaseOrderRoutes } from "../../../api/purchaseOrders/routes.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";
import { type SeededItem, seedWarehouses } from "../../support/catalogue.ts";
import { builders } from "../../support/reorderStage.ts";

const PATH = "/v1/purchase-orders";

describe("/v1/purchase-orders", () => {
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
          approvalLimits: [],
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
  const eventTypes = async (id: string) => {
    const { rows } = await api.context.db.query<{ type: string }>(
      "select type from events where partition_key = $1 order by position",
      [id],
    );
    return rows.map((row) => row.type.replace("stockline.purchase_order.", ""));
  };
  const inboxOf = async (id: string) => {
    const { rows } = await api.context.db.query(
      `select id, type, trim_scale(quantity)::text as quantity, trim_scale(unit_cost)::text as unit_cost, currency,
         reference_type, reference_id, source, actor, reason
       from movement_inbox where source_id = $1 order by seq`,
      [id],
    );
    return rows;
  };

  describe("drafts", () => {
    test("a draft takes price, currency and expected day from its supplier", async () => {
      const answer = await create();
      expect(answer.status).toBe(201);
      expect(answer.headers.get("location")).toBe(`${PATH}/${answer.body.id}`);
      expect(answer.headers.get("etag")).toBe('"1"');
      expect(answer.body).toMatchObject({
        status: "draft",
        supplier,
        warehouse: "MAIN",
        currency: "EUR",
        line_count: 1,
        total_cost: "25",
        created_by: "test-buyer",
        lines: [
          {
            line: 1,
            sku: item.sku,
            quantity: "10",
            received_quantity: "0",
            open_quantity: "10",
            unit_cost: "2.5",
          },
        ],
      });
      expect(answer.body.number).toMatch(/^PO-\d{6}$/);
      expect(answer.body.expected_on).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    });

    test("supplier and warehouse may be named by id", async () => {
      const { rows } = await api.context.db.query<{ s: string; w: string }>(
        "select s.id as s, w.id as w from suppliers s, warehouses w where s.code = $1 and w.code = 'MAIN'",
        [supplier],
      );
      const answer = await create({ supplier: rows[0]?.s, warehouse: rows[0]?.w });
      expect(answer.body).toMatchObject({ supplier, warehouse: "MAIN" });
    });

    test.each([
      [{ supplier: "NOBODY" }, "unknown_supplier", "/supplier"],
      [{ warehouse: "NOWHERE" }, "unknown_warehouse", "/warehouse"],
      [{ lines: [{ sku: "NONE", quantity: 1 }] }, "unknown_sku", "/lines/0/sku"],
      [{ lines: [] }, "too_small", "/lines"],
      [{ lines: [{ sku: "X", quantity: 0 }] }, "not_positive", "/lines/0/quantity"],
      [{ expected_on: "0000-01-01" }, "date_format", "/expected_on"],
      [{ extra: 1 }, "unknown_field", "/extra"],
    ])("a draft with %j is refused as %s", async (body, code, pointer) => {
      const answer = await create(body);
      expect(answer.status).toBe(422);
      expect(answer.body).toMatchObject({ code, errors: [{ pointer, code }] });
    });

    test("an item named twice is refused", async () => {
      const line = { sku: item.sku, quantity: "1" };
      const answer = await create({ lines: [line, line] });
      expect(answer.body).toMatchObject({
        code: "duplicate_line",
        errors: [{ pointer: "/lines/1/sku" }],
      });
    });

    test("a draft is changed under If-Match, its lines as a whole", async () => {
      const { id } = (await create()).body;
      const patch = (body: object, etag: string) =>
        api.request("PATCH", `${PATH}/${id}`, {
          role: "buyer",
          body,
          headers: { "if-match": etag },
        });
      const lines = [{ sku: other.sku, quantity: "3", unit_cost: "1.25" }];
      const changed = await patch({ lines, note: "soon", expected_on: null }, '"1"');
      expect(changed.status).toBe(200);
      expect(changed.headers.get("etag")).toBe('"2"');
      expect(changed.body).toMatchObject({
        note: "soon",
        expected_on: null,
        currency: "EUR",
        total_cost: "3.75",
      });
      expect(changed.body.lines).toHaveLength(1);
      const stale = await patch({ note: "late" }, '"1"');
      expect(stale.status).toBe(412);
      expect(stale.body.code).toBe("stale_version");
      await act(id, "approve");
      const late = await patch({ note: "late" }, "*");
      expect(late.status).toBe(409);
      expect(late.body).toMatchObject({
        code: "wrong_state",
        found: "approved",
        expected: "draft",
      });
      expect(await eventTypes(id)).toEqual(["draft", "updated", "approved"]);
    });

    test("the same Idempotency-Key makes one order, also when its answer was never kept", async () => {
      const headers = { "idempotency-key": randomUUID() };
      const first = await create({}, { headers });
      await api.context.db.query("delete from idempotency_keys");
      const second = await create({}, { headers });
      expect(second.status).toBe(201);
      expect(second.body).toEqual(first.body);
      expect(await eventTypes(first.body.id)).toEqual(["draft"]);
    });
  });

  describe("states", () => {
    test("an order goes from draft to sent, noting who and when, and tells each state", async () => {
      const { id } = (await create()).body;
      const approved = await act(id, "approve");
      expect(approved.body).toMatchObject({
        status: "approved",
        approved_by: "test-buyer",
        version: 2,
      });
      expect(approved.body.approved_at).toMatch(/Z$/);
      expect((await act(id, "send")).body).toMatchObject({ status: "sent", version: 3 });
      expect((await act(id, "cancel")).body).toMatchObject({ status: "cancelled", version: 4 });
      expect(await eventTypes(id)).toEqual(["draft", "approved", "sent", "cancelled"]);
    });

    test.each([
      ["send", "draft", "approved"],
      ["receive", "draft", "sent,partially_received"],
    ])("%s refuses an order that is %s", async (action, found, expected) => {
      const { id } = (await create()).body;
      const body = action === "receive" ? { lines: [{ line: 1, quantity: 1 }] } : {};
      const answer = await act(id, action, { body });
      expect(answer.status).toBe(409);
      expect(answer.body).toMatchObject({ code: "wrong_state", found, expected });
      expect(answer.body.detail).toContain(`is "${found}"; to ${action} it must be`);
    });

    test("cached levels read anew what is on order once an order changed it", async () => {
      const { id } = (await create()).body;
      forgotten.length = 0;
      await act(id, "approve");
      expect(forgotten).toEqual([item.id]);
    });

    test("an order that is cancelled stays so", async () => {
      const { id } = (await create()).body;
      await act(id, "cancel");
      for (const action of ["approve", "send", "cancel"]) {
        expect((await act(id, action)).body).toMatchObject({
          code: "wrong_state",
          found: "cancelled",
        });
      }
    });

    test("two approvals at the same moment: one wins, the other sees the new state", async () => {
      const { id } = (await create()).body;
      const answers = await Promise.all([act(id, "approve"), act(id, "approve")]);
      expect(answers.map((answer) => answer.status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    });
  });

  describe("receiving", () => {
    test("a receipt in parts posts receipt movements and ends the order", async () => {
      const id = await sent();
      const part = await receive(id, [{ line: 1, quantity: "4" }], { role: "operator" });
      expect(part.status).toBe(200);
      expect(part.body).toMatchObject({
        status: "partially_received",
        lines: [{ received_quantity: "4", open_quantity: "6" }],
        movements: [{ line: 1, sku: item.sku, quantity: "4" }],
      });
      expect(woken).toContain(item.lane);
      const rest = await receive(id, [{ sku: item.sku, quantity: "6", unit_cost: "3" }]);
      expect(rest.body).toMatchObject({ status: "received", lines: [{ open_quantity: "0" }] });
      expect(rest.body.received_at).toMatch(/Z$/);
      const movement = {
        type: "receipt",
        currency: "EUR",
        reference_type: "purchase_order",
        reference_id: part.body.number,
        source: "purchase_order",
        reason: null,
      };
      expect(await inboxOf(id)).toEqual([
        {
          ...movement,
          id: part.body.movements[0].id,
          quantity: "4",
          unit_cost: "2.5",
          actor: "test-operator",
        },
        {
          ...movement,
          id: rest.body.movements[0].id,
          quantity: "6",
          unit_cost: "3",
          actor: "test-buyer",
        },
      ]);
      expect(await eventTypes(id)).toEqual([
        "draft",
        "approved",
        "sent",
        "partially_received",
        "received",
      ]);
      expect((await receive(id, [{ line: 1, quantity: "1" }])).body.code).toBe("wrong_state");
    });

    test("applied receipts are on hand with their average cost", async () => {
      const id = await sent();
      await receive(id, [{ line: 1, quantity: "10" }]);
      await make.drain();
      const { rows } = await api.context.db.query(
        "select trim_scale(on_hand)::text as on_hand, trim_scale(average_cost)::text as average_cost from stock_levels where item_id = $1",
        [item.id],
      );
      expect(rows).toEqual([{ on_hand: "10", average_cost: "2.5" }]);
    });

    test("more than the tolerance allows is refused, all lines of the request taken together", async () => {
      const id = await sent();
      expect((await receive(id, [{ line: 1, quantity: "11.0001" }])).body).toMatchObject({
        status: 422,
        code: "over_receipt",
        errors: [{ pointer: "/lines/0/quantity" }],
      });
      const twice = [
        { line: 1, quantity: "6" },
        { line: 1, quantity: "5.5" },
      ];
      expect((await receive(id, twice)).body).toMatchObject({
        code: "over_receipt",
        errors: [{ pointer: "/lines/1/quantity" }],
      });
      expect(await inboxOf(id)).toEqual([]);
      const both = await receive(id, [
        { line: 1, quantity: "6" },
        { line: 1, quantity: "5" },
      ]);
      expect(both.body).toMatchObject({ status: "received", lines: [{ received_quantity: "11" }] });
      expect(new Set(both.body.movements.map((one: { id: string }) => one.id)).size).toBe(2);
    });

    test("ten receipts of the same line at the same moment never pass the tolerance", async () => {
      const id = await sent();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => receive(id, [{ line: 1, quantity: "3" }])),
      );
      expect(answers.filter((answer) => answer.status === 200)).toHaveLength(3);
      expect(await inboxOf(id)).toHaveLength(3);
    });

    test("the same Idempotency-Key receives once, also when its answer was never kept", async () => {
      const id = await sent();
      const headers = { "idempotency-key": randomUUID() };
      const first = await receive(id, [{ line: 1, quantity: "4" }], { headers });
      await api.context.db.query("delete from idempotency_keys");
      const second = await receive(id, [{ line: 1, quantity: "4" }], { headers });
      expect(second.status).toBe(200);
      expect(second.body.movements).toEqual(first.body.movements);
      expect(second.body.lines[0].received_quantity).toBe("4");
    });

    test("a line must be named by number, id or SKU, and be of this order", async () => {
      const id = await sent();
      const line = (await api.request("GET", `${PATH}/${id}`)).body.lines[0];
      expect((await receive(id, [{ sku: other.sku, quantity: 1 }])).body).toMatchObject({
        code: "unknown_line",
        errors: [{ pointer: "/lines/0/sku" }],
      });
      expect((await receive(id, [{ line: 2, quantity: 1 }])).body.code).toBe("unknown_line");
      expect((await receive(id, [{ quantity: 1 }])).body.code).toBe("line_or_sku");
      expect((await receive(id, [{ line: line.id, quantity: 1 }])).status).toBe(200);
    });

    test("a cost in another currency than the item's is left out of the movement", async () => {
      const id = await sent({
        currency: "USD",
        lines: [{ sku: item.sku, quantity: 1, unit_cost: "9" }],
      });
      await receive(id, [{ line: 1, quantity: "1" }]);
      expect(await inboxOf(id)).toMatchObject([{ unit_cost: null, currency: null }]);
    });

    test("what was received stays received when the rest is cancelled", async () => {
      const id = await sent();
      await receive(id, [{ line: 1, quantity: "4" }]);
      expect((await act(id, "cancel")).body).toMatchObject({
        status: "cancelled",
        lines: [{ received_quantity: "4" }],
      });
    });
  });

  describe("access", () => {
    test("writing needs the buyer's permission, receiving also takes the operator's", async () => {
      const id = await sent();
      const operator = { role: "operator" } as const;
      expect((await create({}, operator)).status).toBe(403);
      expect((await act(id, "cancel", operator)).status).toBe(403);
      const viewer = await receive(id, [{ line: 1, quantity: 1 }], { role: "viewer" });
      expect(viewer.status).toBe(403);
      expect(viewer.body.detail).toContain('"purchasing:write" or "movements:write"');
      expect((await api.request("GET", PATH, { role: "viewer" })).status).toBe(200);
      expect((await api.request("GET", PATH, { role: "none" })).status).toBe(401);
    });

    test("a token limited to other warehouses sees and touches nothing of an order", async () => {
      const id = await sent();
      const limited = { role: "admin", warehouses: ["SOUTH"] } as const;
      expect((await api.request("GET", `${PATH}/${id}`, limited)).status).toBe(404);
      expect((await act(id, "cancel", limited)).status).toBe(404);
      expect((await receive(id, [{ line: 1, quantity: 1 }], limited)).status).toBe(404);
      expect((await create({}, limited)).body.code).toBe("unknown_warehouse");
      const list = await api.request("GET", `${PATH}?supplier=${supplier}`, limited);
      expect(list.body.data).toEqual([]);
    });

    test("an id that does not exist is 404, one that is none is 422", async () => {
      const unknown = await api.request("GET", `${PATH}/${randomUUID()}`);
      expect([unknown.status, unknown.body.code]).toEqual([404, "not_found"]);
      expect((await api.request("GET", `${PATH}/nonsense`)).status).toBe(422);
    });
  });

  describe("lists", () => {
    test("pages newest first, filtered by status, supplier and warehouse", async () => {
      const ids: string[] = [];
      for (let count = 0; count < 3; count += 1) ids.unshift((await create()).body.id);
      await act(ids[0] ?? "", "approve");
      await create({ warehouse: "SOUTH" });
      const list = (query: string) =>
        api.request("GET", `${PATH}?supplier=${supplier}&warehouse=MAIN&${query}`);
      const first = await list("limit=2");
      expect(first.body.data.map((order: { id: string }) => order.id)).toEqual(ids.slice(0, 2));
      const second = await list(`limit=2&cursor=${first.body.next_cursor}`);
      expect(second.body.data.map((order: { id: string }) => order.id)).toEqual(ids.slice(2));
      expect(second.body.next_cursor).toBeNull();
      const drafts = await list("status=draft");
      expect(drafts.body.data).toHaveLength(2);
      expect((await list("status=lost")).status).toBe(422);
    });
  });
});
