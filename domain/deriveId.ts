/** Ids that follow from what they are for, so that work that is repeated (a retried request) makes the same thing again. */
import { createHash } from "node:crypto";

/** The id that belongs to a text: the first 16 bytes of its SHA-256, marked as UUID version 8 (RFC 9562). */
export function deriveId(text: string): string {
  const bytes = createHash("sha256").update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20)].join("-");
}
