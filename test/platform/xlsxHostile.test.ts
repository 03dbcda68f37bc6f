/** Hostile, broken and other archives are refused by a named code at a stated limit; nothing hangs, crashes or is read wrongly. */
import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { openXlsxSheet, WorkbookError } from "../../platform/xlsxReader.ts";
import { testFileLimits } from "../support/fileLimits.ts";
import {
  CONTENT_TYPES,
  rawWorkbook,
  readWorkbookBytes,
  sheetWorkbook,
  stylesPart,
  workbookRefusal,
} from "../support/workbooks.ts";
import { zip64Sizes, zipFile } from "../support/zipFile.ts";

const CELL = '<row r="1"><c r="A1"><v>1</v></c></row>';
const SHEET = "xl/worksheets/sheet1.xml";
const SHARED = "xl/sharedStrings.xml";

/** Where the packed bytes of the sheet begin: it is the first part. */
function sheetStart(bytes: Buffer): number {
  return 30 + bytes.readUInt16LE(26);
}

function failing(bytes: Buffer): Readable {
  return Readable.from(
    (async function* () {
      yield bytes;
      throw new Error("read ECONNRESET");
    })(),
  );
}

describe("a hostile archive", () => {
  test("that unpacks past the ratio or the limit is refused while it unpacks", async () => {
    const content = `<worksheet>${`<a>${" ".repeat(1_000_000)}</a>`.repeat(40)}<sheetData>${CELL}</sheetData></worksheet>`;
    const bytes = sheetWorkbook(content);
    expect(bytes.length).toBeLessThan(50_000);
    expect(await workbookRefusal(bytes)).toMatchObject({
      code: "archive_limits",
      message: expect.stringMatching(/100 times .* raise IMPORT_ARCHIVE_RATIO_MAX/),
    });
    expect(await workbookRefusal(bytes, { unpackedBytesMax: 1_000 })).toMatchObject({
      code: "archive_limits",
      message: expect.stringMatching(/more than 1000 bytes .* raise IMPORT_UNPACKED_BYTES_MAX/),
    });
  });

  test("of too many parts, or of endless names of parts, is refused before one is read", async () => {
    const parts = Array.from({ length: 10_001 }, (_, nth) => ({ name: `p${nth}`, content: "" }));
    expect((await workbookRefusal(rawWorkbook(CELL, parts))).code).toBe("archive_limits");
    expect(await workbookRefusal(zipFile([], 65_535))).toMatchObject({
      code: "archive_limits",
      message: expect.stringContaining("has 65535 parts; expected at most 10000"),
    });
    const extra = Buffer.concat([Buffer.from([1, 0x80, 0x60, 0xea]), Buffer.alloc(60_000)]);
    const wide = Array.from({ length: 200 }, (_, nth) => ({
      name: `p${nth}`,
      content: "",
      lie: { extra },
    }));
    expect((await workbookRefusal(rawWorkbook(CELL, wide))).code).toBe("archive_limits");
  });

  test.each([
    ["more than it has", { unpackedBytes: 100_000_000_000, extra: zip64Sizes(10n ** 15n, 100n) }],
    ["by ZIP64", { unpackedBytes: 0xffffffff, extra: zip64Sizes(10n ** 15n, 100n) }],
    ["less than it has", { unpackedBytes: 10 }],
  ])("that states sizes of a part that lie: %s", async (_, lie) => {
    const content = `<worksheet><sheetData>${CELL}</sheetData></worksheet>`;
    const bytes = rawWorkbook("", [
      { name: SHEET, content, lie: { ...lie, unpackedBytes: lie.unpackedBytes % 2 ** 32 } },
    ]);
    expect((await workbookRefusal(bytes)).code).toMatch(/^(archive_limits|workbook_invalid)$/);
  });

  test("whose parts overlap is refused", async () => {
    const bytes = rawWorkbook(CELL, [{ name: "xl/other.xml", content: CELL, lie: { offset: 0 } }]);
    expect(await workbookRefusal(bytes)).toMatchObject({
      code: "archive_limits",
      message: expect.stringContaining("overlaps another part"),
    });
  });

  test.each(["../evil", "xl/../../evil", "/etc/passwd", "C:/evil", "..\\evil"])(
    "with a part named %s is refused",
    async (name) => {
      expect((await workbookRefusal(rawWorkbook(CELL, [{ name, content: "" }]))).code).toBe(
        "workbook_invalid",
      );
    },
  );

  test("with a part that stands twice, also in another case, is refused", async () => {
    for (const name of [SHEET, "XL/Worksheets/Sheet1.xml"]) {
      const bytes = zipFile([
        { name: SHEET, content: "" },
        { name, content: "" },
      ]);
      expect((await workbookRefusal(bytes)).code).toBe("workbook_invalid");
    }
  });

  test("that is encrypted, or packed by another method, is refused", async () => {
    const secret = rawWorkbook("", [{ name: SHEET, content: CELL, lie: { flags: 1 } }]);
    expect(await workbookRefusal(secret)).toMatchObject({
      code: "workbook_encrypted",
      message: expect.stringContaining("save it without one"),
    });
    const strong = rawWorkbook("", [{ name: SHEET, content: CELL, lie: { flags: 0x41 } }]);
    expect((await workbookRefusal(strong)).code).toBe("workbook_invalid");
    const other = rawWorkbook("", [{ name: SHEET, content: CELL, lie: { method: 9 } }]);
    expect(await workbookRefusal(other)).toMatchObject({
      code: "workbook_invalid",
      message: expect.stringContaining("packed by method 9"),
    });
  });

  test("that is damaged or cut is refused, also where the damage would read as other numbers", async () => {
    const bytes = rawWorkbook("", [
      {
        name: SHEET,
        content: `<worksheet><sheetData>${CELL}</sheetData></worksheet>`,
        deflate: false,
      },
    ]);
    const flipped = Buffer.from(bytes);
    flipped.write("<v>2</v>", flipped.indexOf("<v>1</v>"));
    expect(await workbookRefusal(flipped)).toMatchObject({
      code: "workbook_invalid",
      message: expect.stringContaining("its checksum does not fit"),
    });
    for (const cut of [bytes.length - 30, 200, 30, 4]) {
      expect((await workbookRefusal(bytes.subarray(0, cut))).code).toBe("workbook_invalid");
    }
    const junk = Buffer.alloc(300, "junk");
    expect((await workbookRefusal(Buffer.concat([junk, bytes]))).code).toBe("workbook_invalid");
    expect((await workbookRefusal(Buffer.concat([bytes, junk]))).code).toBe("workbook_invalid");
  });

  test("of random damage gives rows or a refusal, and never another failure", async () => {
    const whole = rawWorkbook(
      `${CELL}<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" s="1"><v>46027.5</v></c><c t="inlineStr"><is><t>x &amp; y</t></is></c></row>`,
      [
        { name: SHARED, content: "<sst><si><t>text</t></si></sst>", deflate: false },
        stylesPart(["General", "yyyy-mm-dd"]),
      ],
    );
    const change = fc.record({ at: fc.nat({ max: whole.length - 1 }), byte: fc.nat({ max: 255 }) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(change, { minLength: 1, maxLength: 6 }),
        fc.nat({ max: whole.length }),
        fc.boolean(),
        async (changes, cut, isCut) => {
          const bytes = Buffer.from(isCut ? whole.subarray(0, cut) : whole);
          for (const { at, byte } of changes) if (at < bytes.length) bytes[at] = byte;
          const read: unknown = await readWorkbookBytes(bytes).catch((thrown: unknown) => thrown);
          const isKnown =
            read instanceof WorkbookError || (read instanceof Error ? false : read !== undefined);
          if (!isKnown) throw new Error("neither rows nor a refusal", { cause: read });
        },
      ),
      { numRuns: 400 },
    );
  });

  test("is told apart from a storage that fails, at once, in the middle or by ending early", async () => {
    const limits = testFileLimits();
    const away = { size: 100, read: () => Promise.reject(new Error("connect ECONNREFUSED")) };
    await expect(openXlsxSheet(away, { limits })).rejects.toThrow("ECONNREFUSED");
    const none = { size: 100, read: async () => Readable.from([]) };
    await expect(openXlsxSheet(none, { limits })).rejects.toThrow(
      "the storage gave 0 of 100 bytes",
    );
    const rows = Array.from(
      { length: 20_000 },
      (_, nth) => `<row r="${nth + 1}"><c><v>${nth}</v></c></row>`,
    );
    const bytes = rawWorkbook(rows.join(""));
    const broken = async (reading: (whole: Readable) => Readable) => {
      const read = async (start: number, end: number) => {
        const whole = Readable.from([bytes.subarray(start, end)]);
        return start === sheetStart(bytes) ? reading(whole) : whole;
      };
      const sheet = await openXlsxSheet({ size: bytes.length, read }, { limits });
      for await (const _ of sheet.rows) continue;
    };
    await expect(broken(() => failing(bytes.subarray(60, 5_000)))).rejects.toThrow("ECONNRESET");
    await expect(broken(() => Readable.from([bytes.subarray(60, 5_000)]))).rejects.toThrow(
      /^the storage gave 4940 of the \d+ bytes of part/,
    );
  });

  test("ends the reading of the storage when it is closed, also where nobody reads on", async () => {
    const rows = Array.from(
      { length: 50_000 },
      (_, nth) => `<row r="${nth + 1}"><c><v>${nth}</v></c></row>`,
    );
    const bytes = rawWorkbook(rows.join(""));
    const streams: Readable[] = [];
    const read = async (start: number, end: number) => {
      const stream = new Readable({ read: () => undefined });
      stream.push(bytes.subarray(start, start === sheetStart(bytes) ? end - 1 : end));
      if (start !== sheetStart(bytes)) stream.push(null);
      streams.push(stream);
      return stream;
    };
    const sheet = await openXlsxSheet({ size: bytes.length, read }, { limits: testFileLimits() });
    const iterator = sheet.rows[Symbol.asyncIterator]();
    expect((await iterator.next()).done).toBe(false);
    expect(streams.at(-1)?.destroyed).toBe(false);
    sheet.close();
    expect(streams.at(-1)?.destroyed).toBe(true);
  });
});

describe("an archive of another kind", () => {
  const typed = (type: string) => ({
    name: "[Content_Types].xml",
    content: CONTENT_TYPES.replace("openxmlformats-officedocument.spreadsheetml.sheet.main", type),
  });

  test.each([
    [
      "a workbook with macros (.xlsm)",
      rawWorkbook(CELL, [typed("ms-excel.sheet.macroEnabled.main")]),
    ],
    [
      "a workbook template (.xltx)",
      rawWorkbook(CELL, [typed("openxmlformats-officedocument.spreadsheetml.template.main")]),
    ],
    [
      "a workbook template with macros (.xltm)",
      rawWorkbook(CELL, [typed("ms-excel.template.macroEnabled.main")]),
    ],
    ["an Excel add-in (.xlam)", rawWorkbook(CELL, [typed("ms-excel.addin.macroEnabled.main")])],
    [
      "a binary workbook (.xlsb)",
      rawWorkbook(CELL, [typed("ms-excel.sheet.binary.macroEnabled.main")]),
    ],
    [
      "a Word document (.docx)",
      rawWorkbook(CELL, [typed("openxmlformats-officedocument.wordprocessingml.document.main")]),
    ],
    [
      "an OpenDocument file (.ods)",
      zipFile([
        { name: "mimetype", content: "x" },
        { name: "content.xml", content: "x" },
      ]),
    ],
    ["an Apple Numbers document", zipFile([{ name: "Index/Document.iwa", content: "x" }])],
    ['a zip archive that holds "stock.csv"', zipFile([{ name: "stock.csv", content: "sku" }])],
    [
      'a zip archive that holds "a/b.xlsx"',
      zipFile([{ name: "a/b.xlsx", content: rawWorkbook(CELL) }]),
    ],
    ["a zip archive without a workbook", zipFile([{ name: "a.bin", content: "hello" }])],
  ])("is named: %s", async (what, bytes) => {
    const said = await workbookRefusal(bytes);
    expect(said.code).toBe("workbook_kind");
    expect(said.message).toContain(`the file is ${what}`);
    expect(said.message).toMatch(/; (open it|export it|unpack it|send the workbook)/);
  });

  test("without a sheet or with a sheet that is missing is refused", async () => {
    const none = rawWorkbook(CELL, [
      { name: "xl/workbook.xml", content: "<workbook><sheets/></workbook>" },
    ]);
    expect(await workbookRefusal(none)).toMatchObject({ code: "sheet_unknown" });
    const external = rawWorkbook(CELL, [
      {
        name: "xl/_rels/workbook.xml.rels",
        content:
          '<Relationships><Relationship Id="a" Type="x/worksheet" TargetMode="External" Target="http://127.0.0.1:1/sheet.xml"/></Relationships>',
      },
    ]);
    expect(await workbookRefusal(external)).toMatchObject({ code: "sheet_unknown" });
    const parts = zipFile([
      { name: "[Content_Types].xml", content: CONTENT_TYPES },
      {
        name: "xl/workbook.xml",
        content: '<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
      },
      {
        name: "xl/_rels/workbook.xml.rels",
        content:
          '<Relationships><Relationship Id="a" Type="x/worksheet" Target="gone.xml"/></Relationships>',
      },
    ]);
    expect(await workbookRefusal(parts)).toMatchObject({
      code: "workbook_invalid",
      message: expect.stringContaining('has no part "xl/gone.xml"'),
    });
  });
});
