/** The working of a generated order line, in plain words. */
import { expect, test } from "vitest";
import { explainOrderLine } from "../../client/explainOrderLine.ts";

const pack = { pack_size: "6", moq: "12", supplier: "KAOLIN" };

test("an order up to the maximum names minimum, maximum, need, packs and supplier", () => {
  const explanation = {
    on_hand: "2",
    reserved: "0",
    on_order: "0",
    method: "min_max",
    min: "4",
    max: "20",
    need: "18",
    supplier_choice: "preferred",
    ...pack,
  };
  expect(explainOrderLine({ sku: "CUP-006", quantity: "18", explanation })).toBe(
    "2 on hand; minimum 4, maximum 20, so 18 needed; packs of 6, at least 12: " +
      "18 of CUP-006 from KAOLIN, the preferred supplier",
  );
});

test("a fixed reorder quantity counts what is reserved, ordered, drafted and on its way", () => {
  const explanation = {
    on_hand: "9",
    reserved: "4",
    on_order: "1",
    drafted: "2",
    in_transit: "3",
    method: "reorder_point",
    reorder_point: "12",
    reorder_quantity: "10",
    need: "10",
    supplier_choice: "only_supplier",
    ...pack,
  };
  expect(explainOrderLine({ sku: "CUP-006", quantity: "12", explanation })).toBe(
    "9 on hand, 4 reserved, 1 on order, 2 drafted, 3 in transit; reorder point 12, " +
      "reordered by 10, so 10 needed; packs of 6, at least 12: 12 of CUP-006 from KAOLIN, " +
      "the only supplier",
  );
});

test("a line written by hand has no working", () => {
  expect(explainOrderLine({ sku: "A", quantity: "1", explanation: null })).toBeUndefined();
});

test("a line of a policy that orders up to a level tells the level and the demand behind it", () => {
  const explanation = {
    method: "auto",
    on_hand: "20",
    reorder_point: "61",
    order_up_to: "461",
    daily_demand: "7",
    need: "441",
    moq: "200",
    pack_size: "12",
    supplier: "KAOLIN",
    supplier_choice: "preferred",
  };
  expect(explainOrderLine({ sku: "CUP-006", quantity: "444", explanation })).toBe(
    "20 on hand; reorder point 61, up to 461 at a demand of 7 a day, so 441 needed; " +
      "packs of 12, at least 200: 444 of CUP-006 from KAOLIN, the preferred supplier",
  );
});
