/** The shared texts of a workbook, held in memory while a sheet is read, within a limit of bytes. Phonetic runs are left out. */
import type { FileLimits } from "../fileLimits.ts";
import type { Archive } from "./archive.ts";
import { cellText } from "./cellValues.ts";
import { LongText } from "./longText.ts";
import type { FaultyCell } from "./sheetCell.ts";
import { TextStore } from "./textStore.ts";
import { pastLimit } from "./workbookError.ts";
import { drainXml, type PartListener, type QuickScan, UNFINISHED, UNUSUAL } from "./xmlPart.ts";
import { readXmlText } from "./xmlText.ts";

/** What a text costs beside its characters. */
const TEXT_BYTES = 16;

type SharedLimits = Pick<FileLimits, "sharedTextBytesMax" | "cellCharsMax">;

/** The shared texts by index, none where the workbook has no such part; one that is longer than a cell may be is the fault of the cells that show it. */
export async function readSharedTexts(
  archive: Archive,
  part: string | undefined,
  limits: SharedLimits,
): Promise<TextStore> {
  const texts = new TextStore();
  if (part === undefined) return texts;
  let bytes = 0;
  const add = (text: string | FaultyCell) => {
    bytes += TEXT_BYTES + (typeof text === "string" ? text.length : 0);
    if (bytes > limits.sharedTextBytesMax) throw tooMany(limits);
    texts.add(text);
  };
  const content = await archive.open(part, {
    bytesMax: limits.sharedTextBytesMax,
    variable: "IMPORT_SHARED_TEXT_BYTES_MAX",
  });
  await drainXml(content, textListener(limits, add), scanTexts(limits, add));
  return texts;
}

function tooMany({ sharedTextBytesMax }: SharedLimits): Error {
  return pastLimit(
    `the shared texts of the workbook take more than ${sharedTextBytesMax} bytes of memory; expected at most that; send the rows in several files, or raise IMPORT_SHARED_TEXT_BYTES_MAX`,
  );
}

function textListener(
  { cellCharsMax }: SharedLimits,
  add: (text: string | FaultyCell) => void,
): PartListener {
  const text = new LongText(cellCharsMax);
  let takes = false;
  let phonetic = false;
  return {
    onOpen: (name) => {
      if (name === "si") text.clear();
      if (name === "rPh") phonetic = true;
      if (name === "t") takes = !phonetic;
    },
    onText: (piece) => {
      if (takes) text.add(piece);
    },
    onClose: (name) => {
      if (name === "t") takes = false;
      if (name === "rPh") phonetic = false;
      if (name === "si") add(text.cell());
    },
  };
}

const TEXT_TAGS = [">", ' xml:space="preserve">'];

/** A quick scan of plain texts; rich ones are UNUSUAL. */
function scanTexts(
  { cellCharsMax }: SharedLimits,
  add: (text: string | FaultyCell) => void,
): QuickScan {
  const skip = (text: string, from: number, prefix: string): number => {
    let at = from;
    while (at < text.length && text.charCodeAt(at) <= 0x20) at += 1;
    const open = `<${prefix}si><${prefix}t`;
    const tag = TEXT_TAGS.find((one) => text.startsWith(one, at + open.length)) ?? "";
    const begin = at + open.length + tag.length;
    const end = text.indexOf("<", begin);
    const close = `</${prefix}t></${prefix}si>`;
    if (end === -1 || text.length < end + close.length) return UNFINISHED;
    if (tag === "" || !text.startsWith(open, at) || !text.startsWith(close, end)) return UNUSUAL;
    const value = readXmlText(text.slice(begin, end));
    if (value === undefined) return UNUSUAL;
    add(cellText(value, cellCharsMax));
    return end + close.length;
  };
  return { container: "sst", depth: 1, item: "si", skip };
}
