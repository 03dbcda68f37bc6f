/** A file is what its first bytes say; what is no table is refused by name with a way out, and a name that lies is refused too. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  decideFormat,
  SNIFFED_BYTES,
  sniffContent,
} from "../../../pipelines/import/sniffContent.ts";
import { rawWorkbook } from "../../support/workbooks.ts";
import { zipFile } from "../../support/zipFile.ts";

const GZIP = Buffer.from([0x1f, 0x8b, 8, 0]);

/** A container of old Office files whose directory lists the streams, `directoryAt` sectors behind the header. */
function oleFile(streams: readonly string[], directoryAt = 0): Buffer {
  const bytes = Buffer.alloc(512 * (directoryAt + 3));
  Buffer.from("d0cf11e0a1b11ae1", "hex").copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(directoryAt, 48);
  for (const [nth, name] of ["Root Entry", ...streams].entries()) {
    const at = 512 * (directoryAt + 1) + nth * 128;
    bytes.write(name, at, "utf16le");
    bytes.writeUInt16LE((name.length + 1) * 2, at + 64);
  }
  return bytes;
}

function zipOf(...names: string[]): Buffer {
  return zipFile(names.map((name) => ({ name, content: `content of ${name}` })));
}

describe("sniffContent", () => {
  test.each([
    ["an HTML page, as many systems export under the name .xls", "\n <!DOCTYPE html><html>"],
    ["an HTML page", "\ufeff<html>"],
    ["an HTML page", "<!-- report --><table border=1><tr><td>sku"],
    ["an HTML page", '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'],
    [
      "an XML Spreadsheet 2003",
      '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
    ],
    ["an XML document", '<?xml version="1.0"?><items/>'],
    ["an XML document", "<items><item>"],
    ["a web archive (.mht)", "MIME-Version: 1.0\r\nX-Document-Type: Workbook"],
    ["a SYLK spreadsheet", "ID;PWXL;N;E\r\nP;PGeneral"],
    ["a rich text document", "{\\rtf1\\ansi"],
    ["a JSON document", '[{"sku": "A"}]'],
    ["a JSON document", '{"sku": "A"}\n{"sku": "B"}'],
    ["a script", "#!/bin/sh\nrm -rf"],
    ["an encrypted file", "-----BEGIN PGP MESSAGE-----"],
    ["a PNG image", "\x89PNG\r\n\x1a\n"],
    ["a JPEG image", "\xff\xd8\xff\xe0"],
    ["a GIF image", "GIF89a"],
    ["a WebP image", "RIFF\x24\0\0\0WEBPVP8 "],
    ["a video or HEIC image", "\0\0\0\x18ftypmp42"],
    ["a PDF document", "%PDF-1.7"],
    ["a Windows program", "MZ\x90\0\x03"],
    ["a program", "\x7fELF\x02"],
    ["a Parquet file", "PAR1\x15\0"],
    ["an Avro file", "Obj\x01\x04"],
    ["an SQLite database", "SQLite format 3\0"],
    ["an Access database", "\0\x01\0\0Standard Jet DB"],
    ["a zstd archive", "\x28\xb5\x2f\xfd"],
    ["a bzip2 archive", "BZh91AY&SY"],
    ["a 7z archive", "7z\xbc\xaf\x27\x1c"],
    ["an xz archive", "\xfd7zXZ\0"],
    ["a RAR archive", "Rar!\x1a\x07\x01"],
    ["a tar archive", `${"a".repeat(257)}ustar`],
    ["a very old Excel workbook", "\x09\x00\x04\x00\x02\x00"],
    ["a binary file", "sku,name\n\0\x01\0\0\x02\x03\0"],
    ["text in UTF-32", "\xff\xfe\0\0s\0\0\0k\0\0\0"],
    ["text in UTF-32", "\0\0\xfe\xff\0\0\0s"],
    ["text in UTF-32", "s\0\0\0k\0\0\0u\0\0\0"],
  ])("names %s", (what, head) => {
    const bytes = head.startsWith("\ufeff") ? Buffer.from(head) : Buffer.from(head, "latin1");
    expect(sniffContent(bytes)).toEqual({ refused: expect.stringContaining(what) });
  });

  test.each([
    ["an old Excel workbook (.xls); open it and save it as .xlsx", oleFile(["Workbook"])],
    ["an old Excel workbook (.xls)", oleFile(["Book"], 20)],
    [
      "encrypted with a password; save it without one",
      oleFile(["EncryptionInfo", "EncryptedPackage"]),
    ],
    ["an old Word document", oleFile(["1Table", "WordDocument"])],
    ["an old PowerPoint presentation", oleFile(["PowerPoint Document"])],
    ["an Outlook message", oleFile(["__nameid_version1.0", "__properties_version1.0"])],
    ["an old Office file (.xls, .doc) or an encrypted workbook", oleFile(["Workbook"], 200)],
    ["an old Office file", Buffer.from("d0cf11e0", "hex")],
  ])("looks into the old container of Office files: %s", (what, bytes) => {
    expect(sniffContent(bytes.subarray(0, SNIFFED_BYTES))).toEqual({
      refused: expect.stringContaining(what),
    });
  });

  test("knows an old workbook by its first record where the directory stands at the end", () => {
    const bytes = oleFile(["Workbook"], 200).subarray(0, SNIFFED_BYTES);
    bytes.write("0908100000060500", 512, "hex");
    expect(sniffContent(bytes)).toEqual({ refused: expect.stringContaining("old Excel workbook") });
  });

  test.each([
    ["a binary workbook (.xlsb)", zipOf("[Content_Types].xml", "xl/workbook.bin")],
    [
      "a workbook with macros (.xlsm)",
      zipOf("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"),
    ],
    ["a Word document (.docx)", zipOf("[Content_Types].xml", "word/document.xml")],
    ["a PowerPoint presentation (.pptx)", zipOf("[Content_Types].xml", "ppt/presentation.xml")],
    ["an Apple Numbers document", zipOf("Index/Document.iwa")],
    ["a Java program", zipOf("META-INF/MANIFEST.MF")],
    ['a zip archive that holds "items.csv"', zipOf("items.csv", "movements.csv")],
    ['a zip archive that holds "items.xlsx"', zipOf("items.xlsx")],
    ["an empty zip archive", zipOf()],
    [
      "an OpenDocument file (.ods)",
      zipFile([
        {
          name: "mimetype",
          content: "application/vnd.oasis.opendocument.spreadsheet",
          deflate: false,
        },
      ]),
    ],
  ])("looks into a zip archive: %s", (what, bytes) => {
    expect(sniffContent(bytes)).toEqual({ refused: expect.stringContaining(what) });
  });

  test.each([
    ["csv", Buffer.from("sku,name\n")],
    ["csv", Buffer.from("ID;PRODUCT;NAME\n1;2;3\n")],
    ["csv", Buffer.from("<sku>,<name>\n")],
    ["csv", Buffer.from("BM,MZ,PK,ID3\n")],
    ["csv", Buffer.from(`sku,name\n${"A,B\n".repeat(20)}A,\0B\n`)],
    ["csv", Buffer.from("s\0k\0u\0,\0n\0", "latin1")],
    ["csv", Buffer.from("品名,数量\n一,1\n中,2\n", "utf16le")],
    ["csv.gz", GZIP],
    ["xlsx", rawWorkbook("")],
    ["xlsx", Buffer.from([0x50, 0x4b, 3, 4, 0, 0])],
  ])("takes %s", (format, head) => {
    expect(sniffContent(head)).toEqual({ format });
  });

  test("answers any bytes, also those that begin like something known", () => {
    const begins = fc.constantFrom("", "d0cf11e0", "504b0304", "fffe", "1f8b", "3c3f786d6c");
    const bytes = fc.uint8Array({ maxLength: 3_000 });
    fc.assert(
      fc.property(begins, bytes, (begin, rest) => {
        const sniffed = sniffContent(Buffer.concat([Buffer.from(begin, "hex"), rest]));
        expect(
          "refused" in sniffed ? sniffed.refused.length : sniffed.format.length,
        ).toBeGreaterThan(2);
      }),
    );
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
