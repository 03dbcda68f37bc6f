/** Zip files for tests, parts stored or deflated, written by hand so that they can also be wrong on purpose. */
import { constants, crc32, deflateRawSync } from "node:zlib";

export interface ZipPart {
  readonly name: string;
  readonly content: string | Buffer | PackedBytes;
  /** Default true. */
  readonly deflate?: boolean;
  /** What the directory says of the part where that is not the truth. */
  readonly lie?: ZipLie;
}

/** Deflated bytes, and what they are unpacked. */
export interface PackedBytes {
  readonly packed: Buffer;
  readonly crc: number;
  readonly bytes: number;
}

/** `unit` so many times between two ends, packed at the cost of packing it once: what a bomb is made of. */
export function packRepeated(
  unit: string,
  { times, before = "", after = "" }: { times: number; before?: string; after?: string },
): PackedBytes {
  const unended = { finishFlush: constants.Z_FULL_FLUSH };
  const packedUnit = deflateRawSync(unit, unended);
  const unitBytes = Buffer.from(unit);
  let crc = crc32(before);
  for (let nth = 0; nth < times; nth += 1) crc = crc32(unitBytes, crc);
  return {
    packed: Buffer.concat([
      deflateRawSync(before, unended),
      ...Array.from({ length: times }, () => packedUnit),
      deflateRawSync(after),
    ]),
    crc: crc32(after, crc),
    bytes: Buffer.byteLength(before) + unitBytes.length * times + Buffer.byteLength(after),
  };
}

function packPart({ content, deflate }: ZipPart): PackedBytes {
  if (typeof content === "object" && "packed" in content) return content;
  const plain = Buffer.from(content);
  const packed = deflate === false ? plain : deflateRawSync(plain);
  return { packed, crc: crc32(plain), bytes: plain.length };
}

interface ZipLie {
  readonly flags?: number;
  readonly method?: number;
  readonly crc?: number;
  readonly packedBytes?: number;
  readonly unpackedBytes?: number;
  readonly extra?: Buffer;
  /** Where its local header stands. */
  readonly offset?: number;
}

/** A zip archive of the parts, in their order; `count` is what its end says of their number. */
export function zipFile(parts: readonly ZipPart[], count = parts.length): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const bytes = packPart(part);
    const { lie = {} } = part;
    const name = Buffer.from(part.name);
    const local = Buffer.concat([
      uint32(0x04034b50),
      commonFields(part, bytes, {}),
      name,
      bytes.packed,
    ]);
    centrals.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(20),
        commonFields(part, bytes, lie),
        Buffer.alloc(10),
        uint32(lie.offset ?? offset),
        name,
        lie.extra ?? Buffer.alloc(0),
      ]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.concat([
    uint32(0x06054b50),
    Buffer.alloc(4),
    uint16(count),
    uint16(count),
    uint32(directory.length),
    uint32(offset),
    uint16(0),
  ]);
  return Buffer.concat([...locals, directory, end]);
}

function commonFields(part: ZipPart, bytes: PackedBytes, lie: ZipLie): Buffer {
  return Buffer.concat([
    uint16(20),
    uint16(lie.flags ?? 0),
    uint16(lie.method ?? (part.deflate === false ? 0 : 8)),
    uint32(0x5a210000), // a date, or some readers complain
    uint32(lie.crc ?? bytes.crc),
    uint32(lie.packedBytes ?? bytes.packed.length),
    uint32(lie.unpackedBytes ?? bytes.bytes),
    uint16(Buffer.byteLength(part.name)),
    uint16(lie.extra?.length ?? 0),
  ]);
}

/** The extra field with which an entry states sizes past 32 bits. */
export function zip64Sizes(unpackedBytes: bigint, packedBytes: bigint): Buffer {
  const sizes = Buffer.alloc(16);
  sizes.writeBigUInt64LE(unpackedBytes, 0);
  sizes.writeBigUInt64LE(packedBytes, 8);
  return Buffer.concat([uint16(1), uint16(sizes.length), sizes]);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}
