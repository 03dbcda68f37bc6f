/** Kinds of files that are known by their first bytes and hold no rows that are read; each with what to do instead. Pure. */

const SAVE_AS = "open it in a spreadsheet program and save it as .xlsx or CSV";
const PACK = "unpack it, or pack the file with gzip instead";
const EXPORT = "export the table as CSV or .xlsx";

interface Magic {
  /** The bytes as hexadecimal digits; ".." is any byte. */
  readonly bytes: string;
  readonly at?: number;
  readonly what: string;
}

/** By the bytes that the format's own description gives. */
const MAGICS: readonly Magic[] = [
  { bytes: "25504446", what: `a PDF document; ${EXPORT}` },
  { bytes: "89504e47", what: "a PNG image" },
  { bytes: "ffd8ff", what: "a JPEG image" },
  { bytes: "47494638", what: "a GIF image" },
  { bytes: "424d........00000000", what: "a BMP image" },
  { bytes: "49492a00", what: "a TIFF image" },
  { bytes: "4d4d002a", what: "a TIFF image" },
  { bytes: "52494646........57454250", what: "a WebP image" },
  { bytes: "52494646........57415645", what: "a WAV recording" },
  { bytes: "000000..66747970", what: "a video or HEIC image" },
  { bytes: "4944330[234]", what: "an MP3 recording" },
  { bytes: "4d5a..00", what: "a Windows program" },
  { bytes: "7f454c46", what: "a program" },
  { bytes: "cffaedfe", what: "a program" },
  { bytes: "cafebabe", what: "a program" },
  { bytes: "50415231", what: `a Parquet file; ${EXPORT}` },
  { bytes: "4f626a01", what: `an Avro file; ${EXPORT}` },
  { bytes: "4152524f5731", what: `an Arrow file; ${EXPORT}` },
  { bytes: "53514c69746520666f726d61742033", what: `an SQLite database; ${EXPORT}` },
  { bytes: "000100005374616e6461726420", what: `an Access database; ${EXPORT}` },
  { bytes: "425a683[1-9]314159265359", what: `a bzip2 archive; ${PACK}` },
  { bytes: "28b52ffd", what: `a zstd archive; ${PACK}` },
  { bytes: "377abcaf271c", what: `a 7z archive; ${PACK}` },
  { bytes: "fd377a585a00", what: `an xz archive; ${PACK}` },
  { bytes: "526172211a07", what: `a RAR archive; ${PACK}` },
  { bytes: "04224d18", what: `an LZ4 archive; ${PACK}` },
  { bytes: "1f9d", what: `a compress archive (.Z); ${PACK}` },
  { bytes: "7573746172", at: 257, what: `a tar archive; ${PACK}` },
  { bytes: "504b0708", what: "one part of a split zip archive; join it and unpack it" },
  // BIFF as Excel 2 to 4 wrote it, without a container
  { bytes: "0900040[0-9]", what: `a very old Excel workbook (.xls); ${SAVE_AS}` },
  { bytes: "09020600", what: `a very old Excel workbook (.xls); ${SAVE_AS}` },
  { bytes: "09040600", what: `a very old Excel workbook (.xls); ${SAVE_AS}` },
];

interface TextKind {
  readonly begins: RegExp;
  readonly what: string;
}

/** By how the text begins, in lower case, after a mark, white space and comments. */
const TEXTS: readonly TextKind[] = [
  {
    begins: /^<\?xml[\s\S]*urn:schemas-microsoft-com:office:spreadsheet/,
    what: `an XML Spreadsheet 2003, as some systems export under the name .xls; ${SAVE_AS}`,
  },
  {
    begins: /^<\?xml[\s\S]*(opendocument:xmlns:office|oasis:names:tc:opendocument)/,
    what: `a flat OpenDocument file (.fods); ${SAVE_AS}`,
  },
  {
    begins: /^(<\?xml[^>]*>\s*)?<(!doctype html|html|head|body|script|table|meta|style|div)\b/,
    what: `an HTML page, as many systems export under the name .xls; ${SAVE_AS}`,
  },
  { begins: /^<\?xml|^<[a-z][\w:.-]*(\s[^<>]*)?>\s*</, what: `an XML document; ${EXPORT}` },
  { begins: /^[[{]\s*["{[\]}]/, what: `a JSON document; ${EXPORT}` },
  { begins: /^\{\\rtf/, what: `a rich text document (.rtf); ${EXPORT}` },
  {
    begins: /^mime-version:|^from: <saved by/,
    what: `a web archive (.mht), as some systems export under the name .xls; ${SAVE_AS}`,
  },
  { begins: /^id;p(wxl|calcooo|scalc)/, what: `a SYLK spreadsheet (.slk); ${SAVE_AS}` },
  { begins: /^#!\s*\//, what: "a script" },
  { begins: /^-----begin pgp/, what: "an encrypted file; send it without encryption" },
  { begins: /^%!ps-adobe/, what: `a PostScript document; ${EXPORT}` },
];

/** What the file is, and what to do; undefined for what is none of the known kinds. */
export function knownKind(head: Buffer): string | undefined {
  const magic = MAGICS.find((one) => matches(head, one));
  if (magic !== undefined) return magic.what;
  const start = plainStart(head);
  return TEXTS.find(({ begins }) => begins.test(start))?.what;
}

/** Longest magic in bytes. */
const MAGIC_BYTES = 32;

function matches(head: Buffer, { bytes, at = 0 }: Magic): boolean {
  const found = head.subarray(at, at + MAGIC_BYTES).toString("hex");
  return new RegExp(`^${bytes}`).test(found);
}

/** Characters that a kind of text is known by. */
const START_CHARS = 2_048;

function plainStart(head: Buffer): string {
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || head[1] === 0;
  return head
    .subarray(0, START_CHARS * (isWide ? 2 : 1))
    .toString(isWide ? "utf16le" : "latin1")
    .replace(/^(\u00ef\u00bb\u00bf|\ufeff)/, "")
    .replace(/^(\s|<!--[\s\S]*?-->)+/, "")
    .toLowerCase();
}
