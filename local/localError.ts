/**
 * The one error of local/ whose message is a finished sentence for the person at the terminal.
 * It is printed without a stack; anything else that escapes is a bug and keeps its stack.
 */

/** A fault of the machine or its settings: what it is, what was found, how to mend it. */
export class LocalError extends Error {
  override readonly name = "LocalError";
}

/** The message of anything thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The `code` of a Node or PostgreSQL error, such as `EADDRINUSE` or `55006`; undefined if none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return undefined;
  return typeof thrown.code === "string" ? thrown.code : undefined;
}
