/**
 * Bytes decoded as a stream of text. What is no text is never passed over in silence: a byte that the encoding does not know
 * becomes half of a surrogate pair, which no text holds, and its place in the bytes is told; so are NUL and U+FFFD.
 */
import {
  type BadPlace,
  CarefulText,
  type Coding,
  codingOf,
  type TextPiece,
} from "./textCodings.ts";

export { type BadPlace, isKnownEncoding, namedEncoding } from "./textCodings.ts";

/** Decodes a stream of bytes piece by piece; a byte order mark is taken off. The encoding is one that namedEncoding answers. */
export async function* decodeText(
  bytes: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<TextPiece> {
  const decoder = new TextStream(codingOf(encoding));
  for await (const chunk of bytes) {
    const piece = decoder.push(chunk, false);
    if (piece.text !== "") yield piece;
  }
  const rest = decoder.push(Buffer.alloc(0), true);
  if (rest.text !== "") yield rest;
}

/** Decodes chunk after chunk; holds the bytes of a character that is cut in two. */
class TextStream {
  readonly #coding: Coding;
  #held = Buffer.alloc(0);
  #chars = 0;
  #bytes = 0;
  #isStart = true;

  constructor(coding: Coding) {
    this.#coding = coding;
  }

  push(chunk: Buffer, isLast: boolean): TextPiece {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const whole = isLast ? bytes.length : this.#coding.whole(bytes);
    this.#held = Buffer.from(bytes.subarray(whole));
    const { text, bad } = this.#decode(bytes.subarray(0, whole));
    const isMarked = this.#isStart && text.startsWith("\ufeff");
    if (text !== "") this.#isStart = false;
    const piece = { text: isMarked ? text.slice(1) : text, bad: this.#placed(bad, isMarked) };
    this.#chars += piece.text.length;
    this.#bytes += whole;
    return piece;
  }

  #decode(bytes: Buffer): TextPiece {
    const text = this.#coding.read(bytes);
    if (text !== undefined && !text.includes("\0") && !text.includes("\ufffd")) {
      return { text, bad: [] };
    }
    const careful = new CarefulText();
    this.#coding.readWithCare(bytes, careful);
    return careful.piece();
  }

  #placed(bad: readonly BadPlace[], isMarked: boolean): BadPlace[] {
    const first = this.#chars - (isMarked ? 1 : 0);
    return bad.map(({ at, byte }) => ({ at: at + first, byte: byte + this.#bytes }));
  }
}
