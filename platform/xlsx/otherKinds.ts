/** Archives that are no .xlsx workbook, told apart by the names of their parts and the kinds that they declare. */
import type { Archive } from "./archive.ts";
import { otherKind, type WorkbookError } from "./workbookError.ts";
import { drainXml } from "./xmlPart.ts";

const SAVE_AS = 'open it and save it as "Excel workbook (.xlsx)"';
const CONTENT_TYPES_BYTES = 16 * 1024 * 1024;

/** Content types of the workbook part that are not read. */
const TYPES: readonly { readonly type: RegExp; readonly what: string }[] = [
  { type: /addin\.macroEnabled/i, what: "an Excel add-in (.xlam)" },
  { type: /sheet\.binary/i, what: "a binary workbook (.xlsb)" },
  { type: /template\.macroEnabled/i, what: "a workbook template with macros (.xltm)" },
  { type: /sheet\.macroEnabled/i, what: "a workbook with macros (.xlsm)" },
  { type: /spreadsheetml\.template/i, what: "a workbook template (.xltx)" },
  { type: /wordprocessingml|ms-word/i, what: "a Word document (.docx)" },
  { type: /presentationml|ms-powerpoint/i, what: "a PowerPoint presentation (.pptx)" },
];

/** Throws WorkbookError workbook_kind that says what the archive is, unless it declares itself an .xlsx workbook. */
export async function refuseOtherKinds(archive: Archive): Promise<void> {
  if (!archive.has("[Content_Types].xml")) throw archiveKind(archive.names);
  let kind: string | undefined;
  const bytes = await archive.open("[Content_Types].xml", { bytesMax: CONTENT_TYPES_BYTES });
  await drainXml(bytes, {
    onOpen: (_name, attributes) => {
      const declared = attributes["ContentType"] ?? "";
      kind ??= TYPES.find(({ type }) => type.test(declared))?.what;
    },
  });
  if (kind !== undefined) throw otherKind(kind, SAVE_AS);
}

function archiveKind(names: readonly string[]): WorkbookError {
  const has = (pattern: RegExp) => names.some((name) => pattern.test(name));
  if (has(/^mimetype$/) && has(/^content\.xml$/)) {
    return otherKind("an OpenDocument file (.ods)", SAVE_AS);
  }
  if (has(/^index\/.*\.iwa$|^index\.zip$/i)) {
    return otherKind("an Apple Numbers document (.numbers)", "export it as Excel");
  }
  const inside = names.find((name) => /\.(xlsx|csv|tsv|txt)$/i.test(name));
  if (inside !== undefined) {
    const mend = "unpack it and send each file by itself; a CSV file may be packed with gzip";
    return otherKind(`a zip archive that holds "${inside.slice(0, 100)}"`, mend);
  }
  return otherKind("a zip archive without a workbook", "send the workbook itself, or a CSV file");
}
