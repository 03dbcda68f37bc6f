/** Bad and hostile text files (reliability.md C1 to C12), each with the answer that it must get. */
import { gzipSync } from "node:zlib";
import iconv from "iconv-lite";
import type { HostileCase } from "./hostileCase.ts";
import { type PackedBytes, packRepeated } from "./zipFile.ts";

/** What the cases are made for: small, so that passing them costs little. */
export const HOSTILE_LIMITS = { bytes: 24_000_000, rows: 20_000 };

const names = (like: string, ...rows: (readonly [string, string])[]) =>
  [`select sku, name from inventory_items where sku like '${like}%' order by sku`, rows] as const;
const costs = (like: string, ...rows: (readonly [string, string | null])[]) =>
  [
    `select sku, trim_scale(cost)::text from inventory_items where sku like '${like}%' order by sku`,
    rows,
  ] as const;
const times = (reference: string, ...rows: (readonly [string])[]) =>
  [
    `select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') from stock_movements where reference_id = '${reference}' order by version`,
    rows,
  ] as const;

const encoded =
  (text: string, encoding: string, mark = false) =>
  () =>
    iconv.encode(text, encoding, { addBOM: mark });

const ENCODINGS: readonly HostileCase[] = [
  ...(
    [
      ["UTF-8 with a mark", "utf8", true],
      ["UTF-16LE with a mark", "utf-16le", true],
      ["UTF-16BE with a mark", "utf-16be", true],
      ["Windows-1252", "windows-1252", false],
    ] as const
  ).map(([what, encoding, mark], nth): HostileCase => {
    const text = `sku,name\nC1${nth},Käse für Ümit\n`;
    return {
      name: `C1 ${what}`,
      content: encoded(text, encoding, mark),
      wanted: { applied: 1, stored: names(`C1${nth}`, [`C1${nth}`, "Käse für Ümit"]) },
    };
  }),
  {
    name: "C1 Shift-JIS that is said to be UTF-8",
    content: encoded("sku,name\nC1-J,在庫\nC1-K,plain\n", "shift_jis"),
    mapping: { options: { encoding: "utf-8" } },
    wanted: {
      applied: 1,
      errors: [[2, "name", "encoding"]],
      stored: names("C1-", ["C1-K", "plain"]),
    },
  },
  {
    name: "C1 half of a surrogate pair in UTF-16",
    content: () =>
      Buffer.concat([
        encoded("sku,name\nC1-S,a", "utf-16le", true)(),
        Buffer.from([0x00, 0xd8]),
        iconv.encode("b\nC1-T,ok\n", "utf-16le"),
      ]),
    wanted: { applied: 1, errors: [[2, "name", "encoding"]] },
  },
  {
    name: "C1 half of a surrogate pair in UTF-8",
    content: () =>
      Buffer.concat([
        Buffer.from("sku,name\nC1-U,a"),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from("b\n"),
        Buffer.from("C1-V,ok\n"),
      ]),
    mapping: { options: { encoding: "utf-8" } },
    wanted: { applied: 1, errors: [[2, "name", "encoding"]] },
  },
  {
    name: "NUL bytes in a cell",
    content: () => "sku,name\nC1-N,a\0b\nC1-O,ok\n",
    wanted: { applied: 1, errors: [[2, "name", "nul_char"]] },
  },
];

function gzipOf({ packed, crc, bytes }: PackedBytes): Buffer {
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc, 0);
  end.writeUInt32LE(bytes, 4);
  return Buffer.concat([gzipSync("").subarray(0, 10), packed, end]);
}

const SHAPES: readonly HostileCase[] = [
  ...(
    [
      ["semicolons", "sku;name\nC20-1;a\nC20-2;b\n"],
      ["tabs", "sku\tname\nC21-1\ta\nC21-2\tb\n"],
      ["bars", "sku|name\nC22-1|a\nC22-2|b\n"],
      ["CR only", "sku,name\rC23-1,a\rC23-2,b\r"],
      ["mixed line ends", "sku,name\r\nC24-1,a\nC24-2,b\r\n"],
      ["no line end at the end", "sku,name\nC25-1,a\nC25-2,b"],
    ] as const
  ).map(([what, text], nth): HostileCase => {
    const tag = `C2${nth}`;
    return {
      name: `C2 ${what}`,
      content: () => text,
      wanted: { applied: 2, stored: names(tag, [`${tag}-1`, "a"], [`${tag}-2`, "b"]) },
    };
  }),
  {
    name: "C3 rows with fewer and with more cells, and blank lines",
    content: () => "sku,name,category\nC3-1,a\n\nC3-2,b,c\n\n\nC3-3,b,c,d\n",
    wanted: {
      applied: 1,
      errors: [
        [2, "", "columns"],
        [7, "", "columns"],
      ],
    },
  },
  {
    name: "C3 no header",
    content: () => "C3-8,a\nC3-9,b\n",
    wanted: { failed: "columns_missing" },
  },
  {
    name: "C3 a heading that stands twice",
    content: () => "sku,name,name\nC3-7,a,b\n",
    wanted: { failed: "header_repeated" },
  },
  {
    name: "C4 a quote that is never closed, at row 2 of 200,000",
    content: () => `sku,name\nC4-1,a\nC4-2,"never\n${"C4-3,b\n".repeat(200_000)}`,
    wanted: { failed: "csv_format", detail: /line 3 / },
    growthMiB: 160,
  },
  {
    name: "C4 a field of 20 MB",
    content: () => Buffer.concat([Buffer.from("sku,name\nC4-5,"), Buffer.alloc(20_000_000, 97)]),
    wanted: { failed: "record_too_long" },
    growthMiB: 160,
  },
  {
    name: "C4 a cell of 40,000 characters",
    content: () => `sku,name\nC4-7,${"a".repeat(40_000)}\nC4-8,ok\n`,
    wanted: { applied: 1, errors: [[2, "name", "cell_too_long"]] },
  },
  {
    name: "a row of a million columns",
    content: () => `sku,name\n${"a,".repeat(500_000)}\n`,
    wanted: { failed: "too_many_columns" },
  },
  {
    name: "a header of a million columns",
    content: () => `sku,name,${"a,".repeat(500_000)}\n`,
    wanted: { failed: "too_many_columns" },
  },
  {
    name: "quotes without end",
    content: () => `sku,name\nC4-9,${'"'.repeat(3_000_001)}`,
    wanted: { failed: "csv_format", detail: /line 2 / },
  },
  {
    name: "gzip of 300 MB in 300 kB",
    content: () => gzipOf(packRepeated("sku,name\n".repeat(100_000), { times: 333 })),
    file: "bomb.csv.gz",
    wanted: { failed: "archive_limits" },
    growthMiB: 160,
  },
  {
    name: "gzip that is cut off",
    content: () => gzipSync(`sku,name\n${"C4-A,b\n".repeat(9)}`).subarray(0, -9),
    file: "cut.csv.gz",
    wanted: { failed: "gzip_invalid" },
  },
];

const FIGURES: readonly HostileCase[] = [
  {
    name: "C5 numbers whose column shows how they are written, with a comma",
    content: () => "sku;name;cost\nC50-1;a;1.234,56\nC50-2;b;1.234\nC50-3;c;7\n",
    wanted: {
      applied: 3,
      stored: costs("C50", ["C50-1", "1234.56"], ["C50-2", "1234"], ["C50-3", "7"]),
    },
  },
  {
    name: "C5 numbers whose column shows how they are written, with a point",
    content: () => 'sku,name,cost\nC51-1,a,"1,234.56"\nC51-2,b,"1,234"\n',
    wanted: { applied: 2, stored: costs("C51", ["C51-1", "1234.56"], ["C51-2", "1234"]) },
  },
  {
    name: "C5 a number that could be either",
    content: () => 'sku,name,cost\nC52-1,a,"1,234"\nC52-2,b,7\n',
    wanted: {
      applied: 1,
      errors: [[2, "cost", "number_ambiguous"]],
      stored: costs("C52", ["C52-2", "7"]),
    },
  },
  {
    name: "C5 spaces, other digits, exponents, brackets and minus signs",
    kind: "movements",
    content: () =>
      [
        "type;sku;warehouse;quantity;reference_id",
        "receipt;BOLT;MAIN;1 234;C53",
        "receipt;BOLT;MAIN;١٢٣;C53",
        "receipt;BOLT;MAIN;1e3;C53",
        "adjustment;BOLT;MAIN;(5);C53",
        "adjustment;BOLT;MAIN;−5;C53",
        "adjustment;BOLT;MAIN;5-;C53",
      ].join("\n"),
    wanted: {
      applied: 6,
      stored: [
        "select trim_scale(quantity)::text from stock_movements where reference_id = 'C53' order by version",
        [["1234"], ["123"], ["1000"], ["-5"], ["-5"], ["-5"]],
      ],
    },
  },
  {
    name: "C5 more than four decimals, and words",
    content: () => "sku,name,cost\nC54-1,a,1.00005\nC54-2,b,NaN\nC54-3,c,Infinity\nC54-4,d,0x10\n",
    wanted: {
      applied: 0,
      errors: [
        [2, "cost", "too_many_decimals"],
        [3, "cost", "not_a_number"],
        [4, "cost", "not_a_number"],
        [5, "cost", "not_a_number"],
      ],
    },
  },
  {
    name: "C6 a date that could be either",
    kind: "movements",
    content: () =>
      "type,sku,warehouse,quantity,occurred_at,reference_id\nreceipt,BOLT,MAIN,1,01/02/2025,C60\n",
    wanted: { applied: 0, errors: [[2, "occurred_at", "date_ambiguous"]] },
  },
  {
    name: "C6 a date that could be either, in a column that shows which",
    kind: "movements",
    content: () =>
      "type,sku,warehouse,quantity,occurred_at,reference_id\nreceipt,BOLT,MAIN,1,01/02/2025,C61\nreceipt,BOLT,MAIN,1,25/02/2025,C61\n",
    wanted: { applied: 2, stored: times("C61", ["2025-02-01"], ["2025-02-25"]) },
  },
  {
    name: "C6 days that there are none, serials as text",
    kind: "movements",
    content: () =>
      "type,sku,warehouse,quantity,occurred_at,reference_id\nreceipt,BOLT,MAIN,1,2025-02-29,C62\nreceipt,BOLT,MAIN,1,45000,C62\nreceipt,BOLT,MAIN,1,infinity,C62\nreceipt,BOLT,MAIN,1,now,C62\n",
    wanted: {
      applied: 0,
      errors: [2, 3, 4, 5].map((row) => [row, "occurred_at", "date_format"] as const),
    },
  },
  {
    name: "C7 SKUs that spreadsheets mangle",
    content: () =>
      "sku,name\n00123,zeros\nMAR1,month\nC7E5,letters\n5.9E+12,mangled\n1.5E+10,mangled\n",
    wanted: {
      applied: 3,
      errors: [
        [5, "sku", "excel_mangled"],
        [6, "sku", "excel_mangled"],
      ],
      stored: [
        "select sku from inventory_items where sku in ('00123', '123', 'MAR1', 'C7E5') order by sku",
        [["00123"], ["C7E5"], ["MAR1"]],
      ],
    },
  },
  {
    name: "C8 nothing, quoted nothing and spaces are not given; a quantity is never guessed",
    kind: "movements",
    content: () =>
      'type,sku,warehouse,quantity\nreceipt,BOLT,MAIN,\nreceipt,BOLT,MAIN,""\nreceipt,BOLT,MAIN,"  "\nreceipt,BOLT,MAIN,NULL\n',
    wanted: {
      applied: 0,
      errors: [
        [2, "quantity", "required"],
        [3, "quantity", "required"],
        [4, "quantity", "required"],
        [5, "quantity", "not_a_number"],
      ],
    },
  },
  {
    name: "C9 the same row twice is two movements",
    kind: "movements",
    content: () =>
      "type,sku,warehouse,quantity,reference_id\nreceipt,NUT,MAIN,5,C9\nreceipt,NUT,MAIN,5,C9\n",
    wanted: {
      applied: 2,
      stored: ["select count(*)::int from stock_movements where reference_id = 'C9'", [[2]]],
    },
  },
];

const SIZES: readonly HostileCase[] = [
  { name: "C10 no bytes", content: () => "", wanted: { status: 422, code: "file_empty" } },
  { name: "C10 a header only", content: () => "sku,name\n", wanted: { applied: 0 } },
  {
    name: "C10 more rows than the limit",
    content: () => `sku,name\n${"A,a\n".repeat(HOSTILE_LIMITS.rows + 1)}`,
    wanted: { failed: "too_many_rows" },
    growthMiB: 160,
  },
  {
    name: "C10 more bytes than the limit",
    content: () => Buffer.alloc(HOSTILE_LIMITS.bytes + 1, "sku,name\n"),
    wanted: { status: 413, code: "file_too_large" },
  },
  {
    name: "C11 every row wrong",
    content: () => `sku,name,cost\n${"C11,a,many\n".repeat(20_000)}`,
    wanted: { applied: 0, rejected: 20_000, errors: [[2, "cost", "not_a_number"]] },
    growthMiB: 160,
  },
];

/** Other things with the name of a CSV file. */
const DISGUISES: readonly HostileCase[] = (
  [
    ["HTML", "<!DOCTYPE html><html><body><table><tr><td>sku</td></tr></table></body></html>"],
    ["a PNG image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13])],
    ["a Windows program", Buffer.concat([Buffer.from("MZ\x90\0\x03\0\0\0"), Buffer.alloc(900)])],
    ["a PDF document", "%PDF-1.7\n%âãÏÓ\n1 0 obj\n"],
    ["JSON", '[{"sku": "A", "name": "a"}]'],
    ["XML", '<?xml version="1.0"?><rows><row sku="A"/></rows>'],
    ["an empty zip archive", Buffer.concat([Buffer.from("PK\x05\x06"), Buffer.alloc(18)])],
  ] as const
).map(([what, content]) => ({
  name: `C12 ${what} named .csv`,
  file: "rows.csv",
  content: () => content,
  wanted: { status: 415, code: "unsupported_content" },
}));

/** Every case of text. */
export const TEXT_CASES: readonly HostileCase[] = [
  ...ENCODINGS,
  ...SHAPES,
  ...FIGURES,
  ...SIZES,
  ...DISGUISES,
];
