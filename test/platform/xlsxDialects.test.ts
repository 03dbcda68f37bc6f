/** Random tables in the dialects of many programs come back cell by cell, and both ways of reading rows give the same. */
import ExcelJS from "exceljs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SheetCell } from "../../platform/xlsxReader.ts";
import {
  type Dialect,
  readWorkbookBytes,
  type Table,
  type TableValue,
  writeTable,
} from "../support/workbooks.ts";

/** Texts of all scripts without what XML can't hold; beside them what looks like an escape, a number or a tag. */
const text = fc.oneof(
  fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 20 })
    // oxlint-disable-next-line no-control-regex -- these are the characters that XML forbids
    .filter((one) => !/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(one)),
  fc.constantFrom(
    "00123",
    "1E5",
    "MAR1",
    "_x000D_",
    "a\r\nb",
    " padded ",
    "</v></c>",
    "&amp;",
    "]]>",
    "𝒳 کالا 品名",
    "x".repeat(400),
  ),
);
const number = fc.oneof(
  fc.integer(),
  fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 10_000),
  fc.constantFrom(0, 0.1, 1e-7, 123_456_789_012_345, 1.5e20),
);
/** Seconds from 1900-03-01 to 2099. */
const date = fc
  .integer({ min: 61 * 86_400, max: 73_000 * 86_400 })
  .map((seconds) => ({ serial: seconds / 86_400 }));
const value: fc.Arbitrary<TableValue> = fc.oneof(
  { weight: 4, arbitrary: text },
  { weight: 4, arbitrary: number },
  { weight: 1, arbitrary: fc.boolean() },
  { weight: 1, arbitrary: date },
  { weight: 2, arbitrary: fc.constant(undefined) },
);
const table: fc.Arbitrary<Table> = fc.array(fc.array(value, { maxLength: 8 }), { maxLength: 30 });

const dialect: fc.Arbitrary<Dialect> = fc.record({
  texts: fc.constantFrom("shared", "inline", "rich", "formula"),
  prefix: fc.constantFrom("", "x:"),
  quote: fc.constantFrom('"', "'"),
  places: fc.boolean(),
  reversed: fc.boolean(),
  spaced: fc.boolean(),
  cdata: fc.boolean(),
  comments: fc.boolean(),
  encoding: fc.constantFrom("utf8", "utf16le", "utf16be"),
  deflate: fc.boolean(),
  sharedLast: fc.boolean(),
  frame: fc.record({
    namespace: fc.constantFrom("transitional", "strict"),
    targets: fc.constantFrom("relative", "absolute", "stepping"),
  }),
});

/** The local time of a serial number, reckoned apart from the reader. */
function isoOf(serial: number): string {
  const iso = new Date(Date.UTC(1899, 11, 30) + Math.round(serial * 86_400) * 1_000).toISOString();
  return iso.slice(0, iso.endsWith("T00:00:00.000Z") ? 10 : 19);
}

function expectedCell(given: TableValue): SheetCell {
  if (given === undefined) return "";
  if (typeof given === "boolean") return given ? "true" : "false";
  return typeof given === "object" ? { kind: "date", text: isoOf(given.serial) } : given;
}

/** The rows that a reader gives: cells after the last one with a value are not there. */
function expectedRows(given: Table): SheetCell[][] {
  return given.map((values, nth) => {
    const cells = values.map(expectedCell);
    while (cells.at(-1) === "") cells.pop();
    return [nth + 1, ...cells];
  });
}

/** exceljs writes carriage returns and what looks like an escape as they are, so that they don't come back. */
function withoutEscapes(given: Table): Table {
  return given.map((values) =>
    values.map((one) => (typeof one === "string" ? one.replaceAll(/_x|\r/g, "-") : one)),
  );
}

const PLAIN: Dialect = {
  texts: "shared",
  prefix: "",
  quote: '"',
  places: true,
  reversed: false,
  spaced: false,
  cdata: false,
  comments: false,
  encoding: "utf8",
  deflate: true,
  sharedLast: true,
  frame: {},
};

describe("a table", () => {
  test("comes back cell by cell from any dialect, by the quick scan and by saxes alone", async () => {
    await fc.assert(
      fc.asyncProperty(table, dialect, async (given, how) => {
        const bytes = writeTable(given, how);
        const expected = expectedRows(given);
        expect((await readWorkbookBytes(bytes)).rows).toEqual(expected);
        expect((await readWorkbookBytes(bytes, { isQuick: false })).rows).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test("comes back cell by cell as exceljs writes it", async () => {
    await fc.assert(
      fc.asyncProperty(table.map(withoutEscapes), async (given) => {
        const book = new ExcelJS.Workbook();
        const sheet = book.addWorksheet("S");
        for (const [nth, values] of given.entries()) {
          const row = sheet.getRow(nth + 1);
          for (const [column, one] of values.entries()) {
            const cell = row.getCell(column + 1);
            if (one === undefined) continue;
            cell.value =
              typeof one === "object" ? new Date(`${isoOf(one.serial).slice(0, 10)}Z`) : one;
          }
          row.commit();
        }
        const days = given.map((values) =>
          values.map((one) => (typeof one === "object" ? { serial: Math.floor(one.serial) } : one)),
        );
        const { rows } = await readWorkbookBytes(Buffer.from(await book.xlsx.writeBuffer()));
        const filled = expectedRows(days).filter((cells) => cells.length > 1);
        expect(rows.filter((cells) => cells.length > 1)).toEqual(filled);
      }),
      { numRuns: 60 },
    );
  });

  test("comes back whole where chunks of the file cut tags, characters and numbers anywhere", async () => {
    const rows = Array.from({ length: 6_000 }, (_, nth) => [
      `SKU-${nth}`,
      nth / 7,
      "Größe 品名 𝒳",
      nth,
      nth % 2 === 0,
    ]);
    for (const texts of ["shared", "inline"] as const) {
      const bytes = writeTable(rows, { ...PLAIN, texts });
      const read = await readWorkbookBytes(bytes);
      const slow = await readWorkbookBytes(bytes, { isQuick: false });
      expect(read.rows).toEqual(slow.rows);
      expect(read.rows.length).toBe(6_000);
      expect(read.rows[5_999]).toEqual([6_000, "SKU-5999", 857, "Größe 品名 𝒳", 5_999, "false"]);
    }
  });
});
