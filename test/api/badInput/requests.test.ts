/** The bad-input list of docs/security.md (rows B and T): each input by its id, with the status and the code of its answer. */

import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpServer } from "../../../api/http/httpServer.ts";
import { createRoutes } from "../../../api/routes.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";

let api: ApiHarness;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  for (const code of ["MAIN", "OTHER"]) {
    await api.request("POST", "/v1/warehouses", { body: { code, name: code } });
  }
  await api.request("POST", "/v1/items", { body: { sku: "BOLT", name: "Bolt" } });
});
afterAll(() => api.close());

const ID = "0199a1b2-0000-7000-8000-0000000000aa";
const line = (given: object = {}) => ({
  type: "receipt",
  sku: "BOLT",
  warehouse: "MAIN",
  quantity: "1",
  ...given,
});
const raw = (quantity: string): string =>
  `{"type":"receipt","sku":"BOLT","warehouse":"MAIN","quantity":${quantity}}`;

describe("movements", () => {
  test.each<[string, unknown, number, string]>([
    ["B1 id not a UUID", line({ id: "abc" }), 422, "id_format"],
    ["B2 id of 10 kB", line({ id: "a".repeat(10_000) }), 422, "id_format"],
    ["B8 a key twice", `{"type":"receipt","type":"issue"}`, 400, "duplicate_key"],
    ["B9 number past 2^53", raw("9007199254740993"), 422, "number_unsafe"],
    ["B10 1e400", raw("1e400"), 422, "number_unsafe"],
    ["B10 NaN", line({ quantity: "NaN" }), 422, "quantity_format"],
    ["B10 Infinity", line({ quantity: "Infinity" }), 422, "quantity_format"],
    ["B11 0", line({ quantity: "0" }), 422, "quantity_sign"],
    ["B11 -0", raw("-0"), 422, "quantity_sign"],
    ["B11 1.00005", line({ quantity: "1.00005" }), 422, "quantity_format"],
    ["B13 NUL", line({ reason: "a\u0000b" }), 422, "nul_char"],
    ["B14 lone surrogate", raw('"1","reason":"\\ud800"'), 400, "bad_unicode"],
    ["B15 look-alike of a SKU", line({ sku: "\u0412OLT" }), 422, "unknown_sku"],
    ["B15 zero-width character", line({ sku: "BOLT\u200b" }), 422, "code_format"],
    ["B16 infinity", line({ occurred_at: "infinity" }), 422, "date_format"],
    ["B16 now", line({ occurred_at: "now" }), 422, "date_format"],
    ["B16 30 February", line({ occurred_at: "2026-02-30T00:00:00Z" }), 422, "date_format"],
    ["B16 no zone", line({ occurred_at: "2026-02-03T00:00:00" }), 422, "date_format"],
    [
      "B17 ten minutes ahead",
      () => line({ occurred_at: new Date(Date.now() + 601_000).toISOString() }),
      422,
      "date_future",
    ],
    ["B18 __proto__", '{"__proto__":{"a":1},"type":"receipt"}', 422, "unknown_field"],
    ["B18 role", line({ role: "admin" }), 422, "unknown_field"],
    ["B18 unitCost", line({ unitCost: "1" }), 422, "unknown_field"],
    ["B19 10,000 deep", "[".repeat(10_000) + "]".repeat(10_000), 400, "json_too_deep"],
    [
      "B19 a million elements",
      `{"movements":[${"1,".repeat(999_999)}1]}`,
      400,
      "json_too_many_values",
    ],
  ])("%s", async (_what, given, status, code) => {
    const body = typeof given === "function" ? given() : given;
    const answer = await api.request("POST", "/v1/movements", { body });
    const codes = [
      answer.body.code,
      ...(answer.body.errors ?? []).map((one: { code: string }) => one.code),
    ];
    expect([answer.status, codes]).toEqual([status, expect.arrayContaining([code])]);
    expect(JSON.stringify(answer.body).length).toBeLessThan(2_000);
    expect("a" in {}).toBe(false);
  });

  test("B3 without an id one is made; B6 the same again is a replay; B7 another body is refused", async () => {
    const made = await api.request("POST", "/v1/movements", { body: line() });
    expect([made.status, made.body.data[0].id]).toEqual([202, expect.any(String)]);
    const first = await api.request("POST", "/v1/movements", { body: line({ id: ID }) });
    const again = `{ "quantity": 1.0, "id": "${ID}", "warehouse": "MAIN",  "sku": "BOLT", "type": "receipt" }`;
    const second = await api.request("POST", "/v1/movements", { body: again });
    expect([first.status, second.status]).toEqual([202, 202]);
    expect(second.body).toEqual(first.body);
    const third = await api.request("POST", "/v1/movements", {
      body: line({ id: ID, quantity: "2" }),
    });
    expect([third.status, third.body.code]).toEqual([422, "id_reused"]);
  });
});

describe("all routes", () => {
  test.each<[string, string, string, HarnessRequest, number, string]>([
    [
      "B15 a live SKU in lower case",
      "POST",
      "/v1/items",
      { body: { sku: "bolt", name: "x" } },
      409,
      "sku_confusable",
    ],
    [
      "B19 100 MB",
      "POST",
      "/v1/items",
      { body: "{}", headers: { "content-length": "104857600" } },
      413,
      "body_too_large",
    ],
    [
      "B21 gzip",
      "POST",
      "/v1/items",
      { body: "{}", headers: { "content-encoding": "gzip" } },
      415,
      "unsupported_encoding",
    ],
    ["B23 50 kB to search", "GET", `/v1/items?q=${"a".repeat(50_000)}`, {}, 422, "too_big"],
    ["B23 sort=password", "GET", "/v1/items?sort=password", {}, 422, "unknown_field"],
    ["B23 limit=1e9", "GET", "/v1/items?limit=1000000000", {}, 422, "too_big"],
    ["B24 NUL in a path", "GET", "/v1/items/sku:%00", {}, 422, "nul_char"],
    ["B24 ../ in a path", "GET", "/v1/items/sku:..%2f..%2fetc", {}, 404, "not_found"],
    [
      "B24 SQL in a path",
      "GET",
      "/v1/items/sku:';%20DROP%20TABLE%20users;--",
      {},
      404,
      "not_found",
    ],
    [
      "T12 bearer twice",
      "GET",
      "/v1/items",
      { role: "none", headers: { authorization: "Bearer Bearer a.b.c" } },
      401,
      "token_malformed",
    ],
    [
      "T12 two headers",
      "GET",
      "/v1/items",
      { role: "none", headers: { authorization: "Bearer a.b.c, Bearer a.b.c" } },
      401,
      "token_malformed",
    ],
    [
      "T12 token in the query",
      "GET",
      "/v1/items?access_token=a.b.c",
      { role: "none" },
      401,
      "token_missing",
    ],
  ])("%s", async (...row) => {
    const [, method, path, request, status, code] = row;
    const answer = await api.request(method, path, request);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  test("B24 text that looks like SQL or a path is kept as it is", async () => {
    const name = "'; DROP TABLE users; -- ../../etc/passwd";
    const made = await api.request("POST", "/v1/items", { body: { sku: "ODD", name } });
    expect([made.status, made.body.name]).toEqual([201, name]);
  });

  test("B23 a filter that would blow a regular expression up is text, and quick", async () => {
    const begun = performance.now();
    const answer = await api.request(
      "GET",
      `/v1/items?q=${encodeURIComponent(`(a+)+$${"a".repeat(80)}!`)}`,
    );
    expect([answer.status, answer.body.data]).toEqual([200, []]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });

  test("B25 what lies in another warehouse is answered as what does not exist", async () => {
    const limited = { role: "admin", warehouses: ["OTHER"] } as const;
    const made = await api.request("POST", "/v1/movements", { body: line() });
    const report = await api.request("POST", "/v1/reports", {
      body: { report: "low_stock", format: "csv", parameters: { warehouse: "MAIN" } },
    });
    for (const [path, id] of [
      ["/v1/movements/", made.body.data[0].id],
      ["/v1/reports/", report.body.id],
    ]) {
      const there = await api.request("GET", path + id, limited);
      const unknown = await api.request("GET", path + ID.replace("aa", "ff"), limited);
      expect(there.status).toBe(404);
      const plain = (body: object) =>
        JSON.stringify(body).replaceAll(id, "").replaceAll(ID.replace("aa", "ff"), "");
      expect(plain(there.body)).toBe(plain(unknown.body));
    }
    const stock = await api.request("GET", "/v1/stock/BOLT/MAIN", limited);
    const nowhere = await api.request("GET", "/v1/stock/BOLT/NOWHERE", limited);
    expect([stock.status, nowhere.status]).toEqual([404, 404]);
  });
});

describe("over a socket", () => {
  let server: ReturnType<typeof createHttpServer>;
  beforeAll(async () => {
    server = createHttpServer({
      fetch: async (request) => {
        const text = await request.text();
        return Response.json({ length: text.length });
      },
      draining: () => false,
      headersMs: 1_000,
      bodyMs: 1_500,
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Sends the bytes as they are; answers all that came until the other side closed, and how long that took. */
  const exchange = (text: string): Promise<{ answer: string; ms: number }> =>
    new Promise((resolve) => {
      const begun = performance.now();
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      let answer = "";
      socket.on("data", (chunk) => (answer += chunk.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve({ answer, ms: performance.now() - begun }));
      socket.write(text);
    });
  const post = "POST / HTTP/1.1\r\nHost: x\r\n";

  test.each([
    ["B20 a length that is none", `${post}Content-Length: abc\r\n\r\n`, 400, "http_malformed"],
    [
      "B20 length and chunks",
      `${post}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
      "http_malformed",
    ],
    [
      "T12 a token of 64 kB",
      `GET / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${"a".repeat(65_536)}\r\n\r\n`,
      431,
      "headers_too_large",
    ],
    ["B22 headers that do not end", "GET / HTTP/1.1\r\nHost: x\r\n", 408, "request_timeout"],
    [
      "B22 a body that does not come",
      `${post}Content-Length: 100\r\n\r\n1`,
      408,
      "request_timeout",
    ],
  ])("%s is cut off with a problem", async (_what, text, status, code) => {
    const { answer, ms } = await exchange(text);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).toMatch(/X-Request-Id: [0-9a-f-]{36}/);
    expect(ms).toBeLessThan(10_000);
  });

  test("B20 a small chunked body works", async () => {
    const text = `${post}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
    expect((await exchange(text)).answer).toContain('{"length":3}');
  });
});
