/** Calendars of suppliers and price breaks of what they sell, in files: what the API takes, said in a cell. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
  await harness.importFile({ kind: "items", content: "sku,name\nB-1,One\nB-2,Two\n" });
});
afterAll(() => harness.close());

const CLEAR = { options: { empty_cells: "clear" } };

async function supplier(code: string) {
  const { rows } = await harness.context.db.query({
    text: `select version, to_jsonb(working_days) as working_days, to_jsonb(holidays) as holidays
      from suppliers where code = $1`,
    values: [code],
  });
  return rows[0];
}

async function breaksOf(code: string): Promise<Record<string, unknown>> {
  const { rows } = await harness.context.db.query<{ breaks: Record<string, unknown> }>({
    text: `select jsonb_object_agg(i.sku, t.price_breaks) as breaks
      from supplier_items t
      join suppliers s on s.id = t.supplier_id
      join inventory_items i on i.id = t.item_id
      where s.code = $1`,
    values: [code],
  });
  return rows[0]?.breaks ?? {};
}

describe("calendars of suppliers", () => {
  test("are read from names and ranges of weekdays and from lists of days; an equal row changes nothing", async () => {
    const content = [
      "code,name,working_days,holidays",
      'C-1,One,mon-fri,"2026-12-25; 2026-12-28"',
      'C-2,Two,"Monday, Wednesday",2026-01-01',
      "C-3,Three,sat - mon,",
      "C-4,Four,,",
    ].join("\n");
    const first = await harness.importFile({ kind: "suppliers", content });
    expect(first).toMatchObject({ status: "completed", rows_applied: 4 });
    const one = await supplier("C-1");
    expect(one).toMatchObject({
      working_days: ["mon", "tue", "wed", "thu", "fri"],
      holidays: ["2026-12-25", "2026-12-28"],
    });
    expect(await supplier("C-2")).toMatchObject({
      working_days: ["mon", "wed"],
      holidays: ["2026-01-01"],
    });
    expect(await supplier("C-3")).toMatchObject({
      working_days: ["sat", "sun", "mon"],
      holidays: [],
    });
    expect(await supplier("C-4")).toMatchObject({ working_days: null, holidays: [] });
    await harness.importFile({ kind: "suppliers", content, force: true });
    expect(await supplier("C-1")).toEqual(one);
    const cleared = await harness.importFile({
      kind: "suppliers",
      content: "code,name,working_days,holidays\nC-1,One,,\n",
      mapping: CLEAR,
    });
    expect(cleared).toMatchObject({ status: "completed" });
    expect(await supplier("C-1")).toMatchObject({ working_days: null, holidays: [] });
  });

  test("that cannot be read are refused, with what was expected", async () => {
    const content = [
      "code,name,working_days,holidays",
      "W-1,One,mon-fry,",
      "W-2,Two,,25.12.2026",
      "W-3,Three,,2026-02-30",
    ].join("\n");
    const { errors_sample } = await harness.importFile({ kind: "suppliers", content });
    const days = 'expected days such as "2026-12-25; 2026-12-26"';
    expect(errors_sample).toEqual([
      expect.objectContaining({
        row: 2,
        column: "working_days",
        code: "not_allowed",
        detail:
          'working_days "mon-fry" is not valid; expected weekdays such as "mon tue wed thu fri" or "mon-fri"',
      }),
      expect.objectContaining({ row: 3, column: "holidays", code: "date_format" }),
      expect.objectContaining({
        row: 4,
        column: "holidays",
        detail: expect.stringContaining(days),
      }),
    ]);
  });
});

describe("price breaks", () => {
  test("are read by quantity and cost, also with decimal commas where the mapping says so; an empty cell may clear them", async () => {
    await harness.importFile({ kind: "suppliers", content: "code,name\nP-1,One\n" });
    const given = await harness.importFile({
      kind: "supplier_items",
      content:
        "supplier,sku,unit_cost,currency,price_breaks\nP-1,B-1,2,EUR,100:1.90; 500:1.8\nP-1,B-2,3,EUR,\n",
    });
    expect(given).toMatchObject({ status: "completed", rows_applied: 2 });
    expect(await breaksOf("P-1")).toEqual({
      "B-1": [
        { quantity: "100", unit_cost: "1.9" },
        { quantity: "500", unit_cost: "1.8" },
      ],
      "B-2": [],
    });
    const comma = await harness.importFile({
      kind: "supplier_items",
      content: "supplier;sku;price_breaks\nP-1;B-1;\nP-1;B-2;1.000:2,5|2.000:2,25\n",
      mapping: { options: { decimal: ",", empty_cells: "clear" } },
    });
    expect(comma).toMatchObject({ status: "completed", rows_applied: 2 });
    expect(await breaksOf("P-1")).toEqual({
      "B-1": [],
      "B-2": [
        { quantity: "1000", unit_cost: "2.5" },
        { quantity: "2000", unit_cost: "2.25" },
      ],
    });
  });

  test("that cannot be read or do not ascend are refused", async () => {
    await harness.importFile({ kind: "suppliers", content: "code,name\nP-2,Two\n" });
    const content = ["supplier,sku,price_breaks", "P-2,B-1,100=1.9", "P-2,B-2,100:2; 100:1"].join(
      "\n",
    );
    const { errors_sample } = await harness.importFile({ kind: "supplier_items", content });
    expect(errors_sample).toEqual([
      expect.objectContaining({ row: 2, column: "price_breaks", code: "price_break_format" }),
      expect.objectContaining({ row: 3, column: "price_breaks", code: "not_ascending" }),
    ]);
  });
});
