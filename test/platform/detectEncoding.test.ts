/** The encoding of a file is found by mark, by validity, or by a guess from a short list, and says which. */
import iconv from "iconv-lite";
import { describe, expect, test } from "vitest";
import { detectEncoding } from "../../platform/detectEncoding.ts";

async function detect(content: Buffer | string, chunkBytes = 5) {
  const bytes = Buffer.from(content);
  const chunks = async function* () {
    for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
  };
  return detectEncoding(chunks());
}

const WESTERN =
  "sku;name;preis\nA-1;Große Tasse für Kaffee;12,50\nB-2;Crème brûlée à la carte;3,00\n";

describe("detectEncoding", () => {
  test.each(["utf-8", "utf-16le", "utf-16be"])("takes the mark of %s", async (encoding) => {
    const bytes = iconv.encode("sku\nA\n", encoding, { addBOM: true });
    expect(await detect(bytes, 1)).toEqual({ encoding, by: "mark" });
  });

  test.each([
    ["plain ASCII", "sku,name\nA,one\n"],
    ["letters of all scripts", "sku,name\nA,größer 倉庫 склад 🏭\n"],
    ["nothing", ""],
  ])("finds %s to be valid UTF-8", async (_name, text) => {
    expect(await detect(text)).toEqual({ encoding: "utf-8", by: "valid" });
  });

  test("reads to the end before it calls a file UTF-8", async () => {
    const content = Buffer.concat([
      Buffer.from("sku,name\n".repeat(50_000)),
      iconv.encode("A,naïve café\n", "windows-1252"),
    ]);
    expect(await detect(content, 65_536)).toEqual({ encoding: "windows-1252", by: "guess" });
  });

  test.each([
    ["utf-16le", WESTERN],
    ["utf-16be", WESTERN],
    ["utf-16le", "编号,名称,数量\nĀ1,꤀꤀仓,1\nA2,Ȁ仓,12\n"],
    ["utf-16be", "编号,名称,数量\nĀ1,꤀꤀仓,1\nA2,Ȁ仓,12\n"],
    ["utf-16le", "Код;Имя;Цена\nА1;Стол;100\n"],
    ["utf-16le", "a,b\n1,2\n"],
  ])("finds %s without a mark in %j", async (encoding, text) => {
    expect(await detect(iconv.encode(text, encoding))).toEqual({ encoding, by: "guess" });
  });

  test.each(["sku,name\nA,o\0e\n", "sku,größe\nA,\0\0\0\nB,2\nC,drei und vier\n"])(
    "takes %j with its NUL for UTF-8",
    async (text) => {
      expect(await detect(text)).toEqual({ encoding: "utf-8", by: "valid" });
    },
  );

  test.each([
    ["windows-1252", WESTERN],
    [
      "windows-1251",
      "код;название;цена\nА1;Стол письменный с ящиками из дерева, для работы в офисе;100\n",
    ],
    ["shift_jis", "商品コード,名称,数量\nA1,木製の机と椅子のセット,1\nA2,オフィス用の椅子です,2\n"],
    ["euc-kr", "코드,이름,수량\nA1,나무 책상과 의자 세트입니다,1\nA2,사무실에서 쓰는 의자,2\n"],
    ["big5", "貨號,名稱,數量\nA1,這是木製的書桌與椅子,1\nA2,我們辦公室用的椅子,2\n"],
  ])("guesses %s", async (encoding, text) => {
    const bytes = iconv.encode(text.repeat(50), encoding);
    expect(await detect(bytes)).toEqual({ encoding, by: "guess" });
  });

  test("keeps to UTF-8 where a few bytes of it are broken", async () => {
    const content = Buffer.concat([
      Buffer.from("größer, naïve, Žluť\n".repeat(9_000)),
      Buffer.from([0xff, 0x0a]),
    ]);
    expect(await detect(content, 65_536)).toEqual({ encoding: "utf-8", by: "guess" });
  });

  test("takes a character that the end cuts off for what it is in each case", async () => {
    const text = Buffer.from("größer €");
    expect((await detect(text.subarray(0, -1))).encoding).toBe("utf-8");
    expect((await detect(iconv.encode("caf\u00e9", "windows-1252"))).encoding).toBe("windows-1252");
  });
});
