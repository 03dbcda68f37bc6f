/** Text is decoded the same however its bytes are cut, in every encoding, and what is no text is told with its place. */
import fc from "fast-check";
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { decodeText, isKnownEncoding, namedEncoding } from "../../platform/textDecoding.ts";

async function decode(bytes: Buffer, encoding: string, chunkBytes = 1) {
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  let text = "";
  const bad: { at: number; byte: number }[] = [];
  for await (const piece of decodeText(chunks(), encoding)) {
    text += piece.text;
    bad.push(...piece.bad);
  }
  return { text, bad };
}

describe("decodeText", () => {
  test.each(["utf-8", "utf-16le", "utf-16be", "gb18030"])(
    "%s comes back as it was written, cut anywhere",
    async (encoding) => {
      const text = fc
        .string({ unit: "binary", maxLength: 40 })
        .filter((value) => !/[\0\ufffd\ufeff]/.test(value));
      await fc.assert(
        fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (value, chunkBytes) => {
          const read = await decode(iconv.encode(value, encoding), encoding, chunkBytes);
          expect(read).toEqual({ text: value, bad: [] });
        }),
      );
    },
  );

  test.each([
    ["windows-1252", "naïve €5 – “quoted”"],
    ["windows-1251", "Склад номер один"],
    ["iso-8859-2", "Žluťoučký kůň"],
    ["cp850", "Größe ½"],
    ["macroman", "Größe ≠"],
    ["koi8-r", "Склад"],
    ["shift_jis", "倉庫,ソ\n表示"],
    ["euc-jp", "倉庫,テスト"],
    ["big5", "倉庫,功能"],
    ["euc-kr", "창고,재고"],
    ["gbk", "仓库,数量"],
  ])("%s is decoded, cut anywhere", async (encoding, text) => {
    for (const chunkBytes of [1, 2, 3, 100]) {
      const named = namedEncoding(encoding) ?? "";
      const read = await decode(iconv.encode(text, encoding), named, chunkBytes);
      expect(read).toEqual({ text, bad: [] });
    }
  });

  test("a byte order mark is taken off at the start only", async () => {
    for (const encoding of ["utf-8", "utf-16le", "utf-16be"]) {
      const bytes = iconv.encode("a\ufeffb", encoding, { addBOM: true });
      expect(await decode(bytes, encoding)).toEqual({ text: "a\ufeffb", bad: [] });
    }
  });

  test("any bytes as UTF-8 give text and marks from which the bytes can be made again", async () => {
    const bytes = fc.array(
      fc.oneof(
        fc.integer({ min: 0, max: 255 }).map((byte) => [byte]),
        fc.string({ unit: "binary", maxLength: 2 }).map((text) => [...Buffer.from(text)]),
      ),
      { maxLength: 30 },
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (parts, chunkBytes) => {
        const content = Buffer.from(parts.flat());
        const { text, bad } = await decode(content, "utf-8", chunkBytes);
        const again = Buffer.concat(
          [...text].map((character) => {
            const unit = character.charCodeAt(0);
            const isByte = !character.isWellFormed();
            return isByte ? Buffer.from([unit - 0xdc00]) : Buffer.from(character);
          }),
        );
        const isMarked = content.subarray(0, 3).equals(Buffer.from("\ufeff"));
        expect(again).toEqual(isMarked ? content.subarray(3) : content);
        for (const { at, byte } of bad) {
          const character = text[at] ?? "";
          const wanted = /[\0\ufffd]/.test(character)
            ? Buffer.from(character)
            : Buffer.from([character.charCodeAt(0) - 0xdc00]);
          expect(content.subarray(byte, byte + wanted.length)).toEqual(wanted);
        }
        const firsts = text
          .split(/[\r\n]/)
          .filter((line) => /[\0\ufffd]/.test(line) || !line.isWellFormed());
        expect(bad.length).toBeGreaterThanOrEqual(firsts.length);
      }),
      { numRuns: 500 },
    );
  });

  test("the first bad place of each line is told with its offset in the bytes", async () => {
    const content = Buffer.concat([
      Buffer.from("é\0\0\n"),
      Buffer.from([0x41, 0xff, 0xfe, 0x0a]),
      Buffer.from("x\ufffd"),
    ]);
    const { text, bad } = await decode(content, "utf-8", 100);
    expect(text).toBe("é\0\0\nA\udcff\udcfe\nx\ufffd");
    expect(bad).toEqual([
      { at: 1, byte: 2 },
      { at: 5, byte: 6 },
      { at: 9, byte: 10 },
    ]);
  });

  test("offsets in UTF-16 count the mark and both bytes of a unit", async () => {
    const content = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("a\ud800b", "utf16le")]);
    expect(await decode(content, "utf-16le")).toEqual({
      text: "a\ud800b",
      bad: [{ at: 1, byte: 4 }],
    });
  });

  test("text without a place to cut is decoded in bounded parts", async () => {
    const content = Buffer.alloc(3_000_000, iconv.encode("表", "shift_jis"));
    const { text, bad } = await decode(content, "shift_jis", 65_536);
    expect(text).toBe("表".repeat(1_500_000));
    expect(bad).toEqual([]);
  });
});

describe("names of encodings", () => {
  test.each([
    ["UTF8", "utf-8"],
    ["utf-8-sig", "utf-8"],
    ["US-ASCII", "utf-8"],
    ["UTF-16", "utf-16"],
    ["UTF-16LE", "utf-16le"],
    ["Latin1", "windows-1252"],
    ["ISO-8859-1", "windows-1252"],
    ["Windows-1252", "windows-1252"],
    ["CP850", "cp850"],
    ["Shift_JIS", "shift_jis"],
    ["GBK", "gbk"],
  ])("%s is served as %s", (name, served) => {
    expect(namedEncoding(name)).toBe(served);
  });

  test.each(["base64", "hex", "binary", "utf-7", "utf-7-imap", "utf-32", "cesu-8", "utf-5", ""])(
    "%j is no encoding of files",
    (name) => {
      expect(isKnownEncoding(name)).toBe(false);
    },
  );
});
