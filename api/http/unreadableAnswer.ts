/** The answer to what never became a request: written by hand, on a connection that ends with it. */
import { STATUS_CODES } from "node:http";
import { newId } from "../../platform/clock.ts";

/** A whole HTTP answer with a problem document. */
export function unreadableAnswer(status: number, code: string, detail: string): string {
  const title = STATUS_CODES[status] ?? "Error";
  const body = JSON.stringify({
    type: `https://stockline.dev/problems/${code.replaceAll("_", "-")}`,
    title,
    status,
    detail,
    instance: "/",
    code,
  });
  return [
    `HTTP/1.1 ${status} ${title}`,
    "Connection: close",
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Cache-Control: no-store",
    "X-Content-Type-Options: nosniff",
    `X-Request-Id: ${newId()}`,
    "",
    body,
  ].join("\r\n");
}
