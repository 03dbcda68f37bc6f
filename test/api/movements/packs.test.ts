/** Packs: units of an item beside its stock unit; movements name them, and are converted exactly. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "../../../platform/clock.ts";
import { createMovementStage, type MovementStage } from "../../support/movementStage.ts";

let stage: MovementStage;
beforeAll(async () => {
  stage = await createMovementStage();
  await stage.item("TEA", {
    unit: "bag",
    units: { box: 12, pallet: "480", "third of a box": "0.3333" },
  });
});
afterAll(() => stage.close());

const line = (type: string, quantity: number | string, unit: string, more: object = {}) => ({
  type,
  sku: "TEA",
  warehouse: "A",
  quantity,
  unit,
  ...more,
});

describe("a movement in packs", () => {
  test("is kept in the stock unit, exactly; its cost is of one stock unit", async () => {
    await stage.apply(line("receipt", 2, "box", { unit_cost: "1.5" }));
    await stage.apply(line("receipt", "0.25", "pallet", { unit_cost: "1.5" }));
    await stage.apply(line("issue", "1.5", "box"));
    await stage.apply(line("adjustment", -1, "bag"));
    expect(await stage.level("TEA")).toMatchObject({ on_hand: "125", average_cost: "1.5" });
    await stage.apply(line("count", 10, "box"));
    expect(await stage.level("TEA")).toMatchObject({ on_hand: "120" });
  });

  test("that 4 decimals do not hold is refused, never rounded", async () => {
    const answer = await stage.post(line("receipt", "0.00015", "box"));
    expect(answer.body.code).toBe("quantity_format");
    const inexact = await stage.post(line("receipt", "0.5", "third of a box"));
    expect(inexact).toMatchObject({
      status: 422,
      body: {
        code: "unit_inexact",
        errors: [
          {
            pointer: "/quantity",
            detail:
              'quantity in third of a box (0.3333 bag each) "0.5" is not valid; expected a quantity that 4 decimals of the stock unit "bag" hold exactly',
          },
        ],
      },
    });
    const large = await stage.post(line("receipt", "99999999999999", "pallet"));
    expect([large.status, large.body.code]).toEqual([422, "out_of_range"]);
  });

  test.each(["crate", "Box", "constructor", "__proto__"])(
    "in %s, which is no unit of the item, is refused with those that are",
    async (unit) => {
      const answer = await stage.post(line("receipt", 1, unit));
      expect(answer).toMatchObject({
        status: 422,
        body: { code: "unknown_unit", errors: [{ pointer: "/unit" }] },
      });
      expect(answer.body.detail).toContain('"bag", "box", "pallet", "third of a box"');
    },
  );

  test("is the same movement when it is sent again after the pack has changed", async () => {
    await stage.item("SOAP", { units: { box: 10 } });
    const body = { ...line("receipt", 1, "box", { id: newId() }), sku: "SOAP" };
    await stage.apply(body);
    await stage.request("PATCH", "/v1/items/sku:SOAP", { body: { units: { box: 20 } } });
    expect((await stage.post(body)).headers.get("idempotency-replayed")).toBe("true");
    await stage.apply({ ...body, id: newId() });
    expect(await stage.level("SOAP")).toMatchObject({ on_hand: "30" });
    const other = await stage.post({ ...body, quantity: 10, unit: "each" });
    expect(other.body.code).toBe("id_reused");
  });
});

describe("the packs of an item", () => {
  const patch = (sku: string, body: object, headers: Record<string, string> = {}) =>
    stage.request("PATCH", `/v1/items/sku:${sku}`, { body, headers });

  test("are read, listed and replaced as a whole, and raise its version", async () => {
    await stage.item("RICE", { unit: "kg", units: { sack: "25.0", ton: 1000 } });
    const read = await stage.request("GET", "/v1/items/sku:RICE");
    expect(read.body).toMatchObject({ units: { sack: "25", ton: "1000" }, version: 1 });
    const stale = await patch("RICE", { units: {} }, { "if-match": '"7"' });
    expect(stale.status).toBe(412);
    const patched = await patch("RICE", { units: { sack: 20, bag: "0.5" } }, { "if-match": '"1"' });
    expect(patched.body).toMatchObject({ units: { bag: "0.5", sack: "20" }, version: 2 });
    expect(Object.keys(patched.body.units)).toHaveLength(2);
    expect(patched.headers.get("etag")).toBe('"2"');
    const listed = await stage.request("GET", "/v1/items?sku=RICE");
    expect(listed.body.data[0].units).toEqual(patched.body.units);
    expect((await patch("RICE", { name: "Rice" })).body.units).toEqual(patched.body.units);
    expect((await patch("RICE", { units: {} })).body.units).toEqual({});
    const { rows } = await stage.context.db.query<{ units: unknown }>(
      "select data -> 'units' as units from events where subject = 'items/RICE' order by position",
    );
    expect(rows.map((row) => row.units)).toEqual([
      { sack: "25", ton: "1000" },
      { bag: "0.5", sack: "20" },
      { bag: "0.5", sack: "20" },
      {},
    ]);
  });

  test.each([
    [{ each: 1 }, "unit_is_stock_unit", "/units/each"],
    [{ box: 0 }, "not_positive", "/units/box"],
    [{ box: "-1" }, "not_positive", "/units/box"],
    [{ box: "1.00005" }, "quantity_format", "/units/box"],
    [{ box: null }, "wrong_type", "/units/box"],
    [{ " ": 1 }, "code_format", "/units/ "],
    [{ "a\u200bb": 1 }, "code_format", "/units/a\u200bb"],
    [{ caf\u00e9: 1, "cafe\u0301": 2 }, "duplicate_unit", "/units/cafe\u0301"],
    [["box"], "wrong_type", "/units"],
  ])("%j are refused", async (units, code, pointer) => {
    const answer = await stage.request("POST", "/v1/items", {
      body: { sku: newId(), name: "x", units },
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors).toMatchObject([{ code, pointer }]);
  });

  test("can't take the name of the stock unit, whichever of the two is written", async () => {
    await stage.item("CORD", { unit: "m", units: { roll: 50 } });
    expect((await patch("CORD", { unit: "roll" })).body.code).toBe("unit_is_stock_unit");
    expect((await patch("CORD", { units: { m: 1 } })).body.code).toBe("unit_is_stock_unit");
    expect((await patch("CORD", { unit: "roll", units: {} })).status).toBe(200);
  });
});
