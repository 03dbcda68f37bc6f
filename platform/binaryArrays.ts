/**
 * PostgreSQL arrays in their binary form, for large set-based statements: the server copies such values where it would have to
 * read texts digit by digit, which for hashes, times and places of rows costs several times as much. node-postgres sends a
 * Buffer as a binary parameter; the statement must name the array's type.
 */

const OID = { bytea: 17, int8: 20, tid: 27, timestamptz: 1184 } as const;

const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const NULL_LENGTH = -1;
const TWO_TO_32 = 2 ** 32;

/** 2000-01-01T00:00:00Z in milliseconds since 1970: where PostgreSQL's times begin. */
const POSTGRES_EPOCH_MS = 946_684_800_000;

/** bigint[] of safe integers; null stands for NULL. */
export function int8Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(OID.int8, 8, values, writeInt8);
}

/** timestamptz[] of milliseconds since 1970. */
export function timestampArray(values: readonly number[]): Buffer {
  return fixedArray(OID.timestamptz, 8, values, (buffer, value, at) =>
    writeInt8(buffer, (value - POSTGRES_EPOCH_MS) * 1_000, at),
  );
}

/** tid[] of places as PostgreSQL prints them: (block,offset). */
export function placeArray(values: readonly string[]): Buffer {
  return fixedArray(OID.tid, 6, values, (buffer, value, at) => {
    const comma = value.indexOf(",");
    buffer.writeUInt32BE(Number(value.slice(1, comma)), at);
    buffer.writeUInt16BE(Number(value.slice(comma + 1, -1)), at + 4);
  });
}

/** bytea[] of values given as hexadecimal digits; null stands for NULL. */
export function hexBytesArray(values: readonly (string | null)[]): Buffer {
  let size = HEADER_BYTES;
  for (const value of values) size += LENGTH_BYTES + (value === null ? 0 : value.length / 2);
  const buffer = withHeader(OID.bytea, size, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? NULL_LENGTH : value.length / 2, at);
    if (value !== null) at += buffer.write(value, at, "hex");
  }
  return buffer;
}

function fixedArray<T>(
  oid: number,
  width: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  const size = HEADER_BYTES + values.length * (LENGTH_BYTES + width);
  const buffer = withHeader(oid, size, values.length);
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? NULL_LENGTH : width, at);
    if (value === null) continue;
    write(buffer, value, at);
    at += width;
  }
  return buffer.subarray(0, at);
}

/** One dimension, which may hold NULLs, counted from 1. An array without elements has no dimension. */
function withHeader(oid: number, size: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(size);
  buffer.writeInt32BE(length === 0 ? 0 : 1, 0);
  buffer.writeInt32BE(1, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return length === 0 ? buffer.subarray(0, 12) : buffer;
}

function writeInt8(buffer: Buffer, value: number, at: number): void {
  buffer.writeInt32BE(Math.floor(value / TWO_TO_32), at);
  buffer.writeUInt32BE(((value % TWO_TO_32) + TWO_TO_32) % TWO_TO_32, at + 4);
}
