/** Reads a JSON body within its limit: 415 for other types, 413 past the limit, 400 for broken UTF-8 or JSON. */
import type { Context as HonoContext } from "hono";
import { MalformedInputError } from "../../domain/errors.ts";
import { parseJson } from "../../domain/parseJson.ts";
import { HttpError } from "./problem.ts";
import type { AppEnv } from "./route.ts";

/** Bytes that a JSON body may have: 10,000 movement lines with room to spare. */
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** The parsed JSON body of a request; undefined when it has none. */
export async function readJsonBody(c: HonoContext<AppEnv>): Promise<unknown> {
  const bytes = await readBytes(c);
  if (bytes.length === 0) return undefined;
  const type = c.req.header("content-type") ?? "";
  if (!JSON_TYPE.test(type)) {
    throw new HttpError(
      415,
      "unsupported_media_type",
      `content type "${type}" is not taken here; expected application/json`,
    );
  }
  if (c.req.header("content-encoding") !== undefined) {
    throw new HttpError(
      415,
      "unsupported_encoding",
      "compressed request bodies are not taken; send the body as it is",
    );
  }
  return parseJson(decode(bytes));
}

/** The bytes of a body of at most 16 MiB; throws HttpError 413. */
export async function readBytes(c: HonoContext<AppEnv>): Promise<Uint8Array> {
  const declared = c.req.header("content-length");
  if (declared !== undefined) {
    if (Number(declared) > BODY_BYTES_MAX) throw tooLarge();
    // Looking at `raw.body` first would build a whole Request with its streams: half of the requests/s of small ones.
    return new Uint8Array(await c.req.arrayBuffer());
  }
  const body = c.req.raw.body;
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > BODY_BYTES_MAX) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function tooLarge(): HttpError {
  return new HttpError(
    413,
    "body_too_large",
    `the body is larger than ${BODY_BYTES_MAX} bytes; send it in parts, or as an import`,
  );
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

function decode(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch (cause) {
    throw new MalformedInputError({
      code: "bad_unicode",
      detail: "the body is not valid UTF-8",
      cause,
    });
  }
}
