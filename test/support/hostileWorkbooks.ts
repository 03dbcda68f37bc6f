/** Bad and hostile workbooks (reliability.md X1 to X7), each with the answer that it must get; bombs are small here and large unpacked. */
import { crc32, deflateRawSync } from "node:zlib";
import type { HostileCase } from "./hostileCase.ts";
import { packRepeated, type ZipPart, zipFile } from "./zipFile.ts";

const REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml";
const contentTypes = (type: string) =>
  `<Types><Override PartName="/xl/workbook.xml" ContentType="${type}"/></Types>`;

/** A workbook of raw parts with one sheet of the given rows; further parts replace those of their name, or follow. */
function book(rows: string, more: readonly ZipPart[] = []): Buffer {
  const parts: ZipPart[] = [
    { name: "[Content_Types].xml", content: contentTypes(MAIN) },
    {
      name: "_rels/.rels",
      content: `<Relationships><Relationship Id="r" Type="${REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: '<workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships><Relationship Id="a" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="s" Type="${REL}/sharedStrings" Target="sharedStrings.xml"/><Relationship Id="t" Type="${REL}/styles" Target="styles.xml"/></Relationships>`,
    },
    { name: SHEET, content: sheet(rows) },
  ];
  const replaced = new Set(more.map((part) => part.name));
  return zipFile([...parts.filter((part) => !replaced.has(part.name)), ...more]);
}

function sheet(rows: string, dimension = ""): string {
  return `<worksheet>${dimension}<sheetData>${rows}</sheetData></worksheet>`;
}

function text(ref: string, value: string): string {
  return `<c r="${ref}" t="inlineStr"><is><t>${value}</t></is></c>`;
}

function row(number: number, ...cells: string[]): string {
  return `<row r="${number}">${cells.join("")}</row>`;
}

const HEAD = row(1, text("A1", "sku"), text("B1", "name"));
const good = (number: number, sku: string) =>
  row(number, text(`A${number}`, sku), text(`B${number}`, `Name of ${sku}`));

const SHARED = "xl/sharedStrings.xml";
const SHEET = "xl/worksheets/sheet1.xml";
const MIB = 1024 * 1024;

/** A workbook whose sheet holds so many MiB of nothing. */
function emptySheetBook(mib: number): Buffer {
  const [before = "", after = ""] = sheet(`${HEAD}|`).split("|");
  const content = packRepeated(" ".repeat(MIB), { times: mib, before, after });
  return book("", [{ name: SHEET, content }]);
}

/** The archive with its first part's unpacked size, in both places where it stands, replaced. */
function lyingZip(zip: Buffer, partName: string, size: number): Buffer {
  const lying = Buffer.from(zip);
  const signatures = [
    { bytes: Buffer.from([0x50, 0x4b, 3, 4]), sizeAt: 22, nameAt: 30 },
    { bytes: Buffer.from([0x50, 0x4b, 1, 2]), sizeAt: 24, nameAt: 46 },
  ];
  for (const { bytes, sizeAt, nameAt } of signatures) {
    for (let at = lying.indexOf(bytes); at >= 0; at = lying.indexOf(bytes, at + 4)) {
      const name = lying.toString("latin1", at + nameAt, at + nameAt + partName.length);
      if (name === partName) lying.writeUInt32LE(size, at + sizeAt);
    }
  }
  return lying;
}

/** Many parts that all are the same packed bytes: a few kB that unpack to GBs. */
function overlappingZip(parts: number): Buffer {
  const content = Buffer.alloc(MIB, 32);
  const packed = deflateRawSync(content);
  const fields = (name: string) => {
    const bytes = Buffer.alloc(26);
    bytes.writeUInt16LE(20, 0);
    bytes.writeUInt16LE(8, 4);
    bytes.writeUInt32LE(crc32(content), 10);
    bytes.writeUInt32LE(packed.length, 14);
    bytes.writeUInt32LE(content.length, 18);
    bytes.writeUInt16LE(name.length, 22);
    return bytes;
  };
  const local = Buffer.concat([Buffer.from("PK\x03\x04"), fields("a.xml"), Buffer.from("a.xml")]);
  const centrals = Array.from({ length: parts }, (_, n) => {
    const name = `${n}.xml`;
    const head = Buffer.from("PK\x01\x02\x14\x00");
    return Buffer.concat([head, fields(name), Buffer.alloc(14), Buffer.from(name)]);
  });
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(parts, 8);
  end.writeUInt16LE(parts, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length + packed.length, 16);
  return Buffer.concat([local, packed, directory, end]);
}

const BOMBS: readonly HostileCase[] = [
  {
    name: "X1 a sheet of 300 kB that unpacks to 300 MB",
    content: () => emptySheetBook(300),
    wanted: { failed: "archive_limits" },
    growthMiB: 160,
  },
  {
    name: "X1 shared texts that unpack to 300 MB",
    content: () =>
      book(HEAD + good(2, "X1-S"), [
        {
          name: SHARED,
          content: packRepeated(`<si><t>${"a".repeat(1_000)}</t></si>`.repeat(1_000), {
            times: 300,
            before: "<sst>",
            after: "</sst>",
          }),
        },
      ]),
    wanted: { failed: "archive_limits" },
    growthMiB: 160,
  },
  {
    name: "X1 an archive within an archive",
    content: () => zipFile([{ name: "rows.xlsx", content: book(HEAD + good(2, "X1-N")) }]),
    wanted: { status: 415, code: "unsupported_content" },
  },
  {
    name: "X1 4,000 parts that are the same bytes",
    content: () => overlappingZip(4_000),
    wanted: { failed: "archive_limits" },
  },
  {
    name: "X1 more parts than the limit",
    content: () =>
      book(
        HEAD + good(2, "X1-P"),
        Array.from({ length: 10_001 }, (_, n) => ({ name: `p/${n}`, content: "", deflate: false })),
      ),
    wanted: { failed: "archive_limits" },
  },
  {
    name: "X1 a part that lies about its size",
    content: () => lyingZip(emptySheetBook(300), SHEET, 500),
    wanted: { failed: "archive_limits" },
    growthMiB: 160,
  },
  {
    name: "X1 a part that claims the size of ZIP64 without having one",
    content: () => lyingZip(book(HEAD + good(2, "X1-Z")), SHEET, 0xffffffff),
    wanted: { failed: "workbook_invalid" },
  },
];

const DOCTYPE =
  '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>';
/** Where a reader of external entities would call; the test listens there. */
export const CALLED_URL = { port: 0 };

const MARKUP: readonly HostileCase[] = [
  {
    name: "X2 a billion laughs in the shared texts",
    content: () =>
      book(HEAD + row(2, '<c r="A2" t="s"><v>0</v></c>'), [
        { name: SHARED, content: `<?xml version="1.0"?>${DOCTYPE}<sst><si><t>&c;</t></si></sst>` },
      ]),
    wanted: { failed: "doctype_refused" },
  },
  {
    name: "X2 an external entity in the sheet",
    content: () =>
      book("", [
        {
          name: SHEET,
          content: `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1:${CALLED_URL.port}/x">]>${sheet(`${HEAD}${row(2, text("A2", "&x;"))}`)}`,
        },
      ]),
    wanted: { failed: "doctype_refused" },
  },
  {
    name: "X2 an external DTD in the workbook part",
    content: () =>
      book(HEAD + good(2, "X2-D"), [
        {
          name: "xl/workbook.xml",
          content: `<!DOCTYPE workbook SYSTEM "http://127.0.0.1:${CALLED_URL.port}/d.dtd"><workbook><sheets><sheet name="S" r:id="a"/></sheets></workbook>`,
        },
      ]),
    wanted: { failed: "doctype_refused" },
  },
  {
    name: "X3 a shared text of 1 MB in 12,000 cells",
    content: () =>
      book(
        HEAD +
          Array.from({ length: 12_000 }, (_, n) =>
            row(n + 2, text(`A${n + 2}`, `X3-${n}`), `<c r="B${n + 2}" t="s"><v>0</v></c>`),
          ).join(""),
        [{ name: SHARED, content: `<sst><si><t>${"a".repeat(MIB)}</t></si></sst>` }],
      ),
    wanted: { applied: 0, rejected: 12_000, errors: [[2, "name", "cell_too_long"]] },
    growthMiB: 160,
  },
  {
    name: "half of a surrogate pair and NUL as character references",
    content: () =>
      book(HEAD + row(2, text("A2", "X3-A"), text("B2", "a&#xD800;b")) + good(3, "X3-B")),
    wanted: { failed: "workbook_invalid" },
  },
];

const SHEETS: readonly HostileCase[] = [
  {
    name: "X4 a dimension of all cells there are, spans and counts that lie, cells out of order",
    content: () =>
      book("", [
        {
          name: SHEET,
          content: sheet(
            `<row r="1" spans="1:16384">${text("B1", "name")}${text("A1", "sku")}</row><row r="2" spans="9:9">${text("B2", "b")}<c r="A2" t="s"><v>0</v></c></row>`,
            '<dimension ref="A1:XFD1048576"/>',
          ),
        },
        {
          name: SHARED,
          content: '<sst count="4000000000" uniqueCount="0"><si><t>X4-1</t></si></sst>',
        },
      ]),
    wanted: {
      applied: 1,
      stored: ["select sku, name from inventory_items where sku like 'X4-%'", [["X4-1", "b"]]],
    },
  },
  {
    name: "X5 formulas with and without value, error cells",
    content: () =>
      book(
        [
          HEAD,
          row(2, text("A2", "X5-1"), '<c r="B2" t="str"><f>A2</f><v>by formula</v></c>'),
          row(3, text("A3", "X5-2"), '<c r="B3"><f>A2</f></c>'),
          row(4, text("A4", "X5-3"), '<c r="B4" t="e"><f>Z9</f><v>#REF!</v></c>'),
        ].join(""),
      ),
    wanted: {
      applied: 1,
      errors: [
        [3, "name", "formula_no_value"],
        [4, "name", "cell_error"],
      ],
      stored: ["select name from inventory_items where sku = 'X5-1'", [["by formula"]]],
    },
  },
  {
    name: "X5 a hidden sheet before the one that is seen",
    content: () =>
      book("", [
        {
          name: "xl/workbook.xml",
          content:
            '<workbook><sheets><sheet name="H" state="hidden" r:id="h"/><sheet name="S" r:id="a"/></sheets></workbook>',
        },
        {
          name: "xl/_rels/workbook.xml.rels",
          content: `<Relationships><Relationship Id="a" Type="${REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="h" Type="${REL}/worksheet" Target="worksheets/sheet2.xml"/></Relationships>`,
        },
        { name: SHEET, content: sheet(HEAD + good(2, "X5-S")) },
        { name: "xl/worksheets/sheet2.xml", content: sheet(HEAD + good(2, "X5-H")) },
      ]),
    wanted: {
      applied: 1,
      stored: ["select sku from inventory_items where sku in ('X5-S', 'X5-H')", [["X5-S"]]],
    },
  },
  {
    name: "X5 days of the 1904 calendar",
    kind: "movements",
    content: () =>
      book(
        row(
          1,
          ...["type", "sku", "warehouse", "quantity", "occurred_at", "reference_id"].map(
            (name, n) => text(`${"ABCDEF"[n]}1`, name),
          ),
        ) +
          row(
            2,
            ...["receipt", "BOLT", "MAIN", "1"].map((cell, n) => text(`${"ABCD"[n]}2`, cell)),
            '<c r="E2" s="1"><v>43832</v></c>',
            text("F2", "X5-D"),
          ),
        [
          {
            name: "xl/workbook.xml",
            content:
              '<workbook><workbookPr date1904="1"/><sheets><sheet name="S" r:id="a"/></sheets></workbook>',
          },
          {
            name: "xl/styles.xml",
            content:
              '<styleSheet><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
          },
        ],
      ),
    wanted: {
      applied: 1,
      stored: [
        "select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD') from stock_movements where reference_id = 'X5-D'",
        [["2024-01-03"]],
      ],
    },
  },
  {
    name: "X7 the sheet before the shared texts",
    content: () =>
      book(HEAD + row(2, '<c r="A2" t="s"><v>0</v></c>', '<c r="B2" t="s"><v>1</v></c>'), [
        { name: SHARED, content: "<sst><si><t>X7-1</t></si><si><t>late</t></si></sst>" },
      ]),
    wanted: {
      applied: 1,
      stored: ["select name from inventory_items where sku = 'X7-1'", [["late"]]],
    },
  },
];

/** An OLE2 file whose directory names a part of the given name: what an encrypted or an old workbook is. */
function ole2(part: string): Buffer {
  const bytes = Buffer.alloc(4_096);
  Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]).copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 44);
  bytes.writeUInt32LE(1, 48); // the directory is sector 1
  for (const [nth, name] of ["Root Entry", part].entries()) {
    const at = 1_024 + nth * 128;
    bytes.write(name, at, "utf16le");
    bytes.writeUInt16LE((name.length + 1) * 2, at + 64);
    bytes[at + 66] = nth === 0 ? 5 : 2;
  }
  return bytes;
}

const KINDS: readonly HostileCase[] = [
  ...(
    [
      ["an old workbook", "Workbook", "rows.xls"],
      ["an encrypted workbook", "EncryptedPackage", "rows.xlsx"],
    ] as const
  ).map(
    ([what, part, file]): HostileCase => ({
      name: `X6 ${what}`,
      file,
      content: () => ole2(part),
      wanted: { status: 415, code: "unsupported_content" },
    }),
  ),
  ...(
    [
      ["a workbook with macros", "application/vnd.ms-excel.sheet.macroEnabled.main+xml"],
      ["a binary workbook", "application/vnd.ms-excel.sheet.binary.macroEnabled.main"],
    ] as const
  ).map(
    ([what, type]): HostileCase => ({
      name: `X6 ${what}`,
      content: () =>
        book(HEAD + good(2, "X6-K"), [
          { name: "[Content_Types].xml", content: contentTypes(type) },
        ]),
      wanted: { failed: "workbook_kind" },
    }),
  ),
  ...(["../evil.xml", "/etc/evil.xml", "xl\\..\\..\\evil.xml"] as const).map(
    (name): HostileCase => ({
      name: `X6 a part named ${name}`,
      content: () => book(HEAD + good(2, "X6-P"), [{ name, content: "<evil/>" }]),
      wanted: { failed: "workbook_invalid" },
    }),
  ),
  {
    name: "X6 two parts of one name",
    content: () => {
      const first = SHEET;
      const second = "xl/worksheets/sheet2.xml";
      const zip = book(HEAD + good(2, "X6-D"), [{ name: second, content: sheet(HEAD) }]);
      return Buffer.from(zip.toString("latin1").replaceAll(second, first), "latin1");
    },
    wanted: { failed: "workbook_invalid" },
  },
  {
    name: "a workbook that is cut off",
    content: () => book(HEAD + good(2, "X6-C")).subarray(0, -30),
    wanted: { failed: "workbook_invalid" },
  },
];

/** Every case of workbooks. */
export const WORKBOOK_CASES: readonly HostileCase[] = [
  ...BOMBS,
  ...MARKUP,
  ...SHEETS,
  ...KINDS,
].map((one) => ({ file: "rows.xlsx", ...one }));
