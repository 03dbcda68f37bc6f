/** The small parts of a workbook: its sheets, what its styles show, and where its shared texts are. */
import type { Archive } from "./archive.ts";
import { type Shown, shownBy } from "./numberFormats.ts";
import { refuseOtherKinds } from "./otherKinds.ts";
import { attribute, drainXml, type PartListener } from "./xmlPart.ts";

export interface Sheet {
  readonly name: string;
  readonly hidden: boolean;
  readonly part: string;
}

export interface Workbook {
  readonly sheets: readonly Sheet[];
  readonly is1904: boolean;
  /** By style index: how the style shows numbers. */
  readonly styles: readonly Shown[];
  /** The part of the shared texts, if there is one. */
  readonly sharedPart: string | undefined;
}

/** Inflated bytes of a small part. */
const SMALL_PART_BYTES = 16 * 1024 * 1024;

/** Reads the workbook's own parts; throws WorkbookError for archives of other kinds and for broken workbooks. */
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
  const partOf = (kind: string) =>
    relations.find(({ type, target }) => type.endsWith(kind) && archive.has(target))?.target;
  const styles = partOf("/styles");
  return {
    ...(await readSheets(archive, part, relations)),
    styles: styles === undefined ? [] : await readStyles(archive, styles),
    sharedPart: partOf("/sharedStrings"),
  };
}

async function readSheets(
  archive: Archive,
  part: string,
  relations: readonly Relation[],
): Promise<Pick<Workbook, "sheets" | "is1904">> {
  const byId = new Map(relations.map((relation) => [relation.id, relation]));
  const sheets: Sheet[] = [];
  let is1904 = false;
  await drainSmall(archive, part, {
    onOpen: (name, attributes) => {
      if (name === "workbookPr") is1904 = isTrue(attribute(attributes, "date1904"));
      if (name !== "sheet") return;
      const relation = byId.get(attribute(attributes, "id") ?? "");
      if (relation === undefined || !relation.type.endsWith("/worksheet")) return;
      const hidden = (attributes["state"] ?? "visible") !== "visible";
      sheets.push({ name: attributes["name"] ?? "", hidden, part: relation.target });
    },
  });
  return { sheets, is1904 };
}

/** Reads a small part to its end. */
async function drainSmall(archive: Archive, part: string, listener: PartListener): Promise<void> {
  await drainXml(await archive.open(part, { bytesMax: SMALL_PART_BYTES }), listener);
}

interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
}

async function relationsOf(archive: Archive, part: string, folder: string): Promise<Relation[]> {
  if (!archive.has(part)) return [];
  const relations: Relation[] = [];
  await drainSmall(archive, part, {
    onOpen: (name, attributes) => {
      if (name !== "Relationship" || attributes["TargetMode"] === "External") return;
      const { Id: id = "", Type: type = "", Target: target = "" } = attributes;
      relations.push({ id, type, target: resolvePart(folder, target) });
    },
  });
  return relations;
}

/** A relation's target as the name of a part, its steps resolved; it can only ever name an entry of the archive. */
function resolvePart(folder: string, target: string): string {
  const plain = target.replaceAll("\\", "/");
  const path = plain.startsWith("/") ? plain : folder + plain;
  const steps: string[] = [];
  for (const step of path.split("/")) {
    if (step === "..") steps.pop();
    else if (step !== "" && step !== ".") steps.push(step);
  }
  return steps.join("/");
}

function isTrue(text: string | undefined): boolean {
  return text === "1" || text === "true";
}

async function readStyles(archive: Archive, part: string): Promise<Shown[]> {
  const formats = new Map<number, string>();
  const styles: Shown[] = [];
  let inCellStyles = false;
  await drainSmall(archive, part, {
    onOpen: (name, attributes) => {
      if (name === "numFmt") {
        formats.set(Number(attributes["numFmtId"]), attributes["formatCode"] ?? "");
      }
      if (name === "cellXfs") inCellStyles = true;
      if (name !== "xf" || !inCellStyles) return;
      const id = Number(attributes["numFmtId"] ?? 0);
      styles.push(shownBy(id, formats.get(id)));
    },
    onClose: (name) => {
      if (name === "cellXfs") inCellStyles = false;
    },
  });
  return styles;
}
