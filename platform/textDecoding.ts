/**
 * Character encodings of files: byte order mark, else strict UTF-8, else a guess from a short list; then decoding as a stream.
 * A byte that the encoding does not know becomes U+FFFD here; whoever reads the text refuses the row that holds it.
 */
import { isUtf8 } from "node:buffer";
import { analyse } from "chardet";
import iconv from "iconv-lite";

/** Encodings that a guess may end in; anything else a file must name itself. */
const GUESSES: Readonly<Record<string, string>> = {
  "ISO-8859-1": "windows-1252",
  "windows-1252": "windows-1252",
  "ISO-8859-2": "windows-1250",
  "windows-1250": "windows-1250",
  "windows-1251": "windows-1251",
  Shift_JIS: "shift_jis",
  Big5: "big5",
  GB18030: "gb18030",
  "EUC-KR": "euc-kr",
};
/** The most common legacy encoding; another one must be surer than this, and by this much surer than it (chardet's 0 to 100). */
const FALLBACK = "windows-1252";
const CONFIDENCE_MIN = 25;
const CONFIDENCE_MARGIN = 10;
/** Bytes from the first that is not UTF-8 on that the guess looks at. */
const SAMPLE_BYTES = 64 * 1024;

/** True where the platform can decode the named encoding. */
export function isKnownEncoding(name: string): boolean {
  return iconv.encodingExists(name);
}

/** The encoding of a whole stream of bytes; reads to the end unless the answer is known before. */
export async function detectEncoding(bytes: AsyncIterable<Buffer>): Promise<string> {
  let carried = Buffer.alloc(0);
  let first = true;
  let sample: Buffer | undefined;
  for await (const chunk of bytes) {
    if (sample !== undefined) {
      sample = Buffer.concat([sample, chunk]);
      if (sample.length >= SAMPLE_BYTES) break;
      continue;
    }
    const marked = first ? (markOf(chunk) ?? unmarkedUtf16(chunk)) : undefined;
    if (marked !== undefined) return marked;
    first = false;
    const text = Buffer.concat([carried, chunk]);
    const whole = wholeCharacters(text);
    if (isUtf8(text.subarray(0, whole))) carried = Buffer.from(text.subarray(whole));
    else sample = text;
  }
  if (sample !== undefined) return guess(sample);
  return carried.length === 0 ? "utf-8" : guess(carried);
}

function markOf(head: Buffer): string | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8";
  if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
  if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
  return undefined;
}

/** UTF-16 without a mark: in text of western scripts every other byte is zero. */
function unmarkedUtf16(chunk: Buffer): string | undefined {
  const head = chunk.subarray(0, 1_024);
  if (!head.includes(0)) return undefined;
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at += 1) {
    if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  }
  const [even = 0, odd = 0] = zeros;
  const many = head.length / 8;
  if (odd > many && even === 0) return "utf-16le";
  return even > many && odd === 0 ? "utf-16be" : undefined;
}

/** Length of the longest prefix that does not end inside a UTF-8 character. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function guess(bytes: Buffer): string {
  const from = Math.max(0, bytes.findIndex((byte) => byte >= 0x80) - SAMPLE_BYTES / 2);
  const surest = new Map<string, number>();
  for (const { name, confidence } of analyse(bytes.subarray(from, from + SAMPLE_BYTES))) {
    const encoding = GUESSES[name];
    if (encoding !== undefined && !surest.has(encoding)) surest.set(encoding, confidence);
  }
  const usual = surest.get(FALLBACK) ?? 0;
  const [best = FALLBACK, confidence = 0] = surest.entries().next().value ?? [];
  return confidence >= CONFIDENCE_MIN && confidence - usual >= CONFIDENCE_MARGIN ? best : FALLBACK;
}

/** Decodes a stream of bytes piece by piece; a byte order mark is taken off. */
export async function* decodeText(
  bytes: AsyncIterable<Buffer>,
  encoding: string,
): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: true });
  for await (const chunk of bytes) {
    const text = decoder.write(chunk);
    if (text !== "") yield text;
  }
  const rest = decoder.end();
  if (rest !== undefined && rest !== "") yield rest;
}
