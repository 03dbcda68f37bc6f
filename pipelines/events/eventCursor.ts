/**
 * A reader's place in the event log: the last position seen of each lane. As text: a version byte, a bitmap of the lanes that
 * have one, then the positions as varints (LEB128), all base64url; about 1.2 kB when every lane is in the millions.
 */
import { InvalidInputError } from "../../domain/errors.ts";
import { ENTITY_LANES, ITEM_LANES } from "../../domain/lane.ts";

/** Position by lane; a lane that is missing is at its beginning. */
export type EventCursor = ReadonlyMap<number, number>;

const LANES = ITEM_LANES + ENTITY_LANES;
const BITMAP_BYTES = LANES / 8;
const VERSION = 1;

/** Writes a cursor. */
export function encodeEventCursor(cursor: EventCursor): string {
  const bitmap = Buffer.alloc(BITMAP_BYTES);
  const varints: number[] = [];
  for (let lane = 0; lane < LANES; lane += 1) {
    const position = cursor.get(lane) ?? 0;
    if (position === 0) continue;
    const byte = lane >> 3;
    bitmap.writeUInt8(bitmap.readUInt8(byte) | (1 << (lane & 7)), byte);
    pushVarint(varints, position);
  }
  return Buffer.concat([Buffer.of(VERSION), bitmap, Buffer.from(varints)]).toString("base64url");
}

/** Reads a cursor; throws InvalidInputError (cursor_invalid) for anything that encodeEventCursor did not write. */
export function decodeEventCursor(text: string): EventCursor {
  const bytes = Buffer.from(text, "base64url");
  const cursor = new Map<number, number>();
  let at = 1 + BITMAP_BYTES;
  if (bytes.length < at || bytes.readUInt8(0) !== VERSION) throw cursorInvalid(text);
  for (let lane = 0; lane < LANES; lane += 1) {
    if ((bytes.readUInt8(1 + (lane >> 3)) & (1 << (lane & 7))) === 0) continue;
    const { value, next } = readVarint(bytes, at);
    if (value === undefined) throw cursorInvalid(text);
    cursor.set(lane, value);
    at = next;
  }
  if (at !== bytes.length || encodeEventCursor(cursor) !== text) throw cursorInvalid(text);
  return cursor;
}

/** Positions reach past 32 bits, so this divides where it could shift. */
function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function readVarint(bytes: Buffer, start: number): { value: number | undefined; next: number } {
  let value = 0;
  let factor = 1;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * factor;
    if (!Number.isSafeInteger(value)) break;
    if (byte < 0x80) return { value, next: at + 1 };
    factor *= 0x80;
  }
  return { value: undefined, next: start };
}

function cursorInvalid(text: string): InvalidInputError {
  const detail = `cursor "${text.slice(0, 40)}" is not one that the event log gave; use next_cursor as it is`;
  return new InvalidInputError(
    [{ pointer: "/query/after", code: "cursor_invalid", detail }],
    "cursor_invalid",
  );
}
