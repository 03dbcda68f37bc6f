/** Reversals: a mistake is taken back by opposite entries, each movement once. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";

let stage: MovementStage;
let sku: string;
let nth = 0;
beforeAll(async () => {
  stage = await createMovementStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  nth += 1;
  sku = `MISTAKE-${nth}`;
  await stage.item(sku);
  await stage.apply(line("receipt", 10, { unit_cost: 2, currency: "EUR" }));
});

const line = (type: string, quantity: number, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});
const reverse = (id: string, body: object = {}, options: object = {}) =>
  stage.post(body, { path: `/v1/movements/${id}/reverse`, ...options });

const figures = async () => {
  const [a, b] = [await stage.level(sku), await stage.level(sku, "B")];
  const of = ({ on_hand, reserved, unavailable, in_transit }: Record<string, string>) =>
    [on_hand, reserved, unavailable, in_transit].join(" ");
  return [of(a), of(b)];
};

describe("a reversal", () => {
  test.each([
    ["a receipt", "receipt", 3, { unit_cost: 5 }],
    ["an issue", "issue", 3, {}],
    ["a transfer", "transfer", 3, { to_warehouse: "B" }],
    ["a transfer in transit", "transfer", 3, { to_warehouse: "B", in_transit: true }],
    ["an adjustment upwards", "adjustment", 3, {}],
    ["an adjustment downwards", "adjustment", -3, {}],
    ["a count", "count", 4, {}],
    ["a return", "return", 3, {}],
    ["a supplier return", "supplier_return", 3, {}],
    ["a scrap", "scrap", 3, {}],
    ["a hold", "hold", 3, {}],
  ])("of %s restores what was, once", async (_what, type, quantity, more) => {
    await stage.apply(line("receipt", 1, { warehouse: "B" }));
    const before = await figures();
    const id = await stage.apply(line(type, quantity, more));
    expect(await figures()).not.toEqual(before);
    const answer = await reverse(id, { reason: "typing error" });
    expect(answer).toMatchObject({ status: 200, body: { data: [{ status: "applied" }] } });
    expect(await figures()).toEqual(before);
    const page = await stage.request("GET", `/v1/movements/${id}`);
    expect(page.body).toMatchObject({ type, reversed_by: answer.body.data[0].id });
    expect((await reverse(id)).body.data[0]).toMatchObject({
      status: "rejected",
      code: "already_reversed",
    });
    expect(await figures()).toEqual(before);
  });

  test("of an unhold holds again", async () => {
    await stage.apply(line("hold", 5));
    const id = await stage.apply(line("unhold", 2));
    await reverse(id);
    expect(await figures()).toEqual(["10 0 5 0", "0 0 0 0"]);
  });

  test("of an issue over lots puts each lot back", async () => {
    await stage.item(`${sku}-L`, { tracking: "lot" });
    const of = { sku: `${sku}-L` };
    await stage.apply(line("receipt", 2, { ...of, lot: "X", expires_on: "2999-01-01" }));
    await stage.apply(line("receipt", 2, { ...of, lot: "Y" }));
    const id = await stage.apply(line("issue", 3, of));
    const answer = await reverse(id);
    expect(answer.body.data[0]).toMatchObject({ status: "applied", balance_after: "4" });
    expect(await stage.lots(`${sku}-L`)).toEqual({ X: "2 0 0 0", Y: "2 0 0 0" });
  });

  test.each([
    ["at once", {}],
    ["in transit", { in_transit: true }],
  ])("of a transfer %s leaves both averages as if it had not been", async (_how, more) => {
    await stage.apply(line("receipt", 10, { warehouse: "B", unit_cost: 5, currency: "EUR" }));
    const id = await stage.apply(line("transfer", 10, { to_warehouse: "B", ...more }));
    await stage.apply(line("receipt", 10, { unit_cost: 4, currency: "EUR" }));
    await reverse(id);
    expect(await stage.level(sku)).toMatchObject({ on_hand: "20", average_cost: "3" });
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "10", average_cost: "5" });
  });

  test("by the same request as the transfer leaves them so, too", async () => {
    await stage.apply(line("receipt", 10, { warehouse: "B", unit_cost: 5, currency: "EUR" }));
    const sent = await stage.post(line("transfer", 10, { to_warehouse: "B" }), {
      headers: { prefer: "" },
    });
    await reverse(sent.body.data[0].id);
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "10", average_cost: "5" });
  });

  test("takes only what is still there", async () => {
    const id = await stage.apply(line("receipt", 5));
    await stage.apply(line("issue", 12));
    expect((await reverse(id)).body.data[0]).toMatchObject({
      status: "rejected",
      code: "insufficient_stock",
      detail: "asked 5, available 3",
    });
  });

  test("does not concern reservations, arrivals and reversals, nor a transfer of which a part arrived", async () => {
    const reserved = await stage.apply(line("reserve", 1));
    const shipped = await stage.apply(line("transfer", 3, { to_warehouse: "B", in_transit: true }));
    const arrived = await stage.apply({ quantity: 1 }, `/v1/movements/${shipped}/arrive`);
    const issued = await stage.apply(line("issue", 1));
    const reversed = (await reverse(issued)).body.data[0].id;
    for (const id of [reserved, shipped, arrived, reversed]) {
      expect((await reverse(id)).body.data[0]).toMatchObject({
        status: "rejected",
        code: "not_reversible",
      });
    }
  });

  test("may be sent before the original is applied, and is the same when it is sent again later", async () => {
    const counted = await stage.post(line("count", 3), { headers: { prefer: "" } });
    const id = counted.body.data[0].id;
    const body = { id: newId() };
    const first = await reverse(id, body);
    expect(first.body.data[0]).toMatchObject({ status: "applied", balance_after: "10" });
    const again = await reverse(id, body);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });

  test("by eight clients at once is one", async () => {
    const id = await stage.apply(line("issue", 5));
    const answers = await Promise.all(Array.from({ length: 8 }, () => reverse(id)));
    const codes = answers
      .map(({ body }): string => body.data[0].code ?? body.data[0].status)
      .sort();
    expect(codes).toEqual([...Array(7).fill("already_reversed"), "applied"]);
    expect(await figures()).toEqual(["10 0 0 0", "0 0 0 0"]);
  });
});

describe("what is not reversed", () => {
  test("an unknown movement is 404, a rejected one 409", async () => {
    expect(await reverse(newId())).toMatchObject({ status: 404, body: { code: "not_found" } });
    const rejected = await stage.move(line("issue", 99));
    expect(await reverse(rejected.id)).toMatchObject({
      status: 409,
      body: { code: "not_applied" },
    });
  });

  test("to a caller who may act at one end only it does not exist", async () => {
    const id = await stage.apply(line("transfer", 1, { to_warehouse: "B" }));
    expect((await reverse(id, {}, { warehouses: ["A"] })).status).toBe(404);
    expect((await reverse(id, {}, { role: "viewer" })).status).toBe(403);
    expect((await reverse(id, {}, { warehouses: ["A", "B"] })).status).toBe(200);
  });
});
