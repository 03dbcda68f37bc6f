/** A workbook in storage gives rows as any other file does: blank ones left out, its sheets told, its faults those of a file. */
import { expect, test } from "vitest";
import { readRows } from "../../support/readRows.ts";
import { rawWorkbook } from "../../support/workbooks.ts";

const TWO_SHEETS = '<sheet name="Notes" state="hidden" r:id="a"/><sheet name="Items" r:id="a"/>';

function text(value: string): string {
  return `<c t="inlineStr"><is><t>${value}</t></is></c>`;
}

test("rows keep the numbers that the sheet shows, and the sheets are told", async () => {
  const bytes = rawWorkbook(
    `<row r="2">${text("sku")}${text("cost")}</row><row r="3"><c/></row><row r="4">${text("  ")}</row><row r="7">${text("A-1")}<c><v>1.5</v></c></row>`,
    [],
    { sheets: TWO_SHEETS },
  );
  const { header, rows, detected, bytesRead } = await readRows(bytes, { format: "xlsx" });
  expect(header).toEqual(["sku", "cost"]);
  expect(rows).toEqual([[7, "A-1", 1.5]]);
  expect(detected).toMatchObject({ sheet: "Items", sheets: ["Notes", "Items"], header_row: 2 });
  expect(bytesRead).toBeGreaterThan(0);
});

test("a resumed import reads the sheet that was read before, whatever is visible", async () => {
  const bytes = rawWorkbook(`<row r="1">${text("sku")}</row>`, [], { sheets: TWO_SHEETS });
  const again = await readRows(bytes, { format: "xlsx", detected: { sheet: "Notes" } });
  expect(again.detected.sheet).toBe("Notes");
  const chosen = { format: "xlsx", options: { sheet: "items" } } as const;
  expect((await readRows(bytes, chosen)).detected.sheet).toBe("Items");
});

test("a broken workbook is a fault of the file, with the reader's code and sentence", async () => {
  await expect(readRows(rawWorkbook("<row"), { format: "xlsx" })).rejects.toMatchObject({
    name: "ImportFileError",
    code: "workbook_invalid",
  });
  const late = rawWorkbook(`<row r="1">${text("sku")}</row><row r="3"/><row r="2"/>`);
  await expect(readRows(late, { format: "xlsx" })).rejects.toMatchObject({
    name: "ImportFileError",
    code: "workbook_invalid",
    message: expect.stringContaining("row 2 of the sheet stands after row 3"),
  });
});
