/** Hostile and broken XML inside a workbook is refused by a named code; texts that are too long are faults of their cells. */
import { describe, expect, test } from "vitest";
import {
  rawWorkbook,
  readWorkbookBytes,
  sheetWorkbook,
  workbookRefusal,
} from "../support/workbooks.ts";

const CELL = '<row r="1"><c r="A1"><v>1</v></c></row>';
const SHEET = "xl/worksheets/sheet1.xml";
const SHARED = "xl/sharedStrings.xml";

function rowsOf(...rows: readonly string[]): Buffer {
  return rawWorkbook(rows.join(""));
}

describe("hostile XML", () => {
  const LAUGHS =
    '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData/></worksheet>';
  const EXTERNAL =
    '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:1/evil">]><sst><si><t>&e;</t></si></sst>';

  test.each([
    [SHEET, LAUGHS],
    [SHARED, EXTERNAL],
    ["xl/workbook.xml", EXTERNAL],
    ["xl/styles.xml", LAUGHS],
    ["[Content_Types].xml", LAUGHS],
    ["_rels/.rels", EXTERNAL],
    ["xl/_rels/workbook.xml.rels", EXTERNAL],
  ])("with a document type in %s is refused, and nothing is fetched", async (name, content) => {
    const parts = [
      { name: SHARED, content: "<sst/>" },
      { name: "xl/styles.xml", content: "<styleSheet/>" },
      { name, content },
    ];
    const last = new Map(parts.map((part) => [part.name, part]));
    expect((await workbookRefusal(rawWorkbook(CELL, [...last.values()]))).code).toBe(
      "doctype_refused",
    );
  });

  test.each([
    ["elements a million deep", `<worksheet>${"<a>".repeat(1_000_000)}`, "archive_limits"],
    [
      "a tag of 10,000 attributes",
      `<worksheet ${Array.from({ length: 10_000 }, (_, nth) => `a${nth}="1"`).join(" ")}>`,
      "archive_limits",
    ],
    ["a tag of 6 MB", `<worksheet a="${"x".repeat(6_000_000)}">`, "archive_limits"],
    ["a comment of 6 MB", `<worksheet><!--${"x".repeat(6_000_000)}-->`, "archive_limits"],
    [
      "a text of 6 MB in a cell",
      `<worksheet><sheetData><row><c t="str"><v>${"x".repeat(6_000_000)}</v></c></row></sheetData></worksheet>`,
      "archive_limits",
    ],
    ["an unclosed element", "<worksheet><sheetData>", "workbook_invalid"],
    [
      "an unclosed row",
      '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c>',
      "workbook_invalid",
    ],
    [
      "an unknown entity",
      '<worksheet><sheetData><row><c t="str"><v>&evil;</v></c></row></sheetData></worksheet>',
      "workbook_invalid",
    ],
    [
      "a broken reference in a formula",
      '<worksheet><sheetData><row r="1"><c><f>A1&B1</f><v>1</v></c></row></sheetData></worksheet>',
      "workbook_invalid",
    ],
    [
      "a NUL by reference",
      '<worksheet><sheetData><row><c t="str"><v>&#0;</v></c></row></sheetData></worksheet>',
      "workbook_invalid",
    ],
    [
      "half a surrogate pair by reference",
      '<worksheet><sheetData><row><c t="str"><v>&#xD83D;</v></c></row></sheetData></worksheet>',
      "workbook_invalid",
    ],
    [
      "a raw control character",
      '<worksheet><sheetData><row><c t="str"><v>\u0001</v></c></row></sheetData></worksheet>',
      "workbook_invalid",
    ],
    ["no XML at all", "sku,name", "workbook_invalid"],
    ["nothing", "", "workbook_invalid"],
  ])("with %s is refused", async (_, content, code) => {
    expect((await workbookRefusal(sheetWorkbook(content), { archiveRatioMax: 10_000 })).code).toBe(
      code,
    );
  });

  test("of bytes that are no text is refused", async () => {
    const latin = Buffer.from(
      '<worksheet><sheetData><row><c t="str"><v>Gr\u00f6\u00dfe</v></c></row></sheetData></worksheet>',
      "latin1",
    );
    expect((await workbookRefusal(sheetWorkbook(latin))).message).toContain(
      "neither UTF-8 nor UTF-16",
    );
    const cut = Buffer.concat([Buffer.from("<worksheet/>"), Buffer.from([0xe2, 0x82])]);
    expect((await workbookRefusal(sheetWorkbook(cut))).code).toBe("workbook_invalid");
  });

  test.each([
    [
      "stand after lower ones",
      ['<row r="2"/>', '<row r="1"/>'],
      "row 1 of the sheet stands after row 2",
    ],
    ["stand twice", ['<row r="2"/>', '<row r="2"/>'], "row 2 of the sheet stands after row 2"],
    ["lie past the format's last row", ['<row r="4294967"/>'], "expected rows up to 1048576"],
    ["have no number", ['<row r="x"/>'], 'a row "x"'],
    ["have the number 0", ['<row r="0"/>'], 'a row "0"'],
    [
      "have cells of other rows",
      ['<row r="2"><c r="A3"><v>1</v></c></row>'],
      "row 2 of the sheet has a cell of row 3",
    ],
    [
      "have a cell twice",
      ['<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'],
      "cell A2 stands twice",
    ],
    ["have cells that name no place", ['<row r="2"><c r="!!"><v>1</v></c></row>'], 'a cell "!!"'],
    [
      "have shared texts that are not there",
      ['<row r="2"><c t="s"><v>7</v></c></row>'],
      "a shared text that is not there; the workbook has 0",
    ],
  ])("whose rows %s is refused", async (_, rows, words) => {
    const said = await workbookRefusal(rowsOf(...rows));
    expect(said.code).toBe("workbook_invalid");
    expect(said.message).toContain(words);
    expect(said.message).toContain("save it as .xlsx and send it again");
  });

  test("with a value past the last column is refused by the limit that may be raised; empty cells are not counted", async () => {
    const far = '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="0"/></row>';
    expect((await readWorkbookBytes(rowsOf(far))).rows).toEqual([[1, 1]]);
    expect(
      await workbookRefusal(rowsOf(far.replace("/></row>", "><v>2</v></c></row>"))),
    ).toMatchObject({
      code: "too_many_columns",
      message:
        "cell XFD1 of the sheet stands in column 16384; expected at most 1000 columns; delete what stands beside the table, or raise IMPORT_COLUMNS_MAX",
    });
  });
});

describe("shared texts by the hundred thousand", () => {
  test("come back exactly, in all scripts, with the one that is too long at its place", async () => {
    const textOf = (nth: number) => (nth % 3 === 0 ? `品名 𝒳 ${nth}` : `SKU-${nth}`);
    const items = Array.from({ length: 150_000 }, (_, nth) =>
      nth === 140_000 ? `<si><t>${"x".repeat(40_000)}</t></si>` : `<si><t>${textOf(nth)}</t></si>`,
    );
    const wanted = [0, 99_999, 100_000, 100_001, 120_000, 140_001, 149_999];
    const cells = [...wanted, 140_000].map((nth) => `<c t="s"><v>${nth}</v></c>`).join("");
    const bytes = rawWorkbook(`<row r="1">${cells}</row>`, [
      { name: SHARED, content: `<sst>${items.join("")}</sst>` },
    ]);
    const { rows } = await readWorkbookBytes(bytes);
    expect(rows[0]?.slice(1)).toEqual([
      ...wanted.map(textOf),
      { code: "cell_too_long", text: "x".repeat(100), chars: 40_000 },
    ]);
    const past = rawWorkbook('<row r="1"><c t="s"><v>150000</v></c></row>', [
      { name: SHARED, content: `<sst>${items.join("")}</sst>` },
    ]);
    expect((await workbookRefusal(past)).message).toContain("the workbook has 150000");
  });
});

describe("texts that are too long", () => {
  test("are faults of their cells, also one shared text that 12,000 cells show", async () => {
    const shared = {
      name: SHARED,
      content: `<sst><si><t>${"x".repeat(1_000_000)}</t></si><si><t>ok</t></si></sst>`,
    };
    const rows = Array.from(
      { length: 12_000 },
      (_, nth) => `<row r="${nth + 1}"><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>`,
    );
    const read = await readWorkbookBytes(rawWorkbook(rows.join(""), [shared]));
    expect(read.rows.length).toBe(12_000);
    expect(read.rows[11_999]).toEqual([
      12_000,
      { code: "cell_too_long", text: "x".repeat(100), chars: 1_000_000 },
      "ok",
    ]);
  });

  test("are faults wherever they stand: inline, in many runs, as a formula's value", async () => {
    const long = "y".repeat(40_000);
    const runs = `<r><t>${"z".repeat(100)}</t></r>`.repeat(5_000);
    const cells = `<c t="inlineStr"><is><t>${long}</t></is></c><c t="inlineStr"><is>${runs}</is></c><c t="str"><f>A</f><v>${long}</v></c><c t="str"><v>${"_x0041_".repeat(32_767)}</v></c>`;
    for (const isQuick of [true, false]) {
      const { rows } = await readWorkbookBytes(rowsOf(`<row r="1">${cells}</row>`), { isQuick });
      expect(rows[0]?.slice(1, 4)).toEqual([
        { code: "cell_too_long", text: "y".repeat(100), chars: 40_000 },
        { code: "cell_too_long", text: "z".repeat(100), chars: 500_000 },
        { code: "cell_too_long", text: "y".repeat(100), chars: 40_000 },
      ]);
      expect(rows[0]?.[4]).toBe("A".repeat(32_767));
    }
  });

  test("are refused as a whole where the shared ones take more memory than the limit", async () => {
    const items = "<si><t>0123456789</t></si>".repeat(1_000);
    const bytes = rawWorkbook(CELL, [{ name: SHARED, content: `<sst>${items}</sst>` }]);
    expect(await workbookRefusal(bytes, { sharedTextBytesMax: 20_000 })).toMatchObject({
      code: "archive_limits",
      message: expect.stringContaining("raise IMPORT_SHARED_TEXT_BYTES_MAX"),
    });
    const empty = rawWorkbook(CELL, [
      { name: SHARED, content: `<sst>${"<si/>".repeat(2_000)}</sst>` },
    ]);
    expect((await workbookRefusal(empty, { sharedTextBytesMax: 20_000 })).message).toContain(
      "of memory",
    );
  });
});
