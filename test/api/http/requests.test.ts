/** What holds for every request: problems, ids, bodies, tokens, and the document that describes it all. */
import { createHmac } from "node:crypto";
import { Validator } from "@seriousme/openapi-schema-validator";
import { generateKeyPair, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { signLocalToken } from "../../../platform/accessTokens.ts";
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
});
