/** /v1/suppliers: what is their own; the shared machinery is tested on items. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CatalogueHarness, createCatalogueHarness } from "../../support/catalogueHarness.ts";

let api: CatalogueHarness;

beforeAll(async () => {
  api = await createCatalogueHarness();
});
afterAll(() => api.close());

describe("suppliers", () => {
  test("are created and changed by buyers, and read by viewers", async () => {
    const body = {
      code: "ACME",
      name: "Acme",
      contact_name: "Ada",
      email: "ada@acme.example",
      country: "DE",
      currency: "EUR",
      lead_time_days: 14,
    };
    const created = await api.request("POST", "/v1/suppliers", { body, role: "buyer" });
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ ...body, phone: null, status: "active", version: 1 });
    const read = await api.request("GET", "/v1/suppliers/code:ACME", { role: "viewer" });
    expect(read.body).toEqual(created.body);
    const patch = { body: { email: null, lead_time_days: 7 }, role: "buyer" } as const;
    const patched = await api.request("PATCH", "/v1/suppliers/code:ACME", patch);
    expect(patched.body).toMatchObject({ email: null, lead_time_days: 7, version: 2 });
    expect(await api.eventTypes(created.body.id)).toEqual([
      "stockline.supplier.created",
      "stockline.supplier.updated",
    ]);
  });

  test("a code that exists is refused by name", async () => {
    await api.create("/v1/suppliers", { code: "DUP", name: "a" });
    const body = { code: "DUP", name: "b" };
    const answer = await api.request("POST", "/v1/suppliers", { body });
    expect(answer.body).toMatchObject({ status: 409, code: "already_exists" });
    expect(answer.body.detail).toContain('supplier "DUP"');
  });

  test.each([
    [{ email: "nobody" }, "/email"],
    [{ lead_time_days: -1 }, "/lead_time_days"],
    [{ lead_time_days: 1.5 }, "/lead_time_days"],
    [{ currency: "eur" }, "/currency"],
  ])("refuse %j", async (fields, pointer) => {
    const body = { code: "BAD", name: "b", ...fields };
    const answer = await api.request("POST", "/v1/suppliers", { body });
    expect(answer.status).toBe(422);
    expect(answer.body.errors[0].pointer).toBe(pointer);
  });
});
