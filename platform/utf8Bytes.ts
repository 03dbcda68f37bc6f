/** UTF-8 byte by byte, by table 3-7 of the Unicode standard: no overlong forms, no surrogates, nothing past U+10FFFF. Pure. */

/** Bytes of the character that begins at `at`; 0 where the bytes there are no whole, valid character. */
export function utf8LengthAt(bytes: Buffer, at: number): number {
  const length = lengthByFirst(bytes[at] ?? 0xff);
  if (length < 2) return length;
  if (!isSecond(bytes[at] ?? 0, bytes[at + 1] ?? 0)) return 0;
  for (let nth = 2; nth < length; nth += 1) if (!isTrail(bytes[at + nth] ?? 0)) return 0;
  return length;
}

function lengthByFirst(first: number): number {
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}

function isTrail(byte: number): boolean {
  return byte >= 0x80 && byte < 0xc0;
}

function isSecond(first: number, second: number): boolean {
  const [from, to] = SECONDS.get(first) ?? [0x80, 0xc0];
  return second >= from && second < to;
}

/** First bytes after which not every trailing byte makes a character: the least, and the first past the greatest. */
const SECONDS: ReadonlyMap<number, readonly [number, number]> = new Map([
  [0xe0, [0xa0, 0xc0]],
  [0xed, [0x80, 0xa0]],
  [0xf0, [0x90, 0xc0]],
  [0xf4, [0x80, 0x90]],
]);

/** Length of the longest prefix that does not end inside a UTF-8 character. */
export function wholeUtf8Length(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return back < length ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
