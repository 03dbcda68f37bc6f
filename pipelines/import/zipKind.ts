/**
 * What a zip archive is by the names of the parts that show in its first bytes: enough to refuse other kinds of documents before
 * they are stored whole. What does not show here is found out by the central directory, when the workbook is opened. Pure.
 */

const SAVE_AS = 'open it and save it as "Excel workbook (.xlsx)"';

/** By the name of a part, in the order in which they decide. */
const KINDS: readonly { readonly name: RegExp; readonly what: string }[] = [
  { name: /^xl\/workbook\.bin$/i, what: `a binary workbook (.xlsb); ${SAVE_AS}` },
  { name: /^xl\/vbaProject\.bin$/i, what: `a workbook with macros (.xlsm); ${SAVE_AS}` },
  { name: /^word\//i, what: "a Word document (.docx); export the table as CSV or .xlsx" },
  { name: /^ppt\//i, what: "a PowerPoint presentation (.pptx); export the table as CSV or .xlsx" },
  {
    name: /^index\/.*\.iwa$|^index\.zip$/i,
    what: "an Apple Numbers document; export it as Excel",
  },
  { name: /^META-INF\/MANIFEST\.MF$/, what: "a Java program" },
  { name: /^AndroidManifest\.xml$/, what: "an Android program" },
];

const OPEN_DOCUMENT = "application/vnd.oasis.opendocument";

/** What the archive is when it is no .xlsx workbook, and what to do; undefined where nothing speaks against one. */
export function zipKind(head: Buffer): string | undefined {
  if (head[2] === 5) return "an empty zip archive; send the file itself";
  const names = partNames(head);
  if (names[0] === "mimetype" && head.includes(OPEN_DOCUMENT)) {
    return `an OpenDocument file (.ods); ${SAVE_AS}`;
  }
  const kind = KINDS.find(({ name }) => names.some((one) => name.test(one)));
  if (kind !== undefined) return kind.what;
  const isPackage = names.some((one) =>
    /^(\[Content_Types\]\.xml|_rels\/|xl\/|docProps\/)/i.test(one),
  );
  const inside = names.find((one) => /\.(xlsx|xls|csv|tsv|txt)$/i.test(one));
  if (isPackage || inside === undefined) return undefined;
  const shown = inside.slice(0, 100).replaceAll(/\p{Cc}/gu, "?");
  return `a zip archive that holds "${shown}"; unpack it and send each file by itself; a CSV file may be packed with gzip`;
}

const LOCAL_HEADER = Buffer.from([0x50, 0x4b, 3, 4]);
const NAME_LENGTH_AT = 26;
const NAME_AT = 30;
const NAME_BYTES_MAX = 1_024;

/** Names of the local headers in the first bytes. */
function partNames(head: Buffer): string[] {
  const names: string[] = [];
  let at = head.indexOf(LOCAL_HEADER);
  while (at !== -1 && at + NAME_AT < head.length) {
    const bytes = head.readUInt16LE(at + NAME_LENGTH_AT);
    const end = at + NAME_AT + bytes;
    if (bytes <= NAME_BYTES_MAX && end <= head.length)
      names.push(head.toString("utf8", at + NAME_AT, end));
    at = head.indexOf(LOCAL_HEADER, at + NAME_AT);
  }
  return names;
}
