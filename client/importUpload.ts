/**
 * Sends a file straight to object storage, in parts side by side by signed links, then has it imported. A part that fails is
 * sent again; an upload that is not completed is given up by the server after a day.
 */
import { setTimeout as pause } from "node:timers/promises";
import { toError } from "../domain/errors.ts";
import type { FileToImport, SentImport } from "./imports.ts";
import { ApiUnreachableError } from "./problem.ts";
import {
  type Answer,
  type Given,
  isProblem,
  type StocklineClient,
  unchecked,
} from "./stocklineClient.ts";

/** Files from this size on are better sent in parts. */
export const DIRECT_UPLOAD_BYTES = 64 * 1024 * 1024;

const PARTS_AT_ONCE = 3;
const TRIES_MAX = 5;
/** The storage was never reached: most likely it can't be from here. */
const FIRST_TRIES_MAX = 2;
const RETRY_MS = 500;
/** A signed link that is too old. */
const FORBIDDEN = 403;

/** The storage that the links name can't be reached, and nothing was sent: it may listen for other networks only. */
export class StorageUnreachableError extends ApiUnreachableError {}

type Upload = Answer<"POST /v1/imports/uploads">;
type Link = Upload["parts"][number];
type Completion = Given<"POST /v1/imports/uploads/{id}/complete">["body"];

export interface SendOptions {
  /** Hash of the whole file, as 64 hexadecimal digits: known content is then refused before it is sent. */
  readonly sha256?: string | undefined;
  /** Told after each part: bytes that are in the storage, and bytes of the file. */
  readonly onSent?: ((sent: number, total: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends one file in parts and has it imported. Throws ApiProblemError for every refusal but a duplicate, ApiUnreachableError,
 * StorageUnreachableError. */
export async function sendImportDirect(
  client: StocklineClient,
  file: FileToImport,
  options: SendOptions = {},
): Promise<SentImport> {
  try {
    const begun = await begin(client, file, options);
    const parts = await sendParts({ client, begun, file, options });
    const body = unchecked<Completion>({ ...parametersOf(file), parts });
    const path = { id: begun.id };
    const { id } = await client.call("POST /v1/imports/uploads/{id}/complete", { path, body });
    return { id, duplicate: false };
  } catch (error) {
    const first = isProblem(error, "duplicate_import") ? error.member("import_id") : undefined;
    if (first === undefined) throw error;
    return { id: first, duplicate: true };
  }
}

function begin(
  client: StocklineClient,
  { name, content, kind, force, mode }: FileToImport,
  { sha256 }: SendOptions,
): Promise<Upload> {
  // A dry run may be repeated at will.
  const repeat = force === true || mode === "dry_run";
  const body = { file_name: name, bytes: content.size, kind, force: repeat };
  return client.call("POST /v1/imports/uploads", { body: unchecked({ ...body, sha256 }) });
}

function parametersOf(file: FileToImport): object {
  const { kind, mode, onError, mapping, force, stopAfterErrors } = file;
  return {
    kind,
    ...(mode === undefined ? {} : { mode }),
    ...(onError === undefined ? {} : { on_error: onError }),
    ...(mapping === undefined ? {} : { mapping: jsonOrText(mapping) }),
    ...(force === true ? { force } : {}),
    ...(stopAfterErrors === undefined ? {} : { stop_after_errors: stopAfterErrors }),
  };
}

/** The server says what is wrong with a text that is no JSON. */
function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface Sending {
  readonly client: StocklineClient;
  readonly begun: Upload;
  readonly file: FileToImport;
  readonly options: SendOptions;
}

async function sendParts(sending: Sending): Promise<{ number: number; etag: string }[]> {
  const { begun, file, options } = sending;
  const stop = new AbortController();
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  const links = new Links(sending);
  const sent: { number: number; etag: string }[] = [];
  let next = 1;
  let bytes = 0;
  const sendOn = async (): Promise<void> => {
    for (;;) {
      const number = next;
      next += 1;
      if (number > begun.parts_total) return;
      const start = (number - 1) * begun.part_bytes;
      const body = file.content.slice(start, start + begun.part_bytes);
      const wasReached = () => sent.length > 0;
      const etag = await sendPart({ links, number, body, signal, wasReached });
      sent.push({ number, etag });
      bytes += body.size;
      options.onSent?.(bytes, file.content.size);
    }
  };
  try {
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, sendOn));
  } finally {
    stop.abort(); // one part failed for good: the others need not be sent
  }
  return sent;
}

interface Part {
  readonly links: Links;
  readonly number: number;
  readonly body: Blob;
  readonly signal: AbortSignal;
  /** Whether any part is in the storage yet. */
  readonly wasReached: () => boolean;
}

/** Sends one part, several times if need be; answers its ETag. */
async function sendPart({ links, number, body, signal, wasReached }: Part): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    signal.throwIfAborted();
    const { url } = await links.of(number);
    const { etag, status, reason } = await put(url, body, signal);
    if (etag !== undefined) return etag;
    if (status === undefined && !wasReached() && tries >= FIRST_TRIES_MAX) {
      throw new StorageUnreachableError(`the object storage can't be reached: ${reason}`);
    }
    if (tries === TRIES_MAX)
      throw new ApiUnreachableError(`part ${number} can't be sent: ${reason}`);
    if (status === FORBIDDEN) links.forget();
    await pause(RETRY_MS * tries, undefined, { signal });
  }
}

interface PutAnswer {
  readonly etag?: string;
  readonly status?: number;
  readonly reason?: string;
}

async function put(url: string, body: Blob, signal: AbortSignal): Promise<PutAnswer> {
  try {
    const response = await fetch(url, { method: "PUT", body, signal });
    await response.arrayBuffer();
    const etag = response.headers.get("etag");
    if (response.ok && etag !== null) return { etag };
    return { status: response.status, reason: `it answered ${response.status}` };
  } catch (thrown) {
    signal.throwIfAborted();
    return { reason: `${new URL(url).host}: ${causeOf(thrown)}` };
  }
}

/** What fetch failed for stands in the cause of its error. */
function causeOf(thrown: unknown): string {
  const { message, cause } = toError(thrown);
  return cause instanceof Error ? cause.message : message;
}

/** Links of parts, asked for by the hundred, and anew once they are too old. */
class Links {
  readonly #sending: Sending;
  #known: Map<number, Link>;
  #asking: Promise<void> | undefined;

  constructor(sending: Sending) {
    this.#sending = sending;
    this.#known = new Map(sending.begun.parts.map((one) => [one.number, one]));
  }

  async of(number: number): Promise<Link> {
    if (!this.#known.has(number)) {
      this.#asking ??= this.#ask(number).finally(() => {
        this.#asking = undefined;
      });
      await this.#asking;
    }
    return this.#known.get(number) ?? this.of(number);
  }

  forget(): void {
    this.#known.clear();
  }

  async #ask(from: number): Promise<void> {
    const { client, begun } = this.#sending;
    const path = { id: begun.id };
    const query = { from };
    const page = await client.call("GET /v1/imports/uploads/{id}/parts", { path, query });
    for (const one of page.parts) this.#known.set(one.number, one);
  }
}
