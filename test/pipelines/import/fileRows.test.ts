/** Files in every dialect give the same rows: delimiters, line ends, quotes, encodings, gzip; broken ones are refused whole. */
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { readRows as read } from "../../support/readRows.ts";

const WANTED = [
  [2, "CAFÉ-1", "Große Tasse"],
  [3, "B", "two"],
];

describe("a CSV file", () => {
  test.each([
    [",", "\n"],
    [";", "\r\n"],
    ["\t", "\r"],
    ["|", "\n"],
  ])("with delimiter %j and line end %j is read", async (delimiter, end) => {
    const lines = [
      ["sku", "name"],
      ["CAFÉ-1", "Große Tasse"],
      ["B", "two"],
    ];
    const { rows, header, detected } = await read(
      lines.map((line) => line.join(delimiter)).join(end) + end,
    );
    expect(header).toEqual(["sku", "name"]);
    expect(rows).toEqual(WANTED);
    expect(detected).toMatchObject({ encoding: "utf-8", delimiter });
  });

  const text = "sku,name\nCAFÉ-1,Große Tasse\nB,two";
  test.each([
    ["UTF-8 with a mark", Buffer.from(`\ufeff${text}`), "utf-8"],
    ["UTF-16LE with a mark", iconv.encode(text, "utf-16le", { addBOM: true }), "utf-16le"],
    ["UTF-16BE with a mark", iconv.encode(text, "utf-16be", { addBOM: true }), "utf-16be"],
    ["UTF-16LE without a mark", iconv.encode(text, "utf-16le"), "utf-16le"],
    ["Windows-1252", iconv.encode(text, "windows-1252"), "windows-1252"],
  ])("in %s is read and its encoding is told", async (_name, bytes, encoding) => {
    const { rows, detected } = await read(bytes);
    expect(rows).toEqual(WANTED);
    expect(detected.encoding).toBe(encoding);
  });

  test("the sender's encoding wins over the guess", async () => {
    const bytes = iconv.encode("sku,name\nA,ł", "windows-1250");
    const { rows } = await read(bytes, { options: { encoding: "windows-1250" } });
    expect(rows).toEqual([[2, "A", "ł"]]);
  });

  test("a byte order mark wins over the sender's encoding", async () => {
    for (const encoding of ["utf-8", "utf-16le", "utf-16be"]) {
      const bytes = iconv.encode(text, encoding, { addBOM: true });
      const { rows, detected } = await read(bytes, { options: { encoding: "windows-1252" } });
      expect(rows).toEqual(WANTED);
      expect(detected).toMatchObject({ encoding, encoding_by: "mark" });
    }
  });

  test("packed with gzip is read, and its stored bytes are counted", async () => {
    const packed = gzipSync(text);
    const { rows, bytesRead } = await read(packed, { format: "csv.gz" });
    expect(rows).toEqual(WANTED);
    expect(bytesRead).toBe(packed.length);
  });

  test("quotes hold delimiters, line ends and quotes; a stray quote is a character", async () => {
    const { rows } = await read('sku,name\nA,"x, ""y""\nz"\nB,5" pipe\n');
    expect(rows).toEqual([
      [2, "A", 'x, "y"\nz'],
      [3, "B", '5" pipe'],
    ]);
  });

  test("blank rows are skipped but counted, as a spreadsheet shows them", async () => {
    const { rows, detected } = await read("\nsku,name\n\nA,one\n,\nB,two\n\n");
    expect(detected.header_row).toBe(2);
    expect(rows).toEqual([
      [4, "A", "one"],
      [6, "B", "two"],
    ]);
  });

  test("mixed line ends are read", async () => {
    const { rows } = await read("sku,name\r\nA,one\nB,two\r\nC,three");
    expect(rows.map(([, sku]) => sku)).toEqual(["A", "B", "C"]);
  });

  test("a semicolon file whose texts hold commas keeps its semicolons", async () => {
    const { detected } = await read("sku;name\nA;one, two\nB;three, four, five\n");
    expect(detected.delimiter).toBe(";");
  });
});

describe("a file that can't be read", () => {
  test("is refused for a quote that is never closed", async () => {
    await expect(read('sku,name\nA,"one\nB,two\n')).rejects.toMatchObject({ code: "csv_format" });
  });

  test("is refused where it has no rows", async () => {
    await expect(read("\n\n")).rejects.toMatchObject({ code: "file_empty" });
  });

  test("is refused where its gzip is broken", async () => {
    const packed = gzipSync("sku,name\nA,one\n".repeat(1_000));
    const broken = packed.subarray(0, packed.length - 20);
    await expect(read(broken, { format: "csv.gz" })).rejects.toMatchObject({
      code: "gzip_invalid",
    });
  });

  test("is refused where it unpacks to more than the limit", async () => {
    const packed = gzipSync(`sku,name\n${"A,one\n".repeat(500_000)}`);
    await expect(read(packed, { format: "csv.gz" })).rejects.toMatchObject({
      code: "archive_limits",
    });
  });
});

test.each(["csv", "csv.gz"] as const)(
  "a storage that breaks off in a %s file is no fault of the file",
  async (format) => {
    const lost = new Error("connection lost");
    const bytes = format === "csv" ? Buffer.from("sku\nA\n") : gzipSync("sku\nA\n").subarray(0, 15);
    const half = async function* () {
      yield bytes;
      throw lost;
    };
    const storage = {
      get: async () => Readable.from(half()),
      getRange: async () => Readable.from([]),
    };
    await expect(read("", { format, storage })).rejects.toBe(lost);
  },
);
