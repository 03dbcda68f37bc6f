/** What is kept of a sign-in, and what an access token says of itself. The API checks tokens; here they are only read, for their expiry. */

/** The tokens of one sign-in. A pasted token has no refresh token: it ends when it ends. */
export interface Tokens {
  readonly access: string;
  readonly refresh: string | undefined;
  readonly expiresAtMs: number;
  /** The address that was signed in with; of a pasted token what it says itself. */
  readonly name: string;
}

/** Expiry and subject of a JWT; undefined for what is none. */
export function readClaims(token: string): { expiresAtMs: number; subject: string } | undefined {
  const part = token.split(".")[1];
  if (part === undefined || token.split(".").length !== 3) return undefined;
  try {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (one) =>
      one.charCodeAt(0),
    );
    const claims: { readonly exp?: unknown; readonly sub?: unknown } = JSON.parse(
      new TextDecoder().decode(bytes),
    );
    if (typeof claims.exp !== "number") return undefined;
    return {
      expiresAtMs: claims.exp * 1_000,
      subject: typeof claims.sub === "string" ? claims.sub : "",
    };
  } catch {
    return undefined; // not base64, or no JSON in it
  }
}

/** Reads tokens as they were kept; undefined for anything else. */
export function parseTokens(text: string | null): Tokens | undefined {
  if (text === null) return undefined;
  try {
    const { access, refresh, expiresAtMs, name }: Readonly<Record<string, unknown>> =
      JSON.parse(text);
    if (typeof access !== "string" || typeof expiresAtMs !== "number") return undefined;
    return {
      access,
      refresh: typeof refresh === "string" ? refresh : undefined,
      expiresAtMs,
      name: typeof name === "string" ? name : "",
    };
  } catch {
    return undefined; // written by another version
  }
}
