/** Items tracked by lot: lots come in by name, go out by name or by expiry (FEFO), and never below zero. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
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
  sku = `MILK-${nth}`;
  await stage.item(sku, { tracking: "lot" });
});

const line = (type: string, quantity: number | string, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity,
  ...more,
});

async function receiveThree(): Promise<void> {
  await stage.apply(line("receipt", 5, { lot: "LATE", expires_on: "2999-06-30" }));
  await stage.apply(line("receipt", 5, { lot: "SOON", expires_on: "2999-01-31" }));
  await stage.apply(line("receipt", 5, { lot: "NONE" }));
}

describe("what comes in", () => {
  test("names its lot, or is rejected with lot_required", async () => {
    expect(await stage.move(line("receipt", 5))).toMatchObject({
      status: "rejected",
      code: "lot_required",
    });
    await stage.apply(line("receipt", 5, { lot: "L1", expires_on: "2999-01-31" }));
    await stage.apply(line("return", 2, { lot: "L1" }));
    expect(await stage.lots(sku)).toEqual({ L1: "7 0 0 0" });
  });

  test("may not contradict the day on which the lot expires", async () => {
    await stage.apply(line("receipt", 5, { lot: "L1", expires_on: "2999-01-31" }));
    expect(
      await stage.move(line("receipt", 5, { lot: "L1", expires_on: "2999-02-01" })),
    ).toMatchObject({ status: "rejected", code: "lot_mismatch" });
  });

  test("is one lot, however its name is composed", async () => {
    await stage.apply(line("receipt", 1, { lot: "Caf\u00e9 " }));
    await stage.apply(line("receipt", 1, { lot: "Cafe\u0301" }));
    expect(await stage.lots(sku)).toEqual({ "Caf\u00e9": "2 0 0 0" });
  });
});

describe("what goes out", () => {
  test("goes by the lot that expires first, the one without a day last, over several lots", async () => {
    await receiveThree();
    const id = await stage.apply(line("issue", 12));
    expect(await stage.lots(sku)).toEqual({ SOON: "0 0 0 0", LATE: "0 0 0 0", NONE: "3 0 0 0" });
    const page = await stage.request("GET", `/v1/movements/${id}`);
    expect(page.body).toMatchObject({
      type: "issue",
      quantity: "-12",
      version: 6,
      balance_after: "3",
      lots: [
        { lot: "SOON", quantity: "-5" },
        { lot: "LATE", quantity: "-5" },
        { lot: "NONE", quantity: "-2" },
      ],
    });
  });

  test("goes by the lot that is named, as far as that one reaches", async () => {
    await receiveThree();
    await stage.apply(line("issue", 4, { lot: "NONE" }));
    expect(await stage.move(line("issue", 2, { lot: "NONE" }))).toMatchObject({
      status: "rejected",
      code: "insufficient_stock",
      detail: expect.stringContaining("asked 2, available"),
    });
    expect(await stage.move(line("issue", 1, { lot: "OTHER" }))).toMatchObject({
      code: "unknown_lot",
    });
  });

  test("an issue passes over lots that are past their day; scrap takes them", async () => {
    await stage.apply(line("receipt", 5, { lot: "OLD", expires_on: "2020-01-31" }));
    await stage.apply(line("receipt", 5, { lot: "NEW", expires_on: "2999-01-31" }));
    expect(await stage.move(line("issue", 6))).toMatchObject({
      code: "insufficient_stock",
      detail: expect.stringContaining("5"),
    });
    await stage.apply(line("issue", 5));
    expect(await stage.lots(sku)).toEqual({ OLD: "5 0 0 0", NEW: "0 0 0 0" });
    await stage.apply(line("scrap", 5));
    expect(await stage.lots(sku)).toEqual({ OLD: "0 0 0 0", NEW: "0 0 0 0" });
  });

  test("never goes below zero, whatever the warehouse allows", async () => {
    const outcome = await stage.move({ ...line("issue", 1), warehouse: "LOOSE" });
    expect(outcome).toMatchObject({ status: "rejected", code: "insufficient_stock" });
  });

  test("a transfer takes its lots along", async () => {
    await receiveThree();
    await stage.apply(line("transfer", 6, { to_warehouse: "B" }));
    expect(await stage.lots(sku, "B")).toEqual({ SOON: "5 0 0 0", LATE: "1 0 0 0" });
    await stage.apply({ ...line("supplier_return", 5, { lot: "SOON" }), warehouse: "B" });
    expect(await stage.lots(sku, "B")).toEqual({ SOON: "0 0 0 0", LATE: "1 0 0 0" });
  });
});

describe("counts, adjustments and holds", () => {
  test("are of a lot", async () => {
    await receiveThree();
    for (const type of ["count", "adjustment", "hold", "unhold"]) {
      expect(await stage.move(line(type, 1))).toMatchObject({ code: "lot_required" });
    }
    await stage.apply(line("count", 3, { lot: "SOON" }));
    await stage.apply(line("adjustment", -1, { lot: "LATE" }));
    await stage.apply(line("adjustment", 2, { lot: "NONE" }));
    await stage.apply(line("hold", 2, { lot: "SOON", reason: "damaged" }));
    expect(await stage.lots(sku)).toEqual({ SOON: "3 0 2 0", LATE: "4 0 0 0", NONE: "7 0 0 0" });
    expect(await stage.level(sku)).toMatchObject({
      on_hand: "14",
      unavailable: "2",
      available: "12",
    });
    expect(await stage.move(line("issue", 2, { lot: "SOON" }))).toMatchObject({
      code: "insufficient_stock",
    });
    expect(await stage.move(line("unhold", 3, { lot: "SOON" }))).toMatchObject({
      code: "insufficient_unavailable",
      detail: "asked 3, unavailable 2",
    });
    await stage.apply(line("unhold", 2, { lot: "SOON" }));
    await stage.apply(line("issue", 3, { lot: "SOON" }));
  });

  test("a count of a lot leaves what moved of it since its version", async () => {
    await receiveThree();
    const { version } = await stage.level(sku);
    await stage.apply(line("issue", 2, { lot: "SOON" }));
    await stage.apply(line("issue", 1, { lot: "LATE" }));
    await stage.apply(line("count", 4, { lot: "SOON", counted_version: version }));
    expect(await stage.lots(sku)).toEqual({ SOON: "2 0 0 0", LATE: "4 0 0 0", NONE: "5 0 0 0" });
  });
});

describe("the tracking of an item", () => {
  const patch = (body: object) => stage.request("PATCH", `/v1/items/sku:${sku}`, { body });

  test("stays while it has stock, and changes when it has none", async () => {
    await stage.apply(line("receipt", 1, { lot: "L1" }));
    expect(await patch({ tracking: "none" })).toMatchObject({
      status: 409,
      body: { code: "tracking_in_use" },
    });
    expect((await patch({ tracking: "lot", name: "Same" })).status).toBe(200);
    await stage.apply(line("issue", 1));
    expect((await patch({ tracking: "none" })).status).toBe(200);
    await stage.apply(line("receipt", 1));
  });
});

describe("the unit and the currency of an item", () => {
  const patch = (body: object) => stage.request("PATCH", `/v1/items/sku:${sku}`, { body });
  const refusal = (code: string) => ({ status: 409, body: { code } });

  test("the unit stays while there is stock", async () => {
    await stage.apply(line("receipt", 1, { lot: "L1" }));
    expect(await patch({ unit: "bag" })).toMatchObject(refusal("unit_in_use"));
    expect((await patch({ unit: "each" })).status).toBe(200);
    await stage.apply(line("issue", 1));
    expect((await patch({ unit: "bag" })).status).toBe(200);
  });

  test("the currency stays once there are costs, and changes before", async () => {
    await stage.apply(line("receipt", 1, { lot: "L1" }));
    expect((await patch({ currency: null })).status).toBe(200);
    expect((await patch({ currency: "USD" })).status).toBe(200);
    await stage.apply(line("receipt", 1, { lot: "L1", unit_cost: 2, currency: "USD" }));
    expect(await patch({ currency: "EUR" })).toMatchObject(refusal("currency_in_use"));
    expect(await patch({ currency: null })).toMatchObject(refusal("currency_in_use"));
    expect((await patch({ currency: "USD", name: "Same" })).status).toBe(200);
  });

  test("an item without a currency takes costs, and then gets none", async () => {
    await patch({ currency: null });
    const costly = line("receipt", 1, { lot: "L1", unit_cost: 2 });
    await stage.apply(costly);
    expect(await patch({ currency: "USD" })).toMatchObject(refusal("currency_in_use"));
  });
});
