/** Reservations and holds: what is promised or held is not available, and a reservation that lapses frees its stock by itself. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";
import { waitFor } from "../../support/waitFor.ts";

let stage: MovementStage;
let sku: string;
let nth = 0;
beforeAll(async () => {
  stage = await createMovementStage();
});
afterAll(() => stage.close());
beforeEach(async () => {
  nth += 1;
  sku = `SEAT-${nth}`;
  await stage.item(sku);
  await stage.apply(line("receipt", 10));
});

const line = (type: string, quantity: number | string, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});

describe("a reservation", () => {
  test("binds stock, is issued in parts, and then is consumed", async () => {
    const reservation = await stage.apply(line("reserve", 6));
    expect(await stage.level(sku)).toMatchObject({ on_hand: "10", reserved: "6", available: "4" });
    expect(await stage.move(line("issue", 5))).toMatchObject({
      code: "insufficient_stock",
      detail: "asked 5, available 4",
    });
    await stage.apply(line("issue", 2, { reservation }));
    expect(await stage.move(line("issue", 5, { reservation }))).toMatchObject({
      code: "reservation_exceeded",
      detail: "asked 5, open 4",
    });
    await stage.apply(line("issue", 4, { reservation }));
    expect(await stage.move(line("issue", 1, { reservation }))).toMatchObject({
      status: "rejected",
      code: "reservation_consumed",
    });
    expect(await stage.level(sku)).toMatchObject({ on_hand: "4", reserved: "0", available: "4" });
  });

  test("that has lapsed is answered as it stands, also among new lines; not in a group", async () => {
    const lapsed = line("reserve", 1, {
      id: newId(),
      expires_at: new Date(Date.now() + 1_500).toISOString(),
    });
    await stage.apply(lapsed);
    await waitFor("the lapse", async () =>
      (await stage.post({ ...lapsed, id: newId(), quantity: 99 })).status === 422
        ? true
        : undefined,
    );
    const fresh = line("receipt", 1, { id: newId() });
    const mixed = await stage.post({ movements: [fresh, lapsed] });
    expect(mixed).toMatchObject({
      status: 200,
      body: { data: [{ status: "applied", balance_after: "11" }, { status: "applied" }] },
    });
    expect(mixed.headers.get("idempotency-replayed")).toBeNull();
    const refused = { status: 422, body: { errors: [{ pointer: "/movements/1/expires_at" }] } };
    const other = line("receipt", 1, { id: newId() });
    const movements = [other, lapsed];
    expect(await stage.post({ movements, atomic: true })).toMatchObject(refused);
    const unknown = { ...lapsed, id: newId() };
    expect(await stage.post({ movements: [other, unknown] })).toMatchObject(refused);
    expect(await stage.level(sku)).toMatchObject({ on_hand: "11" });
  });

  test("is consumed by one of two who come at once", async () => {
    const reservation = await stage.apply(line("reserve", 5));
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, () => stage.move(line("issue", 5, { reservation }))),
    );
    const codes = outcomes.map((outcome): string => outcome.code ?? outcome.status).sort();
    expect(codes).toEqual(["applied", ...Array(7).fill("reservation_consumed")]);
  });

  test("is released in parts; what is released is free", async () => {
    const reservation = await stage.apply(line("reserve", 6));
    await stage.apply(line("release", 2, { reservation }));
    expect(await stage.level(sku)).toMatchObject({ reserved: "4", available: "6" });
    await stage.apply(line("release", 4, { reservation }));
    expect(await stage.move(line("issue", 1, { reservation }))).toMatchObject({
      code: "reservation_released",
    });
  });

  test("is known only at its item and warehouse", async () => {
    const reservation = await stage.apply(line("reserve", 1));
    for (const wrong of [
      { warehouse: "B" },
      { reservation: "018f0000-0000-7000-8000-000000000000" },
    ])
      expect(await stage.move(line("issue", 1, { reservation, ...wrong }))).toMatchObject({
        code: "unknown_reservation",
      });
  });

  test("can't promise more than is available, except where stock may go below zero", async () => {
    expect(await stage.move(line("reserve", 11))).toMatchObject({ code: "insufficient_stock" });
    await stage.apply(line("reserve", 11, { warehouse: "LOOSE" }));
    expect(await stage.level(sku, "LOOSE")).toMatchObject({ on_hand: "0", available: "-11" });
  });

  test("frees its stock at the moment it lapses, and the ledger tells it soon after", async () => {
    const expires_at = new Date(Date.now() + 1_000).toISOString();
    const reservation = await stage.apply(line("reserve", 6, { expires_at }));
    expect(await stage.level(sku)).toMatchObject({ reserved: "6", available: "4" });
    const freed = await waitFor("the stock to be free", async () => {
      const level = await stage.level(sku);
      return level.available === "10" ? level : undefined;
    });
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(expires_at));
    expect(freed.on_hand).toBe("10");
    expect(await stage.move(line("issue", 1, { reservation }))).toMatchObject({
      status: "rejected",
      code: "reservation_expired",
    });
    await stage.apply(line("issue", 10));
    const entry = await waitFor("the release", async () => {
      const page = await stage.request("GET", `/v1/stock/${sku}/A/movements`);
      return page.body.data.find((one: { type: string }) => one.type === "release");
    });
    expect(entry).toMatchObject({ reason: "expired", actor: "stockline", quantity: "0" });
    expect(await stage.level(sku)).toMatchObject({ on_hand: "0", reserved: "0", available: "0" });
  });

  test("that would lapse before it occurred is refused", async () => {
    const [occurred_at, expires_at] = [9, 4].map((minutes) =>
      new Date(Date.now() + minutes * 60_000).toISOString(),
    );
    expect(await stage.post(line("reserve", 1, { occurred_at, expires_at }))).toMatchObject({
      status: 422,
      body: {
        code: "date_past",
        detail: `expires_at "${expires_at}" is not valid; expected a time after occurred_at, ${occurred_at}`,
      },
    });
  });

  test("sent again after its time is still answered as it stands", async () => {
    const expires_at = new Date(Date.now() + 300).toISOString();
    const id = "018f0000-0000-7000-8000-00000000000a";
    const body = line("reserve", 1, { id, expires_at });
    await stage.apply(body);
    const again = await waitFor("its time to be over", async () => {
      const other = await stage.post({ ...body, quantity: 2 });
      return other.body.code === "date_past" ? stage.post(body) : undefined;
    });
    expect(again).toMatchObject({ status: 200, body: { data: [{ id, status: "applied" }] } });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
  });
});

describe("a hold", () => {
  test("takes stock out of what is available and gives it back", async () => {
    await stage.apply(line("hold", 7, { reason: "inspection" }));
    expect(await stage.level(sku)).toMatchObject({
      on_hand: "10",
      unavailable: "7",
      available: "3",
    });
    expect(await stage.move(line("issue", 4))).toMatchObject({ code: "insufficient_stock" });
    expect(await stage.move(line("hold", 4))).toMatchObject({ code: "insufficient_stock" });
    await stage.apply(line("unhold", 7));
    await stage.apply(line("issue", 10));
  });
});
