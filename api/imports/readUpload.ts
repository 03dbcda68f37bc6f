/**
 * Reads an upload in one pass: the file of a multipart form goes to object storage while it arrives, the fields are gathered;
 * or a JSON body names an object of the bucket. Nothing is held in memory whole.
 */
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Busboy, type BusboyHeaders } from "@fastify/busboy";
import type { Context as HonoContext } from "hono";
import {
  InvalidInputError,
  MalformedInputError,
  StocklineError,
  toError,
} from "../../domain/errors.ts";
import { validate } from "../../domain/validate.ts";
import {
  discardUpload,
  FileRefusedError,
  type FileToFetch,
  type StoredUpload,
  storeUpload,
} from "../../pipelines/import/index.ts";
import type { FileLimits } from "../../platform/fileLimits.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { HttpError } from "../http/problem.ts";
import { readJsonBody } from "../http/readBody.ts";
import type { AppEnv, ReadBody } from "../http/route.ts";
import { keyOfSource, takeSource } from "./readSource.ts";
import {
  fileMissing,
  sourceBody,
  type UploadParameters,
  uploadParameters,
  withMapping,
} from "./schema.ts";
import { paceBody, type UploadPace } from "./uploadPace.ts";

interface UploadDeps {
  readonly storage: ObjectStorage;
  readonly bucket: string;
  readonly limits: FileLimits;
  readonly pace: UploadPace;
}

export interface Upload {
  readonly parameters: UploadParameters;
  /** The stored file; a small object of the bucket is copied now, a large one is left to a worker. */
  store(): Promise<StoredUpload | FileToFetch>;
}

/** Called with the checked parameters; throws where the caller may not do this. */
type CheckParameters = (parameters: UploadParameters) => void;

/** Room for the form around the file: fields and headers. */
const FORM_BYTES = 2 * 1024 * 1024;
const FIELDS_MAX = 20;
const FIELD_BYTES_MAX = 1024 * 1024;

/** Stores the file of a form, or reads which object is meant, and what was said about it; throws problems, leaving no object behind. */
export async function readUpload(
  deps: UploadDeps,
  c: HonoContext<AppEnv>,
  check: CheckParameters,
): Promise<ReadBody<Upload>> {
  return asProblem(async () => {
    const type = c.req.header("content-type") ?? "";
    if (/^multipart\/form-data\b/i.test(type)) return await readForm(deps, c, check);
    if (/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) return await readSource(deps, c, check);
    throw new HttpError(
      415,
      "unsupported_media_type",
      `content type "${type}" is not taken here; expected multipart/form-data with a file, or application/json with a source`,
    );
  });
}

/** Words a refused file as a problem. */
export async function asProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof FileRefusedError)
      throw new HttpError(thrown.status, thrown.code, thrown.message);
    throw thrown;
  }
}

async function readForm(
  deps: UploadDeps,
  c: HonoContext<AppEnv>,
  check: CheckParameters,
): Promise<ReadBody<Upload>> {
  const form = await parseForm(deps, c);
  const { stored } = form;
  try {
    if (form.failure !== undefined) throw form.failure;
    const given = withMapping({ ...c.req.query(), ...form.fields });
    const parameters = validate(uploadParameters, given);
    check(parameters);
    if (stored === undefined) throw fileMissing();
    const { fileName, sha256 } = stored;
    return {
      value: { parameters, store: async () => stored },
      content: { ...given, fileName, sha256: sha256.toString("hex") },
      discard: () => discardUpload(deps, stored),
    };
  } catch (thrown) {
    if (stored !== undefined) await discardUpload(deps, stored);
    throw thrown;
  }
}

interface Form {
  readonly fields: Readonly<Record<string, string>>;
  readonly stored: StoredUpload | undefined;
  readonly failure: Error | undefined;
}

async function parseForm(deps: UploadDeps, c: HonoContext<AppEnv>): Promise<Form> {
  const { busboy, fields, files, streams, faults } = listen(deps, c);
  const body = c.req.raw.body;
  if (body === null) throw fileMissing();
  const source = Readable.from(paceBody(body, deps.pace), { objectMode: false });
  const read = await pipeline(source, capped(deps.limits.fileBytesMax + FORM_BYTES), busboy).then(
    () => undefined,
    (thrown: unknown) => formError(thrown),
  );
  // A form that broke off leaves its file's stream open, and whoever stores it waiting.
  if (read !== undefined) for (const stream of streams) stream.destroy(read);
  const settled = await Promise.allSettled(files);
  const stored = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []))[0];
  const refused = settled.flatMap((one) =>
    one.status === "rejected" ? [toError(one.reason)] : [],
  )[0];
  const ours = refused instanceof FileRefusedError ? refused : undefined;
  return { fields, stored, failure: ours ?? read ?? faults[0] ?? refused };
}

function listen(deps: UploadDeps, c: HonoContext<AppEnv>) {
  const fields: Record<string, string> = {};
  const files: Promise<StoredUpload>[] = [];
  const streams: Readable[] = [];
  const faults: Error[] = [];
  const busboy = openBusboy(c.req.header());
  const refuse = (pointer: string, code: string, detail: string) =>
    faults.push(new InvalidInputError([{ pointer, code, detail }], code));
  busboy.on("field", (name, value, _nameCut, valueCut) => {
    if (valueCut)
      refuse(`/${name}`, "too_big", `field "${name}" is longer than ${FIELD_BYTES_MAX} bytes`);
    else if (Object.hasOwn(fields, name))
      refuse(`/${name}`, "repeated_field", `field "${name}" stands twice; expected it once`);
    else fields[name] = value;
  });
  busboy.on("file", (name, stream, fileName) => {
    if (name !== "file" || files.length > 0) {
      stream.resume();
      stream.on("error", () => undefined); // the form is refused anyway
      refuse(
        `/${name}`,
        "unknown_field",
        `the form has a file named "${name}"; expected one file, named "file"`,
      );
      return;
    }
    streams.push(stream);
    const storing = storeUpload(deps, { name: fileName, body: stream });
    storing.catch(() => undefined); // awaited once the form is read to its end
    files.push(storing);
  });
  busboy.on("fieldsLimit", () =>
    refuse("", "too_big", `the form has more than ${FIELDS_MAX} fields`),
  );
  return { busboy, fields, files, streams, faults };
}

function openBusboy(headers: Readonly<Record<string, string>>) {
  try {
    return Busboy({
      headers: {
        ...headers,
        "content-type": headers["content-type"] ?? "",
      } satisfies BusboyHeaders,
      limits: { fields: FIELDS_MAX, fieldSize: FIELD_BYTES_MAX, files: 2, parts: FIELDS_MAX + 4 },
    });
  } catch (cause) {
    throw new MalformedInputError({
      code: "multipart_malformed",
      detail: "the multipart form has no boundary; send it with a form library",
      cause,
    });
  }
}

/** Ends a body that goes on past every limit. */
function capped(bytesMax: number): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes <= bytesMax) done(null, chunk);
      else
        done(
          new FileRefusedError(
            413,
            "file_too_large",
            `the upload is larger than ${bytesMax} bytes`,
          ),
        );
    },
  });
}

function formError(thrown: unknown): Error {
  if (thrown instanceof StocklineError) return thrown;
  return new MalformedInputError({
    code: "multipart_malformed",
    detail: "the multipart form can't be read, or ends too early; send it again",
    cause: thrown,
  });
}

async function readSource(
  deps: UploadDeps,
  c: HonoContext<AppEnv>,
  check: CheckParameters,
): Promise<ReadBody<Upload>> {
  const given = withMapping({ ...c.req.query(), ...toMembers(await readJsonBody(c)) });
  const { source, ...parameters } = validate(sourceBody, given);
  check(parameters);
  const key = keyOfSource(source, deps.bucket);
  const store = () => takeSource(deps, key);
  return { value: { parameters, store }, content: given, discard: async () => undefined };
}

function toMembers(body: unknown): object {
  return typeof body === "object" && body !== null && !Array.isArray(body) ? body : {};
}
