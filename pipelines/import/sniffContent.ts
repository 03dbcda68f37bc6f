/** What a file is by its first bytes, whatever its name says: text, gzip or a workbook; anything else is refused by name. Pure. */
import { knownKind } from "./knownKinds.ts";
import { oleKind } from "./oleKind.ts";
import { zipKind } from "./zipKind.ts";

export type ImportFormat = "csv" | "csv.gz" | "xlsx";

/** Bytes that the judgement needs at most: what is in an archive or an old Office document shows within them, as a rule. */
export const SNIFFED_BYTES = 65_536;

/** The format, or what the content is and how it becomes one that is read. */
export type Sniffed = { readonly format: ImportFormat } | { readonly refused: string };

/** Judges the first bytes (SNIFFED_BYTES, or the whole file when it is shorter). */
export function sniffContent(head: Buffer): Sniffed {
  if (startsWith(head, [0x1f, 0x8b])) return { format: "csv.gz" };
  if (isZip(head)) {
    const other = zipKind(head);
    return other === undefined ? { format: "xlsx" } : { refused: other };
  }
  const refused = isOle(head) ? oleKind(head) : (knownKind(head) ?? utf32(head) ?? binary(head));
  return refused === undefined ? { format: "csv" } : { refused };
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

function isZip(head: Buffer): boolean {
  return startsWith(head, [0x50, 0x4b, 3, 4]) || startsWith(head, [0x50, 0x4b, 5, 6]);
}

function isOle(head: Buffer): boolean {
  return startsWith(head, [0xd0, 0xcf, 0x11, 0xe0]);
}

/** By its mark, or since three of four bytes are zero. */
function utf32(head: Buffer): string | undefined {
  const quads = Math.min(Math.floor(head.length / 4), 64);
  const hasMark =
    startsWith(head, [0, 0, 0xfe, 0xff]) ||
    (startsWith(head, [0xff, 0xfe, 0, 0]) && head.length % 4 === 0);
  const isLittle = quads > 1 && zeros(head, quads * 4, [1, 2, 3]) === quads * 3;
  const isBig = quads > 1 && zeros(head, quads * 4, [0, 1, 2]) === quads * 3;
  return hasMark || isLittle || isBig ? "text in UTF-32; save it as UTF-8" : undefined;
}

/** Zero bytes at the given places of each four. */
function zeros(head: Buffer, until: number, places: readonly number[]): number {
  let count = 0;
  for (let at = 0; at < until; at += 1) {
    if (head[at] === 0 && places.includes(at % 4)) count += 1;
  }
  return count;
}

/** Of 100 bytes, how many control characters make a file binary; a stray one is a fault of its row. */
const CONTROLS_PERCENT = 3;
const CONTROLS_MIN = 3;

function binary(head: Buffer): string | undefined {
  if (isUtf16(head)) return undefined;
  let controls = 0;
  for (const byte of head) if (isControl(byte)) controls += 1;
  const isBinary = controls >= CONTROLS_MIN && controls * 100 > head.length * CONTROLS_PERCENT;
  return isBinary ? "a binary file" : undefined;
}

/** No tab, line end, form feed, escape, end-of-file mark or one of the four separators. */
function isControl(byte: number): boolean {
  return (
    byte < 9 || byte === 0x0b || (byte >= 0x0e && byte < 0x1c && byte !== 0x1a && byte !== 0x1b)
  );
}

/** Share of the zero bytes that stand at odd, or at even, places of UTF-16 without a mark. */
const UTF16_SHARE = 0.8;
/** Share of zero bytes that text in UTF-16 has at least: its delimiters, digits and line ends. */
const UTF16_ZEROS = 0.02;

/** By its mark, or since its zero bytes stand nearly all at odd or at even places. */
function isUtf16(head: Buffer): boolean {
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) return true;
  const even = zeros(head, head.length, [0, 2]);
  const odd = zeros(head, head.length, [1, 3]);
  const share = Math.max(even, odd) / Math.max(1, even + odd);
  return share >= UTF16_SHARE && even + odd >= head.length * UTF16_ZEROS && head.length >= 4;
}

/**
 * The format to read the file by; the name and the sender's word must agree with the content. `wanted` "csv" takes gzip too.
 * Answers the sentence of the refusal otherwise.
 */
export function decideFormat(
  sniffed: Sniffed,
  said: { readonly fileName: string; readonly format: ImportFormat | undefined },
): { format: ImportFormat } | { refused: string } {
  if ("refused" in sniffed) {
    return { refused: `the content is ${sniffed.refused}; expected CSV, gzip of CSV, or XLSX` };
  }
  const { format } = sniffed;
  const named = /\.(csv|tsv|txt)$/i.test(said.fileName)
    ? "csv"
    : /\.xlsx$/i.test(said.fileName)
      ? "xlsx"
      : undefined;
  const wanted = said.format ?? named;
  const fits =
    wanted === undefined || wanted === format || (wanted === "csv" && format === "csv.gz");
  if (fits) return { format };
  const words = { csv: "text", "csv.gz": "gzip", xlsx: "a zip archive, as XLSX is" };
  return {
    refused: `the content is ${words[format]}, but ${said.format === undefined ? `the name says ${named}` : `format says ${said.format}`}; send it under its true name and format`,
  };
}
