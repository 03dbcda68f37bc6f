/** What Excel does to codes, from the workbook to the stored items: kept where the file still knows it, refused where it does not. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { rawWorkbook, stylesPart } from "../../support/workbooks.ts";

let harness: ImportHarness;
beforeAll(async () => {
  harness = await createImportHarness();
});
afterAll(() => harness.close());

test("codes that Excel stored as numbers or dates are kept or refused, never changed", async () => {
  const text = (value: string) => `<c t="inlineStr"><is><t>${value}</t></is></c>`;
  const cells = [
    text("00123"),
    text("1E5"),
    text("MAR1"),
    '<c s="1"><v>42</v></c>',
    "<c><v>007</v></c>",
    "<c><v>5901234123457</v></c>",
    '<c s="2"><v>46082</v></c>',
    "<c><v>1.2345678901234568E+19</v></c>",
    "<c><v>1234567890123450</v></c>",
    "<c><v>1E-3</v></c>",
    '<c t="e"><v>#REF!</v></c>',
    "<c><f>A1</f></c>",
  ];
  const rows = cells.map((cell, nth) => `<row r="${nth + 2}">${cell}${text(`Item ${nth}`)}</row>`);
  const content = rawWorkbook(`<row r="1">${text("sku")}${text("name")}</row>${rows.join("")}`, [
    stylesPart(["General", "00000", "d-mmm"]),
  ]);
  const done = await harness.importFile({ kind: "items", content, name: "items.xlsx" });
  expect(done).toMatchObject({ rows_total: 12, rows_applied: 6, rows_rejected: 6 });
  const errors: { row: number; column: string; code: string }[] = done.errors_sample;
  expect(errors.map(({ row, column, code }) => [row, column, code])).toEqual([
    [8, "sku", "excel_mangled"],
    [9, "sku", "excel_mangled"],
    [10, "sku", "excel_mangled"],
    [11, "sku", "excel_mangled"],
    [12, "sku", "cell_error"],
    [13, "sku", "formula_no_value"],
  ]);
  expect(done.errors_sample[0].detail).toBe(
    'sku "2026-03-01" is not valid; expected the code itself, which a spreadsheet has turned into a date or time; format the column as text and enter it again',
  );
  const stored = await harness.context.db.query({
    text: "select sku from inventory_items where name like 'Item %' order by sku collate \"C\"",
  });
  const skus: { sku: string }[] = stored.rows;
  expect(skus.map(({ sku }) => sku)).toEqual([
    "00042",
    "00123",
    "007",
    "1E5",
    "5901234123457",
    "MAR1",
  ]);
});
