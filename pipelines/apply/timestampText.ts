/** Writes times as PostgreSQL reads them. */

/**
 * ISO 8601 for milliseconds since 1970. A year past 9999, which a client's offset can lead to, is written without the sign that
 * JavaScript gives it: PostgreSQL does not read it.
 */
export function timestampText(ms: number): string {
  const text = new Date(ms).toISOString();
  return text.startsWith("+") ? text.replace(/^\+0*/, "") : text;
}
