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

const ROW_BITS = 32;

/**
 * The id of the nth row of a thing with an id of its own (row 0 to 2^32 - 1): UUID version 7 (RFC 9562) of the same moment, with the
 * row's number where others have chance and the last 42 bits of the thing's id behind it. Ids of rows in a sequence lie side by side in
 * an index, where ids by chance would each change a page of their own. Throws RangeError for other row numbers.
 */
export function deriveRowId(id: string, row: number): string {
  if (!Number.isInteger(row) || row < 0 || row >= 2 ** ROW_BITS) {
    throw new RangeError(`row number ${row}: expected a whole number from 0 to 4294967295`);
  }
  const high = (row >>> 20).toString(16).padStart(3, "0");
  const middle = (0x80_00 | ((row >>> 6) & 0x3f_ff)).toString(16);
  const low = (((row & 0x3f) << 2) | (Number.parseInt(id.slice(24, 26), 16) & 3))
    .toString(16)
    .padStart(2, "0");
  return `${id.slice(0, 13)}-7${high}-${middle}-${low}${id.slice(26)}`;
}

/** Whether an id is that of some row of the thing, as deriveRowId makes them. */
export function isRowIdOf(id: string, rowId: string): boolean {
  return (
    rowId.slice(0, 13) === id.slice(0, 13) &&
    rowId.charAt(14) === "7" &&
    rowId.slice(26) === id.slice(26)
  );
}
