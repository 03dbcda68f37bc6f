/** The cells of an error file are read as they were, without the cells that had shown how their column is written. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { cellWriters } from "../../../pipelines/import/errorCells.ts";
import type { ImportMapping } from "../../../pipelines/import/importMapping.ts";
import { readTable } from "../../support/readTable.ts";

const HEADER = ["sku", "warehouse", "Menge", "Am"];
const COLUMNS = { Menge: "quantity", Am: "counted_at" };

interface Sample {
  readonly number: string | number;
  readonly date: string;
}

function read(samples: readonly Sample[], mapping: ImportMapping) {
  const rows = samples.map(({ number, date }) => ["A", "MAIN", number, date]);
  return readTable({ kind: "counts", header: HEADER, rows, mapping });
}

const group = fc.integer({ min: 0, max: 999 }).map((digits) => String(digits).padStart(3, "0"));
const head = fc.integer({ min: 0, max: 999 });
const two = (max: number) =>
  fc.integer({ min: 1, max }).map((part) => String(part).padStart(2, "0"));

/** Numbers and days that are certain only in a column that is known. */
const sample = (sign: string, join: (day: string, month: string) => string) =>
  fc.record({
    number: fc.oneof(
      fc.tuple(head, group).map(([whole, rest]) => `${whole}${sign}${rest}`),
      fc.tuple(head, group).map(([whole, rest]) => `${whole}${sign === "," ? "." : ","}${rest}`),
      fc.tuple(head, group).map(([whole, rest]) => Number(`${whole}.${rest}`)),
    ),
    date: fc
      .tuple(
        two(28),
        two(12),
        fc.constantFrom("2025", "25"),
        fc.constantFrom("", " 9:05", " 23:59:58.5", " 10:00+02:00"),
      )
      .map(([day, month, year, time]) => `${join(day, month)}/${year}${time}`),
  });

test.each([
  [
    "a decimal comma and the day first",
    ",",
    "31/01/2025",
    (day: string, month: string) => `${day}/${month}`,
  ],
  [
    "a decimal point and the month first",
    ".",
    "01/31/2025",
    (day: string, month: string) => `${month}/${day}`,
  ],
])("cells of columns that others have shown to have %s", (_name, sign, date, join) => {
  const telling = { number: `1${sign}5`, date };
  const zones = fc.constantFrom({}, { time_zone: "Europe/Amsterdam" });
  fc.assert(
    fc.property(fc.array(sample(sign, join), { minLength: 1 }), zones, (samples, options) => {
      const mapping = { columns: COLUMNS, options };
      const first = read([telling, ...samples], mapping);
      const detected = { header: HEADER, columns: COLUMNS, styles: first.styles };
      const [, , number, day] = cellWriters({ kind: "counts", mapping, detected });
      for (const [nth, cells] of samples.entries()) {
        const written = {
          number: number?.(cells.number) ?? "",
          date: day?.(cells.date) ?? "",
        };
        expect(read([written], mapping).results).toEqual([first.results[nth + 1]]);
      }
    }),
  );
});

test.each<ImportMapping>([
  { options: { locale: "de-DE" } },
  { options: { decimal: "," } },
  { formats: { quantity: { decimal: "," } } },
])("numbers of a workbook with the sign of %j, texts as they are", (given) => {
  const mapping = { columns: COLUMNS, ...given };
  const [sku, , number] = cellWriters({
    kind: "counts",
    mapping,
    detected: { header: HEADER, columns: { sku: "sku", ...COLUMNS } },
  });
  expect([1.125, 1234.5, "1,125", "1.125"].map((cell) => number?.(cell))).toEqual([
    "1,1250",
    "1234,5",
    "1,125",
    "1.125",
  ]);
  expect(sku?.(1.125)).toBe("1.125");
});

test("cells that the mapping translates stay as it names them", () => {
  const mapping = { columns: COLUMNS, values: { quantity: { "1.125": "2" } } };
  const [, , number] = cellWriters({
    kind: "counts",
    mapping,
    detected: {
      header: HEADER,
      columns: COLUMNS,
      styles: { quantity: { decimal: ",", by: "column" } },
    },
  });
  expect([1.125, "1.125", "2.125"].map((cell) => number?.(cell))).toEqual([
    "1.125",
    "1.125",
    "2125",
  ]);
});
