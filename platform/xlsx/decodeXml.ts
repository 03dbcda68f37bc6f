/** The bytes of an XML part as text: UTF-8, or UTF-16 by its mark or first characters. Broken sequences are refused. */
import { isAscii, isUtf8 } from "node:buffer";
import { toError } from "../../domain/errors.ts";
import { invalid } from "./workbookError.ts";

/** Bytes that tell the encoding. */
const HEAD_BYTES = 4;

/** Decodes the part chunk by chunk; throws WorkbookError for bytes that are no text. */
export async function* decodeXml(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let head: Buffer = Buffer.alloc(0);
  let decoder: Decoder | undefined;
  for await (const chunk of bytes) {
    if (decoder !== undefined) {
      yield decoder.decode(chunk);
      continue;
    }
    head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (head.length < HEAD_BYTES) continue;
    decoder = decoderOf(head);
    yield decoder.decode(head);
  }
  if (decoder === undefined) {
    decoder = decoderOf(head);
    yield decoder.decode(head);
  }
  decoder.end();
}

interface Decoder {
  readonly decode: (chunk: Buffer) => string;
  /** Throws where the last character is cut. */
  readonly end: () => void;
}

function decoderOf(head: Buffer): Decoder {
  const [first, second] = head;
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) {
    return utf16("utf-16le");
  }
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) {
    return utf16("utf-16be");
  }
  return new Utf8Decoder();
}

function utf16(encoding: string): Decoder {
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk?: Buffer) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (thrown) {
      throw invalid("a part of the workbook is not UTF-16 as it begins", toError(thrown));
    }
  };
  return { decode, end: decode };
}

const BYTE_ORDER_MARK = 0xfeff;

/** Holds back the bytes of a character that a chunk cuts; the rest is checked and decoded at once. */
class Utf8Decoder implements Decoder {
  #cut: Buffer = Buffer.alloc(0);
  #isFirst = true;

  decode = (chunk: Buffer): string => {
    const bytes = this.#cut.length === 0 ? chunk : Buffer.concat([this.#cut, chunk]);
    const whole = bytes.length - cutBytes(bytes);
    this.#cut = bytes.subarray(whole);
    const text = decodeWhole(bytes.subarray(0, whole));
    if (!this.#isFirst) return text;
    this.#isFirst = false;
    return text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text;
  };

  end = (): void => {
    if (this.#cut.length > 0) throw notUtf8();
  };
}

function decodeWhole(bytes: Buffer): string {
  if (isAscii(bytes)) return bytes.toString("latin1");
  if (!isUtf8(bytes)) throw notUtf8();
  return bytes.toString("utf8");
}

function notUtf8(): Error {
  return invalid("a part of the workbook is neither UTF-8 nor UTF-16");
}

/** Bytes at the end that begin a character without finishing it. */
function cutBytes(bytes: Buffer): number {
  for (let back = 1; back <= 3 && back <= bytes.length; back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return 0;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? back : 0;
  }
  return 0;
}
