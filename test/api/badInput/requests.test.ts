/**
 * The bad-input list (rows B of requests, T of tokens): each input by its id, with the status and the code of its answer. What was
 * answered makes docs/bad-input.md, so that the page says what happens and nothing else (mend: npm test -- test/api/badInput -u).
 */
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createHttpServer } from "../../../api/http/httpServer.ts";
import { createRoutes } from "../../../api/routes.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import {
  type ApiHarness,
  createApiHarness,
  type HarnessRequest,
} from "../../support/apiHarness.ts";
import { BAD_MOVEMENTS, badLine as line } from "../../support/badMovements.ts";
import { FORGED_TOKENS, forgeToken } from "../../support/forgedTokens.ts";

let api: ApiHarness;
let stopWorker = async (): Promise<void> => undefined;

/** What was answered, by input: rows of the page. */
const told = new Map<string, string>();
/** Notes the answer to an input, "B11 -0", for the page. */
function tell(what: string, status: number, code: string | undefined): void {
  const [id = "", ...words] = what.split(" ");
  told.set(
    what,
    `| ${id} | ${words.join(" ")} | ${status}${code === undefined ? "" : ` \`${code}\``} |`,
  );
}

beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  for (const code of ["MAIN", "OTHER"]) {
    await api.request("POST", "/v1/warehouses", { body: { code, name: code } });
  }
  await api.request("POST", "/v1/items", { body: { sku: "BOLT", name: "Bolt" } });
  const worker = startApplyWorker(api.context);
  stopWorker = () => worker.stop();
});
afterAll(async () => {
  await stopWorker();
  await api.close();
});

const ID = "0199a1b2-0000-7000-8000-0000000000aa";
describe("movements", () => {
  test.each(BAD_MOVEMENTS)("%s", async (what, given, status, code) => {
    const body = typeof given === "function" ? given() : given;
    const answer = await api.request("POST", "/v1/movements", { body });
    const codes = [
      answer.body.code,
      ...(answer.body.errors ?? []).map((one: { code: string }) => one.code),
    ];
    expect([answer.status, codes]).toEqual([status, expect.arrayContaining([code])]);
    tell(what, answer.status, code);
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
    tell("B3 no id", made.status, undefined);
    tell("B6 the same id and body, written otherwise", second.status, "Idempotency-Replayed: true");
    tell("B7 the same id, one field differs", third.status, third.body.code);
  });

  test("B12 what would pass the largest level is rejected for good, and the lane goes on", async () => {
    const headers = { prefer: "wait=20" };
    const send = async (quantity: string) => {
      const body = line({ sku: "FULL", quantity });
      const answer = await api.request("POST", "/v1/movements", { body, headers });
      return [answer.status, answer.body.data[0]] as const;
    };
    await api.request("POST", "/v1/items", { body: { sku: "FULL", name: "Full" } });
    expect((await send("99999999999999.9999"))[1]).toMatchObject({ status: "applied" });
    const [status, outcome] = await send("1");
    expect(outcome).toMatchObject({ status: "rejected", code: "level_overflow" });
    tell("B12 a receipt past the largest level: rejected, final", status, outcome.code);
    const body = line({ sku: "FULL", type: "issue" });
    const after = await api.request("POST", "/v1/movements", { body, headers });
    expect(after.body.data[0]).toMatchObject({ status: "applied" });
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
      "B15 a live SKU with a Cyrillic letter",
      "POST",
      "/v1/items",
      { body: { sku: "B\u041eLT", name: "x" } },
      409,
      "sku_confusable",
    ],
    [
      "B15 a live SKU in Greek letters, as far as they look alike",
      "POST",
      "/v1/items",
      { body: { sku: "\u0392\u039fL\u03a4", name: "x" } },
      409,
      "sku_confusable",
    ],
    [
      "B15 a live SKU in wide letters",
      "POST",
      "/v1/items",
      { body: { sku: "\uff22\uff2f\uff2c\uff34", name: "x" } },
      409,
      "sku_confusable",
    ],
    [
      "B15 a new SKU with a zero-width character",
      "POST",
      "/v1/items",
      { body: { sku: "BOLT\u200b", name: "x" } },
      422,
      "code_format",
    ],
    [
      "B26 own warehouse, a role that may not",
      "POST",
      "/v1/movements",
      { role: "viewer", warehouses: ["MAIN"], body: line() },
      403,
      "forbidden",
    ],
    [
      "B26 own warehouse, a scope that does not do",
      "POST",
      "/v1/movements",
      { role: "service", scopes: ["read"], body: line() },
      403,
      "forbidden",
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
    const [what, method, path, request, status, code] = row;
    const answer = await api.request(method, path, request);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    tell(what, answer.status, answer.body.code);
  });

  test("B15 one SKU in two forms of Unicode, or with spaces around it, is one SKU", async () => {
    const made = await api.request("POST", "/v1/items", { body: { sku: "caf\u00e9", name: "x" } });
    const again = await api.request("POST", "/v1/items", {
      body: { sku: " cafe\u0301 ", name: "x" },
    });
    expect([made.status, again.status, again.body.code]).toEqual([201, 409, "already_exists"]);
    tell("B15 the same SKU as NFD, with spaces around it", again.status, again.body.code);
  });

  test("B24 text that looks like SQL or a path is kept as it is", async () => {
    const name = "'; DROP TABLE users; -- ../../etc/passwd";
    const made = await api.request("POST", "/v1/items", { body: { sku: "ODD", name } });
    expect([made.status, made.body.name]).toEqual([201, name]);
    tell("B24 SQL and ../ in a text: kept as it is", made.status, undefined);
  });

  test("B23 a filter that would blow a regular expression up is text, and quick", async () => {
    const begun = performance.now();
    const answer = await api.request(
      "GET",
      `/v1/items?q=${encodeURIComponent(`(a+)+$${"a".repeat(80)}!`)}`,
    );
    expect([answer.status, answer.body.data]).toEqual([200, []]);
    tell("B23 (a+)+$ to search: text like any other", answer.status, undefined);
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
    tell("B25 what lies in another warehouse: as an unknown id", stock.status, stock.body.code);
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
  ])("%s is cut off with a problem", async (what, text, status, code) => {
    const { answer, ms } = await exchange(text);
    expect(answer).toContain(`HTTP/1.1 ${status} `);
    expect(answer).toContain("application/problem+json");
    expect(answer).toContain(`"code":"${code}"`);
    expect(answer).toMatch(/X-Request-Id: [0-9a-f-]{36}/);
    expect(ms).toBeLessThan(10_000);
    tell(what, status, code);
  });

  test("B20 a small chunked body works", async () => {
    const text = `${post}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`;
    expect((await exchange(text)).answer).toContain('{"length":3}');
    tell("B20 a small body in chunks: taken", 200, undefined);
  });
});

describe("tokens", () => {
  const me = (token: string) =>
    api.request("GET", "/v1/auth/me", {
      role: "none",
      headers: { authorization: `Bearer ${token}` },
    });

  test.each(Object.keys(FORGED_TOKENS))("%s", async (what) => {
    const answer = await me(await forgeToken(api.context.config, what));
    // an unsigned token has not even the form of one
    const code = what.startsWith("T1 ") ? "token_malformed" : "token_invalid";
    expect([answer.status, answer.body.code]).toEqual([401, code]);
    expect(answer.headers.get("www-authenticate")).toContain("invalid_token");
    tell(what, answer.status, answer.body.code);
  });

  test("the same token, unforged, is taken: else the rows above would prove nothing", async () => {
    expect((await me(await forgeToken(api.context.config, undefined))).status).toBe(200);
  });

  test("T13 a session that was ended, a role that was taken away", async () => {
    const person = { email: "t13@example.com", name: "T", password: "a long pass phrase" };
    const body = { ...person, roles: ["admin"] };
    // the last administrator could not be lowered
    const other = { ...body, email: "other@example.com" };
    await api.request("POST", "/v1/users", { body: other });
    const { body: user } = await api.request("POST", "/v1/users", { body });
    const { body: session } = await api.request("POST", "/v1/auth/login", {
      role: "none",
      body: { email: person.email, password: person.password },
    });
    const headers = { authorization: `Bearer ${session.access_token}` };
    const users = () => api.request("GET", "/v1/users", { role: "none", headers });
    expect((await users()).status).toBe(200);
    await api.request("PATCH", `/v1/users/${user.id}`, { body: { roles: ["viewer"] } });
    const lowered = await users();
    expect([lowered.status, lowered.body.code]).toEqual([403, "forbidden"]);
    tell("T13 a live token whose role was lowered", lowered.status, lowered.body.code);
    await api.request("POST", `/v1/users/${user.id}/sign-out`);
    const ended = await users();
    expect(ended.status).toBe(401);
    tell("T13 a live token whose session was ended", ended.status, ended.body.code);
  });
});

test("docs/bad-input.md lists each input with its answer", async () => {
  const order = (what: string): [string, number] => [
    what.slice(0, 1),
    Number.parseInt(what.slice(1), 10),
  ];
  const rows = [...told.entries()].toSorted(([a], [b]) => {
    const [[kindA, nthA], [kindB, nthB]] = [order(a), order(b)];
    return kindA.localeCompare(kindB, "en") || nthA - nthB || a.localeCompare(b, "en");
  });
  const head = [
    "# Bad input and its answers",
    "",
    "Sent to the running API by `test/api/badInput/requests.test.ts`, which writes this page from what was answered. Nothing of it is stored",
    "unless the row says so; every refusal is a problem document that names the field, what was found and what is expected. Files of",
    "imports have lists of their own: `test/api/imports/hostile.test.ts`, `test/platform/xlsxHostile.test.ts`. Keys of external issuers (T9, T11):",
    "`test/platform/accessTokens.test.ts`.",
    "",
    "| # | input | answer |",
    "| --- | --- | --- |",
  ];
  const text = [...head, ...rows.map(([, row]) => row)].join("\n");
  await expect(`${text}\n`).toMatchFileSnapshot("../../../docs/bad-input.md");
});
