/** Progress of an import as server-sent events: the row is looked at a few times a second until the import is over. */
import type { Context as HonoContext } from "hono";
import { streamSSE } from "hono/streaming";
import type { ImportRow } from "../../pipelines/import/index.ts";
import type { AppEnv } from "../http/route.ts";
import { showImport } from "./showImport.ts";

const LOOK_MS = 300;
/** A quiet stream sends a comment this often, so that proxies keep it. */
const KEEP_ALIVE_MS = 15_000;
const OPEN = ["uploaded", "reading", "checking", "applying"];

/** Streams what `read` answers, whenever it changed; ends with the import, or when the client goes. */
export function streamProgress(c: HonoContext<AppEnv>, read: () => Promise<ImportRow>): Response {
  return streamSSE(c, async (stream) => {
    let last = "";
    let sentAt = Date.now();
    while (!stream.aborted) {
      const row = await read();
      const isOpen = OPEN.includes(row.status);
      const data = JSON.stringify(showImport(row));
      if (data !== last || !isOpen) {
        await stream.writeSSE({ event: isOpen ? "progress" : "end", data });
        last = data;
        sentAt = Date.now();
      } else if (Date.now() - sentAt > KEEP_ALIVE_MS) {
        await stream.write(": still here\n\n");
        sentAt = Date.now();
      }
      if (!isOpen) return;
      await stream.sleep(LOOK_MS);
    }
  });
}
