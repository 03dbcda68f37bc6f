/**
 * Bounds how long the body of a request may take, as Node's requestTimeout would, except for uploads of files: those have a
 * bound of their own where they are read (api/imports/uploadPace.ts).
 */
import type { IncomingMessage } from "node:http";
import { unreadableAnswer } from "./unreadableAnswer.ts";

/** The largest body (16 MiB) at 5 Mbit/s (reliability.md B22). */
export const BODY_MS = 30_000;

/** Ends the connection of a request whose body is not there in time; does nothing for requests without one, and for uploads. */
export function limitBodyTime(request: IncomingMessage, bodyMs = BODY_MS): void {
  if (!hasBody(request) || isFileUpload(request)) return;
  const timer = setTimeout(() => {
    const { socket } = request;
    const detail = `the body was not there after ${bodyMs / 1_000} seconds`;
    const answer = unreadableAnswer(408, "request_timeout", detail);
    socket.write(answer, () => socket.destroy());
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
