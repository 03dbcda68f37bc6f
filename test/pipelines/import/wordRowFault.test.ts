/** The error of a row that can't be read names its column as all other errors do. */
import { expect, test } from "vitest";
import { importMapping } from "../../../pipelines/import/importMapping.ts";
import { matchHeader } from "../../../pipelines/import/matchHeader.ts";
import { wordRowFault } from "../../../pipelines/import/wordRowFault.ts";

const { columns } = matchHeader(["sku", "Item name", "remark"], "items", importMapping.parse({}));
const fault = { code: "nul_char", says: "holds a NUL character", value: "a\\x00" } as const;

test.each([
  [0, "sku", "sku", "sku holds a NUL character"],
  [1, "Item name", "name", 'name (column "Item name") holds a NUL character'],
  [2, "remark", "remark", 'column "remark" holds a NUL character'],
  [7, "", "", "column 8 holds a NUL character"],
])("a fault of cell %i under %j is one of column %j", (cell, heading, column, detail) => {
  expect(wordRowFault({ ...fault, cell, heading }, columns)).toEqual({
    column,
    code: "nul_char",
    detail,
    value: "a\\x00",
  });
});

test("a fault of the whole row names no column", () => {
  const error = wordRowFault({ ...fault, cell: undefined, heading: "" }, columns);
  expect(error).toMatchObject({ column: "", detail: "the row holds a NUL character" });
});
