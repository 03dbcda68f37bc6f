/**
 * The ways of writing text as bytes that files come in, each with a fast reading for good bytes and a careful one that finds the
 * places of bad ones. A byte that is no text is read as half of a surrogate pair, U+DC00 and the byte. Pure.
 */
import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { utf8LengthAt, wholeUtf8Length } from "./utf8Bytes.ts";

/** Where a character stands that no cell may have: its index in the decoded text, and its offset in the bytes. */
export interface BadPlace {
  readonly at: number;
  readonly byte: number;
}

/** The next part of the text, with its bad places in order: of each line at least the first. */
export interface TextPiece {
  readonly text: string;
  readonly bad: readonly BadPlace[];
}

/** One way of writing text as bytes. */
export interface Coding {
  /** Length of the longest prefix of the bytes that ends with a whole character. */
  readonly whole: (bytes: Buffer) => number;
  /** The text of whole characters, undefined where some byte is none. */
  readonly read: (bytes: Buffer) => string | undefined;
  /** The text where some of it is bad. */
  readonly readWithCare: (bytes: Buffer, into: CarefulText) => void;
}

/** Names whose common use differs from what the letter says: files named so hold the larger set, or are plain ASCII. */
const SAME_AS: Readonly<Record<string, string>> = {
  ascii: "utf-8",
  usascii: "utf-8",
  utf8: "utf-8",
  utf8sig: "utf-8",
  utf16: "utf-16",
  utf16le: "utf-16le",
  ucs2: "utf-16le",
  utf16be: "utf-16be",
  latin1: "windows-1252",
  iso88591: "windows-1252",
};
/** Families that iconv-lite decodes a byte, or a pair of bytes, at a time. */
const BYTE_NAMES = /^(windows|win|cp|ibm|iso8859|latin|koi8|mac|tis)[a-z0-9]*$/;
const PAIR_NAMES =
  /^(shiftjis|sjis|eucjp|gb2312|gbk|gb18030|euckr|big5|big5hkscs|cp9(32|36|49|50))$/;

/** The platform's own name of an encoding, undefined where it can't decode it. "utf-16" takes the byte order from the file. */
export function namedEncoding(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
  const same = SAME_AS[plain];
  if (same !== undefined) return same;
  const isServed = BYTE_NAMES.test(plain) || PAIR_NAMES.test(plain);
  return isServed && iconv.encodingExists(plain) ? name.toLowerCase() : undefined;
}

/** True where the platform can decode the named encoding. */
export function isKnownEncoding(name: string): boolean {
  return namedEncoding(name) !== undefined;
}

/** How the named encoding is read; the name is one that namedEncoding answers. */
export function codingOf(encoding: string): Coding {
  if (encoding === "utf-8") return utf8;
  if (encoding === "utf-16le" || encoding === "utf-16") return utf16(false);
  if (encoding === "utf-16be") return utf16(true);
  const plain = encoding.replaceAll(/[^a-z0-9]/g, "");
  return PAIR_NAMES.test(plain) ? pairs(plain) : singleBytes(plain);
}

/** Text put together with a note of each line's first bad character. */
export class CarefulText {
  readonly #parts: string[] = [];
  readonly #bad: BadPlace[] = [];
  #length = 0;
  #isNoted = false;

  add(text: string): void {
    this.#parts.push(text);
    this.#length += text.length;
    if (/[\r\n]/.test(text)) this.#isNoted = false;
  }

  addBad(character: string, byte: number): void {
    if (!this.#isNoted) this.#bad.push({ at: this.#length, byte });
    this.#isNoted = true;
    this.#parts.push(character);
    this.#length += character.length;
  }

  piece(): TextPiece {
    return { text: this.#parts.join(""), bad: this.#bad };
  }
}

/** Stands for a byte that is no text: U+DC00 and the byte, alone. */
function markOfByte(byte: number): string {
  return String.fromCharCode(0xdc00 + byte);
}

const utf8: Coding = {
  whole: wholeUtf8Length,
  read: (bytes) => (isUtf8(bytes) ? bytes.toString("utf8") : undefined),
  readWithCare: (bytes, into) => {
    let good = 0;
    const flush = (until: number) => {
      if (until > good) into.add(bytes.toString("utf8", good, until));
    };
    for (let at = 0; at < bytes.length; ) {
      const length = utf8LengthAt(bytes, at);
      const isReplacement = length === 3 && bytes.readUIntBE(at, 3) === 0xefbfbd;
      if (length > 0 && bytes[at] !== 0 && !isReplacement) {
        at += length;
        continue;
      }
      flush(at);
      const byte = bytes[at] ?? 0;
      into.addBad(length === 0 ? markOfByte(byte) : isReplacement ? "\ufffd" : "\0", at);
      at += Math.max(length, 1);
      good = at;
    }
    flush(bytes.length);
  },
};

function utf16(isBig: boolean): Coding {
  const decode = (bytes: Buffer) => {
    const even = bytes.subarray(0, bytes.length & ~1);
    return isBig ? Buffer.from(even).swap16().toString("utf16le") : even.toString("utf16le");
  };
  return {
    whole: (bytes) => {
      const even = bytes.length & ~1;
      const high = bytes[isBig ? even - 2 : even - 1] ?? 0;
      return high >= 0xd8 && high < 0xdc ? even - 2 : even;
    },
    read: (bytes) => {
      const text = decode(bytes);
      return text.isWellFormed() && bytes.length % 2 === 0 ? text : undefined;
    },
    readWithCare: (bytes, into) => {
      eachCharacter(decode(bytes), (character, at) => {
        if (isBad(character)) into.addBad(character, at * 2);
        else into.add(character);
      });
      const odd = bytes.length % 2 === 0 ? undefined : bytes.at(-1);
      if (odd !== undefined) into.addBad(markOfByte(odd), bytes.length - 1);
    },
  };
}

function eachCharacter(text: string, visit: (character: string, at: number) => void): void {
  let at = 0;
  for (const character of text) {
    visit(character, at);
    at += character.length;
  }
}

function isBad(character: string): boolean {
  return character === "\0" || character === "\ufffd" || !character.isWellFormed();
}

function singleBytes(encoding: string): Coding {
  return {
    whole: (bytes) => bytes.length,
    read: (bytes) => iconv.decode(bytes, encoding, { stripBOM: false }),
    readWithCare: (bytes, into) => {
      const text = iconv.decode(bytes, encoding, { stripBOM: false });
      for (const [at, byte] of bytes.entries()) {
        const character = text[at] ?? "\ufffd";
        if (character === "\ufffd") into.addBad(markOfByte(byte), at);
        else if (character === "\0") into.addBad(character, at);
        else into.add(character);
      }
    },
  };
}

/** In these encodings a byte below 0x30 is never the second of a pair, so that text can be cut behind it. */
const CUT_BELOW = 0x30;
/** Bytes without such a place that are held back at most. */
const HELD_BYTES_MAX = 1_048_576;

function pairs(encoding: string): Coding {
  const decode = (bytes: Buffer) => iconv.decode(bytes, encoding, { stripBOM: false });
  return {
    whole: (bytes) => {
      const cut = bytes.findLastIndex((byte) => byte < CUT_BELOW) + 1;
      return cut === 0 && bytes.length >= HELD_BYTES_MAX ? bytes.length : cut;
    },
    read: decode,
    readWithCare: (bytes, into) => {
      let start = 0;
      while (start < bytes.length) {
        const cut = bytes.subarray(start).findIndex((byte) => byte < CUT_BELOW);
        const end = cut < 0 ? bytes.length : start + cut + 1;
        readPairs(bytes.subarray(start, end), { encoding, start, into });
        start = end;
      }
    },
  };
}

/** Decodes a few characters byte by byte, so that the place of a bad one is known. */
function readPairs(
  bytes: Buffer,
  place: { readonly encoding: string; readonly start: number; readonly into: CarefulText },
): void {
  const { encoding, start, into } = place;
  const text = iconv.decode(bytes, encoding, { stripBOM: false });
  if (!text.includes("\ufffd") && !text.includes("\0")) {
    into.add(text);
    return;
  }
  const decoder = iconv.getDecoder(encoding, { stripBOM: false });
  let began = 0;
  const put = (decoded: string, next: number) => {
    for (const character of decoded) {
      if (character === "\ufffd") into.addBad(markOfByte(bytes[began] ?? 0), start + began);
      else if (character === "\0") into.addBad(character, start + next - 1);
      else into.add(character);
      began = Math.min(began + 1, next);
    }
    if (decoded !== "") began = next;
  };
  for (const at of bytes.keys()) put(decoder.write(bytes.subarray(at, at + 1)), at + 1);
  put(decoder.end() ?? "", bytes.length);
}
