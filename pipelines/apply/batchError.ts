/** The failure of an apply batch by what is in it, not by a database that is away: the same batch would fail again. */
import { StocklineError, toError } from "../../domain/errors.ts";
import { sqlState } from "../../platform/postgres.ts";

/** Nothing of the batch was applied. */
export class BatchError extends StocklineError {
  /** Ids of the movements that the batch was to decide; empty where it failed before it knew them. */
  readonly movements: readonly string[];

  constructor(movements: readonly string[], cause: unknown) {
    super({ code: "batch_failed", detail: describeCause(cause), cause });
    this.movements = movements;
  }
}

/** Longest text that is kept of an error. */
const CHARS_MAX = 500;

/**
 * Words an error for the database and for operators: its kind and message, without what PostgreSQL tells in further fields
 * (whole rows) and without the password of a connection string.
 */
export function describeCause(thrown: unknown): string {
  const error = toError(thrown);
  const kind = sqlState(thrown) ?? error.name;
  const message = error.message
    .replaceAll(/(\/\/[^\s:/@]*):[^\s/@]*@/g, "$1:***@")
    .replaceAll("\0", ""); // which the database can't hold
  const text = `${kind}: ${message}`;
  return text.length > CHARS_MAX ? `${text.slice(0, CHARS_MAX)}…` : text;
}
