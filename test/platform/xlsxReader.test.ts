/** Workbooks as Excel and others write them are read cell by cell; broken, hostile and other kinds are refused by name. */
import { Readable } from "node:stream";
import ExcelJS from "exceljs";
import { describe, expect, test } from "vitest";
import { openXlsxSheet } from "../../platform/xlsxReader.ts";
import { type ZipPart, zipFile } from "../support/zipFile.ts";

interface Choice {
  readonly sheet?: string;
  readonly bytesMax?: number;
}

async function read(bytes: Buffer, { sheet, bytesMax = 50_000_000 }: Choice = {}) {
  const source = {
    size: bytes.length,
    read: async (start: number, end: number) => Readable.from([bytes.subarray(start, end)]),
  };
  const open = await openXlsxSheet(source, { sheet, bytesMax });
  const rows: unknown[] = [];
  for await (const batch of open.rows) rows.push(...batch.map((row) => [row.number, ...row.cells]));
  open.close();
  return { name: open.name, rows };
}

async function written(build: (book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  build(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

const TYPES =
  '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>';
const REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/** A workbook of raw parts: one sheet with the given rows; further parts replace or follow. */
function raw(sheetData: string, more: readonly ZipPart[] = []): Buffer {
  const parts: ZipPart[] = [
    {
      name: "xl/worksheets/sheet1.xml",
      content: `<worksheet><dimension ref="A1:XFD1048576"/><sheetData>${sheetData}</sheetData></worksheet>`,
    },
    { name: "[Content_Types].xml", content: TYPES },
    {
      name: "_rels/.rels",
      content: `<Relationships><Relationship Id="r" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: '<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships><Relationship Id="a" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="${REL}/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>`,
    },
  ];
  const replaced = new Set(more.map((part) => part.name));
  return zipFile([...parts.filter((part) => !replaced.has(part.name)), ...more]);
}

describe("a workbook", () => {
  test("gives texts, numbers, truths, dates and formulas by their value", async () => {
    const bytes = await written((book) => {
      const sheet = book.addWorksheet("Data");
      sheet.addRow(["sku", "n", "yes", "when", "sum", "rich"]);
      const row = sheet.addRow(["00123", 0.1 + 0.2, true, new Date(Date.UTC(2026, 0, 5, 9, 30))]);
      row.getCell(5).value = { formula: "1+1", result: 2 };
      row.getCell(6).value = { richText: [{ text: "Gro" }, { text: "ße", font: { bold: true } }] };
      sheet.getRow(4).getCell(1).value = new Date(Date.UTC(2024, 1, 29));
      sheet.getRow(4).getCell(1).numFmt = "dd/mm/yyyy";
    });
    const { rows, name } = await read(bytes);
    expect(name).toBe("Data");
    expect(rows).toEqual([
      [1, "sku", "n", "yes", "when", "sum", "rich"],
      [2, "00123", 0.3, "true", "2026-01-05T09:30:00", 2, "Große"],
      [4, "2024-02-29"],
    ]);
  });

  test("of the 1904 calendar gives the same days", async () => {
    const bytes = await written((book) => {
      book.properties.date1904 = true;
      book.addWorksheet("S").addRow([new Date(Date.UTC(2026, 0, 5))]);
    });
    expect((await read(bytes)).rows).toEqual([[1, "2026-01-05"]]);
  });

  test("gives the first visible sheet, or the one that is asked for by name or number", async () => {
    const bytes = await written((book) => {
      book.addWorksheet("Hidden", { state: "hidden" }).addRow(["h"]);
      book.addWorksheet("First").addRow(["f"]);
      book.addWorksheet("Second").addRow(["s"]);
    });
    expect((await read(bytes)).rows).toEqual([[1, "f"]]);
    expect((await read(bytes, { sheet: "second" })).rows).toEqual([[1, "s"]]);
    expect((await read(bytes, { sheet: "1" })).rows).toEqual([[1, "h"]]);
    await expect(read(bytes, { sheet: "Nope" })).rejects.toMatchObject({
      code: "sheet_unknown",
      message: 'sheet "Nope" is not in the workbook; expected one of "Hidden", "First", "Second"',
    });
  });

  test("is read by its cells alone: lying dimensions, gaps, inline texts, cells out of order", async () => {
    const bytes = raw(
      '<row r="3"><c r="C3"><v>3</v></c><c r="A3" t="inlineStr"><is><t>a</t><rPh><t>no</t></rPh></is></c></row><row r="7"><c><v>1</v></c><c t="str"><f>x</f><v>two</v></c></row>',
    );
    expect((await read(bytes)).rows).toEqual([
      [3, "a", "", 3],
      [7, 1, "two"],
    ]);
  });

  test("names cells that have no value", async () => {
    const bytes = raw('<row r="1"><c r="A1" t="e"><v>#REF!</v></c><c r="B1"><f>A1</f></c></row>');
    expect((await read(bytes)).rows).toEqual([
      [1, { code: "cell_error", text: "#REF!" }, { code: "formula_no_value", text: "" }],
    ]);
  });

  test("may have its shared texts after the sheet", async () => {
    const shared = {
      name: "xl/sharedStrings.xml",
      content:
        '<sst count="99"><si><t>x</t></si><si><r><t>y</t></r><r><t xml:space="preserve"> z</t></r></si></sst>',
    };
    const bytes = raw('<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c></row>', [
      shared,
    ]);
    expect((await read(bytes)).rows).toEqual([[1, "y z", "x"]]);
  });
});

describe("a workbook is refused", () => {
  const cell = '<row r="1"><c r="A1"><v>1</v></c></row>';

  test("for a document type declaration", async () => {
    const content = '<!DOCTYPE lolz [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>';
    const bytes = raw("", [{ name: "xl/worksheets/sheet1.xml", content }]);
    await expect(read(bytes)).rejects.toMatchObject({ code: "doctype_refused" });
  });

  test("for a part that unpacks past the limit, or past 100 times its size", async () => {
    const content = `<worksheet><sheetData>${cell.repeat(10)}${" ".repeat(40_000_000)}</sheetData></worksheet>`;
    const bytes = raw("", [{ name: "xl/worksheets/sheet1.xml", content }]);
    await expect(read(bytes)).rejects.toMatchObject({ code: "archive_limits" });
    await expect(read(bytes, { bytesMax: 1_000 })).rejects.toMatchObject({
      code: "archive_limits",
    });
  });

  test("for too many parts", async () => {
    const parts = Array.from({ length: 10_001 }, (_, nth) => ({ name: `p${nth}`, content: "" }));
    await expect(read(raw(cell, parts))).rejects.toMatchObject({ code: "archive_limits" });
  });

  test("for parts that stand twice or outside", async () => {
    const twice = zipFile([
      { name: "a", content: "" },
      { name: "a", content: "" },
    ]);
    await expect(read(twice)).rejects.toMatchObject({ code: "workbook_invalid" });
    const outside = raw(cell, [{ name: "../evil", content: "" }]);
    await expect(read(outside)).rejects.toMatchObject({ code: "workbook_invalid" });
  });

  test("for macros, binary workbooks and other archives", async () => {
    const macros = TYPES.replace(
      "openxmlformats-officedocument.spreadsheetml.sheet.main",
      "ms-excel.sheet.macroEnabled.main",
    );
    const xlsm = raw(cell, [{ name: "[Content_Types].xml", content: macros }]);
    await expect(read(xlsm)).rejects.toMatchObject({ code: "workbook_kind" });
    await expect(read(zipFile([{ name: "a.txt", content: "hello" }]))).rejects.toMatchObject({
      code: "workbook_invalid",
      message: "the archive is no Excel workbook: it has no [Content_Types].xml",
    });
  });

  test("for broken bytes and broken XML", async () => {
    const bytes = raw(cell);
    await expect(read(bytes.subarray(0, bytes.length - 30))).rejects.toMatchObject({
      code: "workbook_invalid",
    });
    const unclosed = raw("", [
      { name: "xl/worksheets/sheet1.xml", content: "<worksheet><sheetData>" },
    ]);
    await expect(read(unclosed)).rejects.toMatchObject({ code: "workbook_invalid" });
  });

  test("but a storage that fails is no fault of the workbook", async () => {
    const source = { size: 100, read: () => Promise.reject(new Error("connect ECONNREFUSED")) };
    await expect(openXlsxSheet(source, { bytesMax: 1 })).rejects.toThrow("ECONNREFUSED");
  });
});
