/** A file is what its first bytes say; what is no table is refused by name, and a name that lies is refused too. */
import { describe, expect, test } from "vitest";
import { decideFormat, sniffContent } from "../../../pipelines/import/sniffContent.ts";

const ZIP = Buffer.from([0x50, 0x4b, 3, 4, 0, 0]);
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0]);

describe("sniffContent", () => {
  test.each([
    ["an HTML page", "\n <!DOCTYPE html><html>"],
    ["an HTML page", "\ufeff<html>"],
    ["a PNG image", "\x89PNG\r\n\x1a\n"],
    ["a PDF document", "%PDF-1.7"],
    ["a Windows program", "MZ\x90\0\x03"],
    ["a JSON document", '[{"sku": "A"}]'],
    ["a binary file", "sku,name\n\0\x01\0\0\x02\x03\0"],
  ])("names %s", (what, head) => {
    const bytes = head.startsWith("\ufeff") ? Buffer.from(head) : Buffer.from(head, "latin1");
    expect(sniffContent(bytes)).toEqual({ refused: what });
  });

  test("tells how to mend an old or encrypted workbook", () => {
    const head = Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1]);
    expect(sniffContent(head)).toMatchObject({
      refused: expect.stringContaining("save it as .xlsx"),
    });
  });

  test.each([
    ["csv", Buffer.from("sku,name\n")],
    ["csv", Buffer.from("s\0k\0u\0,\0n\0", "latin1")],
    ["csv.gz", GZIP],
    ["xlsx", ZIP],
  ])("takes %s", (format, head) => {
    expect(sniffContent(head)).toEqual({ format });
  });
});

describe("decideFormat", () => {
  const xlsx = { format: "xlsx" } as const;
  const csv = { format: "csv" } as const;

  test("content decides where name and format say nothing else", () => {
    expect(decideFormat(xlsx, { fileName: "upload", format: undefined })).toEqual(xlsx);
    expect(decideFormat({ format: "csv.gz" }, { fileName: "a.csv", format: "csv" })).toEqual({
      format: "csv.gz",
    });
  });

  test("a workbook named .csv and a text named .xlsx are refused", () => {
    expect(decideFormat(xlsx, { fileName: "a.csv", format: undefined })).toMatchObject({
      refused:
        "the content is a zip archive, as XLSX is, but the name says csv; send it under its true name and format",
    });
    expect(decideFormat(csv, { fileName: "a.xlsx", format: undefined })).toHaveProperty("refused");
    expect(decideFormat(csv, { fileName: "a", format: "xlsx" })).toHaveProperty("refused");
  });
});
