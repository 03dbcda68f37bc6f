/** Hostile and broken CSV files are refused at a stated limit, after a few megabytes, with a sentence that says what to do. */
import { randomBytes } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ImportFileError } from "../../../pipelines/import/importFileError.ts";
import { testFileLimits } from "../../support/fileLimits.ts";
import { endlessFile, type ReadOptions, readRows } from "../../support/readRows.ts";

const MEBIBYTE = 1_048_576;

describe("limits", () => {
  test("a cell that is too long refuses its row and leaves the others", async () => {
    const { faults, rows } = await readRows(`sku,name\nA,"${"x".repeat(40_000)}"\nB,two\n`, {
      chunkBytes: 4_096,
    });
    expect(rows.map(([number]) => number)).toEqual([2, 3]);
    expect([...faults.keys()]).toEqual([2]);
    expect(faults.get(2)).toMatchObject({ code: "cell_too_long", cell: 1, heading: "name" });
    expect(faults.get(2)?.says).toContain("has 40000 characters; expected at most 32767");
    expect(faults.get(2)?.value).toHaveLength(200);
  });

  test("more rows than the limit refuse the file, and as many are read", async () => {
    const limits = testFileLimits({ rowsMax: 3 });
    const { rows } = await readRows("sku\nA\nB\nC\n", { limits });
    expect(rows).toHaveLength(3);
    await expect(readRows("sku\nA\nB\nC\nD\n", { limits })).rejects.toMatchObject({
      code: "too_many_rows",
      message: expect.stringContaining("IMPORT_ROWS_MAX"),
    });
  });

  test("a file of blank lines is refused at ten times the rows that it may have", async () => {
    const file = endlessFile(() => many("sku,name\nA,one\n", "\n", 4_000 * MEBIBYTE));
    await expect(file.open({ limits: testFileLimits({ rowsMax: 10_000 }) })).rejects.toMatchObject({
      code: "too_many_rows",
      message: expect.stringContaining("blank"),
    });
    expect(file.givenBytes()).toBeLessThan(MEBIBYTE);
  });

  test("more columns than the limit refuse the file; empty ones at the end don't count", async () => {
    const limits = testFileLimits({ columnsMax: 3 });
    const { header } = await readRows("a,b,c,,,\n1,2,3,,,\n", { limits });
    expect(header).toEqual(["a", "b", "c"]);
    for (const text of ["a,b,c,d\n", "a,b\n1,2\n1,2,3,4\n"]) {
      await expect(readRows(text, { limits })).rejects.toMatchObject({
        code: "too_many_columns",
        message: expect.stringContaining("IMPORT_COLUMNS_MAX"),
      });
    }
  });

  test("a row of a million columns refuses the file", async () => {
    const content = `sku,name\nA${",x".repeat(500_000)}\n`;
    await expect(
      readRows(content, { chunkBytes: 65_536, limits: testFileLimits() }),
    ).rejects.toMatchObject({ code: "too_many_columns" });
  });

  const chunk = (text: string) => Buffer.from(text.repeat(Math.ceil(65_536 / text.length)));
  const many = function* (head: string, body: string, bytes: number): Generator<Buffer> {
    yield Buffer.from(head);
    const part = chunk(body);
    for (let given = 0; given < bytes; given += part.length) yield part;
  };
  const endless = [
    {
      name: "a quote that opens in row 2 of a million rows",
      start: 'sku,name\nA,"one\n',
      body: "B,two\n",
      code: "csv_format",
      line: "line 2",
    },
    {
      name: "a field of 100 MB in quotes",
      start: 'sku,name\nA,one\nB,"',
      body: "x",
      code: "csv_format",
      line: "line 3",
    },
    {
      name: "a cell of 4 GB",
      start: "sku,name\nA,one\nB,",
      body: "x",
      code: "record_too_long",
      line: "line 3",
    },
    {
      name: "a row of endless columns",
      start: "sku,name\nA,one\nB",
      body: ",",
      code: "record_too_long",
      line: "line 3",
    },
  ];
  test.each(endless)("$name is refused after a few megabytes", async (given) => {
    const { start, body, code, line } = given;
    const file = endlessFile(() => many(start, body, 4_000 * MEBIBYTE));
    await expect(file.open()).rejects.toMatchObject({
      code,
      message: expect.stringContaining(line),
    });
    expect(file.givenBytes()).toBeLessThan(4 * MEBIBYTE);
  });

  test("a header that never ends is refused after a few megabytes", async () => {
    const file = endlessFile(() => many("sku", "x", 4_000 * MEBIBYTE));
    await expect(file.open()).rejects.toMatchObject({ code: "record_too_long" });
    expect(file.givenBytes()).toBeLessThan(4 * MEBIBYTE);
  });
});

describe("gzip", () => {
  const text = "sku,name\nA,one\nB,two\n";
  const format = "csv.gz";

  test("several members one after the other are one file", async () => {
    const packed = Buffer.concat([gzipSync(text), gzipSync("C,three\n"), gzipSync("D,four\n")]);
    const { rows } = await readRows(packed, { format });
    expect(rows.map(([, sku]) => sku)).toEqual(["A", "B", "C", "D"]);
  });

  test("zero bytes at the end are padding", async () => {
    const { rows } = await readRows(Buffer.concat([gzipSync(text), Buffer.alloc(512)]), { format });
    expect(rows).toHaveLength(2);
  });

  test.each([
    ["cut off in its data", gzipSync(`sku\n${randomBytes(90).toString("hex")}`).subarray(0, 60)],
    ["cut off in its check sum", gzipSync(text).subarray(0, -3)],
    ["cut off in its header", gzipSync(text).subarray(0, 5)],
    ["followed by other bytes", Buffer.concat([gzipSync(text), Buffer.from("more")])],
    [
      "padded and followed by other bytes",
      Buffer.concat([gzipSync(text), Buffer.alloc(9), Buffer.from("more")]),
    ],
    ["followed by half a member", Buffer.concat([gzipSync(text), gzipSync(text).subarray(0, 20)])],
    [
      "with a wrong check sum",
      gzipSync(text).map((byte, at, all) => (at === all.length - 8 ? byte ^ 1 : byte)),
    ],
  ])("one that is %s refuses the file", async (_name, packed) => {
    await expect(readRows(Buffer.from(packed), { format })).rejects.toMatchObject({
      code: "gzip_invalid",
    });
  });

  test.each([
    ["gzip once more", gzipSync(text)],
    ["a zip archive", Buffer.from("PK\u0003\u0004 and more")],
    ["a PNG image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])],
  ])("one that holds %s refuses the file", async (found, content) => {
    await expect(readRows(gzipSync(content), { format })).rejects.toMatchObject({
      code: "unsupported_content",
      message: expect.stringContaining(found),
    });
  });

  test("one that holds nothing is a file without rows", async () => {
    await expect(readRows(gzipSync(""), { format })).rejects.toMatchObject({ code: "file_empty" });
  });

  test("one that unpacks to a hundred times its size is refused, a small one is not", async () => {
    const row = "A,one\n";
    const small = await readRows(gzipSync(`sku,name\n${row.repeat(10_000)}`), {
      format,
      chunkBytes: 4_096,
    });
    expect(small.rows).toHaveLength(10_000);
    const bomb = gzipSync(`sku,name\n${row.repeat(4_000_000)}`);
    await expect(
      readRows(bomb, { format, chunkBytes: 4_096, limits: testFileLimits() }),
    ).rejects.toMatchObject({
      code: "archive_limits",
      message: expect.stringContaining("IMPORT_ARCHIVE_RATIO_MAX"),
    });
  });
});

describe("random bytes", () => {
  const codings = ["utf-8", "utf-16", "utf-16be", "windows-1252", "shift_jis", "gb18030", "big5"];
  const anyBytes = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 255 }).map((byte) => [byte]),
      fc
        .constantFrom('"', ",", "\n", "\r", "ab", "é", "倉", "\0")
        .map((text) => [...Buffer.from(text)]),
    ),
    { maxLength: 200 },
  );

  /** Rows without anything that can't be stored, or the refusal. */
  async function answer(content: Buffer, options: ReadOptions): Promise<string> {
    try {
      const { rows } = await readRows(content, options);
      for (const [, ...cells] of rows) {
        for (const cell of cells) {
          expect(typeof cell === "string" && cell.isWellFormed()).toBe(true);
          expect(cell).not.toMatch(/[\0\ufffd]/);
        }
      }
      return "rows";
    } catch (thrown) {
      if (thrown instanceof ImportFileError) return thrown.code;
      throw thrown;
    }
  }

  test("end in rows that can be stored, or in a refusal", async () => {
    const answers = new Set<string>();
    const encodings = fc.option(fc.constantFrom(...codings), { nil: undefined });
    await fc.assert(
      fc.asyncProperty(anyBytes, encodings, async (parts, encoding) => {
        const content = Buffer.from(parts.flat());
        answers.add(await answer(content, { options: encoding === undefined ? {} : { encoding } }));
      }),
      { numRuns: 500 },
    );
    expect([...answers]).toContain("rows");
  });

  test("in a gzip end in rows or in a refusal", async () => {
    const packed = gzipSync(`sku,name\n${randomBytes(500).toString("hex")},one\n`);
    const changes = fc.array(fc.tuple(fc.nat({ max: packed.length - 1 }), fc.nat({ max: 255 })), {
      minLength: 1,
      maxLength: 4,
    });
    const known = [
      "rows",
      "gzip_invalid",
      "unsupported_content",
      "file_empty",
      "encoding",
      "nul_char",
      "csv_format",
    ];
    await fc.assert(
      fc.asyncProperty(changes, fc.nat({ max: packed.length }), async (bytes, length) => {
        const content = Buffer.from(packed);
        for (const [at, byte] of bytes) content[at] = byte;
        const found = await answer(content.subarray(0, packed.length - (length % 50)), {
          format: "csv.gz",
        });
        expect(known).toContain(found);
      }),
      { numRuns: 300 },
    );
  });
});
