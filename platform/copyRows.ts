/**
 * COPY of rows that are in memory already: one text, one statement, inside the caller's transaction. Since nothing is awaited
 * between its bytes, the source can't fail half-way and leave the connection inside a COPY.
 */
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { from as copyFrom } from "pg-copy-streams";
import type { DbClient } from "./postgres.ts";

/** Value of one column in PostgreSQL's COPY text format; null is NULL. */
export function copyValue(value: string | null): string {
  if (value === null) return "\\N";
  return /[\\\t\n\r]/.test(value) ? value.replaceAll(/[\\\t\n\r]/g, escapeCharacter) : value;
}

function escapeCharacter(character: string): string {
  if (character === "\t") return "\\t";
  if (character === "\n") return "\\n";
  return character === "\r" ? "\\r" : "\\\\";
}

/** Sends the text (lines of copyValue columns, tab between, newline after each) to a `copy … from stdin` statement; answers how many rows. */
export async function copyRows(tx: DbClient, statement: string, text: string): Promise<number> {
  const stream = tx.query(copyFrom(statement));
  await pipeline(Readable.from([Buffer.from(text)]), stream);
  return stream.rowCount;
}
