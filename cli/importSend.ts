/**
 * How `import` sends its file: through the API, or, from a size on, in parts straight to the object storage, with its bytes shown.
 * Where the storage can't be reached from here, a file goes through the API after all, unless parts were asked for.
 */
import { createHash } from "node:crypto";
import { type FileToImport, type SentImport, sendImport } from "../client/imports.ts";
import {
  DIRECT_UPLOAD_BYTES,
  StorageUnreachableError,
  sendImportDirect,
} from "../client/importUpload.ts";
import type { ActionContext } from "./command.ts";
import { progressView } from "./importOutcome.ts";

/** Sends a file; `direct` says how, undefined leaves it to the size. Throws what the client throws. */
export async function sendFile(
  context: ActionContext,
  file: FileToImport,
  direct: boolean | undefined,
): Promise<SentImport> {
  const { client, io } = context;
  const inParts = direct ?? file.content.size >= DIRECT_UPLOAD_BYTES;
  if (!inParts) return sendImport(client, file);
  try {
    return await sendInParts(context, file);
  } catch (error) {
    if (direct === true || !(error instanceof StorageUnreachableError)) throw error;
    io.err.write(`${error.message}; the file goes through the API instead\n`);
    return sendImport(client, file);
  }
}

async function sendInParts(context: ActionContext, file: FileToImport): Promise<SentImport> {
  const { client, io } = context;
  const sha256 = await hashOf(file.content, io.signal);
  const view = progressView(context, file.name);
  const begun = performance.now();
  const onSent = (done: number, total: number): void => {
    const rate = done / ((performance.now() - begun) / 1_000);
    const pace = { bytes_per_second: rate, seconds_left: (total - done) / rate };
    const progress = { phase: "sending", done, total, unit: "bytes" as const, ...pace };
    view.show({ status: "sending", progress });
  };
  try {
    return await sendImportDirect(client, file, { sha256, onSent, signal: io.signal });
  } finally {
    view.end();
  }
}

/** Known content is then refused before it is sent, and what was changed on its way fails. */
async function hashOf(content: Blob, signal: AbortSignal): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of content.stream()) {
    signal.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}
