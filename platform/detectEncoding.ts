/**
 * Which encoding a file is in: byte order mark, else UTF-16 by its zero bytes, else strict UTF-8, else a guess from a short list.
 * Never reads more than the file once, and holds one chunk and a sample.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { gatherBytes } from "./gatherBytes.ts";
import { guessEncoding } from "./guessEncoding.ts";
import { utf8LengthAt, wholeUtf8Length } from "./utf8Bytes.ts";

/** How an encoding was found: a byte order mark, every byte being valid UTF-8, a guess, or the sender's word. */
export type EncodingBy = "mark" | "valid" | "guess" | "option";

export interface FoundEncoding {
  readonly encoding: string;
  readonly by: EncodingBy;
}

/** Bytes from the first that is not UTF-8 on that the guess looks at. */
const SAMPLE_BYTES = 64 * 1024;
/** Bytes that marks and UTF-16 are looked for in. */
const HEAD_BYTES = 1_024;

/** The encoding of a whole stream of bytes; reads to the end unless the answer is known before. */
export async function detectEncoding(bytes: AsyncIterable<Buffer>): Promise<FoundEncoding> {
  const seen = { carried: Buffer.alloc(0), isOtherText: false };
  let isFirst = true;
  let sample: Buffer | undefined;
  for await (const chunk of gatherBytes(bytes, HEAD_BYTES)) {
    const known = isFirst ? evidentIn(chunk) : undefined;
    if (known !== undefined) return known;
    isFirst = false;
    sample = sample === undefined ? notUtf8(chunk, seen) : Buffer.concat([sample, chunk]);
    if (sample !== undefined && sample.length >= SAMPLE_BYTES) break;
  }
  sample ??= seen.carried;
  if (sample.length === 0) return { encoding: "utf-8", by: "valid" };
  const isSpoilt = isSpoiltUtf8(sample, seen.isOtherText);
  return { encoding: isSpoilt ? "utf-8" : guess(sample), by: "guess" };
}

/** The bytes that are no UTF-8; undefined where they are, and then a character that is cut in two is carried over. */
function notUtf8(
  chunk: Buffer,
  seen: { carried: Buffer; isOtherText: boolean },
): Buffer | undefined {
  const bytes = seen.carried.length === 0 ? chunk : Buffer.concat([seen.carried, chunk]);
  const whole = bytes.subarray(0, wholeUtf8Length(bytes));
  if (!isUtf8(whole)) return bytes;
  seen.isOtherText ||= !isAscii(whole);
  seen.carried = Buffer.from(bytes.subarray(whole.length));
  return undefined;
}

/** The encoding that a file's byte order mark names. */
export function markOf(head: Buffer): FoundEncoding | undefined {
  const by = "mark";
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: "utf-8", by };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: "utf-16le", by };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: "utf-16be", by };
  return undefined;
}

function evidentIn(head: Buffer): FoundEncoding | undefined {
  const unmarked = unmarkedUtf16(head);
  return markOf(head) ?? (unmarked === undefined ? undefined : { encoding: unmarked, by: "guess" });
}

/**
 * UTF-16 without a mark, by a file's first bytes: delimiters, digits and line ends come with a zero byte, always on the same
 * side, and U+0000 never. Text of one byte a letter in which some NUL stand is none.
 */
function unmarkedUtf16(start: Buffer): "utf-16le" | "utf-16be" | undefined {
  const head = start.subarray(0, Math.min(start.length, HEAD_BYTES) & ~1);
  if (!head.includes(0) || isHoledText(head)) return undefined;
  const units = Array.from({ length: head.length / 2 }, (_, nth) => head.readUInt16LE(nth * 2));
  if (units.includes(0)) return undefined;
  const little = units.filter((unit) => isPlain(unit)).length;
  const big = units.filter((unit) => unit % 256 === 0 && isPlain(unit / 256)).length;
  const isClear = Math.max(little, big) > units.length / 8;
  if (!isClear || Math.min(little, big) > Math.max(little, big) / 4) return undefined;
  return little > big ? "utf-16le" : "utf-16be";
}

function isHoledText(head: Buffer): boolean {
  const zeros = head.filter((byte) => byte === 0).length;
  const isText = head.every((byte) => byte === 0 || byte >= 0x80 || isPlain(byte));
  return zeros * 4 < head.length && isText && isUtf8(head.subarray(0, wholeUtf8Length(head)));
}

function isPlain(unit: number): boolean {
  return unit === 0x09 || unit === 0x0a || unit === 0x0d || (unit >= 0x20 && unit < 0x7f);
}

/** Valid characters beside ASCII for each byte that is none, from which on a text counts as UTF-8 with broken places. */
const VALID_PER_BROKEN = 4;

/** UTF-8 in which some bytes are broken: read as another encoding, each of its good characters would go wrong. */
function isSpoiltUtf8(sample: Buffer, isOtherText: boolean): boolean {
  let valid = isOtherText ? VALID_PER_BROKEN : 0;
  let broken = 0;
  const end = wholeUtf8Length(sample);
  for (let at = 0; at < end; ) {
    const length = utf8LengthAt(sample, at);
    if (length > 1) valid += 1;
    if (length === 0) broken += 1;
    at += Math.max(length, 1);
  }
  return valid >= VALID_PER_BROKEN * Math.max(broken, 1);
}

function guess(bytes: Buffer): string {
  const from = Math.max(0, bytes.findIndex((byte) => byte >= 0x80) - SAMPLE_BYTES / 2);
  return guessEncoding(bytes.subarray(from, from + SAMPLE_BYTES));
}
