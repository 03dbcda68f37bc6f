/** Zip files for tests, parts stored or deflated, written by hand so that they can also be wrong on purpose. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipPart {
  readonly name: string;
  readonly content: string | Buffer;
  /** Default true. */
  readonly deflate?: boolean;
}

/** A zip archive of the parts, in their order. */
export function zipFile(parts: readonly ZipPart[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const part of parts) {
    const content = Buffer.from(part.content);
    const packed = part.deflate === false ? content : deflateRawSync(content);
    const fields = commonFields(part, { content, packed });
    const local = Buffer.concat([uint32(0x04034b50), fields, Buffer.from(part.name), packed]);
    centrals.push(
      Buffer.concat([
        uint32(0x02014b50),
        uint16(20),
        fields,
        Buffer.alloc(10),
        uint32(offset),
        Buffer.from(part.name),
      ]),
    );
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.concat([
    uint32(0x06054b50),
    Buffer.alloc(4),
    uint16(parts.length),
    uint16(parts.length),
    uint32(directory.length),
    uint32(offset),
    uint16(0),
  ]);
  return Buffer.concat([...locals, directory, end]);
}

function commonFields(part: ZipPart, bytes: { content: Buffer; packed: Buffer }): Buffer {
  return Buffer.concat([
    uint16(20),
    uint16(0),
    uint16(part.deflate === false ? 0 : 8),
    uint32(0x5a210000), // a date, or some readers complain
    uint32(crc32(bytes.content)),
    uint32(bytes.packed.length),
    uint32(bytes.content.length),
    uint16(Buffer.byteLength(part.name)),
    uint16(0),
  ]);
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
