/** One XML part of a workbook as a stream of saxes events. A document type declaration is refused: no entities, no bombs. */
import { SaxesParser } from "saxes";
import { toError } from "../../domain/errors.ts";
import { invalid, WorkbookError } from "./archive.ts";

export type Attributes = Readonly<Record<string, string>>;

/** What a reader of a part listens to; names come without their namespace prefix. */
export interface PartListener {
  readonly onOpen?: (name: string, attributes: Attributes) => void;
  readonly onText?: (text: string) => void;
  readonly onClose?: (name: string) => void;
}

/** Feeds the part to the listener and yields after each chunk, so that the caller can hand on what it gathered. */
export async function* readXml(
  bytes: AsyncIterable<Buffer>,
  listener: PartListener,
): AsyncGenerator<void> {
  const parser = new SaxesParser<{ xmlns: false; position: false }>({
    xmlns: false,
    position: false,
  });
  parser.on("doctype", () => {
    throw new WorkbookError({
      code: "doctype_refused",
      detail: "a part of the workbook has a document type declaration; such files are refused",
    });
  });
  parser.on("error", (error) => {
    throw invalid(`a part of the workbook is no well-formed XML: ${error.message}`, error);
  });
  const { onOpen, onText, onClose } = listener;
  if (onOpen !== undefined) {
    parser.on("opentag", (tag) => onOpen(localName(tag.name), tag.attributes));
  }
  if (onText !== undefined) {
    parser.on("text", onText);
    parser.on("cdata", onText);
  }
  if (onClose !== undefined) parser.on("closetag", (tag) => onClose(localName(tag.name)));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (thrown) {
      throw invalid("a part of the workbook is not UTF-8", toError(thrown));
    }
  };
  for await (const chunk of bytes) {
    parser.write(decode(chunk));
    yield;
  }
  parser.write(decode());
  parser.close();
  yield;
}

/** Reads a small part to its end. */
export async function drainXml(
  bytes: AsyncIterable<Buffer>,
  listener: PartListener,
): Promise<void> {
  for await (const _ of readXml(bytes, listener)) continue;
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
