/** CSV in every dialect gives the same rows, cell by cell; what no cell may hold refuses its row and no other. */
import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { anyDialect, anyTable, NAMED_DIALECTS, writeCsv } from "../../support/csvDialects.ts";
import { readRows } from "../../support/readRows.ts";

describe("the dialects that programs write", () => {
  const table = [
    ["sku", "name", "quantity", "note"],
    ["00123", "Große Tasse, weiß", "1,5", ""],
    ["CAFÉ-1", 'Rohr 5" "lang"', "-2", "two\nlines"],
    ["A;B|C", "", "1.234,56", " spaced "],
    ["1E5", "plain", "7", "x; y; z"],
  ];

  test.each(Object.entries(NAMED_DIALECTS))("%s are read cell by cell", async (name, dialect) => {
    const content = writeCsv(table, dialect);
    const isNamed = dialect.encoding === "macroman"; // no guess ends in it
    const { header, rows, detected, faults } = await readRows(content, {
      format: dialect.isPacked ? "csv.gz" : "csv",
      options: isNamed ? { encoding: "macroman" } : {},
    });
    const first = dialect.namesDelimiter ? 3 : 2;
    expect(header).toEqual(table[0]);
    expect(rows).toEqual(table.slice(1).map((cells, index) => [index + first, ...cells]));
    expect(faults.size, name).toBe(0);
    expect(detected).toMatchObject({
      delimiter: dialect.delimiter,
      encoding: dialect.encoding,
      encoding_by: isNamed
        ? "option"
        : dialect.hasMark
          ? "mark"
          : dialect.encoding === "utf-8"
            ? "valid"
            : "guess",
    });
  });

  test("random tables in random dialects come back cell by cell", async () => {
    const chunkBytes = fc.integer({ min: 1, max: 200 });
    await fc.assert(
      fc.asyncProperty(anyTable(), anyDialect(), chunkBytes, async (table, dialect, bytes) => {
        const { header, rows, faults } = await readRows(writeCsv(table, dialect), {
          chunkBytes: bytes,
          format: dialect.isPacked ? "csv.gz" : "csv",
          options: {
            encoding: dialect.encoding,
            ...(dialect.namesDelimiter ? {} : { delimiter: dialect.delimiter }),
          },
        });
        const first = dialect.namesDelimiter ? 3 : 2;
        expect(header).toEqual(table[0]);
        expect(rows).toEqual(table.slice(1).map((cells, index) => [index + first, ...cells]));
        expect([...faults]).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

describe("characters that no cell may hold", () => {
  test("bytes that are no UTF-8 refuse their row, name their place, and leave the others", async () => {
    const content = Buffer.concat([
      Buffer.from("sku,name\nA,größer\nB,caf"),
      Buffer.from([0xe9]),
      Buffer.from("\nC,three\n"),
    ]);
    const { rows, faults, detected } = await readRows(content, { options: { encoding: "utf-8" } });
    expect(detected).toMatchObject({ encoding: "utf-8", encoding_by: "option" });
    expect(rows).toEqual([
      [2, "A", "größer"],
      [3, "B", "caf\\xE9"],
      [4, "C", "three"],
    ]);
    expect([...faults]).toEqual([
      [
        3,
        {
          code: "encoding",
          cell: 1,
          heading: "name",
          says: "holds the byte 0xE9 at byte 25 of the file, which is no text in utf-8; save the file as UTF-8, or set mapping.options.encoding",
          value: "caf\\xE9",
        },
      ],
    ]);
  });

  const good = "sku,name\nA,one\n";
  interface Broken {
    readonly name: string;
    readonly encoding: string;
    readonly bytes: number[];
    readonly says: string;
    readonly value: string;
  }
  const half = "half of a surrogate pair at byte 36";
  const broken: Broken[] = [
    {
      name: "an overlong form",
      encoding: "utf-8",
      bytes: [0xc0, 0xaf],
      says: "0xC0 at byte 18",
      value: "x\\xC0\\xAF",
    },
    {
      name: "a surrogate in UTF-8",
      encoding: "utf-8",
      bytes: [0xed, 0xa0, 0x80],
      says: "0xED at byte 18",
      value: "x\\xED\\xA0\\x80",
    },
    {
      name: "a character cut off at the end",
      encoding: "utf-8",
      bytes: [0xe2, 0x82],
      says: "0xE2 at byte 18",
      value: "x\\xE2\\x82",
    },
    {
      name: "an odd byte at the end",
      encoding: "utf-16le",
      bytes: [0x41],
      says: "0x41 at byte 36",
      value: "x\\x41",
    },
    {
      name: "a lone high half",
      encoding: "utf-16le",
      bytes: [0x3d, 0xd8],
      says: half,
      value: "x\\uD83D",
    },
    {
      name: "a lone low half",
      encoding: "utf-16be",
      bytes: [0xde, 0x00],
      says: half,
      value: "x\\uDE00",
    },
    {
      name: "a byte that has no letter",
      encoding: "windows-1252",
      bytes: [0x81],
      says: "0x81 at byte 18",
      value: "x\\x81",
    },
    {
      name: "half of a pair of bytes",
      encoding: "shift_jis",
      bytes: [0x81],
      says: "0x81 at byte 18",
      value: "x\\x81",
    },
    {
      name: "a pair that is no letter",
      encoding: "euc-kr",
      bytes: [0xfe, 0x20],
      says: "0xFE at byte 18",
      value: "x\\xFE ",
    },
  ];
  test.each(broken)("$name is an encoding error of its row", async (given) => {
    const { encoding, bytes, says, value } = given;
    const content = Buffer.concat([iconv.encode(`${good}B,x`, encoding), Buffer.from(bytes)]);
    const { rows, faults } = await readRows(content, { options: { encoding } });
    expect(rows).toEqual([
      [2, "A", "one"],
      [3, "B", value],
    ]);
    expect(faults.get(3)).toMatchObject({ code: "encoding", cell: 1, value });
    expect(faults.get(3)?.says).toContain(says);
  });

  test("a NUL refuses its row under a code of its own", async () => {
    const { rows, faults } = await readRows("sku,name\nA,o\0e\nB,two\n");
    expect(rows).toEqual([
      [2, "A", "o\\x00e"],
      [3, "B", "two"],
    ]);
    expect(faults.get(2)).toMatchObject({ code: "nul_char", cell: 1 });
    expect(faults.get(2)?.says).toContain("at byte 12 of the file");
  });

  test("a replacement character that the file came with refuses its row", async () => {
    const { rows, faults } = await readRows("sku,name\nA,caf\ufffd\nB,two\n");
    expect(rows[0]).toEqual([2, "A", "caf\\uFFFD"]);
    expect(faults.get(2)).toMatchObject({ code: "encoding", cell: 1, value: "caf\\uFFFD" });
    expect(faults.size).toBe(1);
  });

  test("a file of UTF-8 with one broken byte stays UTF-8, so that its other letters are read", async () => {
    const content = Buffer.concat([
      Buffer.from("sku,name\nA,größer, naïve\nB,"),
      Buffer.from([0xff]),
      Buffer.from("\nC,Žluťoučký kůň\n"),
    ]);
    const { rows, faults, detected } = await readRows(content, { options: { delimiter: "," } });
    expect(detected).toMatchObject({ encoding: "utf-8", encoding_by: "guess" });
    expect([...faults.keys()]).toEqual([3]);
    expect(rows[2]).toEqual([4, "C", "Žluťoučký kůň"]);
  });

  test("broken characters in many rows and inside quotes each refuse exactly their row", async () => {
    const bytes = fc.array(fc.constantFrom("ok", "bad", "quoted bad"), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 40 }), async (kinds, chunkBytes) => {
        const lines = kinds.map((kind) =>
          kind === "ok" ? "A,é\n" : kind === "bad" ? "A,\x01\x01\n" : 'A,"\n\x01é\n\x01"\n',
        );
        const text = Buffer.from(`sku,name\n${lines.join("")}`);
        const content = Buffer.from(text.map((byte) => (byte === 1 ? 0xff : byte)));
        const { faults } = await readRows(content, { chunkBytes, options: { encoding: "utf-8" } });
        const wanted = kinds.flatMap((kind, index) => (kind === "ok" ? [] : [index + 2]));
        expect([...faults.keys()]).toEqual(wanted);
        const places = wanted.map((number) =>
          Number(/byte (\d+) of/.exec(faults.get(number)?.says ?? "")?.[1]),
        );
        expect(places.map((place) => content[place])).toEqual(wanted.map(() => 0xff));
      }),
    );
  });

  test("a header with a broken character refuses the file", async () => {
    await expect(
      readRows(Buffer.from([0x73, 0xff, 0x0a]), { options: { encoding: "utf-8" } }),
    ).rejects.toMatchObject({ code: "encoding" });
  });
});

describe("rows and headers", () => {
  test("text behind a closing quote refuses its row and says where", async () => {
    const { rows, faults } = await readRows('sku,name\nA,"5" pipe"\nB,"x"\n');
    expect(rows[0]).toEqual([2, "A", '"5" pipe"']);
    expect(rows[1]).toEqual([3, "B", "x"]);
    expect(faults.get(2)).toMatchObject({
      code: "csv_quote",
      cell: 1,
      heading: "name",
      says: 'begins with a quote in line 2 and goes on after its closing quote; expected a delimiter there; write a quote inside a quoted cell twice ("")',
    });
  });

  test("backslashes before quotes are refused, not guessed at", async () => {
    const { faults } = await readRows('sku,name\nA,"a \\"b\\" c"\n');
    expect(faults.get(2)).toMatchObject({ code: "csv_quote" });
  });

  test("the header once more in the middle of the file is refused as a row", async () => {
    const { faults, rows } = await readRows("sku,name\nA,one\n sku ,name\nB,two\n");
    expect(rows).toHaveLength(3);
    expect(faults.get(3)).toMatchObject({ code: "header_repeated_in_file", cell: undefined });
  });

  test("the header is taken from the row that is named, whatever stands above it", async () => {
    const { header, rows, detected } = await readRows(
      "Stock list, January\n\nprinted 1.2.2026\nsku;qty\nA;1,5\nB;2,5\n",
      { options: { header_row: 4 } },
    );
    expect(header).toEqual(["sku", "qty"]);
    expect(detected).toMatchObject({ header_row: 4, delimiter: ";" });
    expect(rows).toEqual([
      [5, "A", "1,5"],
      [6, "B", "2,5"],
    ]);
  });

  test.each([
    [2, "that row is blank"],
    [9, "the file ends with row 3"],
  ])("a header row %i that is not there refuses the file", async (header_row, found) => {
    await expect(readRows("sku\n\nA\n", { options: { header_row } })).rejects.toMatchObject({
      code: "header_row_missing",
      message: expect.stringContaining(found),
    });
  });

  test("a header alone is a file without rows", async () => {
    for (const text of ["sku,name", "sku,name\r\n", "\ufeffsku,name\n\n\n"]) {
      const { header, rows } = await readRows(text);
      expect(header).toEqual(["sku", "name"]);
      expect(rows).toEqual([]);
    }
  });

  test.each(["sep=;\nsku;name\nA;x,y\n", '"sep=;"\r\nsku;name\r\nA;x,y', "SEP=;\rsku;name\rA;x,y"])(
    "the line of Excel that names the delimiter in %j is taken, and counts as row 1",
    async (text) => {
      const { header, rows, detected } = await readRows(text);
      expect(header).toEqual(["sku", "name"]);
      expect(rows).toEqual([[3, "A", "x,y"]]);
      expect(detected).toMatchObject({ delimiter: ";", header_row: 2 });
    },
  );

  test("the sender's delimiter wins over the line that names one", async () => {
    const { header, detected } = await readRows("sep=;\nsku,name\n", {
      options: { delimiter: "," },
    });
    expect(header).toEqual(["sku", "name"]);
    expect(detected.delimiter).toBe(",");
  });

  test("the end mark of DOS is no row", async () => {
    const { rows } = await readRows("sku\r\nA\r\n\u001a");
    expect(rows).toEqual([[2, "A"]]);
  });

  test("trailing delimiters are kept for the check of the row's width", async () => {
    const { header, rows } = await readRows("sku,name,,\nA,one,,\nB,two\n");
    expect(header).toEqual(["sku", "name"]);
    expect(rows).toEqual([
      [2, "A", "one", "", ""],
      [3, "B", "two"],
    ]);
  });
});
