/** Items tracked by serial number: a number is one piece, in one place at a time, on hand or on its way. */
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
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
  sku = `PHONE-${nth}`;
  await stage.item(sku, { tracking: "serial" });
});

const line = (type: string, serial: string | undefined, more: object = {}) => ({
  type,
  sku,
  warehouse: "A",
  quantity: 1,
  ...(serial === undefined ? {} : { serial }),
  ...more,
});

test("a number comes in once, by serial or by lot, and not again while it is there", async () => {
  await stage.apply(line("receipt", "S1"));
  await stage.apply(line("receipt", undefined, { lot: "S2" }));
  expect(await stage.move(line("receipt", "S1"))).toMatchObject({
    status: "rejected",
    code: "serial_in_stock",
  });
  expect(await stage.move(line("receipt", "S1", { warehouse: "B" }))).toMatchObject({
    code: "serial_in_stock",
  });
  await stage.apply(line("issue", "S1"));
  await stage.apply(line("return", "S1", { warehouse: "B" }));
  expect(await stage.lots(sku, "B")).toEqual({ S1: "1 0 0 0" });
});

test("what moves must be named", async () => {
  await stage.apply(line("receipt", "S1"));
  for (const type of ["issue", "receipt", "hold", "count"]) {
    expect(await stage.move(line(type, undefined))).toMatchObject({ code: "lot_required" });
  }
});

test("two pieces of one number at once are refused at the door", async () => {
  for (const [type, quantity] of [
    ["receipt", 2],
    ["issue", "0.5"],
    ["count", 2],
    ["adjustment", -2],
    ["reserve", 3],
  ] as const) {
    const answer = await stage.post(line(type, "S1", { quantity }));
    expect([answer.status, answer.body.code], type).toEqual([422, "serial_quantity"]);
  }
});

test("a number on its way is nowhere else, and arrives once", async () => {
  await stage.apply(line("receipt", "S1"));
  const shipped = await stage.apply(
    line("transfer", "S1", { to_warehouse: "B", in_transit: true }),
  );
  expect(await stage.lots(sku, "B")).toEqual({ S1: "0 0 0 1" });
  expect(await stage.move(line("receipt", "S1"))).toMatchObject({ code: "serial_in_stock" });
  expect(await stage.move(line("issue", "S1", { warehouse: "B" }))).toMatchObject({
    code: "insufficient_stock",
  });
  await stage.apply({ quantity: 1 }, `/v1/movements/${shipped}/arrive`);
  expect(await stage.move({ quantity: 1 }, `/v1/movements/${shipped}/arrive`)).toMatchObject({
    code: "transit_exceeded",
  });
  await stage.apply(line("issue", "S1", { warehouse: "B" }));
});

test("a count finds a piece or not", async () => {
  await stage.apply(line("receipt", "S1"));
  await stage.apply(line("count", "S1", { quantity: 0 }));
  await stage.apply(line("count", "S2", { quantity: 1 }));
  await stage.apply(line("count", "S3", { quantity: 0 }));
  expect(await stage.lots(sku)).toMatchObject({ S1: "0 0 0 0", S2: "1 0 0 0" });
  expect(await stage.move(line("count", "S2", { warehouse: "B" }))).toMatchObject({
    code: "serial_in_stock",
  });
});

test("a piece is held and reserved by its number", async () => {
  await stage.apply(line("receipt", "S1"));
  await stage.apply(line("receipt", "S2"));
  await stage.apply(line("hold", "S1"));
  const reservation = await stage.apply(line("reserve", "S2"));
  expect(await stage.lots(sku)).toEqual({ S1: "1 0 1 0", S2: "1 1 0 0" });
  expect(await stage.move(line("issue", "S2"))).toMatchObject({ code: "insufficient_stock" });
  expect(await stage.move(line("issue", "S1", { reservation }))).toMatchObject({
    code: "lot_mismatch",
  });
  await stage.apply(line("issue", undefined, { reservation }));
  expect(await stage.lots(sku)).toEqual({ S1: "1 0 1 0", S2: "0 0 0 0" });
});
