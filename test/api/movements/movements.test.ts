/** POST /v1/movements and what is told of movements afterwards, on real backends with the lane worker running. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { newId } from "../../../platform/clock.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";

let api: ApiHarness;
let worker: { stop(): Promise<void> };
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  const { db } = api.context;
  await seedItems(db, ["A", "B", "C", "D", "E", "F"]);
  await seedWarehouses(db, ["MAIN", "EAST"]);
  await seedWarehouses(db, ["LOOSE"], { allowNegative: true });
  worker = startApplyWorker(api.context);
});
afterAll(async () => {
  await worker.stop();
  await api.close();
});

const wait = { prefer: "wait=10" };
const post = (body: unknown, headers: Record<string, string> = wait) =>
  api.request("POST", "/v1/movements", { body, headers, role: "operator" });

describe("POST /v1/movements", () => {
  test("answers 202 at once, and the movement can be followed to its end", async () => {
    const accepted = await post(
      { type: "receipt", sku: "A", warehouse: "MAIN", quantity: "10.5" },
      {},
    );
    expect(accepted.status).toBe(202);
    const id = accepted.body.data[0].id;
    expect(accepted.body).toEqual({
      data: [{ id, status: "accepted" }],
      status_url: `/v1/movements/${id}`,
    });
    const waited = await post({
      id,
      type: "receipt",
      sku: "A",
      warehouse: "MAIN",
      quantity: "10.50",
    });
    expect(waited.status).toBe(200);
    expect(waited.headers.get("idempotency-replayed")).toBe("true");
    const read = await api.request("GET", `/v1/movements/${id}`, { role: "viewer" });
    expect(read.body).toEqual({
      id,
      status: "applied",
      sku: "A",
      warehouse: "MAIN",
      balance_after: "10.5",
      version: 1,
      applied_at: expect.stringMatching(/^\d{4}-.*Z$/),
      type: "receipt",
      quantity: "10.5",
    });
  });

  test("a rejection is an outcome with figures, and final: stock that comes later changes nothing", async () => {
    const body = { id: newId(), type: "issue", sku: "B", warehouse: "MAIN", quantity: 5 };
    const first = await post(body);
    expect(first.status).toBe(200);
    expect(first.body.data[0]).toMatchObject({
      status: "rejected",
      code: "insufficient_stock",
      detail: "asked 5, available 0",
    });
    await post({ type: "receipt", sku: "B", warehouse: "MAIN", quantity: 100 });
    const again = await post(body);
    expect(again.body.data[0]).toMatchObject({
      status: "rejected",
      code: "insufficient_stock",
      detail: "asked 5, available 0",
    });
  });

  test("two lines of one request never both pass on the same stock", async () => {
    await post({ type: "receipt", sku: "C", warehouse: "MAIN", quantity: 5 });
    const line = { type: "issue", sku: "C", warehouse: "MAIN", quantity: 3 };
    const answer = await post({ movements: [line, line] });
    expect(answer.body.data.map((one: { status: string }) => one.status)).toEqual([
      "applied",
      "rejected",
    ]);
    const list = await api.request("GET", answer.body.status_url);
    expect(list.body.data).toHaveLength(2);
  });

  test("the same lines by their ids sent again are found by the status_url of either answer", async () => {
    const line = () => ({ id: newId(), type: "receipt", sku: "C", warehouse: "EAST", quantity: 1 });
    const body = { movements: [line(), line()] };
    await post(body, {});
    const again = await post(body, {});
    expect(again.status).toBe(202);
    const list = await api.request("GET", again.body.status_url);
    expect(list.body.data.map((one: { id: string }) => one.id)).toEqual(
      body.movements.map((one) => one.id).sort(),
    );
  });

  test("however much is wrong, the answer names a hundred faults and counts the rest", async () => {
    const lines = Array.from({ length: 10_000 }, (_, nth) => ({
      type: "issue",
      sku: `NONE-${nth}`,
      warehouse: "XX",
      to_warehouse: "YY",
      unit_cost: 1,
      currency: "EUR",
      quantity: -1,
      counted_version: 1,
      expires_at: "2020-01-01T00:00:00Z",
      occurred_at: "2999-01-01T00:00:00Z",
    }));
    const answer = await post({ movements: lines });
    expect(answer.status).toBe(422);
    expect(answer.body.code).toBe("validation_failed");
    expect(answer.body.errors).toHaveLength(100);
    expect(answer.body.errors_left_out).toBe(10_000 * 11 - 100);
    expect(answer.body.detail).toMatch(/^warehouse "XX" .*; and 109990 more$/);
    expect(answer.body.detail.length).toBeLessThan(2_500);
    expect(JSON.stringify(answer.body).length).toBeLessThan(30_000);
  });

  test("so for faults of the form, and for a field of an endless name", async () => {
    const line = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };
    const lines = Array.from({ length: 10_000 }, () => ({ ...line, quantity: "x", more: 1 }));
    const answer = await post({ movements: lines });
    expect(answer.body.errors).toHaveLength(100);
    expect(answer.body.errors_left_out).toBe(20_000 - 100);
    const long = await post({ ...line, ["n".repeat(100_000)]: 1 });
    expect(long.body.code).toBe("unknown_field");
    expect(JSON.stringify(long.body).length).toBeLessThan(1_500);
  });

  test("the status_url of a single line that was sent before leads to where it stands", async () => {
    const line = { id: newId(), type: "receipt", sku: "C", warehouse: "EAST", quantity: 1 };
    await post(line, {});
    const again = await post({ movements: [line] }, {});
    expect(again.body.status_url).toBe(`/v1/movements/${line.id}`);
    const batch = { movements: [{ ...line, id: newId() }] };
    const first = await post(batch, {});
    expect((await post(batch, {})).body.status_url).toBe(first.body.status_url);
  });

  test.each(["wait=5", "wait = 5", 'respond-async, wait="5"', "Wait=5; x"])(
    "waits where it is preferred as %s",
    async (prefer) => {
      const line = { type: "receipt", sku: "C", warehouse: "EAST", quantity: 1 };
      const answer = await post(line, { prefer });
      expect([answer.status, answer.headers.get("preference-applied")]).toEqual([200, "wait"]);
    },
  );

  test("a wait past the longest one is the longest one", async () => {
    const line = { type: "receipt", sku: "C", warehouse: "EAST", quantity: 1 };
    expect((await post(line, { prefer: "wait=99999" })).status).toBe(200);
  });

  test("figures that the ledger can't hold are refused, and the lane goes on", async () => {
    const dear = { type: "receipt", sku: "E", warehouse: "EAST", quantity: 1 };
    const answer = await post({ ...dear, unit_cost: "5000000000000" });
    expect(answer.body.data[0]).toMatchObject({ status: "rejected", code: "level_overflow" });
    expect((await post({ ...dear, unit_cost: "5" })).body.data[0].status).toBe("applied");
  });

  test("a transfer moves stock, a count sets it, a loose warehouse goes below zero", async () => {
    const answer = await post({
      movements: [
        {
          type: "receipt",
          sku: "D",
          warehouse: "MAIN",
          quantity: 10,
          unit_cost: "2.5",
          currency: "EUR",
        },
        { type: "transfer", sku: "D", warehouse: "MAIN", to_warehouse: "EAST", quantity: 4 },
        { type: "count", sku: "D", warehouse: "MAIN", quantity: 5, reason: "stocktake" },
        {
          type: "issue",
          sku: "D",
          warehouse: "LOOSE",
          quantity: 2,
          reference: { type: "sales_order", id: "SO-1" },
        },
      ],
    });
    expect(answer.body.data.map((one: { balance_after: string }) => one.balance_after)).toEqual([
      "10",
      "6",
      "5",
      "-2",
    ]);
    const { rows } = await api.context.db.query(
      "select trim_scale(on_hand)::text as on_hand, trim_scale(average_cost)::text as cost from stock_levels s join inventory_items i on i.id = s.item_id join warehouses w on w.id = s.warehouse_id where i.sku = 'D' order by w.code",
    );
    expect(rows).toEqual([
      { on_hand: "4", cost: "2.5" },
      { on_hand: "-2", cost: null },
      { on_hand: "5", cost: "2.5" },
    ]);
  });

  test("movements of one item are applied in the order in which they were accepted", async () => {
    const steps = [
      ["receipt", 1],
      ["issue", 1],
    ] as const;
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) {
      const [type, quantity] = steps[n % 2] ?? steps[0];
      const answer = await post({ type, sku: "E", warehouse: "MAIN", quantity }, {});
      ids.push(answer.body.data[0].id);
    }
    const last = await post({ type: "receipt", sku: "E", warehouse: "MAIN", quantity: 1 });
    expect(last.body.data[0]).toMatchObject({ status: "applied", version: 21, balance_after: "1" });
  });

  test("expected_version is a compare-and-set", async () => {
    await post({ type: "receipt", sku: "F", warehouse: "MAIN", quantity: 1 });
    const answer = await post({
      type: "receipt",
      sku: "F",
      warehouse: "MAIN",
      quantity: 1,
      expected_version: 7,
    });
    expect(answer.body.data[0]).toMatchObject({ status: "rejected", code: "version_conflict" });
  });

  test("an id with another body is refused", async () => {
    const body = { id: newId(), type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };
    await post(body);
    const answer = await post({ ...body, quantity: 2 });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ code: "id_reused", errors: [{ pointer: "/id" }] });
  });
});

describe("a movement that was set aside", () => {
  test("stays accepted, and tells why it waits; it can't be reversed or arrive", async () => {
    const { db } = api.context;
    const id = newId();
    const batch = {
      movements: [
        { id, type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1, reason: "odd" },
        { ...good, id: newId() },
      ],
    };
    const { rows: lanes } = await db.query("update lanes set halted_at = now() returning id");
    expect(lanes.length).toBeGreaterThan(255);
    const accepted = await post(batch, {});
    await db.query(
      `with gone as (delete from movement_inbox where id = $1 returning *)
       insert into set_aside_movements (id, lane, body_hash, movement, error)
       select id, lane, body_hash, to_jsonb(gone), 'the row could not be written' from gone`,
      [id],
    );
    await db.query("update lanes set halted_at = null");
    const wanted = {
      id,
      status: "accepted",
      sku: "A",
      warehouse: "MAIN",
      set_aside: { error: "the row could not be written", at: expect.stringMatching(/Z$/) },
    };
    const read = await api.request("GET", `/v1/movements/${id}`);
    expect(read.body).toEqual({ ...wanted, type: "receipt", quantity: "1" });
    const list = await api.request("GET", accepted.body.status_url);
    expect(list.body.data).toContainEqual(wanted);
    const again = await post(batch.movements[0], {});
    expect(again.body.data).toEqual([{ id, status: "accepted" }]);
    expect(await api.request("POST", `/v1/movements/${id}/reverse`, { body: {} })).toMatchObject({
      status: 409,
      body: { code: "not_applied" },
    });
    expect(
      await api.request("POST", `/v1/movements/${id}/arrive`, { body: { quantity: 1 } }),
    ).toMatchObject({ status: 409, body: { code: "not_in_transit" } });
  });
});

describe("Idempotency-Key", () => {
  test("the same key and body replays the first answer and moves stock once", async () => {
    const key = newId();
    const body = { type: "receipt", sku: "A", warehouse: "EAST", quantity: 3 };
    const [one, two] = [
      await post(body, { ...wait, "idempotency-key": key }),
      await post(body, { ...wait, "idempotency-key": key }),
    ];
    expect(two.body).toEqual(one.body);
    expect(one.headers.get("idempotency-replayed")).toBeNull();
    expect(two.headers.get("idempotency-replayed")).toBe("true");
    const { rows } = await api.context.db.query(
      "select from stock_movements m join warehouses w on w.id = m.warehouse_id where w.code = 'EAST' and m.type = 'receipt' and m.quantity = 3",
    );
    expect(rows).toHaveLength(1);
  });

  test("the same key with another body is 422 idempotency_key_reused", async () => {
    const headers = { "idempotency-key": newId() };
    await post({ type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 }, headers);
    const answer = await post(
      { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 2 },
      headers,
    );
    expect(answer).toMatchObject({ status: 422, body: { code: "idempotency_key_reused" } });
  });

  test("a process that died between storing and answering is repeated without a second movement", async () => {
    const key = newId();
    const body = { type: "receipt", sku: "B", warehouse: "EAST", quantity: 1 };
    const first = await post(body, { "idempotency-key": key });
    await api.context.db.query(
      "update idempotency_keys set response_status = null, response_body = null, in_flight_until = now() - interval '1 second' where key = $1",
      [key],
    );
    const second = await post(body, { ...wait, "idempotency-key": key });
    expect(second.body.data[0].id).toBe(first.body.data[0].id);
    expect(second.body.data[0].balance_after).toBe("1");
  });

  test("twenty requests with one key at once make one movement", async () => {
    const key = newId();
    const body = { type: "receipt", sku: "C", warehouse: "EAST", quantity: 1 };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => post(body, { "idempotency-key": key })),
    );
    expect(answers.some((answer) => answer.status === 202)).toBe(true);
    expect(
      answers.every(
        (answer) => answer.status === 202 || answer.body.code === "idempotency_key_in_flight",
      ),
    ).toBe(true);
    const ids = new Set(
      answers.filter((answer) => answer.status === 202).map((answer) => answer.body.data[0].id),
    );
    expect(ids.size).toBe(1);
  });
});

const good = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };

describe("who may", () => {
  test("no token is 401, the wrong role 403, both as problems with a challenge", async () => {
    const missing = await api.request("POST", "/v1/movements", { body: good, role: "none" });
    expect([missing.status, missing.body.code]).toEqual([401, "token_missing"]);
    expect(missing.headers.get("www-authenticate")).toContain("Bearer");
    const viewer = await api.request("POST", "/v1/movements", { body: good, role: "viewer" });
    expect([viewer.status, viewer.body.code]).toEqual([403, "forbidden"]);
    expect(viewer.headers.get("www-authenticate")).toContain("insufficient_scope");
  });

  test("a token limited to warehouses sees and moves only there", async () => {
    const limited = { role: "operator", warehouses: ["EAST"] } as const;
    const refused = await api.request("POST", "/v1/movements", { ...limited, body: good });
    expect(refused.body.errors[0]).toMatchObject({ code: "unknown_warehouse" });
    const elsewhere = await post(good);
    const read = await api.request("GET", `/v1/movements/${elsewhere.body.data[0].id}`, limited);
    expect([read.status, read.body.code]).toEqual([404, "not_found"]);
  });

  test("a service token has what its scope names and no more", async () => {
    const inScope = await api.request("POST", "/v1/movements", {
      body: good,
      role: "service",
      scopes: ["movements:write"],
    });
    expect(inScope.status).toBe(202);
    const outside = await api.request("POST", "/v1/movements", {
      body: good,
      role: "service",
      scopes: ["read"],
    });
    expect(outside.status).toBe(403);
  });
});
