/** The operators' console: a page and its files, open to all since they hold no data. What they show comes from /v1 with the token of who signed in. */
import { z } from "zod";
import { NotFoundError } from "../../domain/errors.ts";
import { type ConsoleFile, createConsoleFiles } from "../../platform/consoleFiles.ts";
import { defineRoute, type Route, type RouteInput } from "../http/route.ts";

/** Nothing but our own files and our own API; no inline script or style, no markup made from text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

/** Kept for ever: another content has another address. */
const FOR_EVER = "public, max-age=31536000, immutable";
/** Kept, and asked about each time. */
const ASK_FIRST = "no-cache";

/** Routes of the console. */
export function consoleRoutes(): Route[] {
  const read = createConsoleFiles();
  const page = defineRoute({
    method: "get",
    path: "/",
    tag: "System",
    summary: "The operators' console",
    description: "A page that calls this API with the token of who signed in; see docs/console.md.",
    permission: "public",
    answers: { 200: { description: "A page.", contentType: "text/html", headers: ["ETag"] } },
    handler: async ({ c }) => answer(c, await found(read, "index.html"), ASK_FIRST),
  });
  const file = defineRoute({
    method: "get",
    path: "/console/{file}",
    tag: "System",
    summary: "Parts of the operators' console",
    description:
      "An address that ends with ?v=<version>, like those in the page, may be kept for ever.",
    permission: "public",
    params: z.object({ file: z.string() }),
    answers: { 200: { description: "A file.", contentType: "text/css", headers: ["ETag"] } },
    handler: async ({ params, c }) => {
      const part = await found(read, params.file);
      return answer(c, part, c.req.query("v") === part.version ? FOR_EVER : ASK_FIRST);
    },
  });
  return [page, file];
}

async function found(
  read: ReturnType<typeof createConsoleFiles>,
  name: string,
): Promise<ConsoleFile> {
  const file = await read(name);
  if (file === undefined) throw new NotFoundError("file", name);
  return file;
}

type Asked = RouteInput<unknown, unknown, unknown>["c"];

function answer(c: Asked, file: ConsoleFile, cacheControl: string): Response {
  const etag = `W/"${file.version}"`; // weak: it is the same for both encodings
  const headers = {
    "cache-control": cacheControl,
    "content-security-policy": POLICY,
    etag,
    vary: "Accept-Encoding",
  };
  if (tagsOf(c.req.header("if-none-match")).includes(`"${file.version}"`)) {
    return new Response(null, { status: 304, headers });
  }
  const zipped = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(
    c.req.header("accept-encoding") ?? "",
  );
  return new Response(zipped ? file.gzipped : file.content, {
    headers: {
      ...headers,
      "content-type": file.contentType,
      ...(zipped ? { "content-encoding": "gzip" } : {}),
    },
  });
}

/** Tags of If-None-Match without their mark of weakness. */
function tagsOf(header: string | undefined): string[] {
  return (header ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}
