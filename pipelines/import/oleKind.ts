/**
 * The old container of Office files (OLE2, MS-CFB): what is in it, by the names in its directory where that lies within the
 * first bytes, or else by names and records that show there. Pure; never throws on broken bytes.
 */

const SAVE_AS = "open it and save it as .xlsx";

/** Names of streams, in the order in which they decide. */
const STREAMS: readonly { readonly name: string; readonly what: string }[] = [
  {
    name: "EncryptedPackage",
    what: "a workbook or document encrypted with a password; save it without one",
  },
  { name: "WordDocument", what: "an old Word document (.doc); export the table as CSV or .xlsx" },
  {
    name: "PowerPoint Document",
    what: "an old PowerPoint presentation (.ppt); export the table as CSV or .xlsx",
  },
  {
    name: "__properties_version1.0",
    what: "an Outlook message (.msg); send the file attached to it",
  },
  { name: "Workbook", what: `an old Excel workbook (.xls); ${SAVE_AS}` },
  { name: "Book", what: `an old Excel workbook (.xls); ${SAVE_AS}` },
];
const UNKNOWN =
  "an old Office file (.xls, .doc) or an encrypted workbook; save it as .xlsx without a password";

/** What the container holds, and what to do. */
export function oleKind(head: Buffer): string {
  const names = directoryNames(head);
  const listed = STREAMS.find(({ name }) => names.includes(name));
  if (listed !== undefined) return listed.what;
  const shown = STREAMS.find(({ name }) => head.includes(Buffer.from(`${name}\0`, "utf16le")));
  if (shown !== undefined) return shown.what;
  return beginsWorkbook(head) ? `an old Excel workbook (.xls); ${SAVE_AS}` : UNKNOWN;
}

const SECTOR_SHIFT_AT = 30;
const DIRECTORY_SECTOR_AT = 48;
const ENTRY_BYTES = 128;
const NAME_BYTES_AT = 64;
const NAME_BYTES_MAX = 64;

/** The names in the first sector of the directory; none where it lies behind the first bytes. */
function directoryNames(head: Buffer): string[] {
  if (head.length < 512) return [];
  const sectorBytes = 2 ** Math.min(head.readUInt16LE(SECTOR_SHIFT_AT), 12);
  const start = (head.readUInt32LE(DIRECTORY_SECTOR_AT) + 1) * sectorBytes;
  const names: string[] = [];
  for (let at = start; at < start + sectorBytes; at += ENTRY_BYTES) {
    if (at + ENTRY_BYTES > head.length) break;
    const bytes = Math.min(head.readUInt16LE(at + NAME_BYTES_AT), NAME_BYTES_MAX);
    if (bytes >= 2) names.push(head.toString("utf16le", at, at + bytes - 2));
  }
  return names;
}

/** The record that a workbook of Excel 5 and later begins with, in the first sector. */
function beginsWorkbook(head: Buffer): boolean {
  return head.length > 516 && head[512] === 0x09 && head[513] === 0x08;
}
