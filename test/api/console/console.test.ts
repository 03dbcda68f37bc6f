// The console as the API serves it: its page and files with their headers, nothing inline, nothing from elsewhere, nothing missing.
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

const get = (path: string, headers: Record<string, string> = {}) =>
  api.fetch("GET", path, { role: "none", headers });

/** Addresses that a page or a style sheet names. */
const named = (text: string): string[] =>
  [...text.matchAll(/(?:src|href)="([^"]+)"|url\(["']?([^"')]+)/g)].map(
    (match) => match[1] ?? match[2] ?? "",
  );

describe("GET /", () => {
  test("is a page that browsers ask about each time, under a policy without exceptions", async () => {
    const page = await get("/", { accept: "text/html" });
    expect(page.status).toBe(200);
    expect(page.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page.headers.get("cache-control")).toBe("no-cache");
    const policy = page.headers.get("content-security-policy") ?? "";
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self'; /);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toMatch(/unsafe|https?:|data:|\*/);
    expect(page.headers.get("x-content-type-options")).toBe("nosniff");
    expect(page.headers.get("x-frame-options")).toBe("DENY");
  });

  test("is 304 for who has it", async () => {
    const first = await get("/");
    const etag = first.headers.get("etag") ?? "";
    const again = await get("/", { "if-none-match": `"other", ${etag}` });
    expect([again.status, await again.text(), again.headers.get("etag")]).toEqual([304, "", etag]);
    expect((await get("/", { "if-none-match": '"other"' })).status).toBe(200);
  });

  test("has no script or style of its own text, and no handler in markup", async () => {
    const text = await (await get("/")).text();
    expect(text).not.toMatch(/<style|\sstyle=|\son\w+=/i);
    expect(text).not.toMatch(/<script(?![^>]*\ssrc=)/i);
  });

  test("leaves the policy of every other answer as it was", async () => {
    const docs = await get("/docs");
    expect(docs.headers.get("content-security-policy")).toMatch(/^default-src 'self'; /);
    const refused = await get("/v1/items");
    expect(refused.headers.get("content-security-policy")).toMatch(/^default-src 'self'; /);
  });
});

describe("the console's files", () => {
  test("are all there, of this origin, and named by their content", async () => {
    const addresses = named(await (await get("/")).text());
    expect(addresses.length).toBe(4); // icon, style, script, and the reference for who has no script
    for (const address of addresses) {
      expect(address).toMatch(/^\/(?!\/)/);
      const file = await get(address);
      expect([address, file.status]).toEqual([address, 200]);
      const version = /\?v=(.+)$/.exec(address)?.[1];
      if (version === undefined) continue;
      const content = Buffer.from(await file.arrayBuffer());
      const hash = createHash("sha256").update(content).digest("hex");
      expect(hash.slice(0, 16)).toBe(version);
      expect(file.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
    }
  });

  test("have their types, and are kept for ever under their own version only", async () => {
    for (const [name, type] of [
      ["main.js", "text/javascript; charset=utf-8"],
      ["console.css", "text/css; charset=utf-8"],
      ["icon.svg", "image/svg+xml"],
    ]) {
      const file = await get(`/console/${name}?v=0000000000000000`);
      expect([name, file.headers.get("content-type")]).toEqual([name, type]);
      expect(file.headers.get("cache-control")).toBe("no-cache");
      expect(file.headers.get("content-security-policy")).toMatch(/^default-src 'none'; /);
      await file.body?.cancel();
    }
  });

  test("come gzipped for who takes that, and are then the same", async () => {
    const plain = await get("/console/main.js");
    expect(plain.headers.get("content-encoding")).toBeNull();
    const zipped = await get("/console/main.js", { "accept-encoding": "br, gzip" });
    expect([zipped.headers.get("content-encoding"), zipped.headers.get("vary")]).toEqual([
      "gzip",
      "Accept-Encoding",
    ]);
    const text = await plain.text();
    const small = Buffer.from(await zipped.arrayBuffer());
    expect(gunzipSync(small).toString()).toBe(text);
    // The whole console, as it comes over the line.
    expect(small.byteLength).toBeLessThan(60_000);
    const refused = await get("/console/main.js", { "accept-encoding": "gzip;q=0" });
    expect(refused.headers.get("content-encoding")).toBeNull();
  });

  test("ask nobody else for anything, make no markup from text and no code from text", async () => {
    const script = await (await get("/console/main.js")).text();
    expect(script).not.toMatch(/\beval\(|new Function\(|document\.write|insertAdjacentHTML/);
    expect(script.match(/https?:\/\/[^\s"'`]+/g) ?? []).toEqual(
      // names of XML namespaces, which preact gives elements
      (script.match(/http:\/\/www\.w3\.org\/[^\s"'`]+/g) ?? []).map(String),
    );
    expect(script).not.toContain("sourceMappingURL");
    const style = await (await get("/console/console.css")).text();
    expect(named(style)).toEqual([]);
    expect(style).not.toContain("@import");
  });

  test("are those of a closed list", async () => {
    for (const name of ["index.html.map", "..%2f..%2fpackage.json", "main.tsx", "constructor"]) {
      const answer = await api.request("GET", `/console/${name}`, { role: "none" });
      expect([name, answer.status, answer.body.code]).toEqual([name, 404, "not_found"]);
    }
  });
});

test("the console opens no way in: of the API it names, every route asks for a token as before", async () => {
  const { body } = await api.request("GET", "/openapi.json", { role: "none" });
  const open = Object.entries<Record<string, { security: unknown[] }>>(body.paths).flatMap(
    ([path, methods]) =>
      Object.entries(methods)
        .filter(([, { security }]) => security.length === 0)
        .map(([method]) => `${method} ${path}`),
  );
  expect(open.filter((one) => one.includes("/v1/")).toSorted()).toEqual([
    "post /v1/auth/login",
    "post /v1/auth/logout",
    "post /v1/auth/refresh",
    "post /v1/auth/token",
  ]);
});
