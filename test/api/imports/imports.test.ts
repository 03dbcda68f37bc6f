/** Imports end to end: sent over HTTP, run by the workers, with the errors, books and refusals that the contract names. */

import { gzipSync } from "node:zlib";
import { parse } from "csv-parse/sync";
import ExcelJS from "exceljs";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ env: { IMPORT_BYTES_MAX: "2000000" } });
  await seedItems(harness.context.db, ["BOLT", "NUT", "WASHER", "ARCH"]);
  await seedWarehouses(harness.context.db, ["MAIN", "NORTH"]);
  await harness.context.db.query(
    "update inventory_items set status = 'archived' where sku = 'ARCH'",
  );
});
afterAll(() => harness.close());

// oxlint-disable-next-line typescript/no-explicit-any -- an import's answer is read freely
function sample(done: any): unknown[] {
  return done.errors_sample.map((row: { row: number; column: string; code: string }) => [
    row.row,
    row.column,
    row.code,
  ]);
}

async function rowsOf(sql: string): Promise<unknown[]> {
  const { rows } = await harness.context.db.query({ text: sql, rowMode: "array" });
  return rows;
}

describe("movements", () => {
  const header =
    "type,sku,warehouse,quantity,to_warehouse,unit,lot,unit_cost,currency,occurred_at,id";

  test("good rows go in, each bad row is named, and the books balance", async () => {
    const lines = [
      header,
      "receipt,BOLT,MAIN,100,,,,1.5,EUR,2025-01-02T10:00:00Z,",
      "receipt,NOPE,MAIN,1,,,,,,,",
      "issue,BOLT,MAIN,-3,,,,,,,",
      "issue,BOLT,,3,,,,,,,",
      "sale,BOLT,MAIN,3,,,,,,,",
      "issue,BOLT,MAIN,0.12345,,,,,,,",
      "issue,BOLT,MAIN,many,,,,,,,",
      "issue,BOLT,MAIN,1,,,,,,2025-02-30,",
      "issue,BOLT,MAIN,1,,,,,,01/02/2025,",
      "issue,BOLT,MAIN,1,,,,,,2999-01-01,",
      "transfer,BOLT,MAIN,1,,,,,,,",
      "transfer,BOLT,MAIN,1,MAIN,,,,,,",
      "transfer,BOLT,MAIN,10,NORTH,,,,,,",
      "issue,BOLT,MAIN,1,NORTH,,,,,,",
      "issue,ARCH,MAIN,1,,,,,,,",
      "issue,BOLT,MAIN,1,,box,,,,,",
      "issue,BOLT,MAIN,1,,,L-1,,,,",
      "issue,BOLT,MAIN,1,,,,2,EUR,,",
      "receipt,BOLT,MAIN,1,,,,2,USD,,",
      "issue,BOLT,MAIN,1,,,,,,,not-a-uuid",
      "issue,BOLT,MAIN,1,,,",
      "adjustment,BOLT,MAIN,0,,,,,,,",
      "adjustment,BOLT,MAIN,-2.5,,each,,,,,",
      "issue,BOLT,NORTH,99,,,,,,,",
      "issue,BOLT,NOWHERE,1,,,,,,,",
    ];
    const done = await harness.importFile({ kind: "movements", content: lines.join("\n") });
    expect(sample(done)).toEqual([
      [3, "sku", "unknown_sku"],
      [4, "quantity", "quantity_sign"],
      [5, "warehouse", "required"],
      [6, "type", "not_allowed"],
      [7, "quantity", "too_many_decimals"],
      [8, "quantity", "not_a_number"],
      [9, "occurred_at", "date_format"],
      [10, "occurred_at", "date_ambiguous"],
      [11, "occurred_at", "date_future"],
      [12, "to_warehouse", "required"],
      [13, "to_warehouse", "same_warehouse"],
      [15, "to_warehouse", "not_allowed"],
      [16, "sku", "item_archived"],
      [17, "unit", "unknown_unit"],
      [18, "lot", "lot_not_tracked"],
      [19, "unit_cost", "not_allowed"],
      [20, "currency", "currency_mismatch"],
      [21, "id", "id_format"],
      [22, "", "columns"],
      [23, "quantity", "quantity_sign"],
      [25, "quantity", "insufficient_stock"],
      [26, "warehouse", "unknown_warehouse"],
    ]);
    expect(done).toMatchObject({
      status: "completed_with_errors",
      rows_total: 25,
      rows_read: 25,
      rows_invalid: 21,
      rows_valid: 4,
      rows_applied: 3,
      rows_rejected: 22,
      rows_skipped: 0,
    });
    expect(done.bytes_read).toBe(done.bytes_total);
    expect(done.errors_sample[0]).toMatchObject({
      detail: 'sku "NOPE" is not valid; expected the SKU of an item',
      value: "NOPE",
    });
    expect(await harness.stock()).toMatchObject({ "BOLT/MAIN": "87.5", "BOLT/NORTH": "10" });
  });

  test("equal rows are as many movements; an id makes a row unique", async () => {
    const id = "0197a000-0000-7000-8000-000000000001";
    const lines = [
      header,
      "receipt,NUT,MAIN,5,,,,,,,",
      "receipt,NUT,MAIN,5,,,,,,,",
      `receipt,NUT,MAIN,7,,,,,,2025-01-01T00:00:00Z,${id}`,
      `receipt,NUT,MAIN,7,,,,,,2025-01-01T00:00:00Z,${id}`,
      `receipt,NUT,MAIN,8,,,,,,2025-01-01T00:00:00Z,${id}`,
    ];
    const done = await harness.importFile({ kind: "movements", content: lines.join("\n") });
    expect(done).toMatchObject({ rows_applied: 3, rows_skipped: 1, rows_rejected: 1 });
    expect(sample(done)).toEqual([[6, "id", "id_reused"]]);
    const again = await harness.importFile({
      kind: "movements",
      content: lines
        .slice(0, 1)
        .concat(lines[3] ?? "")
        .join("\n"),
    });
    expect(again).toMatchObject({ status: "completed", rows_applied: 0, rows_skipped: 1 });
    expect((await harness.stock())["NUT/MAIN"]).toBe("17");
  });

  test("a mapping translates columns, values, defaults and the way numbers and times are written", async () => {
    const content =
      "Art;Menge;Art der Buchung;Datum\nWASHER;1.234,5;W;02.01.2025 08:00\nWASHER;34,5;S;03.01.2025 08:00\n";
    const done = await harness.importFile({
      kind: "movements",
      content,
      mapping: {
        columns: { Art: "sku", Menge: "quantity", "Art der Buchung": "type", Datum: "occurred_at" },
        values: { type: { W: "receipt", S: "issue" } },
        defaults: { warehouse: "MAIN", reason: "Altsystem" },
        options: { date_format: "DD.MM.YYYY HH:mm", time_zone: "Europe/Berlin" },
      },
    });
    expect(done.errors_sample).toEqual([]);
    expect(done.detected).toMatchObject({
      delimiter: ";",
      styles: { quantity: { decimal: ",", by: "column" } },
      questions: [],
    });
    expect((await harness.stock())["WASHER/MAIN"]).toBe("1200");
    const [first] = await rowsOf(
      "select occurred_at, reason from stock_movements where reason = 'Altsystem' order by version",
    );
    expect(first).toEqual([new Date("2025-01-02T07:00:00Z"), "Altsystem"]);
  });

  test("counts set the level at the time of the count", async () => {
    const book = new ExcelJS.Workbook();
    const sheet = book.addWorksheet("Counts");
    sheet.addRow(["SKU", "Warehouse", "Counted", "Counted at", "counted_version"]);
    sheet.addRow(["WASHER", "NORTH", 12.5, new Date(Date.UTC(2026, 0, 3, 9, 30))]);
    sheet.addRow(["WASHER", "MAIN", 3, new Date(Date.UTC(2026, 0, 3)), 999_999]);
    sheet.addRow(["NUT", "NORTH", -1]);
    const content = new Uint8Array(await book.xlsx.writeBuffer());
    const done = await harness.importFile({ kind: "counts", content, name: "counts.xlsx" });
    expect(sample(done)).toEqual([
      [3, "counted_version", "version_conflict"],
      [4, "quantity", "quantity_sign"],
    ]);
    expect((await harness.stock())["WASHER/NORTH"]).toBe("12.5");
    const rows = await rowsOf("select type, occurred_at from stock_movements where type = 'count'");
    expect(rows).toEqual([["count", new Date("2026-01-03T09:30:00Z")]]);
  });
});

describe("entities", () => {
  test("are made, then changed by key; empty cells and missing columns leave what is stored", async () => {
    const first =
      "sku,name,category,cost,price,currency,description\nE-1,One,Cat,1.5,2,eur,long\nE-2,Two,,,,,\n";
    expect(await harness.importFile({ kind: "items", content: first })).toMatchObject({
      rows_applied: 2,
    });
    const second = "Item Code,Name,COST,Category\nE-1,One!,,\nE-2,Two,3,New\nE-3,Three,,\n";
    expect(await harness.importFile({ kind: "items", content: second })).toMatchObject({
      rows_applied: 3,
    });
    const rows = await rowsOf(
      "select sku, name, category, cost, currency, description, unit, version from inventory_items where sku like 'E-%' order by sku",
    );
    expect(rows).toEqual([
      ["E-1", "One!", "Cat", "1.5000", "EUR", "long", "each", 2],
      ["E-2", "Two", "New", "3.0000", null, null, "each", 2],
      ["E-3", "Three", null, null, null, null, "each", 1],
    ]);
    const events = await rowsOf(
      "select type, subject from events where type like 'stockline.item.%' and subject like 'items/E-%' order by subject, position",
    );
    expect(events).toEqual([
      ["stockline.item.created", "items/E-1"],
      ["stockline.item.updated", "items/E-1"],
      ["stockline.item.created", "items/E-2"],
      ["stockline.item.updated", "items/E-2"],
      ["stockline.item.created", "items/E-3"],
    ]);
  });

  test("that a file names twice, or that look like others, are refused; the first row counts", async () => {
    const content = "sku,name\nD-1,a\nD-1,b\nd-1,c\nbolt,d\nARCH,e\n1.5E+12,f\n";
    const done = await harness.importFile({ kind: "items", content });
    expect(sample(done)).toEqual([
      [3, "sku", "duplicate_in_file"],
      [4, "sku", "sku_confusable"],
      [5, "sku", "sku_confusable"],
      [6, "sku", "item_archived"],
      [7, "sku", "excel_mangled"],
    ]);
    expect(done.errors_sample[0].detail).toBe(
      'sku "D-1" is not valid; expected a key that stands once in the file; row 2 has it already',
    );
  });

  test("of every kind are read with their references and rules", async () => {
    const suppliers = "code,name,lead time,currency\nACME,Acme,14,EUR\nBAD,Bad,2 weeks,EUR\n";
    expect(sample(await harness.importFile({ kind: "suppliers", content: suppliers }))).toEqual([
      [3, "lead_time_days", "not_a_number"],
    ]);
    const offers =
      "supplier,sku,moq,pack_size,unit_cost,preferred\nACME,BOLT,10,5,0.25,yes\nNOBODY,BOLT,,,,\nACME,NOPE,,,,\nACME,NUT,0,,,\nACME,NUT,,,,maybe\n";
    expect(sample(await harness.importFile({ kind: "supplier_items", content: offers }))).toEqual([
      [3, "supplier", "unknown_supplier"],
      [4, "sku", "unknown_sku"],
      [5, "moq", "not_positive"],
      [6, "preferred", "not_allowed"],
    ]);
    const policies =
      "sku,warehouse,method,min,max,reorder_point,reorder_quantity\nBOLT,MAIN,min_max,5,20,,\nNUT,MAIN,min_max,5,2,,\nNUT,NORTH,reorder_point,,,4,\nWASHER,MAIN,magic,,,,\nWASHER,XX,min_max,1,2,,\n";
    expect(
      sample(await harness.importFile({ kind: "reorder_policies", content: policies })),
    ).toEqual([
      [3, "max", "below_min"],
      [4, "reorder_quantity", "required"],
      [5, "method", "not_allowed"],
      [6, "warehouse", "unknown_warehouse"],
    ]);
    const onlyMin = "sku,warehouse,method,min\nBOLT,MAIN,min_max,30\n";
    expect(
      sample(await harness.importFile({ kind: "reorder_policies", content: onlyMin })),
    ).toEqual([[2, "max", "below_min"]]);
    const places =
      "code,name,latitude,longitude,time_zone,allow_negative\nEAST,East,52.1,4.5,Europe/Amsterdam,no\nWEST,West,91,0,,\nSOUTH,South,1,,,\nUP,Up,,,Mars/Base,\n";
    expect(sample(await harness.importFile({ kind: "warehouses", content: places }))).toEqual([
      [3, "latitude", "out_of_range"],
      [4, "longitude", "required"],
      [5, "time_zone", "not_allowed"],
    ]);
    expect(
      await rowsOf("select method, min_quantity, max_quantity, version from reorder_policies"),
    ).toEqual([["min_max", "5.0000", "20.0000", 1]]);
  });
});

describe("files", () => {
  test.each([
    [
      "Windows-1252 with semicolons",
      iconv.encode("sku;name\r\nW-1;Käse für Ümit\r\n", "windows-1252"),
      "w.csv",
    ],
    [
      "UTF-16 with tabs",
      iconv.encode("sku\tname\nU-1\tKäse für Ümit\n", "utf-16le", { addBOM: true }),
      "u.txt",
    ],
    ["gzip", gzipSync("sku,name\nG-1,Käse für Ümit\n"), "g.csv.gz"],
  ])("in %s are read", async (_name, content, name) => {
    const done = await harness.importFile({ kind: "items", content, name });
    expect(done).toMatchObject({ status: "completed", rows_applied: 1 });
    const rows = await rowsOf("select count(*) from inventory_items where name = 'Käse für Ümit'");
    expect(Number((rows[0] as unknown[])[0])).toBeGreaterThan(0);
  });

  test("with bytes that their encoding does not have give row errors, never a replacement character", async () => {
    const content = Buffer.concat([
      Buffer.from("sku,name\nX-1,Caf"),
      Buffer.from([0xe9]),
      Buffer.from("\nX-2,ok\nX-3,a\0b\n"),
    ]);
    const done = await harness.importFile({
      kind: "items",
      content,
      mapping: { options: { encoding: "utf-8" } },
    });
    expect(sample(done)).toEqual([
      [2, "name", "encoding"],
      [4, "name", "nul_char"],
    ]);
    expect(done.rows_applied).toBe(1);
  });

  test("without their required columns fail as a whole", async () => {
    const done = await harness.importFile({ kind: "items", content: "sku,colour\nA,red\n" });
    expect(done).toMatchObject({
      status: "failed",
      error: { code: "columns_missing" },
      rows_total: 0,
    });
    const header = await harness.importFile({ kind: "items", content: "sku,name\n" });
    expect(header).toMatchObject({ status: "completed", rows_total: 0 });
  });

  test("give the bad rows back as CSV, safe in a spreadsheet and ready to be sent again", async () => {
    const content = 'sku;name;note;cost\nF-1;=SUM(A1);"a;b";x\nF-2;ok;;-1\nF-3;good;;\n';
    const done = await harness.importFile({ kind: "items", content });
    const errors = await harness.request("GET", done.errors_url);
    expect(errors.headers.get("content-disposition")).toContain("attachment");
    const records: string[][] = parse(errors.body, { delimiter: ";" });
    expect(records).toEqual([
      ["sku", "name", "note", "cost", "error_row", "error_code", "error_detail"],
      [
        "F-1",
        "'=SUM(A1)",
        "a;b",
        "x",
        "2",
        "not_a_number",
        expect.stringContaining('cost "x" is not valid'),
      ],
      [
        "F-2",
        "ok",
        "",
        "-1",
        "3",
        "negative",
        expect.stringContaining("expected a number of 0 or more"),
      ],
    ]);
    const mended = (errors.body as string).replace(";x;", ";1;").replace(";-1;", ";2;");
    expect(await harness.importFile({ kind: "items", content: mended })).toMatchObject({
      rows_applied: 2,
    });
    expect(await rowsOf("select name from inventory_items where sku = 'F-1'")).toEqual([
      ["=SUM(A1)"],
    ]);
  });
});

test("the end of an import is told to the event log", async () => {
  const rows = await rowsOf(
    "select data ->> 'status', (data ->> 'rows_applied')::int from events where type = 'stockline.import.completed' limit 1",
  );
  expect(rows).toHaveLength(1);
});
