/** Workbooks as they are written, read back. */
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import ExcelJS from "exceljs";
import { expect, test } from "vitest";
import { REPORTS } from "../../../pipelines/export/reportDefinitions.ts";
import { writeXlsx } from "../../../pipelines/export/writeXlsx.ts";

/** Writes rows of low_stock (12 columns) and reads the workbook back. */
async function roundTrip(lines: readonly string[], sheetRowsMax: number) {
  const text = (async function* () {
    for (let at = 0; at < lines.length; at += 3) yield lines.slice(at, at + 3);
  })();
  const file = await buffer(
    writeXlsx(text, {
      report: REPORTS.low_stock,
      name: "low_stock",
      asOf: new Date("2026-01-02T03:04:05Z"),
      notes: [["warehouses", "all"]],
      sheetRowsMax,
    }),
  );
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.read(Readable.from([file]));
  return { file, workbook };
}

const line = (sku: string, quantity: string): string =>
  JSON.stringify([sku, "Name", "MAIN", "min_max", ...Array(8).fill(quantity)]);

test("rows past a sheet's limit go on in the next sheet, each under its own header", async () => {
  const lines = Array.from({ length: 7 }, (_, index) => line(`S-${index}`, String(index)));
  const { file, workbook } = await roundTrip(lines, 4);
  expect((await roundTrip(lines, 4)).file.equals(file)).toBe(true);
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

test("a sheet has its header in sight, a filter over all rows, widths and formats", async () => {
  const { workbook } = await roundTrip([line("A", "1"), line("B", "2")], 100);
  const sheet = workbook.getWorksheet("low_stock");
  expect(sheet?.views[0]).toMatchObject({ state: "frozen", ySplit: 1 });
  expect(sheet?.autoFilter).toBe("A1:L3");
  expect(sheet?.getColumn(2).width).toBe(36);
  expect(sheet?.getCell("A1").font).toMatchObject({ bold: true });
  expect(sheet?.getCell("E2").numFmt).toBe("#,##0.00##");
  expect(sheet?.getCell("A2").numFmt).toBe("@");
});

test.each([
  "a & b < c > d",
  "two\nlines",
  "carriage\rreturn and \u000b",
  "_x0041_ is no A",
  "  spaces  ",
  "😀 日本",
])("the text %j comes back as it was", async (text) => {
  const { workbook } = await roundTrip([line(text, "1")], 100);
  expect(unescaped(workbook.getWorksheet("low_stock")?.getCell("A2").value)).toBe(text);
});

/** exceljs leaves the format's _xHHHH_ as it is; spreadsheets do not. */
function unescaped(value: unknown): string {
  return String(value).replaceAll(/_x([0-9A-F]{4})_/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

test("a text that no cell can hold is cut", async () => {
  const { workbook } = await roundTrip([line("x".repeat(40_000), "1")], 100);
  expect(workbook.getWorksheet("low_stock")?.getCell("A2").value).toHaveLength(32_767);
});
