/** ETag and If-Match of entities: the tag is the entity's version. */
import { MalformedInputError } from "../../domain/errors.ts";

/** ETag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** Version of a tag that is well-formed and none of ours: no entity is ever at it, so the write is stale (412). */
const NO_VERSION = -1;

/** Version that If-Match names; undefined for a missing header or "*". Throws MalformedInputError (400). */
export function versionFromIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === "*") return undefined;
  const match = /^(?:W\/)?"([!#-~\u0080-\u00ff]*)"$/.exec(header.trim());
  const tag = match?.[1];
  if (tag !== undefined) return /^\d{1,10}$/.test(tag) ? Number(tag) : NO_VERSION;
  throw new MalformedInputError({
    code: "if_match_malformed",
    detail: `If-Match ${header.slice(0, 40)} is not an entity tag; expected the ETag of the answer, e.g. "3"`,
  });
}
