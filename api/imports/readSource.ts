/**
 * Reads which object of the bucket is meant. Only the configured bucket, never the product's own prefixes, and no other scheme
 * or host: nothing is fetched from a URL.
 */
import { InvalidInputError, NotFoundError } from "../../domain/errors.ts";
import {
  type FileToFetch,
  fileKeyOf,
  plainName,
  type StoredUpload,
  storeUpload,
  tooLarge,
} from "../../pipelines/import/index.ts";
import { newId } from "../../platform/clock.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import { type ObjectStorage, OWN_PREFIXES } from "../../platform/objectStorage.ts";

/** Larger objects are fetched by a worker; up to this one request reads them, so that a duplicate is told at once. */
const AT_ONCE_BYTES = 64 * 1024 * 1024;

/**
 * The key that a source names in the bucket. Throws InvalidInputError source_refused for anything else than
 * s3://<bucket>/<key>, for keys with empty, "." or ".." parts or control characters, and for the product's own prefixes.
 */
export function keyOfSource(source: string, bucket: string): string {
  const start = `s3://${bucket}/`;
  const key = source.startsWith(start) ? source.slice(start.length) : "";
  if (isPlainKey(key) && !isOwn(key)) return key;
  const own = Object.values(OWN_PREFIXES).join(", ");
  const detail = `source ${JSON.stringify(source.slice(0, 200))} is refused; expected ${start}<key> of an object outside ${own}`;
  throw new InvalidInputError(
    [{ pointer: "/source", code: "source_refused", detail }],
    "source_refused",
  );
}

function isPlainKey(key: string): boolean {
  return (
    key !== "" &&
    !/[\p{Cc}\p{Cs}]/u.test(key) &&
    key.split("/").every((part) => part !== "" && part !== "." && part !== "..")
  );
}

/** Also in other letters: some servers keep objects as files whose names have no case. */
function isOwn(key: string): boolean {
  const folded = key.toLowerCase();
  return Object.values(OWN_PREFIXES).some((prefix) => folded.startsWith(prefix));
}

interface SourceDeps {
  readonly storage: ObjectStorage;
  readonly limits: FileLimits;
}

/**
 * Copies a small object now, and answers what a worker needs to fetch a large one. Throws InvalidInputError source_missing,
 * FileRefusedError.
 */
export async function takeSource(
  { storage, limits }: SourceDeps,
  key: string,
): Promise<StoredUpload | FileToFetch> {
  const { body, bytes, etag } = await openSource(storage, key);
  if (bytes <= AT_ONCE_BYTES) return storeUpload({ storage, limits }, { name: key, body });
  body.destroy();
  if (bytes > limits.fileBytesMax) throw tooLarge(limits.fileBytesMax, bytes);
  const id = newId();
  return { id, key: fileKeyOf(id), fileName: plainName(key), bytes, source: { key, etag } };
}

async function openSource(storage: ObjectStorage, key: string) {
  try {
    return await storage.open(key);
  } catch (thrown) {
    if (!(thrown instanceof NotFoundError)) throw thrown;
    const detail = `source: object ${JSON.stringify(key)} is not in the bucket; expected one that is there`;
    throw new InvalidInputError(
      [{ pointer: "/source", code: "source_missing", detail }],
      "source_missing",
    );
  }
}
