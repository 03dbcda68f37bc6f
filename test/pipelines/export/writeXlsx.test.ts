/** Workbooks as they are written, read back. */
import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import { REPORTS } from "../../../pipelines/export/reportDefinitions.ts";
import { writeXlsx } from "../../../pipelines/export/writeXlsx.ts";
import { withTemporaryFile } from "../../../platform/temporaryFile.ts";

/** Writes rows of low_stock (12 columns) and reads the workbook back. */
async function roundTrip(lines: readonly string[], sheetRowsMax: number) {
  return withTemporaryFile(async (file) => {
    const text = (async function* () {
      yield* lines;
    })();
    const rows = await writeXlsx(file.write(), text, {
      report: REPORTS.low_stock,
      name: "low_stock",
      asOf: new Date("2026-01-02T03:04:05Z"),
      notes: [["warehouses", "all"]],
      sheetRowsMax,
    });
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.read(file.read());
    return { rows, workbook };
  });
}

const line = (sku: string, quantity: string): string =>
  JSON.stringify([sku, "Name", "MAIN", "min_max", ...Array(8).fill(quantity)]);

test("rows past a sheet's limit go on in the next sheet, each under its own header", async () => {
  const lines = Array.from({ length: 7 }, (_, index) => line(`S-${index}`, String(index)));
  const { rows, workbook } = await roundTrip(lines, 4);
  expect(rows).toBe(7);
  expect(workbook.worksheets.map((sheet) => [sheet.name, sheet.rowCount])).toEqual([
    ["low_stock", 4],
    ["low_stock (2)", 4],
    ["low_stock (3)", 2],
    ["notes", expect.any(Number)],
  ]);
  expect(workbook.getWorksheet("low_stock (3)")?.getRow(1).getCell(1).value).toBe("sku");
  expect(workbook.getWorksheet("low_stock (3)")?.getRow(2).getCell(1).value).toBe("S-6");
});

test("a decimal is a number where a double holds it exactly, and else the text it was", async () => {
  const cases = [
    ["0.1", 0.1],
    ["-12.5", -12.5],
    ["99999999999.1234", 99999999999.1234],
    ["0.000123", 0.000123],
    ["99999999999999.1234", "99999999999999.1234"],
    ["", null],
  ] as const;
  const { workbook } = await roundTrip(
    cases.map(([text]) => line("S", text)),
    100,
  );
  const sheet = workbook.getWorksheet("low_stock");
  const read = cases.map((_, index) => sheet?.getRow(index + 2).getCell(5).value);
  expect(read).toEqual(cases.map(([, value]) => value));
});
