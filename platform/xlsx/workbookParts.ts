/** The small parts of a workbook: its sheets, which styles show dates, and the shared texts. */
import type { Archive } from "./archive.ts";
import { invalid, WorkbookError } from "./archive.ts";
import { isBuiltInDate, isDateFormat } from "./serialDates.ts";
import { attribute, drainXml } from "./xmlPart.ts";

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly part: string;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
  /** By style index: true where the style shows a date. */
  readonly dateStyles: readonly boolean[];
  /** The part of the shared texts, if there is one. */
  readonly sharedPart: string | undefined;
}

/** Inflated bytes of a small part. */
const SMALL_PART_BYTES = 16 * 1024 * 1024;
/** Inflated bytes of the shared texts, which are held in memory while a sheet is read. */
const SHARED_TEXT_BYTES = 96 * 1024 * 1024;

/** Reads the workbook's own parts; throws WorkbookError for macro and binary workbooks and for broken ones. */
export async function readWorkbook(archive: Archive): Promise<Workbook> {
  await refuseOtherKinds(archive);
  const root = (await relationsOf(archive, "_rels/.rels", "")).find((relation) =>
    relation.type.endsWith("/officeDocument"),
  );
  const part = root?.target ?? "xl/workbook.xml";
  const folder = part.slice(0, part.lastIndexOf("/") + 1);
  const relations = await relationsOf(
    archive,
    `${folder}_rels/${part.slice(folder.length)}.rels`,
    folder,
  );
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const sheets: Sheet[] = [];
  let is1904 = false;
  await drainXml(await archive.open(part, SMALL_PART_BYTES), {
    onOpen: (name, attributes) => {
      if (name === "workbookPr") is1904 = isTrue(attribute(attributes, "date1904"));
      if (name !== "sheet") return;
      const relation = byId.get(attribute(attributes, "id") ?? "");
      if (relation === undefined || !relation.type.endsWith("/worksheet")) return;
      const hidden = (attributes["state"] ?? "visible") !== "visible";
      sheets.push({ name: attributes["name"] ?? "", hidden, part: relation.target });
    },
  });
  const partOf = (kind: string) => relations.find(({ type }) => type.endsWith(kind))?.target;
  const styles = partOf("/styles");
  const shared = partOf("/sharedStrings");
  return {
    sheets,
    is1904,
    dateStyles: styles === undefined ? [] : await readDateStyles(archive, styles),
    sharedPart: shared !== undefined && archive.has(shared) ? shared : undefined,
  };
}

async function refuseOtherKinds(archive: Archive): Promise<void> {
  if (!archive.has("[Content_Types].xml")) {
    throw invalid("the archive is no Excel workbook: it has no [Content_Types].xml");
  }
  let kind = "";
  await drainXml(await archive.open("[Content_Types].xml", SMALL_PART_BYTES), {
    onOpen: (_name, attributes) => {
      const type = attributes["ContentType"] ?? "";
      if (/macroEnabled/i.test(type)) kind = "a workbook with macros (.xlsm)";
      if (/sheet\.binary/i.test(type)) kind = "a binary workbook (.xlsb)";
    },
  });
  if (kind === "") return;
  throw new WorkbookError({
    code: "workbook_kind",
    detail: `the file is ${kind}; expected .xlsx: save it as "Excel workbook (.xlsx)"`,
  });
}

interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

async function relationsOf(archive: Archive, part: string, folder: string): Promise<Relation[]> {
  if (!archive.has(part)) return [];
  const relations: Relation[] = [];
  await drainXml(await archive.open(part, SMALL_PART_BYTES), {
    onOpen: (name, attributes) => {
      if (name !== "Relationship") return;
      const { Id: id = "", Type: type = "", Target: target = "" } = attributes;
      relations.push({ id, type, target: resolvePart(folder, target) });
    },
  });
  return relations;
}

/** A relation's target as the name of a part; it can only ever name an entry of the archive. */
function resolvePart(folder: string, target: string): string {
  return target.startsWith("/") ? target.slice(1) : folder + target.replace(/^\.\//, "");
}

function isTrue(text: string | undefined): boolean {
  return text === "1" || text === "true";
}

async function readDateStyles(archive: Archive, part: string): Promise<boolean[]> {
  const formats = new Map<number, string>();
  const styles: boolean[] = [];
  let inCellStyles = false;
  await drainXml(await archive.open(part, SMALL_PART_BYTES), {
    onOpen: (name, attributes) => {
      if (name === "numFmt") {
        formats.set(Number(attributes["numFmtId"]), attributes["formatCode"] ?? "");
      }
      if (name === "cellXfs") inCellStyles = true;
      if (name !== "xf" || !inCellStyles) return;
      const id = Number(attributes["numFmtId"] ?? 0);
      const code = formats.get(id);
      styles.push(code === undefined ? isBuiltInDate(id) : isDateFormat(code));
    },
    onClose: (name) => {
      if (name === "cellXfs") inCellStyles = false;
    },
  });
  return styles;
}

/** The shared texts by index. Phonetic runs are left out. */
export async function readSharedTexts(archive: Archive, part: string): Promise<string[]> {
  const texts: string[] = [];
  let text = "";
  let takes = false;
  let phonetic = false;
  await drainXml(await archive.open(part, SHARED_TEXT_BYTES), {
    onOpen: (name) => {
      if (name === "si") text = "";
      if (name === "rPh") phonetic = true;
      if (name === "t") takes = !phonetic;
    },
    onText: (piece) => {
      if (takes) text += piece;
    },
    onClose: (name) => {
      if (name === "t") takes = false;
      if (name === "rPh") phonetic = false;
      if (name === "si") texts.push(text);
    },
  });
  return texts;
}
