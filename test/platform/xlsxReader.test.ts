/** Workbooks as Excel and others write them are read cell by cell, with what Excel has done to codes and dates told apart. */
import ExcelJS from "exceljs";
import { describe, expect, test } from "vitest";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import { rawWorkbook, readWorkbookBytes, sheetWorkbook, stylesPart } from "../support/workbooks.ts";
import type { ZipPart } from "../support/zipFile.ts";

async function written(build: (book: ExcelJS.Workbook) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  build(book);
  return Buffer.from(await book.xlsx.writeBuffer());
}

function date(text: string): SheetCell {
  return { kind: "date", text };
}

/** The cells of one row, by the quick scan and by saxes alone, which must agree. */
async function cellsOf(
  cells: string,
  more: readonly ZipPart[] = [],
  frame: Parameters<typeof rawWorkbook>[2] = {},
): Promise<readonly SheetCell[]> {
  const bytes = rawWorkbook(`<row r="1">${cells}</row>`, more, frame);
  const { rows } = await readWorkbookBytes(bytes);
  expect((await readWorkbookBytes(bytes, { isQuick: false })).rows).toEqual(rows);
  expect(rows.length).toBe(1);
  return rows[0]?.slice(1) ?? [];
}

function numbers(...values: readonly string[]): string {
  return values.map((value) => `<c><v>${value}</v></c>`).join("");
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
    const { rows, name } = await readWorkbookBytes(bytes);
    expect(name).toBe("Data");
    expect(rows).toEqual([
      [1, "sku", "n", "yes", "when", "sum", "rich"],
      [2, "00123", 0.3, "true", date("2026-01-05T09:30:00"), 2, "Große"],
      [4, date("2024-02-29")],
    ]);
  });

  test("gives the first visible sheet, or the one that is asked for by name or number", async () => {
    const bytes = await written((book) => {
      book.addWorksheet("Hidden", { state: "veryHidden" }).addRow(["h"]);
      book.addWorksheet("First").addRow(["f"]);
      book.addWorksheet("Second").addRow(["s"]);
    });
    const first = await readWorkbookBytes(bytes);
    expect(first).toEqual({
      name: "First",
      sheets: ["Hidden", "First", "Second"],
      rows: [[1, "f"]],
    });
    expect((await readWorkbookBytes(bytes, { sheet: "second" })).rows).toEqual([[1, "s"]]);
    expect((await readWorkbookBytes(bytes, { sheet: "1" })).rows).toEqual([[1, "h"]]);
    await expect(readWorkbookBytes(bytes, { sheet: "Nope" })).rejects.toMatchObject({
      code: "sheet_unknown",
      message: 'sheet "Nope" is not in the workbook; expected one of "Hidden", "First", "Second"',
    });
  });

  test("gives hidden rows and columns, and of merged cells the value of the first", async () => {
    const bytes = await written((book) => {
      const sheet = book.addWorksheet("S");
      sheet.addRow(["a", "b", "c"]);
      sheet.addRow(["x", "y", "z"]).hidden = true;
      sheet.getColumn(2).hidden = true;
      sheet.getCell("A3").value = "merged";
      sheet.mergeCells("A3:B4");
    });
    expect((await readWorkbookBytes(bytes)).rows).toEqual([
      [1, "a", "b", "c"],
      [2, "x", "y", "z"],
      [3, "merged"],
      [4],
    ]);
  });

  test("is read by its cells alone: lying dimensions, gaps, inline texts, cells out of order", async () => {
    const bytes = rawWorkbook(
      '<row r="3" spans="9:99"><c r="C3"><v>3</v></c><c r="A3" t="inlineStr"><is><t>a</t><rPh><t>no</t></rPh></is></c></row><row><c r="B7"><v>1</v></c><c t="str"><f>x</f><v>two</v></c></row><row/>',
    );
    expect((await readWorkbookBytes(bytes)).rows).toEqual([
      [3, "a", "", 3],
      [7, "", 1, "two"],
      [8],
    ]);
  });

  test("may have its shared texts after the sheet, rich, with a wrong count, spaces and escapes", async () => {
    const shared = {
      name: "xl/sharedStrings.xml",
      content:
        '<sst count="99"><si><t>x</t></si><si><r><t>y</t></r><r><t xml:space="preserve"> z </t></r><rPh sb="0"><t>no</t></rPh></si><si><t>a_x000D__x005F_x000D_&#10;&#x1F4E6;</t></si><si/></sst>',
    };
    const cells = ["1", "0", "2", "3", "0"].map((nth) => `<c t="s"><v>${nth}</v></c>`).join("");
    expect(await cellsOf(cells, [shared])).toEqual(["y z ", "x", "a\r_x000D_\n📦", "", "x"]);
  });

  test("of prefixed tags, the strict namespace, names in another case and targets with steps is read all the same", async () => {
    const sheet = {
      name: "xl/worksheets/sheet1.xml",
      content:
        '<x:worksheet><x:sheetData><x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>',
    };
    const bytes = rawWorkbook("", [sheet], { namespace: "strict", targets: "stepping" });
    expect((await readWorkbookBytes(bytes)).rows).toEqual([[1, "a"]]);
    const renamed = Buffer.from(
      bytes.toString("latin1").replaceAll("xl/worksheets/sheet1.xml", "XL/WorkSheets/Sheet1.XML"),
      "latin1",
    );
    expect((await readWorkbookBytes(renamed)).rows).toEqual([[1, "a"]]);
  });

  test("of an empty sheet has no rows", async () => {
    expect((await readWorkbookBytes(rawWorkbook(""))).rows).toEqual([]);
    expect((await readWorkbookBytes(sheetWorkbook("<worksheet/>"))).rows).toEqual([]);
    expect(
      (await readWorkbookBytes(sheetWorkbook("<worksheet><sheetData/></worksheet>"))).rows,
    ).toEqual([]);
  });

  test("names cells that have no value, and takes the value that a formula had", async () => {
    const cells =
      '<c t="e"><v>#REF!</v></c><c><f>A1</f></c><c><f>A1</f><v></v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c><c t="str"><f>A1</f><v></v></c><c><f t="shared" si="0"/><v>4.5</v></c><c t="b"><f>1=1</f><v>1</v></c>';
    const noValue = { code: "formula_no_value", text: "" };
    expect(await cellsOf(cells)).toEqual([
      { code: "cell_error", text: "#REF!" },
      noValue,
      noValue,
      { code: "cell_error", text: "#DIV/0!" },
      "",
      4.5,
      "true",
    ]);
  });

  test("does not take what stands in comments and CDATA for rows", async () => {
    const row = '<row r="1"><c r="A1"><v>1</v></c></row>';
    const evil = '<row r="5"><c r="A5"><v>666</v></c></row>';
    for (const hidden of [`<!--${evil}-->`, `<!-- > ${evil} -->`, `<?x > ${evil}?>`]) {
      const bytes = rawWorkbook(`${row}${hidden}<row r="2"><c r="A2"><v>2</v></c></row>`);
      expect((await readWorkbookBytes(bytes)).rows).toEqual([
        [1, 1],
        [2, 2],
      ]);
    }
    const unusual = rawWorkbook(
      `<row r='1' x = ">"/><!-- </row>${evil} --><row r="2"><c><v>2</v></c></row>`,
    );
    expect((await readWorkbookBytes(unusual)).rows).toEqual([[1], [2, 2]]);
    const data =
      '<row r="1"><c t="inlineStr"><is><t><![CDATA[</t></is></c></row>]]></t></is></c></row>';
    expect((await readWorkbookBytes(rawWorkbook(data))).rows).toEqual([[1, "</t></is></c></row>"]]);
  });
});

describe("numbers", () => {
  test("are what Excel shows of them, and whole numbers are never rounded", async () => {
    const cells = numbers(
      "0.30000000000000004",
      "1234567890123456",
      "-0",
      " 12 ",
      "1.5E-7",
      "-3.25",
      ".5",
    );
    expect(await cellsOf(cells)).toEqual([0.3, 1_234_567_890_123_456, 0, 12, 1.5e-7, -3.25, 0.5]);
  });

  test("keep what is no number of Excel's own: leading zeros, 1E5, words, hexadecimal digits", async () => {
    const cells = numbers("00123", "1E5", "abc", "0x10", "Infinity", "1e400");
    expect(await cellsOf(cells)).toEqual(["00123", "1E5", "abc", "0x10", "Infinity", "1e400"]);
  });

  test("are texts with their zeros where the format shows a code, and numbers where it calculates", async () => {
    const formats = [
      "00000",
      "0000-000",
      '"SKU-"00000',
      "00000;-00000",
      "0.00",
      "#,##000",
      "0",
      "0%",
      '0" pcs"',
      "[<=99999]00000;00000-0000",
      "000\\-00\\-0000",
      "[$-409]00000",
      "00E+00",
    ];
    const cells = formats.map((_, nth) => `<c s="${nth}"><v>1234</v></c>`).join("");
    expect(await cellsOf(cells, [stylesPart(formats)])).toEqual([
      "01234",
      "0001-234",
      "SKU-01234",
      "01234",
      1234,
      1234,
      1234,
      1234,
      1234,
      1234,
      "000-00-1234",
      "01234",
      1234,
    ]);
    const others =
      '<c s="0"><v>1234567</v></c><c s="0"><v>-7</v></c><c s="0"><v>1.5</v></c><c s="1"><v>123456789</v></c><c s="0"><v>0</v></c>';
    expect(await cellsOf(others, [stylesPart(formats)])).toEqual([
      "1234567",
      -7,
      1.5,
      "123456-789",
      "00000",
    ]);
  });
});

describe("dates", () => {
  const formats = [
    "yyyy-mm-dd",
    "dd/mm/yyyy hh:mm",
    "h:mm",
    "[h]:mm",
    "mmm",
    '0 "days"',
    "[Red]General",
    "mm:ss.0",
    "yyyy\\年m\\月",
  ];
  const styled = (style: number, value: string) => `<c s="${style}"><v>${value}</v></c>`;

  test("are days, times of day and durations by their format", async () => {
    const cells = [
      styled(0, "46027"),
      styled(1, "46027.395833333336"),
      styled(2, "0.395833333333333"),
      styled(2, "46027.5"),
      styled(3, "1.5625"),
      styled(4, "46027"),
      styled(5, "46027"),
      styled(6, "46027"),
      styled(7, "0.000005787"),
      styled(8, "46027"),
      styled(0, "0.25"),
    ].join("");
    expect(await cellsOf(cells, [stylesPart(formats)])).toEqual([
      date("2026-01-05"),
      date("2026-01-05T09:30:00"),
      date("09:30:00"),
      date("2026-01-05T12:00:00"),
      date("37:30:00"),
      date("2026-01-05"),
      46_027,
      46_027,
      date("00:00:00.500"),
      date("2026-01-05"),
      date("06:00:00"),
    ]);
  });

  test("of 1900 have the days that Excel shows, also the two that never were", async () => {
    const serials = ["0", "1", "59", "60", "61", "2958465", "2958466", "-1"];
    const cells = serials.map((serial) => styled(0, serial)).join("");
    expect(await cellsOf(cells, [stylesPart(formats)])).toEqual([
      date("1900-01-00"),
      date("1900-01-01"),
      date("1900-02-28"),
      date("1900-02-29"),
      date("1900-03-01"),
      date("9999-12-31"),
      2_958_466,
      -1,
    ]);
  });

  test("of the 1904 calendar are the same days", async () => {
    const cells = `${styled(0, "44565")}${styled(0, "0")}${styled(1, "44565.5")}`;
    const days = [date("2026-01-05"), date("1904-01-01"), date("2026-01-05T12:00:00")];
    expect(await cellsOf(cells, [stylesPart(formats)], { is1904: true })).toEqual(days);
    const bytes = await written((book) => {
      book.properties.date1904 = true;
      book.addWorksheet("S").addRow([new Date(Date.UTC(2026, 0, 5))]);
    });
    expect((await readWorkbookBytes(bytes)).rows).toEqual([[1, date("2026-01-05")]]);
  });

  test("are taken as they stand from cells that hold ISO dates", async () => {
    const cells =
      '<c t="d"><v>2026-01-05</v></c><c t="d"><v>2026-01-05T00:00:00</v></c><c t="d"><v>2026-01-05T09:30:00.5</v></c>';
    expect(await cellsOf(cells)).toEqual([
      date("2026-01-05"),
      date("2026-01-05"),
      date("2026-01-05T09:30:00.5"),
    ]);
  });

  test("are known by built-in formats too", async () => {
    const xfs = [14, 17, 20, 22, 46, 9, 2, 49].map((id) => `<xf numFmtId="${id}"/>`).join("");
    const styles = {
      name: "xl/styles.xml",
      content: `<styleSheet><cellXfs>${xfs}</cellXfs></styleSheet>`,
    };
    const cells = Array.from({ length: 8 }, (_, nth) => styled(nth, "0.5")).join("");
    expect(await cellsOf(cells, [styles])).toEqual([
      date("12:00:00"),
      date("12:00:00"),
      date("12:00:00"),
      date("12:00:00"),
      date("12:00:00"),
      0.5,
      0.5,
      0.5,
    ]);
  });
});
