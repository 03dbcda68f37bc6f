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

/** Reads a cursor of `length` parts; undefined where none was given; throws InvalidInputError for anything else. */
export function decodeCursor(cursor: string | undefined, length: number): string[] | undefined {
  if (cursor === undefined) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    if (Array.isArray(parts) && parts.length === length) return parts.map(String);
  } catch {
    // worded below
  }
  const detail = `cursor "${cursor.slice(0, 40)}" is not one that this list gave; use next_cursor as it is`;
  throw new InvalidInputError(
    [{ pointer: "/query/cursor", code: "cursor_invalid", detail }],
    "cursor_invalid",
  );
}
