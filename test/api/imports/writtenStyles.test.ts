/** Numbers, dates, codes and empty cells of files as people write them, through the API: read exactly, asked about, or refused by name. */
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
  await seedItems(harness.context.db, ["BOLT", "NUT"]);
  await seedWarehouses(harness.context.db, ["MAIN"]);
});
afterAll(() => harness.close());

const HEADER = "type;sku;warehouse;quantity;unit_cost;date";

async function movementsOf(reason: string) {
  const { rows } = await harness.context.db.query(
    `select trim_scale(quantity)::text as quantity, trim_scale(unit_cost)::text as cost, occurred_at
     from stock_movements where reason = $1 order by version`,
    [reason],
  );
  return rows;
}

describe("a file whose numbers and dates nobody can tell", () => {
  const content = `${HEADER}\nreceipt;BOLT;MAIN;1,250;2.5;01/02/2025\nreceipt;BOLT;MAIN;2;2.5;03/04/2025\n`;
  const mapping = { defaults: { reason: "asked" } };

  test("is asked about by the dry run, and goes in as the answers say", async () => {
    const dryRun = await harness.importFile({
      kind: "movements",
      mode: "dry_run",
      content,
      mapping,
    });
    expect(dryRun.detected.styles).toEqual({
      quantity: { decimal: ".", by: "other_columns" },
      unit_cost: { decimal: ".", by: "column" },
      occurred_at: { by: "unknown" },
    });
    expect(dryRun.detected.questions).toMatchObject([
      {
        column: "date",
        field: "occurred_at",
        code: "date_ambiguous",
        rows: 2,
        examples: ["01/02/2025", "03/04/2025"],
        set: "mapping.formats.occurred_at.date_format",
      },
    ]);
    const [question] = dryRun.detected.questions;
    expect(dryRun).toMatchObject({ rows_valid: 0, rows_invalid: 2 });
    const done = await harness.importFile({
      kind: "movements",
      content,
      mapping: {
        ...mapping,
        formats: { occurred_at: { date_format: question.choices[1].value } },
      },
    });
    expect(done).toMatchObject({ status: "completed", rows_applied: 2 });
    expect(await movementsOf("asked")).toEqual([
      { quantity: "1250", cost: "2.5", occurred_at: new Date("2025-01-02T00:00:00Z") },
      { quantity: "2", cost: "2.5", occurred_at: new Date("2025-03-04T00:00:00Z") },
    ]);
  });

  test("goes in by the sender's locale", async () => {
    const done = await harness.importFile({
      kind: "movements",
      content: `${HEADER}\nreceipt;NUT;MAIN;1.250;2,5;01.02.2025\n`,
      mapping: { defaults: { reason: "locale" }, options: { locale: "de-DE" } },
    });
    expect(done).toMatchObject({ status: "completed", rows_applied: 1 });
    expect(await movementsOf("locale")).toEqual([
      { quantity: "1250", cost: "2.5", occurred_at: new Date("2025-02-01T00:00:00Z") },
    ]);
  });
});

test.each([
  [{ options: { locale: "xx-Qaaa-ZZ" } }, "/mapping/options/locale"],
  [{ options: { locale: "no such" } }, "/mapping/options/locale"],
  [{ options: { date_format: "dd/mm/yyyy" } }, "/mapping/options/date_format"],
  [{ formats: { colour: { decimal: "." } } }, "/mapping/formats/colour"],
  [{ formats: { sku: { decimal: "." } } }, "/mapping/formats/sku/decimal"],
  [{ formats: { quantity: { date_format: "DMY" } } }, "/mapping/formats/quantity/date_format"],
])("the mapping %j is refused at %s", async (mapping, pointer) => {
  const { status, body } = await harness.send({ kind: "movements", content: HEADER, mapping });
  expect(status).toBe(422);
  expect(JSON.stringify(body)).toContain(pointer);
});

test("a workbook's own numbers and dates need no style, texts beside them are read by their column", async () => {
  const book = new ExcelJS.Workbook();
  const sheet = book.addWorksheet("Data");
  sheet.addRow(["type", "sku", "warehouse", "quantity", "occurred_at", "reason"]);
  sheet.addRow(["receipt", "BOLT", "MAIN", 1.234, new Date("2025-03-04T00:00:00Z"), "book"]);
  sheet.addRow(["receipt", "BOLT", "MAIN", "1.234", "04/03/2025", "book"]);
  sheet.addRow(["receipt", "BOLT", "MAIN", 2.345, "05/03/2025", "book"]);
  sheet.addRow(["receipt", "BOLT", "MAIN", "0,5", "14/03/2025", "book"]);
  sheet.addRow(["receipt", "BOLT", "MAIN", 5, 45_720, "book"]);
  const content = new Uint8Array(await book.xlsx.writeBuffer());
  const done = await harness.importFile({ kind: "movements", name: "book.xlsx", content });
  expect(done).toMatchObject({ rows_applied: 4, rows_rejected: 1 });
  expect(done.errors_sample).toMatchObject([
    { row: 6, column: "occurred_at", code: "date_format" },
  ]);
  const rows = await movementsOf("book");
  expect(rows.map((row) => [row["quantity"], row["occurred_at"]])).toEqual([
    ["1.234", new Date("2025-03-04T00:00:00Z")],
    ["1234", new Date("2025-03-04T00:00:00Z")],
    ["2.345", new Date("2025-03-05T00:00:00Z")],
    ["0.5", new Date("2025-03-14T00:00:00Z")],
  ]);
});

test("codes keep what stands in the file; what a spreadsheet has mangled and what nobody can see is refused", async () => {
  const skus = ["00123", "1E5", "MAR1", "e\u0301clair", " trimmed\u00a0"];
  const refused = ["5.9E+12", "1E+05", "A\u200bB", "A\u0007B"];
  const lines = [...skus, ...refused].map((sku, nth) => `${sku};name ${nth}`);
  const done = await harness.importFile({
    kind: "items",
    content: `sku;name\n${lines.join("\n")}\n`,
    mapping: { options: { encoding: "utf-8" } },
  });
  expect(done.rows_applied).toBe(skus.length);
  const { rows } = await harness.context.db.query<{ sku: string }>(
    "select sku from inventory_items where name like 'name %' order by name",
  );
  expect(rows.map((row) => row.sku)).toEqual(["00123", "1E5", "MAR1", "\u00e9clair", "trimmed"]);
  expect(done.errors_sample.map((row: { code: string }) => row.code)).toEqual([
    "excel_mangled",
    "excel_mangled",
    "code_format",
    "code_format",
  ]);
  expect(done.errors_sample[2].detail).toContain("U+200B");
  expect(done.errors_sample[3].detail).toContain("U+0007");
});

test("SKUs that differ by case, width or spaces are reported with what they look like", async () => {
  await harness.importFile({ kind: "items", content: "sku,name\nAB 12,first\n" });
  const alike = ["ab 12", "AB  12", "\uff21\uff22 12", "AB\u00a012"];
  const done = await harness.importFile({
    kind: "items",
    content: `sku,name\n${alike.map((sku) => `${sku},other`).join("\n")}\n`,
  });
  expect(done).toMatchObject({ rows_applied: 0, rows_rejected: alike.length });
  for (const row of done.errors_sample) {
    expect(row).toMatchObject({ code: "sku_confusable", detail: expect.stringContaining("AB 12") });
  }
});

test("an empty cell leaves the stored value, and takes it away where the mapping says so", async () => {
  const stored = async () => {
    const { rows } = await harness.context.db.query(
      "select name, barcode, trim_scale(cost)::text as cost from inventory_items where sku = 'CLEAR'",
    );
    return rows[0];
  };
  await harness.importFile({ kind: "items", content: "sku,name,barcode,cost\nCLEAR,a,0400,2\n" });
  await harness.importFile({ kind: "items", content: 'sku,name,barcode,cost\nCLEAR,b,"", \n' });
  expect(await stored()).toEqual({ name: "b", barcode: "0400", cost: "2" });
  await harness.importFile({
    kind: "items",
    content: "sku,name,barcode,cost\nCLEAR,c,,\n",
    mapping: { options: { empty_cells: "clear" } },
  });
  expect(await stored()).toEqual({ name: "c", barcode: null, cost: null });
});
