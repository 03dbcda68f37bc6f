/** /v1/suppliers/{id}/items: entries belong to one supplier, name an item, and are addressed by id or SKU. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";

let api: CatalogueHarness;

beforeAll(async () => {
  api = await createCatalogueHarness();
  await api.create("/v1/suppliers", { code: "S1", name: "One" });
  await api.create("/v1/suppliers", { code: "S2", name: "Two" });
  for (const sku of ["A", "B", "GONE"]) await api.create("/v1/items", { sku, name: sku });
  await api.request("DELETE", "/v1/items/sku:GONE");
});
afterAll(() => api.close());

describe("supplier items", () => {
  test("are created, listed, read, changed and archived under their supplier", async () => {
    const body = {
      sku: "A",
      supplier_sku: "x-9",
      unit_cost: "1.25",
      currency: "EUR",
      pack_size: 6,
    };
    const created = await api.request("POST", "/v1/suppliers/code:S1/items", {
      body,
      role: "buyer",
    });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({
      supplier: "S1",
      sku: "A",
      unit_cost: "1.25",
      moq: "1",
      pack_size: "6",
      preferred: false,
    });
    const location = created.headers.get("location") ?? "";
    expect((await api.request("GET", location)).body).toEqual(created.body);
    const path = "/v1/suppliers/code:S1/items/sku:A";
    const patched = await api.request("PATCH", path, {
      body: { preferred: true, moq: "12" },
      headers: { "if-match": '"1"' },
    });
    expect(patched.body).toMatchObject({ preferred: true, moq: "12", version: 2 });
    expect((await api.request("GET", "/v1/suppliers/code:S1/items")).body.data).toHaveLength(1);
    expect((await api.request("GET", "/v1/suppliers/code:S2/items")).body.data).toEqual([]);
    expect((await api.request("GET", "/v1/suppliers/code:S2/items/sku:A")).status).toBe(404);
    expect((await api.request("DELETE", path)).body.status).toBe("archived");
    expect((await api.request("GET", "/v1/suppliers/code:S1/items")).body.data).toEqual([]);
    const again = await api.request("POST", "/v1/suppliers/code:S1/items", { body });
    expect(again.body.code).toBe("already_exists");
    expect(again.body.detail).toContain('supplier item "S1" at "A" exists already');
    const restored = await api.request("PATCH", path, { body: { status: "active" } });
    expect(restored.body.status).toBe("active");
    expect(await api.eventTypes(created.body.id)).toEqual([
      "stockline.supplier_item.created",
      "stockline.supplier_item.updated",
      "stockline.supplier_item.archived",
      "stockline.supplier_item.updated",
    ]);
  });

  test("page by SKU", async () => {
    for (const sku of ["A", "B"]) await api.create("/v1/suppliers/code:S2/items", { sku });
    const first = await api.request("GET", "/v1/suppliers/code:S2/items?limit=1");
    const cursor = first.body.next_cursor;
    const second = await api.request("GET", `/v1/suppliers/code:S2/items?limit=1&cursor=${cursor}`);
    expect(second.body.data[0].sku).toBe("B");
    expect(second.body.next_cursor).toBeNull();
  });

  test.each([
    [{ sku: "NONE" }, "/sku", "unknown_sku"],
    [{ sku: "GONE" }, "/sku", "archived"],
    [{ sku: "B", moq: "0" }, "/moq", "not_positive"],
    [{ sku: "B", pack_size: "-1" }, "/pack_size", "not_positive"],
    [{ sku: "B", unit_cost: "-1" }, "/unit_cost", "negative"],
    [{}, "/sku", "required"],
  ])("refuse %j", async (body, pointer, code) => {
    const answer = await api.request("POST", "/v1/suppliers/code:S1/items", { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0]).toMatchObject({ pointer, code });
  });

  test("an unknown supplier is 404 for every route", async () => {
    expect((await api.request("GET", "/v1/suppliers/code:NONE/items")).status).toBe(404);
    const body = { sku: "A" };
    const created = await api.request("POST", "/v1/suppliers/code:NONE/items", { body });
    expect(created.status).toBe(404);
    expect(created.body.detail).toContain('supplier "NONE"');
  });
});
