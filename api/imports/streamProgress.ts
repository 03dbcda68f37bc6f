/**
 * Progress of one import as server-sent events: "progress" whenever it moves, then one "end". It goes on after the event that
 * the client names in Last-Event-ID; a client that has the end is told to stop (204). Ends when the process drains.
 */
import type { ImportRow } from "../../pipelines/import/index.ts";
import { streamMessages } from "../http/eventStream.ts";
import { type ProgressWatch, progressTag, type Watching } from "./progressWatch.ts";
import { showImport } from "./showImport.ts";

/** A quiet stream sends a comment this often, so that proxies keep it. */
const KEEP_ALIVE_MS = 15_000;
/** How long a client waits before it comes back. */
const RETRY_MS = 1_000;
const OPEN = ["uploaded", "reading", "checking", "applying"];

interface StreamOptions {
  readonly watch: ProgressWatch;
  /** The import as it stands now. */
  readonly row: ImportRow;
  /** The last event that the client has, if any. */
  readonly lastEventId: string | undefined;
}

/** Answers the stream; joining the watch may throw UnavailableError. */
export function streamProgress({ watch, row, lastEventId }: StreamOptions): Response {
  const isOver = !OPEN.includes(row.status);
  if (isOver && lastEventId === progressTag(row)) return new Response(null, { status: 204 });
  const watching = isOver ? undefined : watch.join(row.id);
  const messages = readMessages({ watch, row, lastEventId, watching });
  return streamMessages(messages, () => watching?.leave());
}

async function* readMessages({
  watch,
  row,
  lastEventId,
  watching,
}: StreamOptions & { readonly watching: Watching | undefined }): AsyncGenerator<string, undefined> {
  let tag = progressTag(row);
  yield `retry: ${RETRY_MS}\n\n`;
  if (tag !== lastEventId) yield message(row, tag);
  while (watching !== undefined && !watch.closed) {
    const next = await watching.changed(tag, KEEP_ALIVE_MS);
    if (next === undefined) {
      yield ": still here\n\n";
      continue;
    }
    tag = progressTag(next);
    yield message(next, tag);
    if (!OPEN.includes(next.status)) break;
  }
  watching?.leave();
  return undefined;
}

function message(row: ImportRow, tag: string): string {
  const event = OPEN.includes(row.status) ? "progress" : "end";
  return `id: ${tag}\nevent: ${event}\ndata: ${JSON.stringify(showImport(row))}\n\n`;
}
