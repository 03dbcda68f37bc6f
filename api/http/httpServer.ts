/**
 * The HTTP server under the application: bounded in headers, time and connections, so that slow or broken clients take nothing from
 * the others (reliability.md B20, B22). What can't be parsed as HTTP is answered as a problem too.
 */
import { createServer, type Server } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { BODY_MS, limitBodyTime } from "./limitBodyTime.ts";
import { unreadableAnswer } from "./unreadableAnswer.ts";

/** A sender whose headers are not there by then is cut; looked for each CHECK_MS, so in all within ten seconds. */
const HEADERS_MS = 8_000;
const CHECK_MS = 1_000;
const KEEP_ALIVE_MS = 65_000;
/** All headers of a request together. */
const HEADER_BYTES_MAX = 16_384;
const HEADERS_MAX = 100;

interface ServerOptions {
  readonly fetch: Parameters<typeof getRequestListener>[0];
  /** True while the process stops. */
  readonly draining: () => boolean;
  /** For tests: shorter waits. */
  readonly headersMs?: number;
  readonly bodyMs?: number;
}

/** Makes the server; it does not listen yet. */
export function createHttpServer(options: ServerOptions): Server {
  const { fetch, draining, headersMs = HEADERS_MS, bodyMs = BODY_MS } = options;
  const listener = getRequestListener(fetch);
  const server = createServer(
    {
      headersTimeout: headersMs,
      requestTimeout: 0, // limitBodyTime bounds bodies; uploads may take as long as they move
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: Math.min(CHECK_MS, headersMs),
      maxHeaderSize: HEADER_BYTES_MAX,
    },
    (request, response) => {
      // Clients that go on using their connections are sent elsewhere with an answer each, so that few are left to be closed on.
      if (draining()) response.shouldKeepAlive = false;
      response.once("finish", () => {
        // The rest of a body that was answered before it came whole would hold the stop up.
        if (draining() && !request.complete) request.socket.destroySoon();
      });
      limitBodyTime(request, bodyMs);
      void listener(request, response);
    },
  );
  server.maxHeadersCount = HEADERS_MAX;
  server.on("clientError", answerUnreadable);
  return server;
}

/** Status and sentence for what Node can't read as a request. */
const UNREADABLE: Readonly<Record<string, readonly [number, string, string]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    "headers_too_large",
    `the headers are larger than ${HEADER_BYTES_MAX} bytes`,
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "request_timeout", "the request did not come in time"],
};

function answerUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = UNREADABLE[error.code ?? ""];
  const [status, code, detail] = known ?? [
    400,
    "http_malformed",
    "this is no well-formed HTTP request",
  ];
  socket.end(unreadableAnswer(status, code, detail), () => socket.destroy());
}
