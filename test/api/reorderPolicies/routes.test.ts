/** /v1/reorder-policies: complete for their method, one for an item at a warehouse, within the caller's warehouses. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";

let api: CatalogueHarness;

beforeAll(async () => {
  api = await createCatalogueHarness();
  for (const sku of ["A", "B", "C"]) await api.create("/v1/items", { sku, name: sku });
  for (const code of ["W1", "W2"]) await api.create("/v1/warehouses", { code, name: code });
});
afterAll(() => api.close());

const pair = { sku: "A", warehouse: "W1" };

describe("reorder policies", () => {
  test("carry min and max by these names", async () => {
    const body = { ...pair, method: "min_max", min: "5", max: 20.5, service_level: "0.95" };
    const created = await api.request("POST", "/v1/reorder-policies", { body, role: "buyer" });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...body, max: "20.5", reorder_point: null });
    const path = `/v1/reorder-policies/${created.body.id}`;
    const patched = await api.request("PATCH", path, { body: { min: "6" }, role: "buyer" });
    expect(patched.body).toMatchObject({ min: "6", max: "20.5", version: 2 });
    const twice = await api.request("POST", "/v1/reorder-policies", { body });
    expect(twice.body.code).toBe("already_exists");
    expect(twice.body.detail).toContain('reorder policy "A" at "W1" exists already');
  });

  test.each([
    [{ method: "min_max", min: "1" }, ["/max"]],
    [{ method: "min_max" }, ["/min", "/max"]],
    [{ method: "reorder_point", min: "1", max: "2" }, ["/reorder_point", "/reorder_quantity"]],
    [{ method: "min_max", min: "10", max: "9.9999" }, ["/max"]],
    [{ method: "reorder_point", reorder_point: "1", reorder_quantity: "0" }, ["/reorder_quantity"]],
    [{ method: "min_max", min: "1", max: "2", service_level: "1" }, ["/service_level"]],
    [{ method: "guess" }, ["/method"]],
  ])("refuse %j", async (fields, pointers) => {
    const body = { sku: "B", warehouse: "W1", ...fields };
    const answer = await api.request("POST", "/v1/reorder-policies", { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map((fault: { pointer: string }) => fault.pointer)).toEqual(pointers);
  });

  test("stay complete through a patch", async () => {
    const body = { sku: "B", warehouse: "W2", method: "min_max", min: "1", max: "2" };
    const { id } = await api.create("/v1/reorder-policies", body);
    const path = `/v1/reorder-policies/${id}`;
    const toPoint = await api.request("PATCH", path, { body: { method: "reorder_point" } });
    expect(toPoint.status).toBe(422);
    const whole = {
      method: "reorder_point",
      reorder_point: "3",
      reorder_quantity: "10",
      max: null,
    };
    const patched = await api.request("PATCH", path, { body: whole });
    expect(patched.body).toMatchObject({ ...whole, min: "1" });
    const moved = await api.request("PATCH", path, { body: { sku: "C" } });
    expect(moved.body.errors[0]).toMatchObject({ pointer: "/sku", code: "unknown_field" });
  });

  test("are filtered by sku and warehouse, and page by both", async () => {
    const point = { method: "reorder_point", reorder_point: "1", reorder_quantity: "1" };
    for (const warehouse of ["W1", "W2"]) {
      await api.create("/v1/reorder-policies", { sku: "C", warehouse, ...point });
    }
    const list = await api.request("GET", "/v1/reorder-policies?sku=C&limit=1");
    expect(list.body.data[0].warehouse).toBe("W1");
    const cursor = list.body.next_cursor;
    const next = await api.request("GET", `/v1/reorder-policies?sku=C&limit=1&cursor=${cursor}`);
    expect(next.body.data[0].warehouse).toBe("W2");
    const one = await api.request("GET", "/v1/reorder-policies?sku=C&warehouse=W2");
    expect(one.body.data).toHaveLength(1);
  });

  test("exist for a limited caller only at its warehouses", async () => {
    const limited = { warehouses: ["W2"] };
    const list = await api.request("GET", "/v1/reorder-policies", limited);
    const codes = list.body.data.map((row: { warehouse: string }) => row.warehouse);
    expect(new Set(codes)).toEqual(new Set(["W2"]));
    const all = await api.request("GET", "/v1/reorder-policies?warehouse=W1");
    const other = `/v1/reorder-policies/${all.body.data[0].id}`;
    expect((await api.request("GET", other, limited)).status).toBe(404);
    expect((await api.request("DELETE", other, limited)).status).toBe(404);
    const body = { ...pair, method: "min_max", min: "1", max: "2" };
    const created = await api.request("POST", "/v1/reorder-policies", { ...limited, body });
    expect(created.status).toBe(404);
  });

  test.each([
    [{ sku: "NONE", warehouse: "W1" }, "/sku"],
    [{ sku: "A", warehouse: "NONE" }, "/warehouse"],
  ])("refuse to name what does not exist: %j", async (names, pointer) => {
    const body = { ...names, method: "min_max", min: "1", max: "2" };
    const answer = await api.request("POST", "/v1/reorder-policies", { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });
});
