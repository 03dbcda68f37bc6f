/** What holds for every request: problems, ids, bodies, tokens, and the document that describes it all. */
import { createHmac } from "node:crypto";
import { Validator } from "@seriousme/openapi-schema-validator";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { createTokenVerifier, signLocalToken } from "../../../platform/accessTokens.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
});
afterAll(() => api.close());

describe("problems", () => {
  test("an unknown path is a problem document with a request id", async () => {
    const answer = await api.request("GET", "/v1/nothing", {
      headers: { "x-request-id": "mine-12345" },
    });
    expect(answer.status).toBe(404);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(answer.headers.get("x-request-id")).toBe("mine-12345");
    expect(answer.body).toEqual({
      type: "https://stockline.dev/problems/not-found",
      title: "Not found",
      status: 404,
      detail: 'path "/v1/nothing" does not exist',
      instance: "/v1/nothing",
      code: "not_found",
    });
  });

  test.each([
    ["not JSON", "{", {}, 400, "json_malformed"],
    ["a repeated key", '{"sku":"A","sku":"B"}', {}, 400, "duplicate_key"],
    ["another type", "sku=A", { "content-type": "text/plain" }, 415, "unsupported_media_type"],
    ["a compressed body", "{}", { "content-encoding": "gzip" }, 415, "unsupported_encoding"],
    ["a body past the limit", `"${"x".repeat(17 * 1024 * 1024)}"`, {}, 413, "body_too_large"],
  ])("%s is answered by its code", async (...refusal) => {
    const [, body, headers, status, code] = refusal;
    const answer = await api.request("POST", "/v1/movements", { body, headers });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });
});

describe("headers of every answer", () => {
  test.each([
    ["an answer of JSON", "/healthz"],
    ["a page that a handler made itself", "/docs"],
    ["a problem", "/v1/items/none"],
    ["an unknown path", "/v1/nothing"],
  ])("%s is not framed, sniffed or kept, and has a request id", async (_, path) => {
    const { headers } = await api.request("GET", path, {
      headers: { "x-request-id": "not valid" },
    });
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-security-policy":
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      "strict-transport-security": "max-age=15552000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "cache-control": "no-store",
      "x-request-id": expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });
});

describe("tokens", () => {
  const attempt = (token: string) =>
    api.request("GET", "/v1/movements/00000000-0000-7000-8000-000000000000", {
      role: "none",
      headers: { authorization: `Bearer ${token}` },
    });
  const claims = { sub: "x", iss: "https://stockline.local", aud: "stockline", roles: ["admin"] };

  test("a valid one passes (404, not 401)", async () => {
    const token = await signLocalToken(api.context.config, {
      subject: "x",
      roles: ["viewer"],
      lifetimeSeconds: 60,
    });
    expect((await attempt(token)).status).toBe(404);
  });

  test("unsigned, signed with a foreign key, or by a shared secret: 401", async () => {
    const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1_000);
    const body = encode({ ...claims, iat: now, exp: now + 60 });
    const none = `${encode({ alg: "none", typ: "at+jwt" })}.${body}.x`;
    const head = encode({ alg: "HS256", typ: "at+jwt" });
    const shared = `${head}.${body}.${createHmac("sha256", "secret").update(`${head}.${body}`).digest("base64url")}`;
    const { privateKey } = await generateKeyPair("ES256");
    const foreign = await new SignJWT(claims)
      .setProtectedHeader({ alg: "ES256", typ: "at+jwt" })
      .setIssuedAt()
      .setExpirationTime("1m")
      .sign(privateKey);
    for (const token of [none, shared, foreign]) {
      expect(await attempt(token)).toMatchObject({ status: 401, body: { code: "token_invalid" } });
    }
  });

  test.each([
    ["of another issuer", { JWT_ISSUER: "https://elsewhere" }, 60],
    ["for another audience", { JWT_AUDIENCE: "other" }, 60],
    ["expired past the skew", {}, -61],
    ["that lives for years", {}, 10 * 365 * 86_400],
  ])("one %s is 401", async (_what, changed, lifetimeSeconds) => {
    const config = { ...api.context.config, ...changed };
    const token = await signLocalToken(config, { subject: "x", roles: ["admin"], lifetimeSeconds });
    expect((await attempt(token)).status).toBe(401);
  });
});

describe("the limit to warehouses", () => {
  const attempt = async (warehouses: unknown) => {
    const verify = createTokenVerifier(api.context.config);
    const limited = { subject: "x", roles: ["viewer"], warehouses, lifetimeSeconds: 60 } as const;
    return (await verify).verify(await signLocalToken(api.context.config, limited as never));
  };

  test("a list of codes limits, and no claim does not", async () => {
    expect((await attempt(["A", "B"])).warehouses).toEqual(["A", "B"]);
    expect((await attempt([])).warehouses).toEqual([]);
    expect((await attempt(undefined)).warehouses).toBeUndefined();
  });

  test.each([["A"], [null], [[1]], [{}]])("%j is no list of codes: refused", async (claim) => {
    await expect(attempt(claim)).rejects.toThrow("the claim warehouses is not a list of codes");
  });
});

describe("what no database can hold", () => {
  const id = "00000000-0000-7000-8000-000000000000";
  const cursor = (...parts: unknown[]) => Buffer.from(JSON.stringify(parts)).toString("base64url");

  test.each([
    "/v1/items/sku:a%00b",
    "/v1/items?q=a%00b",
    "/v1/items?category=%00",
    "/v1/suppliers/code:%00/items",
    "/v1/stock/a%00/MAIN",
  ])("NUL in %s is refused by its code", async (path) => {
    const answer = await api.request("GET", path);
    expect([answer.status, answer.body.code]).toEqual([422, "nul_char"]);
  });

  test.each([
    `/v1/items?cursor=${cursor("\u0000")}`,
    `/v1/items?cursor=${cursor({ a: 1 })}`,
    `/v1/stock?cursor=${cursor("A", "\u0000")}`,
    `/v1/reorder-policies?cursor=${cursor("A", "\u0000")}`,
    `/v1/movements?request=${id}&cursor=${cursor("x")}`,
    `/v1/warehouses?near=1,1&cursor=${cursor("x", id)}`,
    `/v1/warehouses?near=1,1&cursor=${cursor("1.5", "x")}`,
    `/v1/imports?cursor=${cursor("x")}`,
    `/v1/reports?cursor=${cursor("2026-13-01T00:00:00.000Z", id)}`,
    `/v1/reports?cursor=${cursor("x", id)}`,
    `/v1/purchase-orders?cursor=${cursor("2026-01-01 00:00:00.123456+00", "x")}`,
    `/v1/jobs/verify-ledger/runs?cursor=${cursor("x", id)}`,
  ])("a cursor that no list gave is refused: %s", async (path) => {
    const answer = await api.request("GET", path);
    expect([answer.status, answer.body.code]).toEqual([422, "cursor_invalid"]);
  });
});

describe("the process", () => {
  test("tells health, readiness by part, and metrics without a token", async () => {
    const open = { role: "none" } as const;
    expect((await api.request("GET", "/healthz", open)).body).toEqual({ status: "ok" });
    expect((await api.request("GET", "/readyz", open)).body).toMatchObject({
      checks: { postgres: "ok", redis: "ok" },
    });
    const metrics = await api.request("GET", "/metrics", open);
    expect(metrics.body).toContain("stockline_http_request_duration_seconds_bucket");
  });

  test("the reference page loads nothing from elsewhere", async () => {
    const page = await api.request("GET", "/docs", { role: "none" });
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.headers.get("content-security-policy")).toMatch(/^default-src 'self'; /);
    const start = await api.request("GET", "/docs/start.js", { role: "none" });
    expect(start.body).toContain("validatorUrl: null");
    const style = await api.request("GET", "/docs/swagger-ui.css", { role: "none" });
    expect(style.body).not.toMatch(/url\(["']?(https?:)?\/\//);
    const script = await api.request("GET", "/docs/swagger-ui-bundle.js", { role: "none" });
    expect([script.status, script.body.length > 100_000]).toEqual([200, true]);
    expect((await api.request("GET", "/docs/..%2fpackage.json", { role: "none" })).status).toBe(
      404,
    );
  });

  test("openapi.json is a valid OpenAPI 3.1 document", async () => {
    const { body } = await api.request("GET", "/openapi.json", { role: "none" });
    expect(await new Validator().validate(body)).toMatchObject({ valid: true });
  });

  test("openapi.json describes every operation with a summary, a permission and its answers", async () => {
    const { body } = await api.request("GET", "/openapi.json", { role: "none" });
    expect(body.openapi).toBe("3.1.0");
    const operations = Object.values(body.paths).flatMap((path) => Object.values(path as object));
    expect(operations.length).toBeGreaterThan(5);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        summary: expect.any(String),
        operationId: expect.any(String),
        responses: { default: {} },
      });
      expect(operation.security.length === 0 || operation["x-permission"]?.length > 0).toBe(true);
    }
    const ids = operations.map((operation) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("openapi.json names the headers and the problems of each operation", async () => {
    const { body } = await api.request("GET", "/openapi.json", { role: "none" });
    const told = (path: string, method: string) => {
      const { parameters, responses } = body.paths[path][method];
      return {
        headers: parameters.flatMap((one: { $ref?: string }) => one.$ref?.split("/").at(-1) ?? []),
        problems: Object.keys(responses).filter((status) => status >= "4"),
        ok: Object.keys((responses[200] ?? responses[201]).headers ?? {}).filter(
          (name) => !/^(X-Request-Id|Idempotency-Replayed|RateLimit-\w+)$/.test(name),
        ),
      };
    };
    const problems = ["401", "403", "422", "429", "500", "503", "default"];
    expect(told("/v1/items", "get")).toEqual({ headers: [], problems, ok: [] });
    expect(told("/v1/movements", "post")).toMatchObject({
      headers: ["IdempotencyKey", "Prefer"],
      problems: [
        "400",
        "401",
        "403",
        "408",
        "409",
        "413",
        "415",
        "422",
        "429",
        "500",
        "503",
        "default",
      ],
    });
    expect(told("/v1/movements/{id}/reverse", "post").headers).toContain("Prefer");
    expect(told("/v1/items/{id}", "patch")).toEqual({
      headers: ["IfMatch"],
      problems: [
        "400",
        "401",
        "403",
        "404",
        "408",
        "409",
        "412",
        "413",
        "415",
        "422",
        "429",
        "500",
        "503",
        "default",
      ],
      ok: ["ETag"],
    });
    expect(told("/v1/purchase-orders/{id}/receive", "post")).toMatchObject({
      headers: ["IdempotencyKey", "IfMatch"],
      ok: ["ETag"],
    });
    expect(told("/v1/items", "post").ok).toEqual(["ETag", "Location"]);
    expect(body.components.responses.Unavailable).toMatchObject({
      headers: { "Retry-After": {} },
      content: { "application/problem+json": {} },
    });
  });
});
