/**
 * One XML part of a workbook as a stream of saxes events. A document type declaration is refused: no entities, no bombs. Depth,
 * attributes and tags are bounded. A reader may skip whole items of a long list by a quick scan of its own (`quick`); saxes
 * then sees the document around them, so that what is no well-formed XML is refused all the same.
 */
import { SaxesParser } from "saxes";
import { decodeXml } from "./decodeXml.ts";
import { invalid, pastLimit, WorkbookError } from "./workbookError.ts";

export type Attributes = Readonly<Record<string, string>>;

/** What a reader of a part listens to; names come without their namespace prefix. */
export interface PartListener {
  readonly onOpen?: (name: string, attributes: Attributes) => void;
  readonly onText?: (text: string) => void;
  readonly onClose?: (name: string) => void;
}

/** The item at hand does not end within the text so far. */
export const UNFINISHED = -1;
/** The item is none that the quick scan knows: saxes reads it. */
export const UNUSUAL = -2;

/** A quick scan of the items that stand directly in one element of the part. */
export interface QuickScan {
  /** The element around the items, such as sheetData, and its depth: 1 is the root. */
  readonly container: string;
  readonly depth: number;
  /** The element of an item, such as row. */
  readonly item: string;
  /** The end of the item that starts at `from`, or UNFINISHED or UNUSUAL; `prefix` is "" or such as "x:". */
  readonly skip: (text: string, from: number, prefix: string) => number;
}

/** Elements in elements; those of workbooks stand less than ten deep. */
const DEPTH_MAX = 64;
const ATTRIBUTES_MAX = 128;
/** Characters of one tag, comment or text between two tags. */
const STRETCH_CHARS_MAX = 4 * 1024 * 1024;

/** Feeds the part to the listener and yields after each chunk, so that the caller can hand on what it gathered. */
export async function* readXml(
  bytes: AsyncIterable<Buffer>,
  listener: PartListener,
  quick?: QuickScan,
): AsyncGenerator<void> {
  const feeder = new XmlFeeder(listener, quick);
  for await (const text of decodeXml(bytes)) {
    feeder.write(text);
    yield;
  }
  feeder.end();
  yield;
}

/** Reads a part to its end. */
export async function drainXml(
  bytes: AsyncIterable<Buffer>,
  listener: PartListener,
  quick?: QuickScan,
): Promise<void> {
  for await (const _ of readXml(bytes, listener, quick)) continue;
}

/** The longest text that waits for the end of an item; past it saxes takes the item as it comes. */
const WAITING_CHARS_MAX = 1024 * 1024;

/** Gives each stretch of the text to the quick scan or to saxes. */
class XmlFeeder {
  readonly #parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  });
  readonly #listener: PartListener;
  /** Undefined once saxes reads the rest of the part alone. */
  #quick: QuickScan | undefined;
  #prefix = "";
  #isContainerOpen = false;
  /** Text that waits for the end of its item. */
  #waiting = "";
  #depth = 0;
  #attributes = 0;
  /** Characters given to saxes since it last said something: what it may hold. */
  #silent = 0;

  constructor(listener: PartListener, quick: QuickScan | undefined) {
    this.#listener = listener;
    this.#quick = quick;
    this.#listen();
  }

  write(text: string): void {
    const whole = this.#waiting === "" ? text : this.#waiting + text;
    this.#waiting = "";
    let at = 0;
    while (at < whole.length) {
      if (this.#quick === undefined) at = this.#feed(whole, at, whole.length);
      else if (!this.#isContainerOpen) at = this.#feedTag(whole, at);
      else if (this.#depth > this.#quick.depth) at = this.#feedItem(whole, at, this.#quick);
      else {
        const end = this.#quick.skip(whole, at, this.#prefix);
        if (end === UNFINISHED && whole.length - at < WAITING_CHARS_MAX) {
          this.#waiting = whole.slice(at);
          return;
        }
        at = end >= 0 ? end : this.#feedItem(whole, at, this.#quick);
      }
    }
  }

  end(): void {
    this.#feed(this.#waiting, 0, this.#waiting.length);
    this.#parser.close();
  }

  /** Gives saxes the text up to the end of a tag, with which the container may open. */
  #feedTag(text: string, from: number): number {
    const end = text.indexOf(">", from);
    return this.#feed(text, from, end === -1 ? text.length : end + 1);
  }

  /**
   * Gives saxes an item up to its end. A comment, CDATA or instruction may hold what looks like an item: saxes reads all the
   * rest then.
   */
  #feedItem(text: string, from: number, { item }: QuickScan): number {
    const close = `</${this.#prefix}${item}>`;
    const end = text.indexOf(close, from);
    const until = end === -1 ? text.length : end + close.length;
    const stretch = text.slice(from, until);
    if (/<[!?]|<$/.test(stretch)) this.#quick = undefined;
    return this.#feed(text, from, until);
  }

  /** Answers where the text goes on. */
  #feed(text: string, from: number, until: number): number {
    this.#silent += until - from;
    const before = this.#silent;
    this.#parser.write(text.slice(from, until));
    if (this.#silent === before && before > STRETCH_CHARS_MAX) {
      throw pastLimit(
        `a part of the workbook has a tag, text or comment of more than ${STRETCH_CHARS_MAX} characters; expected at most that`,
      );
    }
    return until;
  }

  #listen(): void {
    const { onText } = this.#listener;
    const parser = this.#parser;
    parser.on("doctype", () => {
      throw new WorkbookError({
        code: "doctype_refused",
        detail:
          "a part of the workbook has a document type declaration, as no spreadsheet program writes; save the workbook anew and send it again",
      });
    });
    parser.on("error", (error) => {
      throw invalid(`a part of the workbook is no well-formed XML: ${error.message}`, error);
    });
    parser.on("attribute", () => {
      this.#attributes += 1;
      if (this.#attributes > ATTRIBUTES_MAX) {
        throw pastLimit(
          `a tag of the workbook has more than ${ATTRIBUTES_MAX} attributes; expected at most that`,
        );
      }
    });
    parser.on("opentag", (tag) => this.#open(tag.name, tag.attributes));
    parser.on("closetag", (tag) => this.#close(tag.name));
    const takeText = (text: string) => {
      this.#silent = 0;
      onText?.(text);
    };
    parser.on("text", takeText);
    parser.on("cdata", takeText);
  }

  #open(name: string, attributes: Attributes): void {
    this.#depth += 1;
    this.#attributes = 0;
    this.#silent = 0;
    if (this.#depth > DEPTH_MAX) {
      throw pastLimit(
        `a part of the workbook has elements ${DEPTH_MAX + 1} deep; expected at most ${DEPTH_MAX}`,
      );
    }
    const local = localName(name);
    if (local === this.#quick?.container && this.#depth === this.#quick.depth) {
      this.#isContainerOpen = true;
      this.#prefix = name.slice(0, name.length - local.length);
    }
    this.#listener.onOpen?.(local, attributes);
  }

  #close(name: string): void {
    this.#depth -= 1;
    this.#silent = 0;
    if (this.#isContainerOpen && this.#quick !== undefined && this.#depth < this.#quick.depth) {
      this.#quick = undefined;
    }
    this.#listener.onClose?.(localName(name));
  }
}

/** A tag's or attribute's name without its prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}

/** An attribute by its local name. */
export function attribute(attributes: Attributes, name: string): string | undefined {
  const direct = attributes[name];
  if (direct !== undefined) return direct;
  const key = Object.keys(attributes).find((one) => localName(one) === name);
  return key === undefined ? undefined : attributes[key];
}
