/** What the tests of local/ share: a data folder of their own and a product small enough to watch. */
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished } from "vitest";

/** A new folder of mode 0700, gone when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "stockline-local-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const API = `
  const server = require("node:http").createServer((request, response) => {
    if (request.url === "/crash") process.exit(3);
    response.end(String(process.pid));
  });
  server.listen(Number(process.env.PORT), process.env.HOST);
  process.on("SIGTERM", () => say(30, "api stopping") || process.exit(0));`;

const waiting = (name: string): string => `
  say(30, "${name} ready");
  setInterval(() => undefined, 1000);
  process.on("SIGTERM", () => say(30, "${name} stopping") || process.exit(0));`;

/** Compiled entry points with the outward behaviour of the product's; `over` replaces some. */
export function fakeProduct(over: Readonly<Record<string, string>> = {}): string {
  const dist = temporaryFolder();
  const order = JSON.stringify(join(dist, "order"));
  const prelude = `
  const say = (level, msg) => {
    require("node:fs").appendFileSync(${order}, msg + "\\n");
    process.stdout.write(JSON.stringify({ level, msg }) + "\\n");
  };`;
  const scripts = {
    "cli/migrate.js": 'say(30, "migrated");',
    "api/main.js": API,
    "jobs/main.js": waiting("jobs"),
    "workers/main.js": waiting("workers"),
    ...over,
  };
  for (const [path, text] of Object.entries(scripts)) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), `${prelude}\n${text}\n`);
  }
  return dist;
}

/** What the fake product's processes said, in order. */
export function productOrder(dist: string): string[] {
  return readFileSync(join(dist, "order"), "utf8").trim().split("\n");
}

const LISTENING = "0A";

/** Addresses (`127.0.0.1:5432`) at which a process listens, by Linux's /proc. */
export function listeningAddresses(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  const sockets = new Set(
    readdirSync(folder).map((fd) => /^socket:\[(\d+)\]$/.exec(linkAt(join(folder, fd)))?.[1]),
  );
  return ["tcp", "tcp6"].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTENING && sockets.has(fields[9]))
      .map((fields) => readAddress(fields[1] ?? "")),
  );
}

function linkAt(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // Closed meanwhile.
  }
}

/** `0100007F:1F90` is 127.0.0.1:8080; IPv6 is left in hexadecimal. */
function readAddress(text: string): string {
  const [host = "", port = ""] = text.split(":");
  const bytes = host.length === 8 ? (host.match(/../g) ?? []).reverse() : [];
  const shown =
    bytes.length === 0 ? host : bytes.map((byte) => Number.parseInt(byte, 16)).join(".");
  return `${shown}:${Number.parseInt(port, 16)}`;
}

/** One call of the Kinesis API, bare: the emulator wants a signature but does not check it. */
export async function kinesisCall(
  endpoint: string,
  action: string,
  body: object,
): Promise<unknown> {
  const credential = "Credential=stockline/20260101/us-east-1/kinesis/aws4_request";
  const response = await fetch(endpoint, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `Kinesis_20131202.${action}`,
      "x-amz-date": "20260101T000000Z",
      authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=none`,
      connection: "close",
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  expect(response.status, text).toBe(200);
  return text === "" ? undefined : JSON.parse(text);
}
