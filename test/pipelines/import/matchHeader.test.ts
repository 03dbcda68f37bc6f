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
});
