/** /v1/webhooks as entities: versions, and secrets that are shown once, also where the request is repeated. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

const PATH = "/v1/webhooks/erp";

test("a secret is shown once, and no kept answer holds it", async () => {
  const body = { name: "erp", url: "https://erp.example.com/hook" };
  const headers = { "idempotency-key": "make erp" };
  const made = await api.request("POST", "/v1/webhooks", { body, headers });
  expect([made.status, made.headers.get("etag")]).toEqual([201, '"1"']);
  expect(made.headers.get("location")).toBe(PATH);
  const again = await api.request("POST", "/v1/webhooks", { body, headers });
  expect(again.body).toEqual({ ...made.body, secret: null });
  const rotate = () =>
    api.request("POST", `${PATH}/rotate-secret`, { headers: { "idempotency-key": "rotate" } });
  const rotated = await rotate();
  expect(rotated.body.secret).toMatch(/^whsec_/);
  expect(rotated.body.secret).not.toBe(made.body.secret);
  expect((await rotate()).body).toEqual({ name: "erp", secret: null });
  const { rows } = await api.context.db.query<{ kept: string }>(
    "select string_agg(response_body, ' ') as kept from idempotency_keys",
  );
  expect(rows[0]?.kept).not.toContain("whsec_");
});

test("a change that is meant for another version is refused, and changes nothing", async () => {
  const { body: before, headers } = await api.request("GET", PATH);
  const stale = await api.request("PATCH", PATH, {
    body: { status: "disabled" },
    headers: { "if-match": '"1"' },
  });
  expect([stale.status, stale.body.code]).toEqual([412, "stale_version"]);
  expect((await api.request("GET", PATH)).body).toEqual(before);
  const changed = await api.request("PATCH", PATH, {
    body: { status: "disabled" },
    headers: { "if-match": headers.get("etag") ?? "" },
  });
  expect(changed.body).toMatchObject({ status: "disabled", version: before.version + 1 });
  expect(changed.headers.get("etag")).toBe(`"${before.version + 1}"`);
});
