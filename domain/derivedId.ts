/**
 * Ids that follow from a scope: the same (scope, index) is the same id for ever, so that a request which is repeated
 * after a crash makes the same things again instead of twice.
 */
import { createHash } from "node:crypto";

/** UUID version 8 (RFC 9562) of the first 16 bytes of SHA-256(`${scope}\n${index}`). */
export function derivedId(scope: string, index: number): string {
  const bytes = createHash("sha256").update(`${scope}\n${index}`).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join("-");
}
