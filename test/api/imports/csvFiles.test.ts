/** CSV files as people have them, sent through the API: what was found out is shown, each broken row is told, the books hold. */
import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ env: { IMPORT_ROWS_MAX: "50", IMPORT_COLUMNS_MAX: "40" } });
});

afterAll(() => harness.close());

const HEADER = "sku,name,unit";

/** Applied, rejected and skipped rows, whose sum is the total in every case. */
function booksOf(body: {
  readonly rows_total: number;
  readonly rows_applied: number;
  readonly rows_rejected: number;
  readonly rows_skipped: number;
}): readonly [number, number, number] {
  const { rows_total, rows_applied, rows_rejected, rows_skipped } = body;
  expect(rows_applied + rows_rejected + rows_skipped).toBe(rows_total);
  return [rows_applied, rows_rejected, rows_skipped];
}

describe("a CSV file through the API", () => {
  test("rows that can't be read are rejected one by one, and the others go in", async () => {
    const content = Buffer.concat([
      Buffer.from(`${HEADER}\nENC-1,größer,each\nENC-2,caf`),
      Buffer.from([0xe9]),
      Buffer.from(
        `,each\nENC-3,a\0b,each\n${HEADER}\nENC-4,"5" pipe",each\nENC-5,short\nENC-6,"${"x".repeat(33_000)}",each\nENC-7,last,each\n`,
      ),
    ]);
    const body = await harness.importFile({
      kind: "items",
      content,
      mapping: { options: { encoding: "utf-8" } },
    });
    expect(body.status).toBe("completed_with_errors");
    expect(booksOf(body)).toEqual([2, 6, 0]);
    expect(body.detected).toMatchObject({ encoding: "utf-8", encoding_by: "option" });
    const errors = body.errors_sample.map(
      ({ row, column, code }: { row: number; column: string; code: string }) => [row, column, code],
    );
    expect(errors).toEqual([
      [3, "name", "encoding"],
      [4, "name", "nul_char"],
      [5, "", "header_repeated_in_file"],
      [6, "name", "csv_quote"],
      [7, "", "columns"],
      [8, "name", "cell_too_long"],
    ]);
    expect(body.errors_sample[0]).toMatchObject({ value: "caf\\xE9" });
    expect(body.errors_sample[0].detail).toBe(
      "name holds the byte 0xE9 at byte 43 of the file, which is no text in utf-8; save the file as UTF-8, or set mapping.options.encoding",
    );
    const { rows } = await harness.context.db.query<{ broken: number }>(
      `select count(*) as broken from import_rows
       where import_id = $1::uuid and strpos(cells::text, U&'\\FFFD') > 0`,
      [body.id],
    );
    expect(rows).toEqual([{ broken: 0 }]);
  });

  test("an error file that comes back as it was is refused again, a mended one goes in", async () => {
    const mapping = { options: { encoding: "windows-1252" } };
    const content = Buffer.concat([
      Buffer.from(`${HEADER}\nMEND-1,Stra`),
      Buffer.from([0x81]),
      Buffer.from("e,each\n"),
    ]);
    const first = await harness.importFile({ kind: "items", content, mapping });
    expect(booksOf(first)).toEqual([0, 1, 0]);
    const errors = await harness.request("GET", `/v1/imports/${first.id}/errors`);
    const file = `\ufeff${errors.body.replace("\ufeff", "")}`; // reading the answer as text takes the mark off
    const again = await harness.importFile({ kind: "items", content: file, mapping });
    expect(booksOf(again)).toEqual([0, 1, 0]);
    expect(again.errors_sample[0]).toMatchObject({ code: "encoding", value: "Stra\\x81e" });
    const mended = file.replace("\\x81", "ß");
    const last = await harness.importFile({ kind: "items", content: mended, mapping });
    expect(booksOf(last)).toEqual([1, 0, 0]);
    expect(last.detected).toMatchObject({ encoding: "utf-8", encoding_by: "mark" });
    const item = await harness.context.db.query(
      "select name from inventory_items where sku = 'MEND-1'",
    );
    expect(item.rows).toEqual([{ name: "Straße" }]);
  });

  test("a packed file in Windows-1252 with semicolons says how it was read", async () => {
    const text = "SEP=;\r\nsku;name;unit\r\nWIN-1;Große Tasse für Kaffee;each\r\n";
    const body = await harness.importFile({
      kind: "items",
      name: "items.csv.gz",
      content: gzipSync(iconv.encode(text, "windows-1252")),
    });
    expect(body).toMatchObject({ status: "completed", rows_total: 1, rows_applied: 1 });
    expect(body.detected).toMatchObject({
      encoding: "windows-1252",
      encoding_by: "guess",
      delimiter: ";",
      header_row: 2,
      header: ["sku", "name", "unit"],
    });
    const item = await harness.context.db.query(
      "select name from inventory_items where sku = 'WIN-1'",
    );
    expect(item.rows).toEqual([{ name: "Große Tasse für Kaffee" }]);
  });

  test("a header alone is an import of no rows", async () => {
    const body = await harness.importFile({ kind: "items", content: "name,sku\n" });
    expect(body.status).toBe("completed");
    expect(booksOf(body)).toEqual([0, 0, 0]);
  });

  test("headings below a title are read where the mapping says so", async () => {
    const body = await harness.importFile({
      kind: "items",
      content: "Items of January\n\nsku;name;unit\nTIT-1;one;each\n",
      mapping: { options: { header_row: 3 } },
    });
    expect(body).toMatchObject({ status: "completed", rows_applied: 1 });
    expect(body.detected).toMatchObject({ header_row: 3 });
  });

  const refused = [
    {
      code: "csv_format",
      content: `${HEADER}\nBAD-1,"one,each\nBAD-2,two,each\n`,
      says: "the quote that opens in line 2 is never closed",
    },
    {
      code: "too_many_rows",
      content: `${HEADER}\n${Array.from({ length: 51 }, (_, at) => `MANY-${at},x,each`).join("\n")}`,
      says: "more than 50 rows; expected at most that; send it in parts, or raise IMPORT_ROWS_MAX",
    },
    {
      code: "too_many_columns",
      content: `${HEADER}${Array.from({ length: 38 }, (_, at) => `,c${at}`).join("")}\n`,
      says: "row 1 has 41 columns; expected at most 40",
    },
    { code: "file_empty", content: "\n\n", says: "the file has no rows" },
  ];
  test.each(refused)(
    "one that is $code fails as a whole, and nothing of it goes in",
    async (given) => {
      const { code, content, says } = given;
      const body = await harness.importFile({ kind: "items", content });
      expect(body).toMatchObject({ status: "failed", error: { code } });
      expect(body.error.detail).toContain(says);
      expect(booksOf(body)[0]).toBe(0);
    },
  );

  test("an encoding that nobody writes files in is refused with the request", async () => {
    const sent = await harness.send({
      kind: "items",
      content: "sku,name\nX,y\n",
      mapping: { options: { encoding: "base64" } },
    });
    expect(sent.status).toBe(422);
  });
});
