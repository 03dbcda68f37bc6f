/** Transfers in transit: what left arrives later, in parts, and what is lost is named. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { arrivalCommands } from "../../../pipelines/movements/index.ts";
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
  sku = `CRATE-${nth}`;
  await stage.item(sku);
  await stage.apply({ ...line("receipt", 10), unit_cost: "2.5", currency: "EUR" });
});

const line = (type: string, quantity: number, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});
const ship = (quantity: number, more: object = {}) =>
  stage.apply(line("transfer", quantity, { to_warehouse: "B", in_transit: true, ...more }));
const arrive = (id: string, body: object, options: object = {}) =>
  stage.post(body, { path: `/v1/movements/${id}/arrive`, ...options });

describe("an arrival", () => {
  test("comes in parts, with its losses named, all by the ledger", async () => {
    const id = await ship(8);
    expect(await stage.level(sku)).toMatchObject({ on_hand: "2" });
    expect(await stage.level(sku, "B")).toMatchObject({
      on_hand: "0",
      in_transit: "8",
      available: "0",
    });
    const first = await arrive(id, { quantity: 3 });
    expect(first).toMatchObject({
      status: 200,
      body: { data: [{ status: "applied", warehouse: "B", balance_after: "3" }] },
    });
    const losses = [
      { quantity: 1, reason: "broken" },
      { quantity: 2, reason: "stolen" },
    ];
    const rest = await arrive(id, { quantity: 2, losses });
    expect(rest.body.data.map((one: { status: string }) => one.status)).toEqual([
      "applied",
      "applied",
      "applied",
    ]);
    const found = await stage.request("GET", rest.body.status_url);
    expect(found.body.data).toHaveLength(3);
    expect(await stage.level(sku, "B")).toMatchObject({
      on_hand: "5",
      in_transit: "0",
      average_cost: "2.5",
    });
    expect((await arrive(id, { quantity: 1 })).body.data[0]).toMatchObject({
      status: "rejected",
      code: "transit_exceeded",
      detail: "asked 1, in transit 0",
    });
    const history = await stage.request("GET", `/v1/stock/${sku}/B/movements`);
    expect(history.body.data.map((one: { reason: string | null }) => one.reason)).toEqual([
      "stolen",
      "broken",
      null,
      null,
      null,
    ]);
  });

  test("and its losses are applied together or not at all", async () => {
    const id = await ship(4);
    const answer = await arrive(id, { quantity: 3, losses: [{ quantity: 2, reason: "wet" }] });
    expect(answer.body.data.map((one: { code: string }) => one.code)).toEqual([
      "atomic_group_rejected",
      "transit_exceeded",
    ]);
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "0", in_transit: "4" });
  });

  test("may be nothing but losses", async () => {
    const id = await ship(4);
    const answer = await arrive(id, { losses: [{ quantity: 4, reason: "sunk" }] });
    expect(answer.body.data).toMatchObject([{ status: "applied" }]);
    expect(answer.body.status_url).toBe(`/v1/movements/${answer.body.data[0].id}`);
  });

  test("may be sent before the transfer is applied: it is decided after it", async () => {
    const transfer = line("transfer", 1, { to_warehouse: "B", in_transit: true });
    const accepted = await stage.post(transfer, { headers: { prefer: "" } });
    const answer = await arrive(accepted.body.data[0].id, { quantity: 1 });
    expect(answer.body.data).toMatchObject([{ status: "applied", balance_after: "1" }]);
  });

  test("is one however often it is sent: by its id, and by Idempotency-Key", async () => {
    const id = await ship(4);
    const body = { id: newId(), quantity: 1, losses: [{ quantity: 1, reason: "wet" }] };
    const first = await arrive(id, body);
    const again = await arrive(id, body);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    const headers = { "idempotency-key": newId() };
    await arrive(id, { quantity: 1 }, { headers });
    await stage.context.db.query("delete from idempotency_keys");
    await arrive(id, { quantity: 1 }, { headers });
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "2", in_transit: "1" });
  });

  test("under a known id with other losses, or without them, is refused: they were booked", async () => {
    const id = await ship(6);
    const wet = { quantity: 1, reason: "wet" };
    const body = { id: newId(), quantity: 1, losses: [wet, { quantity: 1, reason: "torn" }] };
    await arrive(id, body);
    const reused = { status: 422, body: { code: "id_reused" } };
    expect(await arrive(id, { id: body.id, quantity: 1 })).toMatchObject(reused);
    expect(await arrive(id, { ...body, losses: [wet] })).toMatchObject(reused);
    expect(await arrive(id, { id: body.id, losses: body.losses })).toMatchObject(reused);
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "1", in_transit: "3" });
  });

  test("that an earlier release took is still known by its id", async () => {
    const id = await ship(6);
    const body = { id: newId(), quantity: "1", losses: [{ quantity: "1", reason: "wet" }] };
    const { db } = stage.context;
    const commands = await arrivalCommands(db, {
      ...body,
      transferId: id,
      actor: "tester",
      warehouses: undefined,
      reason: undefined,
      occurredAt: undefined,
      now: new Date(),
      lot: undefined,
    });
    // as it hashed them: the arrival alone, as if nothing had been lost
    const former = commands.map(({ formerBodyHash, bodyHash, ...rest }) => ({
      ...rest,
      bodyHash: formerBodyHash ?? bodyHash,
    }));
    expect(former[0]?.bodyHash).not.toEqual(commands[0]?.bodyHash);
    await appendToInbox(db, former);
    const again = await arrive(id, body);
    expect(again).toMatchObject({ status: 200, body: { data: [{ id: body.id }, {}] } });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "1", in_transit: "4" });
  });

  test("of lots brings each lot, named or in the order in which they left", async () => {
    await stage.item(`${sku}-L`, { tracking: "lot" });
    const of = (type: string, quantity: number, more: object) => ({
      ...line(type, quantity, more),
      sku: `${sku}-L`,
    });
    await stage.apply(of("receipt", 2, { lot: "X", expires_on: "2999-01-01" }));
    await stage.apply(of("receipt", 2, { lot: "Y" }));
    const id = await stage.apply(of("transfer", 4, { to_warehouse: "B", in_transit: true }));
    await arrive(id, { quantity: 1, lot: "Y" });
    await arrive(id, { quantity: 3 });
    expect(await stage.lots(`${sku}-L`, "B")).toEqual({ X: "2 0 0 0", Y: "2 0 0 0" });
  });
});

describe("a caller limited to one end", () => {
  const detailsFor = async (id: string, warehouses: string[]) =>
    (await stage.request("GET", `/v1/movements/${id}`, { warehouses })).body;

  test("takes in at the destination what arrives, and is not told where it came from", async () => {
    const id = await ship(2);
    const limited = { warehouses: ["B"] };
    const losses = [{ quantity: 1, reason: "wet" }];
    const answer = await arrive(id, { quantity: 1, losses }, limited);
    expect(answer).toMatchObject({
      status: 200,
      body: { data: [{ status: "applied", warehouse: "B" }, { status: "applied" }] },
    });
    const arrival = answer.body.data[0].id;
    const shown = await detailsFor(arrival, ["B"]);
    expect(shown).toMatchObject({ type: "arrival", warehouse: "B", quantity: "1" });
    expect(shown).not.toHaveProperty("to_warehouse");
    expect(await detailsFor(arrival, ["A", "B"])).toMatchObject({ to_warehouse: "A" });
    const history = await stage.request("GET", `/v1/stock/${sku}/B/movements`, limited);
    expect(JSON.stringify(history.body)).not.toContain('"A"');
  });

  test("at the source sees the transfer without where it goes", async () => {
    const id = await ship(2);
    const shown = await detailsFor(id, ["A"]);
    expect(shown).toMatchObject({ type: "transfer", warehouse: "A", quantity: "-2" });
    expect(shown).not.toHaveProperty("to_warehouse");
    expect(await detailsFor(id, ["B", "A"])).toMatchObject({ to_warehouse: "B" });
  });
});

describe("what does not arrive", () => {
  test("a movement that is not known is 404, one that is not on its way 409", async () => {
    expect(await arrive(newId(), { quantity: 1 })).toMatchObject({ status: 404 });
    const atOnce = await stage.apply(line("transfer", 1, { to_warehouse: "B" }));
    const rejected = await stage.move(
      line("transfer", 99, { to_warehouse: "B", in_transit: true }),
    );
    const receipt = await stage.apply(line("receipt", 1));
    for (const id of [atOnce, rejected.id, receipt]) {
      expect(await arrive(id, { quantity: 1 })).toMatchObject({
        status: 409,
        body: { code: "not_in_transit" },
      });
    }
  });

  test.each([
    [{}, "required", "/quantity"],
    [{ losses: [] }, "too_small", "/losses"],
    [{ quantity: 0 }, "not_positive", "/quantity"],
    [{ losses: [{ quantity: 1 }] }, "required", "/losses/0/reason"],
    [{ quantity: 1, occurred_at: "2999-01-01T00:00:00Z" }, "date_future", "/occurred_at"],
    [{ quantity: 1, warehouse: "B" }, "unknown_field", "/warehouse"],
  ])("%j is refused", async (body, code, pointer) => {
    const id = await ship(1);
    const answer = await arrive(id, body);
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ code, pointer }]);
  });

  test("to a caller who may not act at the destination it does not exist", async () => {
    const id = await ship(1);
    const one = await arrive(id, { quantity: 1 }, { warehouses: ["A"] });
    const none = await arrive(newId(), { quantity: 1 }, { warehouses: ["B"] });
    const receipt = await stage.apply(line("receipt", 1));
    const other = await arrive(receipt, { quantity: 1 }, { warehouses: ["B"] });
    expect([one.status, none.status, other.status]).toEqual([404, 404, 404]);
    expect(await stage.level(sku, "B")).toMatchObject({ on_hand: "0", in_transit: "1" });
  });
});
