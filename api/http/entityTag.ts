/** ETag and If-Match of entities: the tag is the entity's version. */
import { MalformedInputError } from "../../domain/errors.ts";

/** ETag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** Version that If-Match names; undefined for a missing header or "*". Throws MalformedInputError (400). */
export function versionFromIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === "*") return undefined;
  const match = /^(?:W\/)?"(\d{1,10})"$/.exec(header.trim());
  if (match !== null) return Number(match[1]);
  throw new MalformedInputError({
    code: "if_match_malformed",
    detail: `If-Match ${header.slice(0, 40)} is not an entity tag; expected the ETag of the answer, e.g. "3"`,
  });
}
