/** Headings find their fields by mapping, name or alias; what is missing or doubled is named. */
import { describe, expect, test } from "vitest";
import { matchHeader } from "../../../pipelines/import/matchHeader.ts";

function fieldsOf(...args: Parameters<typeof matchHeader>): Record<string, number | undefined> {
  const { columns } = matchHeader(...args);
  return Object.fromEntries(columns.map((column) => [column.rule.field, column.index]));
}

describe("matchHeader", () => {
  test("case, spaces, signs and common aliases do not matter", () => {
    const header = ["Item-No", "ITEM NAME", "Unit_Cost", "EAN", "Colour"];
    expect(fieldsOf(header, "items", {})).toEqual({ sku: 0, name: 1, cost: 2, barcode: 3 });
    expect(matchHeader(header, "items", {}).ignored).toEqual(["Colour"]);
  });

  test("a plain name wins over an alias", () => {
    expect(fieldsOf(["code", "sku", "name"], "items", {})).toMatchObject({ sku: 1 });
  });

  test("the mapping wins over the names", () => {
    const mapping = { columns: { "Art. Nr.": "sku", Bezeichnung: "name" } };
    expect(fieldsOf(["sku", "Art. Nr.", "Bezeichnung"], "items", mapping)).toEqual({
      sku: 1,
      name: 2,
    });
  });

  test("a default stands in for a column that is not there", () => {
    const mapping = { defaults: { warehouse: "MAIN" } };
    expect(fieldsOf(["sku", "quantity"], "counts", mapping)).toMatchObject({
      warehouse: undefined,
    });
  });

  test("missing required columns are named with what was found", () => {
    expect(() => matchHeader(["sku", "colour"], "movements", {})).toThrow(
      /^the columns type, warehouse, quantity are missing; found "sku", "colour"; add them/,
    );
  });

  test("two columns for one field are refused", () => {
    expect(() => matchHeader(["sku", "SKU", "name"], "items", {})).toThrow(
      'the columns "sku" and "SKU" both mean "sku"',
    );
  });

  test("a mapped column that the file does not have is refused", () => {
    const mapping = { columns: { Nope: "sku" } };
    expect(() => matchHeader(["sku", "name"], "items", mapping)).toThrow(
      'mapping.columns names the column "Nope", which the file does not have',
    );
  });

  test("a missing column is told with the heading that may have meant it", () => {
    expect(() => matchHeader(["SKU", "Warehouse", "Quantiy"], "counts", {})).toThrow(
      'the column quantity is missing; found "SKU", "Warehouse", "Quantiy"; did you mean "Quantiy" for quantity?',
    );
  });

  test("a mapped column that the file does not have is told with the nearest heading", () => {
    const mapping = { columns: { "Artikel Nr": "sku" } };
    expect(() => matchHeader(["Artikl Nr", "name"], "items", mapping)).toThrow(
      'did you mean "Artikl Nr"?',
    );
  });

  test("a mapped heading that stands twice is refused", () => {
    const mapping = { columns: { Menge: "quantity" } };
    expect(() => matchHeader(["sku", "warehouse", "Menge", "Menge"], "counts", mapping)).toThrow(
      "more than once (columns 3 and 4)",
    );
  });

  test("byte order marks, hard spaces and line breaks in headings do not matter", () => {
    const header = ["\ufeffSKU", "Ware\u00adhouse", "Counted\r\nquantity", "Counted\u00a0at"];
    const { columns } = matchHeader(header, "counts", {});
    expect(columns.map(({ rule, index }) => [rule.field, index])).toEqual([
      ["sku", 0],
      ["warehouse", 1],
      ["quantity", 2],
      ["counted_at", 3],
    ]);
    expect(columns[2]?.heading).toBe("Counted quantity");
  });

  test.each([
    [["A-1", "MAIN", "12"]],
    [["A-1", "MAIN", "\u20ac 1.234,50"]],
    [["A-1", "MAIN", "01/02/2026"]],
  ])("a file without header is told from one with other names: %s", (header) => {
    expect(() => matchHeader(header, "counts", {})).toThrow(
      /^the first row looks like data, not like the names of columns: "A-1", "MAIN"/,
    );
  });

  test("names that no field has are not taken for data", () => {
    expect(() => matchHeader(["Artikel", "Lager 2", "Menge"], "counts", {})).toThrow(
      /^the columns sku, warehouse, quantity are missing; found "Artikel"/,
    );
  });
});
