/** Templates: what a person gets to fill in is read back without an error, in both formats and for every kind. */
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IMPORT_KINDS } from "../../../domain/importWords.ts";
import { kindRule } from "../../../pipelines/import/importKinds.ts";
import { importTemplate } from "../../../pipelines/import/importTemplate.ts";
import type { ColumnRule } from "../../../pipelines/import/kinds/columnRule.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
});
afterAll(() => harness.close());

/** A line of the kind's own examples below the headings. */
async function filledCsv(kind: (typeof IMPORT_KINDS)[number]): Promise<string> {
  const headings = Buffer.from(await importTemplate(kind, "csv")).toString();
  const examples = kindRule(kind).columns.map(({ example }) => `"${example}"`);
  return `${headings}${examples.join(",")}\r\n`;
}

/** The workbook with the examples as a person types them: numbers and days become numbers and days. */
async function filledWorkbook(kind: (typeof IMPORT_KINDS)[number]): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.load((await importTemplate(kind, "xlsx")).buffer);
  const sheet = workbook.getWorksheet("Data");
  for (const [place, column] of kindRule(kind).columns.entries()) {
    const cell = sheet?.getCell(2, place + 1);
    if (cell !== undefined && column.example !== "") cell.value = typed(column);
  }
  return new Uint8Array(await workbook.xlsx.writeBuffer());
}

function typed({ type, example }: ColumnRule): string | number | Date {
  if (type === "number") return Number(example);
  return type === "day" || type === "time" ? new Date(example) : example;
}

describe("templates", () => {
  // in the order of the kinds: what a later one names was brought by an earlier one
  test.each(IMPORT_KINDS)("%s: the CSV, filled with its own examples, goes in", async (kind) => {
    const done = await harness.importFile({ kind, content: await filledCsv(kind) });
    expect(done.errors_sample).toEqual([]);
    expect(done).toMatchObject({ status: "completed", rows_total: 1, rows_applied: 1 });
    expect(done.detected.ignored_columns).toEqual([]);
  });

  test.each(IMPORT_KINDS)(
    "%s: the workbook, filled with its own examples, goes in",
    async (kind) => {
      const done = await harness.importFile({
        kind,
        content: await filledWorkbook(kind),
        name: "template.xlsx",
      });
      expect(done.errors_sample).toEqual([]);
      expect(done).toMatchObject({ status: "completed", rows_total: 1, rows_rejected: 0 });
    },
  );

  test("a workbook keeps leading zeros, offers closed lists and notes every column", async () => {
    const workbook = new ExcelJS.Workbook();
    await workbook.xlsx.load((await importTemplate("items", "xlsx")).buffer);
    const [data, notes] = workbook.worksheets;
    const fields = kindRule("items").columns.map(({ field }) => field);
    expect(data?.getRow(1).values).toEqual([undefined, ...fields]);
    expect(data?.getColumn(1).numFmt).toBe("@");
    const tracking = data?.getCell(2, fields.indexOf("tracking") + 1).dataValidation;
    expect(tracking).toMatchObject({ type: "list", formulae: ['"none,lot,serial"'] });
    const noted = notes
      ?.getColumn(1)
      .values.filter((value) => typeof value === "string" && fields.includes(value));
    expect(noted).toEqual(fields);
  });

  test("come over HTTP as files, for whoever may read", async () => {
    const path = "/v1/imports/templates/counts";
    const csv = await harness.request("GET", path, { role: "viewer" });
    expect(csv.body).toBe("sku,warehouse,quantity,lot,counted_at,counted_version\r\n");
    expect(csv.headers.get("content-disposition")).toContain('filename="counts.csv"');
    const workbook = await harness.request("GET", `${path}?format=xlsx`, { role: "viewer" });
    expect(workbook.headers.get("content-type")).toContain("spreadsheetml");
    expect(workbook.body).toMatch(/^PK/);
  });

  test("an unknown kind is refused by name", async () => {
    const answer = await harness.request("GET", "/v1/imports/templates/customers");
    expect(answer.status).toBe(422);
    expect(answer.body.detail).toContain("purchase_orders");
  });
});

describe("the rules of kinds", () => {
  const plain = (name: string) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");

  test.each(IMPORT_KINDS)("%s: no heading means two columns", (kind) => {
    const names = kindRule(kind).columns.flatMap(({ field, aliases = [] }) => [
      ...new Set([field, ...aliases].map(plain)),
    ]);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(IMPORT_KINDS)("%s: a column that may be cleared has no value of its own", (kind) => {
    const wrong = kindRule(kind).columns.filter((column) => column.required && column.clearable);
    expect(wrong).toEqual([]);
  });
});
