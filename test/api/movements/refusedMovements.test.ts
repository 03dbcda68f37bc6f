/** Movements that are refused at the door: every answer by its code, pointer and words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  const { db } = api.context;
  await seedItems(db, ["A", "L", "S"]);
  await db.query(
    "update inventory_items set tracking = case sku when 'L' then 'lot' else 'serial' end where sku <> 'A'",
  );
  await seedWarehouses(db, ["MAIN", "EAST"]);
});
afterAll(() => api.close());

const post = (body: unknown) => api.request("POST", "/v1/movements", { body, role: "operator" });

const good = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };

/** What is wrong, the body, and the code, pointer and words of the answer. */
type Refusal = readonly [string, object, string, string, string | RegExp];

const ANY_ID = "018f0000-0000-7000-8000-000000000000";

describe("what is refused, with which words", () => {
  const REFUSALS: readonly Refusal[] = [
    [
      "an unknown SKU",
      { ...good, sku: "ZZZ" },
      "unknown_sku",
      "/sku",
      'sku "ZZZ" is not valid; expected the SKU of an item',
    ],
    [
      "an unknown warehouse",
      { ...good, warehouse: "X" },
      "unknown_warehouse",
      "/warehouse",
      'warehouse "X" is not valid; expected the code of a warehouse',
    ],
    [
      "an unknown type",
      { ...good, type: "recieve" },
      "not_allowed",
      "/type",
      'type "recieve" is not valid; expected one of "receipt", "issue", "transfer", "adjustment", "count", "return", "supplier_return", "scrap", "hold", "unhold", "reserve", "release"',
    ],
    [
      "a type that only follows from another movement",
      { ...good, type: "reversal" },
      "not_allowed",
      "/type",
      /expected one of/,
    ],
    [
      "a quantity that is null",
      { ...good, quantity: null },
      "wrong_type",
      "/quantity",
      "quantity null is not valid; expected a decimal number, as a text or a number",
    ],
    [
      "a time before year 1",
      { ...good, occurred_at: "0001-01-01T00:00:00+10:00" },
      "date_format",
      "/occurred_at",
      'occurred_at "0001-01-01T00:00:00+10:00" is not valid; expected an RFC 3339 time with offset, such as 2026-03-01T12:00:00Z',
    ],
    [
      "a quantity of zero",
      { ...good, quantity: 0 },
      "quantity_sign",
      "/quantity",
      'quantity "0" is not valid; expected a quantity greater than 0 for receipt',
    ],
    [
      "a negative issue",
      { ...good, type: "issue", quantity: -1 },
      "quantity_sign",
      "/quantity",
      /greater than 0 for issue/,
    ],
    [
      "five decimals",
      { ...good, quantity: "1.00005" },
      "quantity_format",
      "/quantity",
      'quantity "1.00005" is not valid; expected at most 4 decimals (it is never rounded)',
    ],
    [
      "a word as quantity",
      { ...good, quantity: "NaN" },
      "quantity_format",
      "/quantity",
      /expected a decimal number/,
    ],
    [
      "an unknown field",
      { ...good, unitCost: 1 },
      "unknown_field",
      "/unitCost",
      'field "unitCost" is not known here; remove it or mend its name',
    ],
    [
      "a missing sku",
      { type: "receipt", warehouse: "MAIN", quantity: 1 },
      "required",
      "/sku",
      /^sku is missing; expected string/,
    ],
    [
      "an id that is no UUID",
      { ...good, id: "x" },
      "id_format",
      "/id",
      'id "x" is not valid; expected a UUID',
    ],
    [
      "a transfer without its end",
      { ...good, type: "transfer" },
      "required",
      "/to_warehouse",
      /to_warehouse is missing/,
    ],
    [
      "a transfer to itself",
      { ...good, type: "transfer", to_warehouse: "MAIN" },
      "same_warehouse",
      "/to_warehouse",
      /another warehouse/,
    ],
    [
      "a cost on an issue",
      { ...good, type: "issue", unit_cost: 1 },
      "not_allowed",
      "/unit_cost",
      /only a receipt carries a cost/,
    ],
    [
      "a currency on an issue",
      { ...good, type: "issue", currency: "EUR" },
      "not_allowed",
      "/currency",
      /only a receipt carries a cost and its currency/,
    ],
    [
      "a currency of no cost",
      { ...good, currency: "EUR" },
      "not_allowed",
      "/currency",
      'currency "EUR" is not valid; expected nothing without unit_cost, whose currency it is',
    ],
    [
      "another currency",
      { ...good, unit_cost: 1, currency: "USD" },
      "currency_mismatch",
      "/currency",
      /the item's currency EUR/,
    ],
    [
      "a time without zone",
      { ...good, occurred_at: "2026-01-01T00:00:00" },
      "date_format",
      "/occurred_at",
      /RFC 3339/,
    ],
    [
      "a day that does not exist",
      { ...good, occurred_at: "2026-02-30T00:00:00Z" },
      "date_format",
      "/occurred_at",
      /RFC 3339/,
    ],
    [
      "a time in the future",
      { ...good, occurred_at: "2999-01-01T00:00:00Z" },
      "date_future",
      "/occurred_at",
      /not in the future/,
    ],
    [
      "a lot of an item without lots",
      { ...good, lot: "L1" },
      "lot_not_tracked",
      "/lot",
      'lot "L1" is not valid; expected nothing: the item is not tracked by lot or serial number',
    ],
    [
      "a serial number of an item without them",
      { ...good, serial: "S1" },
      "lot_not_tracked",
      "/serial",
      /not tracked/,
    ],
    [
      "a serial number of an item tracked by lot",
      { ...good, sku: "L", serial: "S1" },
      "not_allowed",
      "/serial",
      /tracked by lot, which is named by lot/,
    ],
    [
      "a lot and a serial number",
      { ...good, sku: "S", lot: "S1", serial: "S1" },
      "not_allowed",
      "/serial",
      /nothing beside lot/,
    ],
    [
      "a lot of nothing visible",
      { ...good, sku: "L", lot: "\u200b" },
      "code_format",
      "/lot",
      /1 to 100 visible characters/,
    ],
    [
      "a lot with a NUL",
      { ...good, sku: "L", lot: "L\u0000" },
      "nul_char",
      expect.any(String),
      /NUL/,
    ],
    [
      "a lot on a release",
      { ...good, sku: "L", type: "release", reservation: ANY_ID, lot: "L1" },
      "not_allowed",
      "/lot",
      /the lot that its reservation names/,
    ],
    [
      "a day of expiry without its lot",
      { ...good, sku: "L", expires_on: "2999-01-01" },
      "required",
      "/lot",
      /the lot that expires_on belongs to/,
    ],
    [
      "a day of expiry on an issue",
      { ...good, sku: "L", type: "issue", lot: "L1", expires_on: "2999-01-01" },
      "not_allowed",
      "/expires_on",
      /issue concerns a lot that is known/,
    ],
    [
      "a day of expiry on an adjustment downwards",
      { ...good, sku: "L", type: "adjustment", quantity: -1, lot: "L1", expires_on: "2999-01-01" },
      "not_allowed",
      "/expires_on",
      /downwards/,
    ],
    ...["infinity", "now", "epoch", "2026-02-30", "01/02/2026", "2026-03-01T00:00:00Z"].map(
      (day): Refusal => [
        `the day of expiry ${day}`,
        { ...good, sku: "L", lot: "L1", expires_on: day },
        "date_format",
        "/expires_on",
        /a calendar day such as 2026-03-01/,
      ],
    ),
    [
      "an unknown unit",
      { ...good, unit: "box" },
      "unknown_unit",
      "/unit",
      'unit "box" is not valid; expected a unit of the item: "each"',
    ],
    [
      "a receipt in transit",
      { ...good, in_transit: true },
      "not_allowed",
      "/in_transit",
      /only a transfer/,
    ],
    [
      "a transit that is a word",
      { ...good, type: "transfer", to_warehouse: "EAST", in_transit: "yes" },
      "wrong_type",
      "/in_transit",
      /expected boolean/,
    ],
    [
      "a counted version on a receipt",
      { ...good, counted_version: 1 },
      "not_allowed",
      "/counted_version",
      /only a count/,
    ],
    [
      "half a counted version",
      { ...good, type: "count", counted_version: 1.5 },
      "wrong_type",
      "/counted_version",
      /expected int/,
    ],
    [
      "a negative expected version",
      { ...good, expected_version: -1 },
      "too_small",
      "/expected_version",
      /at least 0/,
    ],
    [
      "a release of no reservation",
      { ...good, type: "release" },
      "required",
      "/reservation",
      /the id of the reserve movement/,
    ],
    [
      "a reservation on a scrap",
      { ...good, type: "scrap", reservation: ANY_ID },
      "not_allowed",
      "/reservation",
      /only an issue or a release/,
    ],
    [
      "a reservation that is no id",
      { ...good, type: "issue", reservation: "R-1" },
      "id_format",
      "/reservation",
      /a UUID/,
    ],
    [
      "a lapse on an issue",
      { ...good, type: "issue", expires_at: "2999-01-01T00:00:00Z" },
      "not_allowed",
      "/expires_at",
      /only a reserve lapses/,
    ],
    [
      "a reservation that has lapsed already",
      { ...good, type: "reserve", expires_at: "2020-01-01T00:00:00Z" },
      "date_past",
      "/expires_at",
      /a time that is still to come/,
    ],
    [
      "a lapse without a zone",
      { ...good, type: "reserve", expires_at: "2999-01-01T00:00:00" },
      "date_format",
      "/expires_at",
      /RFC 3339/,
    ],
    [
      "a reservation of nothing",
      { ...good, type: "reserve", quantity: 0 },
      "quantity_sign",
      "/quantity",
      /greater than 0 for reserve/,
    ],
  ];
  test.each(REFUSALS)("%s", async (...refusal) => {
    const [, body, code, pointer, detail] = refusal;
    const answer = await post(body);
    expect(answer.status).toBe(422);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.body.errors).toEqual([
      {
        pointer,
        code,
        detail: typeof detail === "string" ? detail : expect.stringMatching(detail),
      },
    ]);
  });

  test("faults of a batch point at their lines, and nothing of it is accepted", async () => {
    const before = await api.context.db.query("select from movement_inbox");
    const answer = await post({
      movements: [good, { ...good, sku: "NO" }, { ...good, quantity: 0 }],
    });
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual([
      "/movements/1/sku",
      "/movements/2/quantity",
    ]);
    expect((await api.context.db.query("select from movement_inbox")).rowCount).toBe(
      before.rowCount,
    );
  });
});
