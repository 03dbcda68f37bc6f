/** Problem codes of each route: one table, told in the OpenAPI document, and held to by every answer that the tests' client gets. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { defineRoute } from "../../../api/http/route.ts";
import { PROBLEM_TABLE } from "../../../api/problemTable.ts";
import { createRoutes } from "../../../api/routes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { declaredProblems } from "../../support/declaredProblems.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

const operations = z.object({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        "x-problem-codes": z.record(z.string(), z.array(z.string())),
        responses: z.record(z.string(), z.unknown()),
      }),
    ),
  ),
});

async function documented(): Promise<Map<string, Record<string, string[]>>> {
  const { body } = await api.request("GET", "/openapi.json", { role: "none" });
  return new Map(
    Object.entries(operations.parse(body).paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [
        `${method} ${path}`,
        operation["x-problem-codes"],
      ]),
    ),
  );
}

test("every operation describes an answer for each status that its codes have", async () => {
  const { body } = await api.request("GET", "/openapi.json", { role: "none" });
  for (const methods of Object.values(operations.parse(body).paths)) {
    for (const { responses, ...operation } of Object.values(methods)) {
      const missing = Object.keys(operation["x-problem-codes"]).filter(
        (status) => responses[status] === undefined,
      );
      expect(missing, String(operation["operationId"])).toEqual([]);
    }
  }
});

test("the document tells the codes of every operation by status, and the table names no other", async () => {
  const known = await documented();
  expect(Object.keys(PROBLEM_TABLE).filter((name) => !known.has(name))).toEqual([]);
  for (const [name, codes] of known) {
    expect(codes["500"], name).toEqual(["internal_error"]);
    for (const code of Object.values(codes).flat()) expect(code, name).toMatch(/^[a-z][a-z0-9_]*$/);
  }
  expect(known.get("post /v1/movements")).toMatchObject({
    401: ["token_invalid", "token_malformed", "token_missing"],
    409: ["group_partly_known", "idempotency_key_in_flight", "not_one_group"],
    422: expect.arrayContaining(["quantity_sign", "unknown_sku", "idempotency_key_reused"]),
    503: expect.arrayContaining(["backlog_full", "commit_unknown"]),
  });
  expect(known.get("get /v1/items/{id}")).not.toHaveProperty("409");
});

test("codes of a schema's own refinements are found in it, however deep", async () => {
  const known = await documented();
  expect(known.get("post /v1/privacy/export")?.["422"]).toContain("email_or_phone");
  expect(known.get("post /v1/users")?.["422"]).toContain("email_format");
});

test("an answer with a code that its route does not name fails the test that got it", () => {
  const route = defineRoute({
    method: "get",
    path: "/v1/things/{id}",
    tag: "Things",
    summary: "A thing",
    permission: "read",
    answers: { 200: { description: "It." } },
    handler: async () => ({ status: 200 }),
  });
  const check = declaredProblems([route]);
  const answered = { method: "GET", path: "/v1/things/1?x=1", status: 404 };
  check({ ...answered, body: { code: "not_found" } });
  check({ ...answered, path: "/v1/others/1", body: { code: "anything" } }); // nothing is mounted there
  for (const wrong of [{ code: "gone" }, {}]) {
    expect(() => check({ ...answered, body: wrong })).toThrow("GET /v1/things/{id} answered 404");
  }
  expect(() => check({ ...answered, status: 409, body: { code: "not_found" } })).toThrow(
    "answered 409",
  );
});
