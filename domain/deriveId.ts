/** Ids that follow from what they are for, so that work that is repeated (a retried request) makes the same thing again. */
import { hash } from "node:crypto";

/** The variant of RFC 9562 with each of its two free bits. */
const VARIANTS = ["8", "9", "a", "b"];

/** The id that belongs to a text: the first 16 bytes of its SHA-256, marked as UUID version 8 (RFC 9562). */
export function deriveId(text: string): string {
  const hex = hash("sha256", text, "hex");
  const variant = VARIANTS[Number.parseInt(hex.charAt(16), 16) & 3] ?? "";
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
