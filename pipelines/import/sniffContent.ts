/** What a file is by its first bytes, whatever its name says: text, gzip or a workbook; anything else is refused by name. Pure. */

export type ImportFormat = "csv" | "csv.gz" | "xlsx";

/** Bytes that the judgement needs at most. */
export const SNIFFED_BYTES = 1_024;

export type Sniffed = { readonly format: ImportFormat } | { readonly refused: string };

const MAGICS: readonly { readonly bytes: readonly number[]; readonly what: string }[] = [
  {
    bytes: [0xd0, 0xcf, 0x11, 0xe0],
    what: "an old Excel workbook (.xls) or an encrypted one; save it as .xlsx without a password",
  },
  { bytes: [0x25, 0x50, 0x44, 0x46], what: "a PDF document" },
  { bytes: [0x89, 0x50, 0x4e, 0x47], what: "a PNG image" },
  { bytes: [0xff, 0xd8, 0xff], what: "a JPEG image" },
  { bytes: [0x47, 0x49, 0x46, 0x38], what: "a GIF image" },
  { bytes: [0x4d, 0x5a, 0x90], what: "a Windows program" },
  { bytes: [0x7f, 0x45, 0x4c, 0x46], what: "a program" },
  { bytes: [0x50, 0x41, 0x52, 0x31], what: "a Parquet file" },
  { bytes: [0x42, 0x5a, 0x68], what: "a bzip2 archive; pack it with gzip, or send it as it is" },
  {
    bytes: [0x28, 0xb5, 0x2f, 0xfd],
    what: "a zstd archive; pack it with gzip, or send it as it is",
  },
  { bytes: [0x37, 0x7a, 0xbc, 0xaf], what: "a 7z archive; pack it with gzip, or send it as it is" },
];

/** Judges the first bytes (SNIFFED_BYTES, or the whole file when it is shorter). */
export function sniffContent(head: Buffer): Sniffed {
  if (startsWith(head, [0x1f, 0x8b])) return { format: "csv.gz" };
  if (startsWith(head, [0x50, 0x4b, 0x03, 0x04]) || startsWith(head, [0x50, 0x4b, 0x05, 0x06]))
    return { format: "xlsx" };
  const magic = MAGICS.find(({ bytes }) => startsWith(head, bytes));
  if (magic !== undefined) return { refused: magic.what };
  const start = head
    .toString("latin1")
    .replace(/^(\u00ef\u00bb\u00bf)?\s*/, "")
    .toLowerCase();
  if (/^<(!doctype|html|head|body|script)/.test(start)) return { refused: "an HTML page" };
  if (start.startsWith("<?xml")) return { refused: "an XML document" };
  if (/^[[{]\s*["{[\]}]/.test(start)) return { refused: "a JSON document" };
  if (head.includes(0) && !isUtf16(head)) return { refused: "a binary file" };
  return { format: "csv" };
}

function startsWith(head: Buffer, bytes: readonly number[]): boolean {
  return bytes.every((byte, at) => head[at] === byte);
}

/** By its mark, or since its zero bytes all stand at odd or all at even places. */
function isUtf16(head: Buffer): boolean {
  if (startsWith(head, [0xff, 0xfe]) || startsWith(head, [0xfe, 0xff])) return true;
  const places = new Set([...head.keys()].filter((at) => head[at] === 0).map((at) => at % 2));
  return places.size === 1 && head.length >= 4;
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
