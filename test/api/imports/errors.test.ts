/** The rows that did not go in: counted by code, in pages, as a file that can be mended and sent again. */

import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorFile, importRead } from "../../../pipelines/import/index.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { testPersonalData } from "../../support/personalData.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
  await seedItems(harness.context.db, ["BOLT", "00042", "7.125"]);
  await seedWarehouses(harness.context.db, ["MAIN"]);
});
afterAll(() => harness.close());

/** The error file as it is sent, byte order mark and all. */
async function errorFileOf(id: string): Promise<string> {
  const { db } = harness.context;
  const row = await importRead(db, { id });
  if (row === undefined) throw new Error("the import is gone");
  let text = "";
  for await (const page of errorFile({ db, personal: testPersonalData(db) }, row)) text += page;
  return text;
}

const many = Array.from({ length: 130 }, (_, nth) => `receipt,NO-${nth},MAIN,1`);
const mixed = `type,sku,warehouse,quantity\n${many.join("\n")}\nissue,BOLT,MAIN,x\nreceipt,BOLT,MAIN,1\n`;

describe("errors", () => {
  test("are counted by code, sampled up to 100, and all of them listed in pages", async () => {
    const done = await harness.importFile({ kind: "movements", content: mixed });
    expect(done.errors_by_code).toEqual([
      { code: "unknown_sku", rows: 130 },
      { code: "not_a_number", rows: 1 },
    ]);
    expect(done.errors_sample).toHaveLength(100);
    const rows: number[] = [];
    let cursor = "";
    do {
      const { body } = await harness.request(
        "GET",
        `${done.errors_url}?format=json&limit=50${cursor === "" ? "" : `&cursor=${cursor}`}`,
      );
      rows.push(...body.data.map((one: { row: number }) => one.row));
      cursor = body.next_cursor ?? "";
    } while (cursor !== "");
    expect(rows).toEqual(Array.from({ length: 131 }, (_, nth) => nth + 2));
    const { body } = await harness.request(
      "GET",
      `${done.errors_url}?format=json&code=not_a_number`,
    );
    expect(body).toMatchObject({
      data: [{ row: 132, column: "quantity", value: "x", cells: ["issue", "BOLT", "MAIN", "x"] }],
      next_cursor: null,
    });
    const filtered = await harness.request("GET", `${done.errors_url}?code=not_a_number`);
    expect(filtered.body.trim().split("\r\n")).toHaveLength(2);
    const wrong = await harness.request("GET", `${done.errors_url}?include=all`);
    expect(wrong.status).toBe(422);
  });

  test("with skipped rows also tell why nothing became of the others", async () => {
    const id = "0197a000-0000-7000-8000-0000000000f1";
    const line = `receipt,BOLT,MAIN,7,2025-01-01T00:00:00Z,${id}`;
    const repeated = await harness.importFile({
      kind: "movements",
      content: `type,sku,warehouse,quantity,occurred_at,id\n${line}\n${line}\n`,
    });
    expect(repeated).toMatchObject({ rows_applied: 1, rows_skipped: 1, errors_by_code: [] });
    const codes = async (url: string) =>
      (await harness.request("GET", `${url}?format=json&include=skipped`)).body.data.map(
        (one: { row: number; code: string }) => [one.row, one.code],
      );
    expect(await codes(repeated.errors_url)).toEqual([[3, "already_applied"]]);
    const content = "sku,name\nLEFT-1,a\n,b\n";
    const aborted = await harness.importFile({ kind: "items", content, on_error: "abort" });
    expect(await codes(aborted.errors_url)).toEqual([
      [2, "import_failed"],
      [3, "required"],
    ]);
    const dry = await harness.importFile({ kind: "items", content, mode: "dry_run" });
    expect(await codes(dry.errors_url)).toEqual([
      [2, "dry_run"],
      [3, "required"],
    ]);
    const without = await harness.request("GET", `${dry.errors_url}?format=json`);
    expect(without.body.data).toHaveLength(1);
  });
});

describe("an error file", () => {
  test("mended in its cells and sent again with the same mapping lets every row in", async () => {
    const mapping = {
      columns: { Artikel: "sku", Menge: "quantity", Art: "type", Datum: "occurred_at" },
      values: { type: { W: "receipt" } },
      defaults: { warehouse: "MAIN" },
      options: {
        delimiter: ";",
        encoding: "windows-1252",
        decimal: ",",
        date_format: "DD.MM.YYYY",
        header_row: 3,
      },
    };
    const lines = [
      "Bestand für Käse;;;",
      ";;;",
      "Artikel;Menge;Art;Datum",
      '"BOLT";1.234,5;W;02.01.2025',
      "BOLT;1.234.5;W;02.01.2025",
      "NOPE;5;W;02.01.2025",
      "BOLT;5;W;31.02.2025",
      '=BOLT;"7,5";W;03.01.2025',
    ];
    const bytes = Buffer.from(lines.join("\r\n"), "latin1");
    const first = await harness.importFile({ kind: "movements", content: bytes, mapping });
    expect(first).toMatchObject({ rows_applied: 1, rows_rejected: 4 });
    const file = await errorFileOf(first.id);
    expect(file).toMatch(
      /^\ufeff\r\n\r\nArtikel;Menge;Art;Datum;error_row;error_code;error_detail\r\n/,
    );
    const mended = file
      .replace("1.234.5", "1.234,5")
      .replace("NOPE", "BOLT")
      .replace("31.02.2025", "28.02.2025")
      .replace("'=BOLT", "BOLT");
    const second = await harness.importFile({ kind: "movements", content: mended, mapping });
    expect(second.errors_sample).toEqual([]);
    expect(second).toMatchObject({ status: "completed", rows_applied: 4 });
    expect(second.detected.encoding).toBe("utf-8");
    expect(second.detected.ignored_columns).toEqual(["error_row", "error_code", "error_detail"]);
  });

  test("of a workbook keeps texts, leading zeros, days as ISO, and numbers that stay the same number", async () => {
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet("Moves");
    sheet.addRow(["type", "sku", "warehouse", "quantity", "occurred_at"]);
    sheet.addRow(["receipt", "00042", "GONE", 1.234, new Date(Date.UTC(2026, 0, 3))]);
    sheet.addRow(["receipt", "00042", "GONE", 1234567.5, new Date(Date.UTC(2026, 0, 3, 9, 30))]);
    const content = new Uint8Array(await book.xlsx.writeBuffer());
    const first = await harness.importFile({ kind: "movements", content, name: "m.xlsx" });
    expect(first).toMatchObject({ rows_rejected: 2 });
    const file = await errorFileOf(first.id);
    const mended = file.replaceAll("GONE", "MAIN");
    const second = await harness.importFile({ kind: "movements", content: mended });
    expect(second.errors_sample).toEqual([]);
    const { rows } = await harness.context.db.query(
      `select trim_scale(m.quantity)::text as quantity, m.occurred_at from stock_movements m
       join inventory_items i on i.id = m.item_id where i.sku = '00042' order by m.version`,
    );
    expect(rows).toEqual([
      { quantity: "1.234", occurred_at: new Date("2026-01-03T00:00:00Z") },
      { quantity: "1234567.5", occurred_at: new Date("2026-01-03T09:30:00Z") },
    ]);
  });

  test.each([
    ["a locale", { options: { locale: "de-DE" } }],
    ["the format of a field", { formats: { quantity: { decimal: "," } } }],
    ["one sign for all", { options: { decimal: "," } }],
  ])(
    "of a workbook is read with %s as before, codes that are numbers too",
    async (name, mapping) => {
      const book = new ExcelJS.Workbook();
      const sheet = book.addWorksheet("Moves");
      sheet.addRow(["type", "sku", "warehouse", "quantity", "reason"]);
      sheet.addRow(["receipt", 7.125, "GONE", 1.125, name]);
      sheet.addRow(["receipt", 7.125, "GONE", 1234.5, name]);
      sheet.addRow(["receipt", 7.125, "GONE", 12, name]);
      const content = new Uint8Array(await book.xlsx.writeBuffer());
      const first = await harness.importFile({
        kind: "movements",
        content,
        name: "m.xlsx",
        mapping,
      });
      expect(first).toMatchObject({ rows_rejected: 3 });
      const mended = (await errorFileOf(first.id)).replaceAll("GONE", "MAIN");
      const second = await harness.importFile({ kind: "movements", content: mended, mapping });
      expect(second.errors_sample).toEqual([]);
      const { rows } = await harness.context.db.query(
        `select trim_scale(m.quantity)::text as quantity from stock_movements m
       join inventory_items i on i.id = m.item_id
       where i.sku = '7.125' and m.reason = $1 order by m.version`,
        [name],
      );
      expect(rows.map(({ quantity }) => quantity)).toEqual(["1.125", "1234.5", "12"]);
    },
  );

  test("needs no good rows that had shown how its columns are written", async () => {
    const lines = [
      "type;sku;warehouse;quantity;occurred_at;reason",
      "receipt;BOLT;MAIN;1,5;31/01/2025;inferred",
      "receipt;NOPE;MAIN;1,125;01/02/2025;inferred",
      "receipt;NOPE;MAIN;2.250;03/02/2025 9:05 PM;inferred",
    ];
    const first = await harness.importFile({ kind: "movements", content: lines.join("\r\n") });
    expect(first).toMatchObject({ rows_applied: 1, rows_rejected: 2 });
    const file = await errorFileOf(first.id);
    expect(file).toContain("receipt;NOPE;MAIN;1,1250;2025-02-01;inferred;");
    expect(file).toContain("receipt;NOPE;MAIN;2250;2025-02-03 21:05:00.000;inferred;");
    const content = file.replaceAll(";NOPE;", ";BOLT;");
    const second = await harness.importFile({ kind: "movements", content });
    expect(second).toMatchObject({ status: "completed", errors_sample: [], rows_applied: 2 });
    const { rows } = await harness.context.db.query(
      `select trim_scale(quantity)::text as quantity, occurred_at from stock_movements
       where reason = 'inferred' order by occurred_at`,
    );
    expect(rows).toEqual([
      { quantity: "1.5", occurred_at: new Date("2025-01-31T00:00:00Z") },
      { quantity: "1.125", occurred_at: new Date("2025-02-01T00:00:00Z") },
      { quantity: "2250", occurred_at: new Date("2025-02-03T21:05:00Z") },
    ]);
  });

  test("tells the cells of a row that has more than the header", async () => {
    const content = "sku,name\nRAG-1,a,lost,,found\n";
    const done = await harness.importFile({ kind: "items", content });
    expect(await errorFileOf(done.id)).toContain('cells past the header: [""lost"",""found""]');
  });

  test("that was kept after its rows were deleted is answered as it is, and not filtered", async () => {
    const done = await harness.importFile({ kind: "items", content: "sku,name\n,a\n" });
    const { storage, db } = harness.context;
    const key = `imports/${done.id}/errors.csv`;
    await storage.putText(key, "kept\r\n", "text/csv");
    await db.query(
      `update imports set rows_deleted_at = now(), error_file_key = $2,
         errors_sample = '[{"row":2,"column":"sku","code":"required","detail":"d","value":""}]'
       where id = $1`,
      [done.id, key],
    );
    expect((await harness.request("GET", done.errors_url)).body).toBe("kept\r\n");
    const filtered = await harness.request("GET", `${done.errors_url}?code=required`);
    expect(filtered).toMatchObject({ status: 409, body: { code: "rows_expired" } });
    const { body } = await harness.request("GET", `/v1/imports/${done.id}`);
    expect(body).toMatchObject({
      errors_by_code: [{ code: "required", rows: 1 }],
      errors_sample: [{ row: 2, code: "required" }],
    });
  });
});
