/** Imports of movements and counts that name lots, packs and counted versions; and the tracking of items that have stock. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
  await seedWarehouses(harness.context.db, ["MAIN", "NORTH"]);
});
afterAll(() => harness.close());

// oxlint-disable-next-line typescript/no-explicit-any -- an import's answer is read freely
function sample(done: any): unknown[] {
  return done.errors_sample.map((row: { row: number; column: string; code: string }) => [
    row.row,
    row.column,
    row.code,
  ]);
}

describe("lots, packs and counted versions", () => {
  beforeAll(async () => {
    const { db } = harness.context;
    await seedItems(db, ["MILK", "RADIO", "TEA"]);
    await db.query(`
      with tracked as (
        update inventory_items set tracking = case sku when 'MILK' then 'lot' else 'serial' end
        where sku in ('MILK', 'RADIO')
      )
      insert into item_units select i.id, u.unit, u.factor
      from inventory_items i
      cross join (values ('box', 12), ('sip', 0.3333)) u (unit, factor)
      where i.sku = 'TEA'`);
  });

  test("movements name lots and packs; what is wrong with them is told at their column", async () => {
    const lines = [
      "type;sku;warehouse;quantity;unit;lot;expires_on",
      "receipt;MILK;MAIN;10;;A;31.12.2999",
      "receipt;MILK;MAIN;10;;B;30.06.2999",
      "issue;MILK;MAIN;15;;;",
      "hold;MILK;MAIN;2;;A;",
      "receipt;TEA;MAIN;1,5;box;;",
      "receipt;RADIO;MAIN;1;;S-1;",
      "receipt;MILK;MAIN;1;;;",
      "receipt;MILK;MAIN;1;;A;01.01.2998",
      "issue;MILK;MAIN;1;;C;",
      "issue;MILK;MAIN;4;;A;",
      "receipt;RADIO;NORTH;1;;S-1;",
      "receipt;RADIO;MAIN;2;;S-2;",
      "receipt;TEA;MAIN;1;crate;;",
      "receipt;TEA;MAIN;0,5;sip;;",
      "receipt;TEA;MAIN;99999999999999;box;;",
      "receipt;TEA;MAIN;1;;A;",
      "receipt;MILK;MAIN;1;;;31.12.2999",
      "issue;MILK;MAIN;1;;A;31.12.2999",
      "receipt;MILK;MAIN;1;;A;31.12.2999 10:00",
      "release;MILK;MAIN;1;;;",
    ];
    const done = await harness.importFile({
      kind: "movements",
      content: lines.join("\n"),
      mapping: { options: { date_format: "DD.MM.YYYY", decimal: "," } },
    });
    expect(sample(done)).toEqual([
      [8, "lot", "lot_required"],
      [9, "expires_on", "lot_mismatch"],
      [10, "lot", "unknown_lot"],
      [11, "quantity", "insufficient_stock"],
      [12, "lot", "serial_in_stock"],
      [13, "quantity", "serial_quantity"],
      [14, "unit", "unknown_unit"],
      [15, "quantity", "unit_inexact"],
      [16, "quantity", "out_of_range"],
      [17, "lot", "lot_not_tracked"],
      [18, "lot", "required"],
      [19, "expires_on", "not_allowed"],
      [20, "expires_on", "date_format"],
      [21, "type", "not_allowed"],
    ]);
    const detailOf = (row: number) =>
      done.errors_sample.find((error: { row: number }) => error.row === row).detail;
    expect(detailOf(14)).toBe(
      'unit "crate" is not valid; expected a unit of the item: "each", "box", "sip"',
    );
    expect(detailOf(15)).toContain("the pack holds 0.3333 each");
    expect(await harness.stock()).toMatchObject({
      "MILK/MAIN": "5",
      "TEA/MAIN": "18",
      "RADIO/MAIN": "1",
    });
  });

  test("counts name lots and the version that was counted", async () => {
    const { rows } = await harness.context.db.query<{ version: number }>(
      "select l.version from stock_levels l join inventory_items i on i.id = l.item_id where i.sku = 'MILK'",
    );
    const seen = rows[0]?.version ?? 0;
    const content = [
      "sku,warehouse,counted,lot,version",
      `MILK,MAIN,4,A,${seen}`,
      `MILK,MAIN,7,A,${seen}`,
      "MILK,MAIN,7,,",
      "RADIO,MAIN,0,S-1,",
      "RADIO,MAIN,2,S-1,",
      "MILK,MAIN,7,A,1.5",
    ].join("\n");
    const done = await harness.importFile({ kind: "counts", content });
    expect(sample(done)).toEqual([
      [4, "lot", "lot_required"],
      [6, "quantity", "serial_quantity"],
      [7, "counted_version", "not_a_number"],
    ]);
    expect(await harness.stock()).toMatchObject({ "MILK/MAIN": "6", "RADIO/MAIN": "0" });
  });

  test("a lot or serial number that is missing is told before anything goes in", async () => {
    const content =
      "type,sku,warehouse,quantity\nreceipt,TEA,MAIN,1\nadjustment,MILK,MAIN,-1\nreturn,RADIO,MAIN,1\nissue,MILK,MAIN,1\n";
    const before = await harness.stock();
    const done = await harness.importFile({ kind: "movements", content, on_error: "abort" });
    expect(done).toMatchObject({ status: "failed", rows_applied: 0 });
    expect(sample(done)).toEqual([
      [3, "lot", "lot_required"],
      [4, "lot", "lot_required"],
    ]);
    expect(done.errors_sample[0].detail).toContain("its lot: the item is tracked by it");
    expect(done.errors_sample[1].detail).toContain("its serial number: the item is tracked by it");
    expect(await harness.stock()).toEqual(before);
  });

  test("an item keeps its tracking while it has stock", async () => {
    const content = "sku,name,tracking\nMILK,Milk,none\nRADIO,Radio,none\nTEA,Tea,none\n";
    const done = await harness.importFile({ kind: "items", content });
    expect(sample(done)).toEqual([[2, "tracking", "tracking_in_use"]]);
    expect(done).toMatchObject({ rows_applied: 2 });
  });

  test("an item keeps its unit while it has stock, and its currency once it has costs", async () => {
    const { db } = harness.context;
    await seedItems(db, ["COSTLY", "FREE", "PLAIN"]);
    await db.query("update inventory_items set currency = null where sku = 'PLAIN'");
    const receipts = [
      "type,sku,warehouse,quantity,unit_cost,currency",
      "receipt,COSTLY,MAIN,1,2,EUR",
      "receipt,FREE,MAIN,1,,",
    ].join("\n");
    const taken = await harness.importFile({ kind: "movements", content: receipts });
    expect(taken).toMatchObject({ rows_applied: 2 });
    const items = [
      "sku,name,unit,currency",
      "COSTLY,Costly,,USD",
      "FREE,Free,bag,",
      "PLAIN,Plain,bag,USD",
    ];
    const done = await harness.importFile({ kind: "items", content: items.join("\n") });
    expect(sample(done)).toEqual([
      [2, "currency", "currency_in_use"],
      [3, "unit", "unit_in_use"],
    ]);
    const again = "sku,name,unit,currency\nCOSTLY,Same,each,EUR\nFREE,Free,each,USD\n";
    expect(await harness.importFile({ kind: "items", content: again })).toMatchObject({
      rows_applied: 2,
    });
  });
});
