/** Lists: ?limit= and an opaque cursor over a stable key, answered as { data, next_cursor }. Stable under concurrent writes. */
import { z } from "zod";
import { InvalidInputError } from "../../domain/errors.ts";

export const LIMIT_DEFAULT = 50;
export const LIMIT_MAX = 500;

/** Query fields of every list; spread into the route's own query schema. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  cursor: z.string().max(500).optional(),
};

/** Schema of a page of `entry`. */
export function pageOf<T extends z.ZodType>(entry: T) {
  return z.object({ data: z.array(entry), next_cursor: z.string().nullable() });
}

/** Makes a page of rows that were read with limit + 1; `keyOf` gives the cursor's content for a row. */
export function toPage<Row, Entry>(
  rows: readonly Row[],
  options: { limit: number; keyOf: (row: Row) => readonly string[]; show: (row: Row) => Entry },
): { data: Entry[]; next_cursor: string | null } {
  const page = rows.slice(0, options.limit);
  const last = page.at(-1);
  const more = rows.length > options.limit && last !== undefined;
  return {
    data: page.map((row) => options.show(row)),
    next_cursor: more ? encodeCursor(options.keyOf(last)) : null,
  };
}

/** Writes a cursor. */
function encodeCursor(parts: readonly string[]): string {
  return Buffer.from(JSON.stringify(parts)).toString("base64url");
}

/** Tells whether a part of a cursor has the form that the list gives it. */
type PartForm = (part: string) => boolean;

/** A text that the database can hold. */
export const isTextPart: PartForm = (part) => !part.includes("\0");
export const isIdPart: PartForm = (part) =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(part);
export const isCountPart: PartForm = (part) => /^\d{1,15}$/.test(part);
/** A number of 0 or more as JavaScript writes it. */
export const isNumberPart: PartForm = (part) => /^\d+(\.\d+)?(e[+-]\d+)?$/.test(part);
/** A time as toISOString or the database writes it, to the microsecond. */
export const isTimePart: PartForm = (part) =>
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d(:\d\d)?)?$/.test(part) &&
  !Number.isNaN(Date.parse(`${part.slice(0, 10)}T${part.slice(11, 19)}Z`));

/**
 * Reads a cursor whose parts have the given forms; undefined where none was given. Throws InvalidInputError for anything else:
 * a cursor comes from outside, and a part of another form would fail in the database.
 */
export function decodeCursor(
  cursor: string | undefined,
  forms: readonly PartForm[],
): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (isOfForms(parts, forms)) return parts;
  } catch {
    // worded below
  }
  const detail = `cursor "${cursor.slice(0, 40)}" is not one that this list gave; use next_cursor as it is`;
  throw new InvalidInputError(
    [{ pointer: "/query/cursor", code: "cursor_invalid", detail }],
    "cursor_invalid",
  );
}

function isOfForms(parts: unknown, forms: readonly PartForm[]): parts is string[] {
  return (
    Array.isArray(parts) &&
    parts.length === forms.length &&
    forms.every((form, nth) => typeof parts[nth] === "string" && form(parts[nth]))
  );
}
