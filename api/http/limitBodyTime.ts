/**
 * Bounds how long the body of a request may take, as Node's requestTimeout would, except for uploads of files: those have a
 * bound of their own where they are read (api/imports/uploadPace.ts).
 */
import type { IncomingMessage } from "node:http";

/** Node's own default for whole requests. */
const BODY_MS = 300_000;
const ANSWER = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n";

/** Ends the connection of a request whose body is not there in time; does nothing for requests without one, and for uploads. */
export function limitBodyTime(request: IncomingMessage, bodyMs = BODY_MS): void {
  if (!hasBody(request) || isFileUpload(request)) return;
  const timer = setTimeout(() => {
    const { socket } = request;
    socket.write(ANSWER, () => socket.destroy());
  }, bodyMs);
  const stop = (): void => clearTimeout(timer);
  request.once("end", stop);
  request.once("close", stop);
}

function hasBody({ headers }: IncomingMessage): boolean {
  const { "content-length": length, "transfer-encoding": coding } = headers;
  return coding !== undefined || (length !== undefined && length !== "0");
}

function isFileUpload({ method, url, headers }: IncomingMessage): boolean {
  return (
    method === "POST" &&
    /^\/v1\/imports(?:\?|$)/.test(url ?? "") &&
    /^multipart\/form-data\b/i.test(headers["content-type"] ?? "")
  );
}
