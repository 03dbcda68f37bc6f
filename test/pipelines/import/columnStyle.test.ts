/** Columns are read as a whole: by what is given, else by their own cells, else by the other columns, else they are asked about. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ImportMapping } from "../../../pipelines/import/importMapping.ts";
import { readTable } from "../../support/readTable.ts";

/** Quantities of a counts file, one a row. */
function quantities(texts: readonly (string | number)[], mapping: ImportMapping = {}) {
  const rows = texts.map((text) => ["A", "MAIN", text]);
  const read = readTable({
    kind: "counts",
    header: ["sku", "warehouse", "quantity"],
    rows,
    mapping,
  });
  return { ...read, values: read.results.map((result) => valueOf(result, "quantity")) };
}

/** Times of a counts file, one a row. */
function times(texts: readonly string[], mapping: ImportMapping = {}) {
  const rows = texts.map((text) => ["A", "MAIN", "1", text]);
  const header = ["sku", "warehouse", "quantity", "Datum"];
  const read = readTable({
    kind: "counts",
    header,
    rows,
    mapping: { columns: { Datum: "counted_at" }, ...mapping },
  });
  return {
    ...read,
    values: read.results.map((result) =>
      valueOf(result, "occurred_at")?.replace("T00:00:00.000Z", ""),
    ),
  };
}

type Result = ReturnType<typeof readTable>["results"][number];

function valueOf(result: Result, field: string): string | null | undefined {
  return "fields" in result ? result.fields[field] : result.error.code;
}

describe("a column of numbers", () => {
  test("without a cell that depends on its style needs no evidence", () => {
    const read = quantities(["1", "1 000"]);
    expect(read).toMatchObject({ values: ["1", "1000"], waited: 0, styles: {}, questions: [] });
  });

  test("is read by its own evidence, also before and after the cell that shows it", () => {
    const read = quantities(["1.234", "5.678", "0,5", "2.345"]);
    expect(read.values).toEqual(["1234", "5678", "0.5", "2345"]);
    expect(read.styles).toEqual({ quantity: { decimal: ",", by: "column" } });
    expect(read).toMatchObject({ waited: 2, mustReread: false, questions: [] });
  });

  test("without evidence is asked about, with what each answer would mean", () => {
    const read = quantities(["1,234", "5", "7,500", "1,234"]);
    expect(read.values).toEqual(["number_ambiguous", "5", "number_ambiguous", "number_ambiguous"]);
    expect(read.styles).toEqual({ quantity: { by: "unknown" } });
    expect(read.questions).toEqual([
      {
        column: "quantity",
        field: "quantity",
        code: "number_ambiguous",
        rows: 3,
        examples: ["1,234", "7,500"],
        choices: [
          { value: ".", reads: { "1,234": "1234", "7,500": "7500" } },
          { value: ",", reads: { "1,234": "1.234", "7,500": "7.500" } },
        ],
        set: "mapping.formats.quantity.decimal",
      },
    ]);
  });

  test("that contradicts itself is read where a cell is certain, and asked about where it is not", () => {
    const read = quantities(["1.234", "0,5", "2.345", "0.5", "3.456"]);
    expect(read.values).toEqual([
      "number_ambiguous",
      "0.5",
      "number_ambiguous",
      "0.5",
      "number_ambiguous",
    ]);
    expect(read.styles).toEqual({ quantity: { by: "contradiction" } });
    expect(read.mustReread).toBe(true);
    expect(read.questions).toMatchObject([{ rows: 3, code: "number_ambiguous" }]);
  });

  test("is read by a given sign alone; what fits only the other is refused", () => {
    const mapping = { options: { decimal: "," } } as const;
    const read = quantities(["1.234", "0.5", "0,5"], mapping);
    expect(read.values).toEqual(["1234", "number_ambiguous", "0.5"]);
    expect(read).toMatchObject({
      waited: 0,
      questions: [],
      styles: { quantity: { decimal: ",", by: "mapping" } },
    });
  });

  test("cells of a workbook that are numbers are no evidence and need none", () => {
    expect(quantities([1.5, 1.234, "1.234"]).values).toEqual(["1.5", "1.234", "number_ambiguous"]);
  });

  test("more than 4 decimals are refused, never rounded; needless zeros are fine", () => {
    expect(quantities(["1.23456", "1.23450000", "1e-5", "0.1e-3", "1e14"]).values).toEqual([
      "too_many_decimals",
      "1.2345",
      "too_many_decimals",
      "0.0001",
      "out_of_range",
    ]);
  });

  test("the sentence of an ambiguous number says what it may be", () => {
    const [result] = quantities(["1,234"]).results;
    expect(result).toMatchObject({
      error: {
        detail:
          'quantity "1,234" is not valid; expected a number whose decimal sign is certain: it may be 1234 or 1.234; set mapping.options.decimal to "." or ","',
      },
    });
  });

  test("a percent sign is named", () => {
    const [result] = quantities(["15 %"]).results;
    expect(result).toMatchObject({
      error: { code: "not_a_number", detail: expect.stringContaining("percent sign") },
    });
  });

  test("a default is read as it is written in the mapping, and is no evidence", () => {
    const rows = [
      ["A", "1.234"],
      ["B", ""],
    ];
    const mapping = {
      defaults: { warehouse: "MAIN", quantity: "2.500" },
      options: { decimal: "," },
    } as const;
    const { results } = readTable({ kind: "counts", header: ["sku", "quantity"], rows, mapping });
    expect(results.map((result) => valueOf(result, "quantity"))).toEqual(["1234", "2.5"]);
  });
});

describe("several columns of numbers", () => {
  const header = ["sku", "name", "cost", "price"];
  const read = (rows: readonly (readonly string[])[], mapping: ImportMapping = {}) => {
    const table = readTable({
      kind: "items",
      header,
      rows: rows.map((row) => ["A", "a", ...row]),
      mapping,
    });
    const fields = (result: Result) => [valueOf(result, "cost"), valueOf(result, "price")];
    return { ...table, values: table.results.map(fields) };
  };

  test("one without evidence is read as the others are", () => {
    const { values, styles } = read([
      ["1,234", "2.50"],
      ["5,678", "3.75"],
    ]);
    expect(values).toEqual([
      ["1234", "2.5"],
      ["5678", "3.75"],
    ]);
    expect(styles).toEqual({
      cost: { decimal: ".", by: "other_columns" },
      price: { decimal: ".", by: "column" },
    });
  });

  test("each is read by its own evidence", () => {
    const { values } = read([
      ["1.234,5", "1,234.5"],
      ["5.678", "5,678"],
    ]);
    expect(values).toEqual([
      ["1234.5", "1234.5"],
      ["5678", "5678"],
    ]);
  });

  test("one that contradicts itself is no evidence for another", () => {
    const { values, questions } = read([
      ["1,234", "2.5"],
      ["5,678", "3,5"],
    ]);
    expect(values.map(([cost]) => cost)).toEqual(["number_ambiguous", "number_ambiguous"]);
    expect(questions.map(({ field }) => field)).toEqual(["cost"]);
  });

  test("a format of the field wins over the options, and options over the locale", () => {
    const mapping: ImportMapping = {
      options: { decimal: ".", locale: "de-DE" },
      formats: { price: { decimal: "," } },
    };
    expect(read([["1,234", "1,234"]], mapping).values).toEqual([["1234", "1.234"]]);
    expect(read([["1,234", "1,234"]], { options: { locale: "de-DE" } }).values).toEqual([
      ["1.234", "1.234"],
    ]);
  });

  test("a row with a certain fault has that fault, whatever its other cells are", () => {
    expect(read([["1,234", "abc"]]).results).toMatchObject([
      { error: { column: "price", code: "not_a_number" } },
    ]);
  });

  test("an empty cell is left out, or null where the mapping clears and the field may be empty", () => {
    const rows = [["A", "", "", "5"]];
    const options = { empty_cells: "clear" } as const;
    const kept = readTable({ kind: "items", header, rows: [["A", "a", "", "5"]] });
    expect(kept.results).toEqual([{ fields: { sku: "A", name: "a", price: "5" } }]);
    const cleared = readTable({
      kind: "items",
      header,
      rows: [["A", "a", "", "5"]],
      mapping: { options },
    });
    expect(cleared.results).toEqual([{ fields: { sku: "A", name: "a", cost: null, price: "5" } }]);
    const required = readTable({ kind: "items", header, rows, mapping: { options } });
    expect(required.results).toMatchObject([{ error: { column: "name", code: "required" } }]);
  });
});

describe("a column of dates", () => {
  test("is read by the order that its own cells show", () => {
    const read = times(["01/02/2025", "14/02/2025", "03/04/2025"]);
    expect(read.values).toEqual(["2025-02-01", "2025-02-14", "2025-04-03"]);
    expect(read.styles).toMatchObject({ counted_at: { date_order: "DMY", by: "column" } });
    expect(read.waited).toBe(1);
  });

  test("without evidence is asked about under its heading", () => {
    const read = times(["01/02/2025", "2025-03-04", "05/05/2025"]);
    expect(read.values).toEqual(["date_ambiguous", "2025-03-04", "2025-05-05"]);
    expect(read.questions).toEqual([
      {
        column: "Datum",
        field: "counted_at",
        code: "date_ambiguous",
        rows: 1,
        examples: ["01/02/2025"],
        choices: [
          { value: "DMY", reads: { "01/02/2025": "2025-02-01T00:00:00.000Z" } },
          { value: "MDY", reads: { "01/02/2025": "2025-01-02T00:00:00.000Z" } },
        ],
        set: "mapping.formats.counted_at.date_format",
      },
    ]);
  });

  test("the answer to the question settles it", () => {
    const mapping = { formats: { counted_at: { date_format: "MDY" } } };
    expect(times(["01/02/2025", "14/02/2025"], mapping).values).toEqual([
      "2025-01-02",
      "date_format",
    ]);
  });

  test("that contradicts itself is asked about where a cell is not certain", () => {
    const read = times(["14/02/2025", "02/03/2025", "02/14/2025", "02/04/2025"]);
    expect(read.values).toEqual(["2025-02-14", "date_ambiguous", "2025-02-14", "date_ambiguous"]);
    expect(read).toMatchObject({
      mustReread: true,
      styles: { counted_at: { by: "contradiction" } },
    });
  });

  test("years of two digits are read where only one order fits the whole column", () => {
    expect(times(["12/31/24", "01/02/25"]).values).toEqual(["2024-12-31", "2025-01-02"]);
    expect(times(["31.12.24", "01.02.25"]).values).toEqual(["date_ambiguous", "date_ambiguous"]);
    expect(times(["31.12.99", "01.02.98"]).values).toEqual(["1999-12-31", "1998-02-01"]);
    expect(times(["31.12.24"], { options: { locale: "de-DE" } }).values).toEqual(["2024-12-31"]);
  });

  test.each([
    ["en-US", "2025-01-02"],
    ["en-GB", "2025-02-01"],
    ["de-DE", "2025-02-01"],
  ])("the locale %s gives the order", (locale, day) => {
    expect(times(["01/02/2025"], { options: { locale } }).values).toEqual([day]);
  });

  test.each([
    ["45000", "the number that a spreadsheet keeps for a day"],
    ["20250102", '"YYYYMMDD"'],
  ])("a bare number (%s) is refused with what it may be", (text, hint) => {
    const [result] = times([text]).results;
    expect(result).toMatchObject({
      error: { code: "date_format", detail: expect.stringContaining(hint) },
    });
  });

  test("29 February of a common year is refused in every order", () => {
    expect(times(["29/02/2025", "29/02/2024"]).values).toEqual(["date_format", "2024-02-29"]);
  });
});

describe("random columns", () => {
  const locales = ["en-US", "de-DE", "fr-FR", "de-CH", "en-IN", "pl-PL", "nb-NO", "pt-BR"];
  const numbers = fc.array(fc.bigInt({ min: 0n, max: 10n ** 11n }), {
    minLength: 1,
    maxLength: 12,
  });
  const decimals = fc.integer({ min: 0, max: 4 });

  test("of numbers in any locale are read exactly when it is given, and exactly or not at all when it is not", () => {
    fc.assert(
      fc.property(fc.constantFrom(...locales), numbers, decimals, (locale, values, digits) => {
        const exact = values.map((value) =>
          `${value / 10_000n}.${String(value % 10_000n)
            .padStart(4, "0")
            .slice(0, digits)}`.replace(/\.$/, ""),
        );
        const format = new Intl.NumberFormat(locale, {
          minimumFractionDigits: digits,
          maximumFractionDigits: 4,
        });
        const written = exact.map((text) => format.format(text as `${number}`));
        const wanted = exact.map((text) =>
          text.includes(".") ? text.replace(/\.?0+$/, "") : text,
        );
        expect(quantities(written, { options: { locale } }).values).toEqual(wanted);
        const inferred = quantities(written).values;
        for (const [nth, value] of inferred.entries()) {
          expect([wanted[nth], "number_ambiguous"]).toContain(value);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("of dates in any order are read exactly when it is given, and exactly or not at all when it is not", () => {
    const day = fc.date({
      min: new Date("1970-01-01"),
      max: new Date("2069-12-31"),
      noInvalidDate: true,
    });
    const column = fc.array(day, { minLength: 1, maxLength: 12 });
    const order = fc.constantFrom("DMY", "MDY", "YMD");
    const sign = fc.constantFrom("/", ".", "-");
    fc.assert(
      fc.property(column, order, sign, fc.boolean(), (days, wantedOrder, between, isShort) => {
        const wanted = days.map((date) => date.toISOString().slice(0, 10));
        const written = wanted.map((text) => {
          const [year = "", month = "", date = ""] = text.split("-");
          const parts: Record<string, string> = {
            Y: isShort ? year.slice(2) : year,
            M: month,
            D: date,
          };
          return wantedOrder
            .split("")
            .map((letter) => parts[letter])
            .join(between);
        });
        const mapping = { options: { date_format: wantedOrder } };
        expect(times(written, mapping).values).toEqual(wanted);
        for (const [nth, value] of times(written).values.entries()) {
          expect([wanted[nth], "date_ambiguous"]).toContain(value);
        }
      }),
      { numRuns: 500 },
    );
  });
});
