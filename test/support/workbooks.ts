/**
 * Workbooks for tests: raw parts that may be wrong on purpose, and tables written in the dialects of the programs out there,
 * each with what a reader has to give back.
 */
import { Readable } from "node:stream";
import type { FileLimits } from "../../platform/fileLimits.ts";
import { openXlsxSheet, type SheetCell, WorkbookError } from "../../platform/xlsxReader.ts";
import { testFileLimits } from "./fileLimits.ts";
import { type ZipPart, zipFile } from "./zipFile.ts";

interface ReadChoice {
  readonly sheet?: string;
  readonly limits?: Partial<FileLimits>;
  readonly isQuick?: boolean;
}

export interface ReadWorkbook {
  readonly name: string;
  readonly sheets: readonly string[];
  /** Row number, then the cells. */
  readonly rows: readonly (readonly SheetCell[])[];
}

/** Reads one sheet of a workbook in memory, as a storage would give it out. */
export async function readWorkbookBytes(
  bytes: Buffer,
  { sheet, limits = {}, isQuick = true }: ReadChoice = {},
): Promise<ReadWorkbook> {
  const source = {
    size: bytes.length,
    read: async (start: number, end: number) => Readable.from(chunksOf(bytes.subarray(start, end))),
  };
  const open = await openXlsxSheet(source, { sheet, limits: testFileLimits(limits), isQuick });
  try {
    const rows: SheetCell[][] = [];
    for await (const batch of open.rows) {
      for (const { number, cells } of batch) rows.push([number, ...cells]);
    }
    return { name: open.name, sheets: open.sheets, rows };
  } finally {
    open.close();
  }
}

/** What both ways of reading say of a workbook that is refused; throws where it is not, or where they differ. */
export async function workbookRefusal(
  bytes: Buffer,
  limits: Partial<FileLimits> = {},
): Promise<{ code: string; message: string }> {
  const [quick, slow] = [
    await refusal(bytes, { limits }),
    await refusal(bytes, { limits, isQuick: false }),
  ];
  if (quick.code !== slow.code)
    throw new Error(`${quick.code} by one way, ${slow.code} by the other`);
  return { code: quick.code, message: quick.message };
}

async function refusal(bytes: Buffer, choice: ReadChoice): Promise<WorkbookError> {
  const thrown: unknown = await readWorkbookBytes(bytes, choice).catch((one: unknown) => one);
  if (thrown instanceof WorkbookError) return thrown;
  throw new Error("the workbook was not refused", { cause: thrown });
}

const CHUNK_BYTES = 64 * 1024;

function* chunksOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield bytes.subarray(at, at + CHUNK_BYTES);
  }
}

export const CONTENT_TYPES =
  '<Types><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>';

const NAMESPACES = {
  transitional: "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
  strict: "http://purl.oclc.org/ooxml/officeDocument/relationships",
} as const;

interface Frame {
  readonly namespace?: keyof typeof NAMESPACES;
  readonly targets?: "relative" | "absolute" | "stepping";
  readonly is1904?: boolean;
  /** More sheets beside the first: name and state; their part is the first one's. */
  readonly sheets?: string;
}

/** The parts around a sheet: kinds, relations, the list of sheets, and styles by number format. */
function frameParts({ namespace = "transitional", targets = "relative", ...frame }: Frame = {}) {
  const types = NAMESPACES[namespace];
  const folder = { relative: "", absolute: "/xl/", stepping: "../xl/worksheets/../" }[targets];
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${types}/${type}" Target="${target}"/>`;
  return [
    { name: "[Content_Types].xml", content: CONTENT_TYPES },
    {
      name: "_rels/.rels",
      content: `<Relationships>${relation("r", "officeDocument", "xl/workbook.xml")}</Relationships>`,
    },
    {
      name: "xl/workbook.xml",
      content: `<workbook>${frame.is1904 === true ? '<workbookPr date1904="1"/>' : ""}<sheets>${frame.sheets ?? '<sheet name="S" r:id="a"/>'}</sheets></workbook>`,
    },
    {
      name: "xl/_rels/workbook.xml.rels",
      content: `<Relationships>${relation("a", "worksheet", `${folder}worksheets/sheet1.xml`)}${relation("s", "sharedStrings", `${folder}sharedStrings.xml`)}${relation("t", "styles", `${folder}styles.xml`)}</Relationships>`,
    },
  ] satisfies ZipPart[];
}

/** The styles part whose nth cell style has the nth number format. */
export function stylesPart(formats: readonly string[]): ZipPart {
  const numFmts = formats.map(
    (code, nth) => `<numFmt numFmtId="${164 + nth}" formatCode="${escapeXml(code)}"/>`,
  );
  const xfs = formats.map((_, nth) => `<xf numFmtId="${164 + nth}"/>`);
  return {
    name: "xl/styles.xml",
    content: `<styleSheet><numFmts>${numFmts.join("")}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${xfs.join("")}</cellXfs></styleSheet>`,
  };
}

/** A workbook of raw parts: one sheet with the given rows; further parts replace others or follow. */
export function rawWorkbook(
  sheetData: string,
  more: readonly ZipPart[] = [],
  frame: Frame = {},
): Buffer {
  const sheet = {
    name: "xl/worksheets/sheet1.xml",
    content: `<worksheet><dimension ref="A1:XFD1048576"/><sheetData>${sheetData}</sheetData></worksheet>`,
  };
  const replaced = new Set(more.map((part) => part.name));
  const parts = [sheet, ...frameParts(frame)].filter((part) => !replaced.has(part.name));
  return zipFile([...parts, ...more]);
}

/** A workbook whose only sheet part has the given XML. */
export function sheetWorkbook(xml: string | Buffer, more: readonly ZipPart[] = []): Buffer {
  return rawWorkbook("", [{ name: "xl/worksheets/sheet1.xml", content: xml }, ...more]);
}

/** A value of a table: dates by their serial number in the style of dates. */
export type TableValue = string | number | boolean | { readonly serial: number } | undefined;
export type Table = readonly (readonly TableValue[])[];

/** How a program writes a sheet. */
export interface Dialect {
  readonly texts: "shared" | "inline" | "rich" | "formula";
  readonly prefix: "" | "x:";
  readonly quote: '"' | "'";
  /** False: cells and rows do not say where they stand; empty ones are written out. */
  readonly places: boolean;
  /** The cells of a row from the last to the first. */
  readonly reversed: boolean;
  readonly spaced: boolean;
  readonly cdata: boolean;
  readonly comments: boolean;
  readonly encoding: "utf8" | "utf16le" | "utf16be";
  readonly deflate: boolean;
  readonly sharedLast: boolean;
  readonly frame: Frame;
}

/** The style of dates in a written table. */
const DATE_STYLE = 1;

/** The table as a workbook in the dialect. */
export function writeTable(table: Table, dialect: Dialect): Buffer {
  const writer = new TableWriter(dialect);
  const rows = table.map((values, nth) => writer.row(values, nth + 1));
  const sheet = `${writer.open("worksheet")}${writer.open("sheetData")}${rows.join(writer.gap)}${writer.close("sheetData")}${writer.close("worksheet")}`;
  const parts = [
    { name: "xl/worksheets/sheet1.xml", content: encode(sheet, dialect.encoding) },
    { name: "xl/sharedStrings.xml", content: encode(writer.shared(), dialect.encoding) },
    stylesPart(["General", "yyyy-mm-dd hh:mm:ss"]),
    ...frameParts(dialect.frame),
  ];
  const ordered = dialect.sharedLast ? parts : parts.toReversed();
  return zipFile(ordered.map((part) => ({ ...part, deflate: dialect.deflate })));
}

class TableWriter {
  readonly #dialect: Dialect;
  readonly #shared = new Map<string, number>();
  readonly gap: string;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    const comment = dialect.comments ? '<!-- <row r="9"><c><v>1</v></c></row> -->' : "";
    this.gap = dialect.spaced ? `\n  ${comment}\r\n` : comment;
  }

  open(
    name: string,
    attributes: Readonly<Record<string, string | number | undefined>> = {},
  ): string {
    const { prefix, quote } = this.#dialect;
    const written = Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ` ${key}=${quote}${value}${quote}`);
    return `<${prefix}${name}${written.join("")}>`;
  }

  close(name: string): string {
    return `</${this.#dialect.prefix}${name}>`;
  }

  #element(name: string, content: string): string {
    return `${this.open(name)}${content}${this.close(name)}`;
  }

  row(values: readonly TableValue[], number: number): string {
    const { places, reversed } = this.#dialect;
    const cells = values.map((value, column) => this.#cell(value, column, number));
    const ordered = reversed && places ? cells.toReversed() : cells;
    const place = places ? { r: number, spans: "1:3" } : {};
    return `${this.open("row", place)}${ordered.join(this.#dialect.spaced ? "\n" : "")}${this.close("row")}`;
  }

  #cell(value: TableValue, column: number, row: number): string {
    const { places } = this.#dialect;
    if (value === undefined && places) return "";
    const r = places ? `${String.fromCharCode(65 + column)}${row}` : undefined;
    const { type, style, content } = this.#content(value);
    return `${this.open("c", { r, s: style, t: type })}${content}${this.close("c")}`;
  }

  #content(value: TableValue): { type?: string; style?: number; content: string } {
    if (value === undefined) return { content: "" };
    if (typeof value === "string") return this.#text(value);
    if (typeof value === "boolean") {
      return { type: "b", content: this.#element("v", value ? "1" : "0") };
    }
    if (typeof value === "number") return { content: this.#element("v", String(value)) };
    return { style: DATE_STYLE, content: this.#element("v", String(value.serial)) };
  }

  #text(value: string): { type: string; content: string } {
    const { texts } = this.#dialect;
    const guarded = guardEscapes(value);
    const text = this.#characters(guarded);
    if (texts === "shared") {
      const index = this.#shared.get(value) ?? this.#shared.size;
      this.#shared.set(value, index);
      return { type: "s", content: this.#element("v", String(index)) };
    }
    if (texts === "formula") {
      return {
        type: "str",
        content: `${this.#element("f", "A1&amp;B2")}${this.#element("v", text)}`,
      };
    }
    const content = texts === "inline" ? this.#element("t", text) : this.#runs(guarded);
    return { type: "inlineStr", content: this.#element("is", content) };
  }

  /** The text in two runs, with a reading aid that is no part of it. */
  #runs(value: string): string {
    const points = [...value];
    const half = Math.floor(points.length / 2);
    const runs = [points.slice(0, half), points.slice(half)].map((part) =>
      this.#element("r", this.#element("t", this.#characters(part.join("")))),
    );
    return `${runs.join("")}${this.#element("rPh", this.#element("t", "kana"))}`;
  }

  #characters(text: string): string {
    const isCdata = this.#dialect.cdata && text !== "" && !text.includes("]]>");
    return isCdata ? `<![CDATA[${text}]]>` : escapeXml(text);
  }

  /** The part of the shared texts, with a count that is wrong. */
  shared(): string {
    const items = [...this.#shared.keys()].map((text) => {
      const space = text === text.trim() ? {} : { "xml:space": "preserve" };
      return this.#element(
        "si",
        `${this.open("t", space)}${this.#characters(guardEscapes(text))}${this.close("t")}`,
      );
    });
    return `${this.open("sst", { count: 99_999, uniqueCount: 1 })}${items.join(this.gap)}${this.close("sst")}`;
  }
}

/** The text as workbooks write it: what looks like an escape, and the carriage return that XML would lose. */
function guardEscapes(text: string): string {
  return text.replaceAll(/_(?=x[0-9a-f]{4}_)/gi, "_x005F_").replaceAll("\r", "_x000D_");
}

function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

function encode(xml: string, encoding: Dialect["encoding"]): Buffer {
  if (encoding === "utf8") return Buffer.from(xml);
  const bytes = Buffer.from(`\ufeff${xml}`, "utf16le");
  return encoding === "utf16le" ? bytes : bytes.swap16();
}
