/** Movements that are refused at the door: every answer by its code, pointer and words. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  await seedItems(api.context.db, ["A"]);
  await seedWarehouses(api.context.db, ["MAIN"]);
});
afterAll(() => api.close());

const post = (body: unknown) => api.request("POST", "/v1/movements", { body, role: "operator" });

const good = { type: "receipt", sku: "A", warehouse: "MAIN", quantity: 1 };

describe("what is refused, with which words", () => {
  test.each([
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
      'type "recieve" is not valid; expected one of receipt, issue, transfer, adjustment, count, return, supplier_return, scrap',
    ],
    [
      "a type of a later version",
      { ...good, type: "reserve" },
      "not_supported",
      "/type",
      /reserve is not applied in this version/,
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
      "wrong_format",
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
      "a lot",
      { ...good, lot: "L1" },
      "not_supported",
      "/lot",
      /lots are not applied in this version/,
    ],
  ])("%s", async (...refusal) => {
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

  test("an atomic group is refused by name until it is applied", async () => {
    const answer = await post({ movements: [good], atomic: true });
    expect(answer.body.errors[0]).toMatchObject({
      pointer: "/atomic",
      detail: expect.stringContaining("atomic groups are not applied in this version"),
    });
  });
});
