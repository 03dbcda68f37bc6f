/** Files that a client sends straight to object storage, in parts by signed links: what comes of them, and what is refused. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expireImports } from "../../../pipelines/import/index.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { testPersonalData } from "../../support/personalData.ts";

const MEBIBYTE = 1024 * 1024;
const BYTES_MAX = 40 * MEBIBYTE;

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ env: { IMPORT_BYTES_MAX: String(BYTES_MAX) } });
});
afterAll(() => harness.close());

/** A file of two parts: its rows carry a column that nobody reads. */
function twoParts(prefix: string): Buffer {
  const rows = Array.from(
    { length: 300 },
    (_, n) => `${prefix}-${n},Item ${n},${"x".repeat(30_000)}`,
  );
  return Buffer.from(`sku,name,notes\n${rows.join("\n")}\n`);
}

const post = (path: string, body?: object, request: HarnessRequest = {}) =>
  harness.request("POST", `/v1/imports/uploads${path}`, { ...request, body });

function begin(content: Buffer, more: object = {}, request: HarnessRequest = {}) {
  return post("", { file_name: "large.csv", bytes: content.length, ...more }, request);
}

interface Part {
  readonly number: number;
  readonly etag: string;
}

async function putPart(url: string, body: Buffer): Promise<string> {
  const answer = await fetch(url, { method: "PUT", body: new Uint8Array(body) });
  expect(answer.status, await answer.text()).toBe(200);
  return answer.headers.get("etag") ?? "";
}

// oxlint-disable-next-line typescript/no-explicit-any -- an answer is read freely
async function sendParts({ parts, part_bytes: size }: any, content: Buffer): Promise<Part[]> {
  const sent: Part[] = [];
  for (const { number, url } of parts.toReversed()) {
    const bytes = content.subarray((number - 1) * size, number * size);
    sent.push({ number, etag: await putPart(url, bytes) });
  }
  return sent;
}

const hashOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");

describe("a file sent in parts", () => {
  test("becomes one import under the upload's id, however often its completion is asked for", async () => {
    const content = twoParts("DIR");
    const begun = await begin(content, { sha256: hashOf(content), kind: "items" });
    expect(begun).toMatchObject({
      status: 201,
      body: { parts_total: 2, part_bytes: 8 * MEBIBYTE, next_part: null, bytes: content.length },
    });
    const { id } = begun.body;
    const last = await harness.request("GET", `/v1/imports/uploads/${id}/parts?from=2&limit=1`);
    expect(last.body.parts.map((part: { number: number }) => part.number)).toEqual([2]);
    await putPart(last.body.parts[0].url, content.subarray(8 * MEBIBYTE)); // once more below
    const parts = await sendParts(begun.body, content);
    const wish = { kind: "items", parts };
    const answers = await Promise.all([
      post(`/${id}/complete`, wish),
      post(`/${id}/complete`, wish),
    ]);
    expect(answers.map(({ status, body }) => [status, body.id])).toEqual([
      [202, id],
      [202, id],
    ]);
    expect(await harness.finished(id)).toMatchObject({
      status: "completed",
      rows_applied: 300,
      bytes_total: content.length,
      file_name: "large.csv",
      source: null,
      detected: { ignored_columns: ["notes"] },
    });
    expect(await post(`/${id}/complete`, wish)).toMatchObject({ status: 202, body: { id } });
    expect(await post(`/${id}/complete`, { ...wish, kind: "suppliers" })).toMatchObject({
      status: 409,
      body: { code: "upload_completed", import_id: id },
    });
    expect(await harness.request("DELETE", `/v1/imports/uploads/${id}`)).toMatchObject({
      status: 409,
      body: { code: "upload_completed" },
    });
    const again = await begin(content, { sha256: hashOf(content), kind: "items" });
    expect(again).toMatchObject({
      status: 409,
      body: { code: "duplicate_import", import_id: id, import_url: `/v1/imports/${id}` },
    });
  });

  test("whose content is known, or is not what its sender said, fails once it is read, with the sentence of an upload", async () => {
    const content = Buffer.from("sku,name\nKNOWN-1,a\n");
    const first = await harness.importFile({ kind: "items", content });
    const ends = [];
    for (const sha256 of [undefined, hashOf(Buffer.from("another"))]) {
      const begun = await begin(content, sha256 === undefined ? {} : { sha256 });
      const parts = await sendParts(begun.body, content);
      await post(`/${begun.body.id}/complete`, { kind: "items", parts });
      ends.push(await harness.finished(begun.body.id));
    }
    expect(ends.map(({ status, error }) => [status, error.code])).toEqual([
      ["failed", "duplicate_import"],
      ["failed", "sha256_mismatch"],
    ]);
    expect(ends[0].error.detail).toContain(first.id);
  });

  test("that is no table is refused once it is read", async () => {
    const content = Buffer.from("%PDF-1.7\nwhatever");
    const begun = await begin(content);
    const parts = await sendParts(begun.body, content);
    await post(`/${begun.body.id}/complete`, { kind: "items", parts });
    expect(await harness.finished(begun.body.id)).toMatchObject({
      status: "failed",
      error: { code: "unsupported_content", detail: expect.stringContaining("PDF") },
    });
  });
});

describe("an upload", () => {
  const content = Buffer.from("sku,name\nUP-1,a\n");

  test("of nothing, or of more than a file may have, is not begun", async () => {
    expect(await begin(Buffer.alloc(0))).toMatchObject({
      status: 422,
      body: { code: "file_empty" },
    });
    const large = await post("", { file_name: "l.csv", bytes: BYTES_MAX + 1 });
    expect(large).toMatchObject({ status: 413, body: { code: "file_too_large" } });
    expect(large.body.detail).toContain("IMPORT_BYTES_MAX");
  });

  test("stays open where its completion says something wrong, and can then be completed", async () => {
    const begun = await begin(content);
    const { id } = begun.body;
    const parts = await sendParts(begun.body, content);
    const refusals = [
      [{ kind: "items", parts: [{ number: 2, etag: '"x"' }] }, "parts_invalid"],
      [{ kind: "items", parts: [...parts, ...parts] }, "parts_invalid"],
      [{ kind: "stock", parts }, "not_allowed"],
      [{ kind: "items", parts, mapping: { columns: { a: "colour" } } }, "unknown_field"],
    ] as const;
    for (const [wish, code] of refusals) {
      expect(await post(`/${id}/complete`, wish), code).toMatchObject({
        status: 422,
        body: { code },
      });
    }
    expect(await post(`/${id}/complete`, { kind: "items", parts })).toMatchObject({ status: 202 });
    expect(await harness.finished(id)).toMatchObject({ status: "completed", rows_applied: 1 });
  });

  test("of fewer bytes than it was begun with is given up", async () => {
    const begun = await begin(content);
    const [{ url }] = begun.body.parts;
    const etag = await putPart(url, content.subarray(0, 9));
    const wish = { kind: "items", parts: [{ number: 1, etag }] };
    expect(await post(`/${begun.body.id}/complete`, wish)).toMatchObject({
      status: 422,
      body: { code: "size_mismatch", detail: expect.stringContaining("9 bytes") },
    });
    expect(await post(`/${begun.body.id}/complete`, wish)).toMatchObject({
      status: 409,
      body: { code: "upload_aborted" },
    });
  });

  test("is its sender's alone, and its kind asks for the kind's permission", async () => {
    const begun = await begin(content, {}, { role: "operator" });
    const { id } = begun.body;
    const parts = await sendParts(begun.body, content);
    const asBuyer = { role: "buyer" } as const;
    expect(await post(`/${id}/complete`, { kind: "items", parts }, asBuyer)).toMatchObject({
      status: 404,
    });
    expect(
      await post(`/${id}/complete`, { kind: "items", parts }, { role: "operator" }),
    ).toMatchObject({ status: 403 });
    expect((await begin(content, { kind: "items" }, { role: "operator" })).status).toBe(403);
    expect((await begin(content, {}, { role: "viewer" })).status).toBe(403);
    const limited = { role: "operator", warehouses: ["MAIN"] } as const;
    expect((await harness.request("DELETE", `/v1/imports/uploads/${id}`, limited)).status).toBe(
      404,
    );
  });

  test("that is given up takes nothing any more; a second time is no error", async () => {
    const begun = await begin(content);
    const path = `/v1/imports/uploads/${begun.body.id}`;
    expect((await harness.request("DELETE", path)).status).toBe(204);
    expect((await harness.request("DELETE", path)).status).toBe(204);
    expect(await harness.request("GET", `${path}/parts`)).toMatchObject({
      status: 409,
      body: { code: "upload_aborted" },
    });
  });

  test("that nobody completes in a day is given up by housekeeping", async () => {
    const begun = await begin(content);
    const { id } = begun.body;
    const { db, storage } = harness.context;
    await db.query("update import_uploads set expires_at = now() where id = $1", [id]);
    expect(await harness.request("GET", `/v1/imports/uploads/${id}/parts`)).toMatchObject({
      status: 409,
      body: { code: "upload_expired" },
    });
    const days = { rowsDays: 30, filesDays: 30 };
    const deps = { db, storage, personal: testPersonalData(db), ...days };
    const outcome = await expireImports(deps, new AbortController().signal);
    expect(outcome).toMatchObject({ import_uploads_expired: 1 });
    expect(await harness.request("GET", `/v1/imports/uploads/${id}/parts`)).toMatchObject({
      status: 409,
      body: { code: "upload_aborted" },
    });
  });
});
