/** Keys by which the API knows an attempt again. */

/** A fresh Idempotency-Key: 128 random bits. Works on plain http as well, where randomUUID does not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
