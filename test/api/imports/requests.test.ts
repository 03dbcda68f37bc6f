/** How imports are asked for: modes, duplicates, dry runs, refusals, who may do and see what, progress and lists. */

import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { createImportHarness, formOf, type ImportHarness } from "../../support/importHarness.ts";

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness({ env: { IMPORT_BYTES_MAX: "2000000" } });
  await seedItems(harness.context.db, ["BOLT", "NUT", "WASHER", "ARCH"]);
  await seedWarehouses(harness.context.db, ["MAIN", "NORTH"]);
  await harness.context.db.query(
    "update inventory_items set status = 'archived' where sku = 'ARCH'",
  );
});
afterAll(() => harness.close());

// oxlint-disable-next-line typescript/no-explicit-any -- an import's answer is read freely
function sample(done: any): unknown[] {
  return done.errors_sample.map((row: { row: number; column: string; code: string }) => [
    row.row,
    row.column,
    row.code,
  ]);
}

async function rowsOf(sql: string): Promise<unknown[]> {
  const { rows } = await harness.context.db.query({ text: sql, rowMode: "array" });
  return rows;
}

describe("modes", () => {
  test("abort lets nothing in when a row is not valid", async () => {
    const content = "sku,name\nAB-1,a\n,b\n";
    const done = await harness.importFile({ kind: "items", content, on_error: "abort" });
    expect(done).toMatchObject({
      status: "failed",
      error: { code: "rows_invalid" },
      rows_total: 2,
      rows_applied: 0,
      rows_rejected: 1,
      rows_skipped: 1,
    });
    expect(await rowsOf("select sku from inventory_items where sku = 'AB-1'")).toEqual([]);
  });

  test("a dry run tells what would happen; its commit does it, checked anew", async () => {
    const content = "sku,name\nBOLT,Bolt!\nDRY-1,New\nDRY-2,New\n";
    const dry = await harness.importFile({ kind: "items", content, mode: "dry_run" });
    expect(dry).toMatchObject({
      status: "completed",
      mode: "dry_run",
      rows_valid: 3,
      rows_applied: 0,
      rows_skipped: 3,
      preview: { creates: 2, updates: 1, unchanged: 0 },
    });
    expect(await rowsOf("select sku from inventory_items where sku like 'DRY-%'")).toEqual([]);
    const committed = await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    expect(committed.status).toBe(202);
    const done = await harness.finished(dry.id);
    expect(done).toMatchObject({
      status: "completed",
      mode: "commit",
      rows_applied: 3,
      rows_skipped: 0,
    });
    const again = await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    expect(again).toMatchObject({ status: 409, body: { code: "not_a_dry_run" } });
  });

  test("a row that the catalogue refused in the dry run is good once the catalogue knows it", async () => {
    const content = "type,sku,warehouse,quantity\nreceipt,LATER,MAIN,5\nissue,LATER,MAIN,7\n";
    const dry = await harness.importFile({ kind: "movements", content, mode: "dry_run" });
    expect(dry).toMatchObject({
      rows_invalid: 2,
      rows_rejected: 2,
      status: "completed_with_errors",
    });
    await seedItems(harness.context.db, ["LATER"]);
    const foreseen = await harness.importFile({
      kind: "movements",
      content: `${content}\n`,
      mode: "dry_run",
    });
    expect(foreseen.preview.negative_levels).toEqual([
      { sku: "LATER", warehouse: "MAIN", on_hand: "0", lowest: "-2", row: 3 },
    ]);
    await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    const done = await harness.finished(dry.id);
    expect(done).toMatchObject({ rows_applied: 1, rows_rejected: 1, rows_invalid: 0 });
    expect(sample(done)).toEqual([[3, "quantity", "insufficient_stock"]]);
  });

  test("the same content is recognised, unless forced", async () => {
    const content = "type,sku,warehouse,quantity\nreceipt,NUT,NORTH,1\n";
    const first = await harness.importFile({ kind: "movements", content });
    const again = await harness.send({ kind: "movements", content, name: "renamed.csv" });
    expect(again).toMatchObject({
      status: 409,
      body: {
        code: "duplicate_import",
        import_id: first.id,
        import_url: `/v1/imports/${first.id}`,
      },
    });
    const forced = await harness.importFile({ kind: "movements", content, force: true });
    expect(forced).toMatchObject({ rows_applied: 1 });
    expect((await harness.stock())["NUT/NORTH"]).toBe("2");
    const dry = await harness.importFile({ kind: "movements", content, mode: "dry_run" });
    const commit = await harness.request("POST", `/v1/imports/${dry.id}/commit`);
    expect(commit).toMatchObject({
      status: 409,
      body: { code: "duplicate_import", import_id: first.id },
    });
  });

  test("a file of which nothing went in may simply be sent again once its cause is mended", async () => {
    const content = "type,sku,warehouse,quantity\nreceipt,NOT-YET,MAIN,1\n";
    const first = await harness.importFile({ kind: "movements", content });
    expect(first).toMatchObject({ status: "completed_with_errors", rows_applied: 0 });
    await seedItems(harness.context.db, ["NOT-YET"]);
    const again = await harness.importFile({ kind: "movements", content });
    expect(again).toMatchObject({ status: "completed", rows_applied: 1 });
  });
});

describe("requests", () => {
  const content = "sku,name\nR-1,a\n";

  test("may carry fields after the file, or in the query", async () => {
    const form = new FormData();
    form.set("file", new Blob(["sku,name\nR-2,a\n"]), "r.csv");
    form.set("kind", "items");
    const sent = await harness.request("POST", "/v1/imports?mode=dry_run", { body: form });
    expect(sent).toMatchObject({ status: 202, body: { kind: "items", mode: "dry_run" } });
    expect(sent.headers.get("location")).toBe(`/v1/imports/${sent.body.id}`);
  });

  test("may name an object of the bucket, and no other place", async () => {
    const { storage, config } = harness.context;
    await storage.putText("uploads/items.csv", "sku,name\nS3-1,a\n", "text/csv");
    const body = { source: `s3://${config.S3_BUCKET}/uploads/items.csv`, kind: "items" };
    const sent = await harness.request("POST", "/v1/imports", { body });
    expect(sent.status).toBe(202);
    expect(await harness.finished(sent.body.id)).toMatchObject({ rows_applied: 1 });
    for (const source of [
      "s3://other/x.csv",
      `s3://${config.S3_BUCKET}/reports/x.csv`,
      "http://127.0.0.1/x",
    ]) {
      const refused = await harness.request("POST", "/v1/imports", { body: { ...body, source } });
      expect(refused).toMatchObject({ status: 422, body: { code: "source_refused" } });
    }
    const missing = { ...body, source: `s3://${config.S3_BUCKET}/nope.csv` };
    expect((await harness.request("POST", "/v1/imports", { body: missing })).status).toBe(422);
  });

  test("are refused for what they lack or what is wrong with them", async () => {
    const kind = await harness.send({ kind: "purchases", content });
    expect(kind).toMatchObject({ status: 422, body: { code: "not_allowed" } });
    expect(kind.body.detail).toContain("purchase_orders");
    const mapping = await harness.send({
      kind: "items",
      content,
      mapping: { columns: { a: "colour" } },
    });
    expect(mapping).toMatchObject({ status: 422, body: { code: "unknown_field" } });
    const form = formOf({ kind: "items", content });
    form.delete("file");
    const noFile = await harness.request("POST", "/v1/imports", { body: form });
    expect(noFile).toMatchObject({ status: 422, body: { code: "required" } });
    expect(await harness.send({ kind: "items", content: "" })).toMatchObject({
      status: 422,
      body: { code: "file_empty" },
    });
    const html = await harness.send({ kind: "items", content: "<!DOCTYPE html><html></html>" });
    expect(html).toMatchObject({ status: 415, body: { code: "unsupported_content" } });
    const large = await harness.send({ kind: "items", content: "a".repeat(2_000_001) });
    expect(large).toMatchObject({ status: 413, body: { code: "file_too_large" } });
    const text = await harness.request("POST", "/v1/imports", {
      body: "x",
      headers: { "content-type": "text/csv" },
    });
    expect(text.status).toBe(415);
  });

  test("need the permission of their kind", async () => {
    expect((await harness.send({ kind: "items", content }, { role: "operator" })).status).toBe(403);
    expect((await harness.send({ kind: "counts", content }, { role: "buyer" })).status).toBe(403);
    expect((await harness.send({ kind: "items", content }, { role: "viewer" })).status).toBe(403);
    expect((await harness.send({ kind: "items", content }, { role: "none" })).status).toBe(401);
  });

  test("of callers with warehouses touch and show those only", async () => {
    const request = { role: "operator", warehouses: ["NORTH"] } as const;
    const lines =
      "type,sku,warehouse,quantity,to_warehouse\nreceipt,NUT,MAIN,1,\nreceipt,NUT,NORTH,1,\ntransfer,NUT,NORTH,1,MAIN\n";
    const done = await harness.importFile({ kind: "movements", content: lines }, request);
    expect(sample(done)).toEqual([
      [2, "warehouse", "unknown_warehouse"],
      [4, "to_warehouse", "unknown_warehouse"],
    ]);
    expect((await harness.request("GET", `/v1/imports/${done.id}`, request)).status).toBe(200);
    const other = await harness.request("GET", `/v1/imports/${done.id}`, {
      role: "viewer",
      warehouses: ["NORTH"],
    });
    expect(other).toMatchObject({ status: 404, body: { code: "not_found" } });
    const list = await harness.request("GET", "/v1/imports?limit=500", request);
    expect(list.body.data.map((one: { id: string }) => one.id)).toEqual([done.id]);
  });

  test("of one's own that were sent with a token for more warehouses are not there for one with fewer", async () => {
    const limited = { role: "operator", warehouses: ["NORTH"] } as const;
    const content = "type,sku,warehouse,quantity\nreceipt,NUT,MAIN,77\n";
    const file = { kind: "movements", content, mode: "dry_run" } as const;
    for (const wider of [{ role: "operator" }, { ...limited, warehouses: ["NORTH", "MAIN"] }]) {
      const { id } = await harness.importFile(file, wider as typeof limited);
      expect((await harness.request("GET", `/v1/imports/${id}`, limited)).status).toBe(404);
      const commit = await harness.request("POST", `/v1/imports/${id}/commit`, limited);
      expect(commit.status).toBe(404);
      const list = await harness.request("GET", "/v1/imports?limit=500", limited);
      expect(list.body.data.map((one: { id: string }) => one.id)).not.toContain(id);
    }
  });

  test("with an Idempotency-Key are answered once; another file under the same key is refused", async () => {
    const headers = { "idempotency-key": "import-once" };
    const file = { kind: "items", content: "sku,name\nONCE-1,a\n" };
    const first = await harness.send(file, { headers });
    expect(first.status).toBe(202);
    const again = await harness.send(file, { headers });
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    for (const other of [
      { ...file, content: "sku,name\nONCE-2,a\n" },
      { ...file, mode: "dry_run" as const },
    ]) {
      expect(await harness.send(other, { headers })).toMatchObject({
        status: 422,
        body: { code: "idempotency_key_reused" },
      });
    }
    await harness.finished(first.body.id);
  });

  test("of an object of the bucket are answered once, also when the object is gone", async () => {
    const { storage } = harness.context;
    await storage.putText("inbound/once.csv", "sku,name\nONCE-3,a\n", "text/csv");
    const request = {
      body: { source: `s3://${harness.context.config.S3_BUCKET}/inbound/once.csv`, kind: "items" },
      headers: { "idempotency-key": "source-once" },
    };
    const first = await harness.request("POST", "/v1/imports", request);
    expect(first.status).toBe(202);
    await storage.remove("inbound/once.csv");
    const again = await harness.request("POST", "/v1/imports", request);
    expect(again).toMatchObject({ status: 202, body: { id: first.body.id } });
  });

  test("with a wrong option in the mapping are told what was found", async () => {
    const mapping = { options: { encoding: "klingon", delimiter: "ab" } };
    const answer = await harness.send({ kind: "items", content, mapping });
    expect(answer).toMatchObject({
      status: 422,
      body: {
        errors: [
          { pointer: "/mapping/options/delimiter", code: "too_big" },
          { pointer: "/mapping/options/encoding" },
        ],
      },
    });
    expect(answer.body.detail).toContain('encoding "klingon" is not valid');
    const broken = formOf({ kind: "items", content });
    broken.set("mapping", "{");
    expect(await harness.request("POST", "/v1/imports", { body: broken })).toMatchObject({
      status: 422,
      body: { code: "mapping_format" },
    });
  });

  test("for progress are answered as events until the end", async () => {
    const sent = await harness.send({ kind: "items", content: "sku,name\nSSE-1,a\n" });
    const events = await harness.request("GET", `/v1/imports/${sent.body.id}/events`);
    expect(events.headers.get("content-type")).toContain("text/event-stream");
    expect(events.body).toMatch(/event: end\ndata: \{.*"status":"completed".*\}/);
  });

  test("for the list page through imports, newest first", async () => {
    const first = await harness.request("GET", "/v1/imports?limit=2&kind=items");
    const next = await harness.request(
      "GET",
      `/v1/imports?limit=2&kind=items&cursor=${first.body.next_cursor}`,
    );
    const ids = [...first.body.data, ...next.body.data].map((one: { id: string }) => one.id);
    expect(ids).toEqual(ids.toSorted().toReversed());
    expect(new Set(ids).size).toBe(4);
  });
});
