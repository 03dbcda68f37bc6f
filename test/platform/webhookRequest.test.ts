/** Webhooks: signed as receivers verify them, never into a private network, and failures that tell whether to try again. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createWebhookClient,
  isPrivateAddress,
  retryAfterOf,
  signWebhook,
  verifyWebhook,
  WebhookError,
  webhookUrlFault,
} from "../../platform/webhookRequest.ts";

const NOW = new Date("2026-03-01T12:00:00Z");
const message = { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", body: '{"test": 2432232314}' };

describe("signing", () => {
  test("agrees with the published example of Standard Webhooks", () => {
    const headers = signWebhook(
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      message,
      new Date(1_614_265_330_000),
    );
    expect(headers).toEqual({
      "webhook-id": message.id,
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    });
  });

  test("a receiver sees a changed body, another secret and an old message", () => {
    const headers = signWebhook("a secret", message, NOW);
    const seen = (secret: string, body: string, at: Date) =>
      verifyWebhook(secret, { headers, body }, at);
    expect(seen("a secret", message.body, NOW)).toBe(true);
    expect(seen("a secret", `${message.body} `, NOW)).toBe(false);
    expect(seen("another", message.body, NOW)).toBe(false);
    expect(seen("a secret", message.body, new Date(NOW.getTime() + 301_000))).toBe(false);
    expect(verifyWebhook("a secret", { headers: {}, body: "" }, NOW)).toBe(false);
  });
});

test.each([
  ["127.0.0.1", true],
  ["10.1.2.3", true],
  ["172.31.255.255", true],
  ["172.32.0.1", false],
  ["192.168.0.1", true],
  ["169.254.169.254", true],
  ["100.64.0.1", true],
  ["0.0.0.0", true],
  ["224.0.0.1", true],
  ["8.8.8.8", false],
  ["::1", true],
  ["::", true],
  ["::ffff:10.0.0.1", true],
  ["::ffff:8.8.8.8", true],
  ["64:ff9b::7f00:1", true],
  ["2002:7f00:1::", true],
  ["fe80::1", true],
  ["fd00::1", true],
  ["2606:4700::1111", false],
  ["not an address", true],
])("%s is private: %s", (address, expected) => {
  expect(isPrivateAddress(address)).toBe(expected);
});

test.each([
  ["https://example.com/hook", undefined],
  ["http://example.com/hook", "an https URL"],
  ["file:///etc/passwd", "an https URL"],
  ["gopher://example.com", "an https URL"],
  ["https://user:pass@example.com", "a URL without a user and a password"],
  ["https://0x7f.1/", "a host outside of private networks"],
  ["https://2130706433/", "a host outside of private networks"],
  ["https://[::ffff:10.0.0.1]/", "a host outside of private networks"],
  ["https://localhost/", "a host outside of private networks"],
  ["https://a.localhost./", "a host outside of private networks"],
  ["/hook", "an absolute URL"],
])("the URL %s lacks: %s", (url, fault) => {
  expect(webhookUrlFault(url, false)).toBe(fault);
});

describe("sending", () => {
  const seen: { headers: IncomingMessage["headers"]; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += String(chunk);
    });
    request.on("end", () => {
      seen.push({ headers: request.headers, body });
      if (request.url === "/silent") return;
      const status = Number(request.url?.slice(1));
      response.writeHead(status, status === 429 ? { "retry-after": "7" } : { location: "/200" });
      response.end("x".repeat(200_000));
    });
  });
  let base = "";

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = async (url: string, options: object = {}) => {
    const client = createWebhookClient({ privateAllowed: true, timeoutMs: 5_000, ...options });
    try {
      return await client.send({ url, secret: "a secret" }, message);
    } finally {
      client.close();
    }
  };

  test("what arrives verifies", async () => {
    expect(await send(`${base}/200`)).toEqual({ status: 200 });
    const { headers, body } = seen.at(-1) ?? { headers: {}, body: "" };
    const texts = Object.fromEntries(Object.entries(headers).map(([k, v]) => [k, String(v)]));
    expect(verifyWebhook("a secret", { headers: texts, body }, new Date())).toBe(true);
    expect(headers["content-type"]).toBe("application/json");
  });

  test.each([
    [500, { code: "webhook_status", status: 500, retriable: true }],
    [429, { code: "webhook_status", status: 429, retriable: true, retryAfterSeconds: 7 }],
    [400, { code: "webhook_status", status: 400, retriable: false }],
    [302, { code: "webhook_status", status: 302, retriable: false }],
  ])("an answer of %i", async (status, error) => {
    const before = seen.length;
    await expect(send(`${base}/${status}`)).rejects.toMatchObject(error);
    expect(seen.length).toBe(before + 1); // a redirect is not followed
  });

  test("a receiver that says nothing, and one that is not there, may be tried again", async () => {
    const late = { code: "webhook_timeout", retriable: true };
    await expect(send(`${base}/silent`, { timeoutMs: 200 })).rejects.toMatchObject(late);
    const away = { code: "webhook_unreachable", retriable: true };
    await expect(send("http://127.0.0.1:9/")).rejects.toMatchObject(away);
    await expect(send("http://127.0.0.1:9/")).rejects.toBeInstanceOf(WebhookError);
  });

  test("a name that leads into a private network is refused at the connection, though it looked well before", async () => {
    const asked: string[] = [];
    const resolve = async (host: string) => {
      asked.push(host);
      return ["93.184.216.34", "127.0.0.1"];
    };
    const before = seen.length;
    const options = { privateAllowed: false, resolve };
    const refusal = { code: "webhook_url_refused", retriable: false };
    await expect(send("https://hooks.example/x", options)).rejects.toMatchObject(refusal);
    await expect(send(base, options)).rejects.toMatchObject(refusal);
    expect(asked).toEqual(["hooks.example"]);
    expect(seen.length).toBe(before);
  });
});

test.each([
  [undefined, undefined],
  ["7", 7],
  ["0", undefined],
  ["86400", 3_600],
  ["Sun, 01 Mar 2026 12:00:30 GMT", 30],
  ["Sun, 01 Mar 2026 11:00:00 GMT", undefined],
  ["Mon, 02 Mar 2026 12:00:00 GMT", 3_600],
  ["soon", undefined],
  ["-5", undefined],
])("Retry-After %s asks for %s seconds", (header, seconds) => {
  expect(retryAfterOf(header, new Date("2026-03-01T12:00:00Z"))).toBe(seconds);
});
