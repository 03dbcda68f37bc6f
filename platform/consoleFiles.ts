/** Files of the operators' console, as scripts/buildConsole.mjs wrote them: read once, kept compressed as well, named by a closed list. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { UnavailableError } from "../domain/errors.ts";
import { projectRoot } from "./projectRoot.ts";

export interface ConsoleFile {
  readonly contentType: string;
  readonly content: Uint8Array<ArrayBuffer>;
  readonly gzipped: Uint8Array<ArrayBuffer>;
  /** Hash of the content, as the page names it. */
  readonly version: string;
}

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "main.js": "text/javascript; charset=utf-8",
  "console.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
};
/** As many digits as the build puts into the page. */
const VERSION_DIGITS = 16;

const compress = promisify(gzip);

/** Reads a file of the console by its name; undefined for any other name. Throws UnavailableError where the console was not built. */
export function createConsoleFiles(): (name: string) => Promise<ConsoleFile | undefined> {
  const known = new Map<string, Promise<ConsoleFile>>();
  return async (name) => {
    const contentType = Object.hasOwn(CONTENT_TYPES, name) ? CONTENT_TYPES[name] : undefined;
    if (contentType === undefined) return undefined;
    const file = known.get(name) ?? load(name, contentType);
    known.set(name, file);
    return file.catch((cause: unknown) => {
      known.delete(name);
      throw notBuilt(cause);
    });
  };
}

async function load(name: string, contentType: string): Promise<ConsoleFile> {
  const content = new Uint8Array(await readFile(join(projectRoot(), "dist/console", name)));
  const gzipped = new Uint8Array(await compress(content, { level: 9 }));
  const hash = createHash("sha256").update(content).digest("hex");
  return { contentType, content, gzipped, version: hash.slice(0, VERSION_DIGITS) };
}

function notBuilt(cause: unknown): UnavailableError {
  return new UnavailableError({
    code: "console_not_built",
    detail: "the console's files are not there; make them with `npm run build`",
    retryAfterSeconds: 60,
    cause,
  });
}
