/** `empty_cells: "clear"`: an empty cell takes a stored value away where there may be none, and leaves it where there is always one. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
});
afterAll(() => harness.close());

const CLEAR = { options: { empty_cells: "clear" } };

async function read(sql: string): Promise<unknown> {
  return (await harness.context.db.query(sql)).rows[0];
}

describe("empty cells", () => {
  test("leave what is stored, unless they are to clear it", async () => {
    const header = "sku,name,description,category,cost,unit,tracking";
    await harness.importFile({
      kind: "items",
      content: `${header}\nE-1,One,long,Tools,1.5,box,lot\n`,
    });
    const sql =
      "select name, description, category, trim_scale(cost)::text as cost, unit, tracking from inventory_items where sku = 'E-1'";
    const whole = {
      name: "One",
      description: "long",
      category: "Tools",
      cost: "1.5",
      unit: "box",
      tracking: "lot",
    };
    const left = await harness.importFile({
      kind: "items",
      content: `${header}\nE-1,One,,"",,,\n`,
    });
    expect(left).toMatchObject({ status: "completed", rows_applied: 1 });
    expect(await read(sql)).toEqual(whole);
    const content = `${header}\nE-1,One,,,,,\n`;
    const cleared = await harness.importFile({
      kind: "items",
      content,
      mapping: CLEAR,
      force: true,
    });
    expect(cleared).toMatchObject({ status: "completed", rows_applied: 1 });
    expect(await read(sql)).toEqual({ ...whole, description: null, category: null, cost: null });
  });

  test("may be written as a word that the mapping makes nothing of; without it the word is a text", async () => {
    const header = "sku,name,category,cost\n";
    const given = await harness.importFile({
      kind: "items",
      content: `${header}N-1,One,Tools,2\n`,
    });
    expect(given).toMatchObject({ status: "completed" });
    const content = `${header}N-1,One,NULL,n/a\nN-2,NULL,NULL,1\n`;
    const values = { category: { NULL: "" }, cost: { "n/a": "" } };
    const done = await harness.importFile({ kind: "items", content, mapping: { values } });
    expect(done).toMatchObject({ status: "completed", rows_applied: 2 });
    const sql = (sku: string) =>
      `select name, category, trim_scale(cost)::text as cost from inventory_items where sku = '${sku}'`;
    expect(await read(sql("N-1"))).toEqual({ name: "One", category: "Tools", cost: "2" });
    expect(await read(sql("N-2"))).toEqual({ name: "NULL", category: null, cost: "1" });
    const named = { values: { ...values, name: { NULL: "" } } };
    const refused = await harness.importFile({
      kind: "items",
      content,
      mapping: named,
      force: true,
    });
    expect(refused.errors_sample).toMatchObject([{ row: 3, column: "name", code: "required" }]);
  });

  test("of half a location are refused; of a whole one they clear it", async () => {
    const header = "code,name,latitude,longitude";
    await harness.importFile({ kind: "warehouses", content: `${header}\nW,West,1.5,2.5\n` });
    const half = `${header}\nW,West,,2.5\n`;
    const refused = await harness.importFile({ kind: "warehouses", content: half, mapping: CLEAR });
    expect(refused.errors_sample).toMatchObject([{ column: "latitude", code: "required" }]);
    const alone = "code,name,latitude\nW,West,\n";
    const one = await harness.importFile({ kind: "warehouses", content: alone, mapping: CLEAR });
    expect(one.errors_sample).toMatchObject([{ column: "longitude", code: "required" }]);
    const none = `${header}\nW,West,,\n`;
    const done = await harness.importFile({ kind: "warehouses", content: none, mapping: CLEAR });
    expect(done).toMatchObject({ status: "completed" });
    expect(await read("select latitude, longitude from warehouses where code = 'W'")).toEqual({
      latitude: null,
      longitude: null,
    });
  });

  test("that would leave a policy without what its method needs are refused", async () => {
    await harness.importFile({ kind: "items", content: "sku,name\nP-1,One\n" });
    await harness.importFile({ kind: "warehouses", content: "code,name\nPW,One\n" });
    const header = "sku,warehouse,method,min,max,safety_stock";
    const whole = `${header}\nP-1,PW,min_max,5,9,1\n`;
    expect(await harness.importFile({ kind: "reorder_policies", content: whole })).toMatchObject({
      status: "completed",
    });
    const content = `${header}\nP-1,PW,min_max,,9,\n`;
    const done = await harness.importFile({ kind: "reorder_policies", content, mapping: CLEAR });
    expect(done.errors_sample).toMatchObject([{ column: "min", code: "required" }]);
  });
});
