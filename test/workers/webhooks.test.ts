/** Webhooks end to end: made over the API, delivered by the worker to a real server, verified as its receiver would. */
import { createServer, type IncomingMessage, type Server } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRoutes } from "../../api/routes.ts";
import { appendEvents } from "../../pipelines/events/index.ts";
import {
  createPersonalData,
  protectPersonalData,
  rotateDataKey,
} from "../../pipelines/privacy/index.ts";
import { newId } from "../../platform/clock.ts";
import { sealedPrefix } from "../../platform/cryptoEnvelope.ts";
import { inTransaction } from "../../platform/postgres.ts";
import { isWanted } from "../../platform/sinkWebhook.ts";
import { verifyWebhook } from "../../platform/webhookRequest.ts";
import { startPublishEventsWorker } from "../../workers/publishEvents.ts";
import { type ApiHarness, createApiHarness } from "../support/apiHarness.ts";
import { waitFor } from "../support/waitFor.ts";

interface Got {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let harness: ApiHarness;
let worker: { stop(): Promise<void> };
let server: Server;
let base = "";
const got: Got[] = [];
let answerWith: (request: Got) => { status: number; location?: string; "retry-after"?: string } =
  () => ({ status: 204 });

beforeAll(async () => {
  server = createServer((request, response) => {
    void take(request).then((one) => {
      const { status, ...headers } = answerWith(one);
      if (status < 300) got.push(one);
      response.writeHead(status, headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
  harness = await createApiHarness({
    routes: createRoutes,
    env: {
      WEBHOOK_PRIVATE_ALLOWED: "true",
      KINESIS_ENDPOINT: "",
      SQS_ENDPOINT: "",
      KINESIS_STREAM: "",
      SQS_QUEUE: "",
    },
  });
  worker = startPublishEventsWorker(harness.context);
}, 60_000);
afterAll(async () => {
  await worker.stop();
  server.close();
  await harness.close();
});
beforeEach(() => {
  got.length = 0;
  answerWith = () => ({ status: 204 });
});

async function take(request: IncomingMessage): Promise<Got> {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
  return { path: request.url ?? "", headers: Object.fromEntries(headers), body };
}

const make = async (name: string, more: object = {}) => {
  const body = { name, url: `${base}/${name}`, ...more };
  const answer = await harness.request("POST", "/v1/webhooks", { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body;
};
const remove = (name: string) => harness.request("DELETE", `/v1/webhooks/${name}`);
const append = (entityId: string, count: number, data: object = {}) =>
  inTransaction(harness.context.db, (tx) =>
    appendEvents(
      tx,
      Array.from({ length: count }, (_, nth) => ({
        type: "stock.low",
        entityId,
        subject: "stock/TEA/MAIN",
        data: { sku: "TEA", warehouse: "MAIN", nth, ...data },
      })),
    ),
  );
const nthsOf = (path: string): number[] =>
  got.filter((one) => one.path === path).map(({ body }) => JSON.parse(body).data.nth);

test("an event comes signed, in order, from the subscription on, and only what was asked for", async () => {
  await append(newId(), 2);
  const { secret } = await make("signed", { types: ["stockline.stock.*"], warehouses: ["MAIN"] });
  await append(newId(), 5);
  await append(newId(), 1, { warehouse: "SHOP" });
  await waitFor("five deliveries", () => nthsOf("/signed").length === 5);
  expect(nthsOf("/signed")).toEqual([0, 1, 2, 3, 4]);
  const [first] = got;
  expect(first && verifyWebhook(secret, first, new Date())).toBe(true);
  expect(first && verifyWebhook(`${secret.slice(0, -4)}AAA=`, first, new Date())).toBe(false);
  expect(first?.headers["webhook-id"]).toBe(JSON.parse(first?.body ?? "").id);
  const { db, keyWrapper } = harness.context;
  const stored = async (): Promise<string> =>
    (await db.query("select secret from webhooks where name = 'signed'")).rows[0]?.secret;
  const sealed = await stored();
  expect(sealed).toMatch(/^pd1\./);
  await rotateDataKey({ db, wrapper: keyWrapper });
  const personal = createPersonalData({ db, wrapper: keyWrapper });
  await protectPersonalData({ db, personal }, { signal: new AbortController().signal });
  expect((await stored()).startsWith(sealedPrefix(personal.activeKey()))).toBe(true);
  await worker.stop();
  worker = startPublishEventsWorker(harness.context); // knows nothing but the new form
  await append(newId(), 1, { nth: 9 });
  await waitFor("a sixth delivery", () => nthsOf("/signed").length === 6);
  const sixth = got.at(-1);
  expect(sixth && verifyWebhook(secret, sixth, new Date())).toBe(true);
  const listed = await harness.request("GET", "/v1/webhooks");
  expect(JSON.stringify(listed.body)).not.toContain(secret);
  await waitFor("no lag", async () => {
    const { body } = await harness.request("GET", "/v1/sinks/signed");
    return body.lag_events === 0;
  });
  await remove("signed");
});

test("a receiver that asks for time is left alone for it, whichever key the next event has", async () => {
  const askedAt: number[] = [];
  answerWith = () => {
    askedAt.push(Date.now());
    return askedAt.length === 1 ? { status: 429, "retry-after": "3" } : { status: 200 };
  };
  await make("busy", { types: ["stockline.stock.low"] });
  await append(newId(), 1);
  await waitFor("the first try", () => askedAt.length === 1);
  await append(newId(), 1, { nth: 1 });
  await waitFor("two deliveries", () => nthsOf("/busy").length === 2);
  const [first = 0, second = 0] = askedAt;
  expect(second - first).toBeGreaterThanOrEqual(2_950);
  await remove("busy");
});

test("what fails is tried again in order; a redirect is a failure and followed nowhere", async () => {
  let failures = 3;
  answerWith = () => {
    failures -= 1;
    return failures < 0 ? { status: 200 } : { status: 302, location: `${base}/elsewhere` };
  };
  await make("retried", { types: ["stockline.stock.low"] });
  await append(newId(), 3);
  await waitFor("three deliveries", () => nthsOf("/retried").length === 3);
  expect(nthsOf("/retried")).toEqual([0, 1, 2]);
  expect(nthsOf("/elsewhere")).toEqual([]);
  await remove("retried");
});

test("what is too large for the receiver becomes a dead letter, and other keys go on", async () => {
  answerWith = ({ body }) => ({ status: body.includes('"huge":true') ? 413 : 200 });
  await make("small", { types: ["stockline.stock.low"] });
  await append(newId(), 1, { huge: true });
  await append(newId(), 2);
  const { body } = await waitFor("a dead letter", async () => {
    const answer = await harness.request("GET", "/v1/sinks/small/dead-letters");
    return answer.body.data.length === 1 ? answer : undefined;
  });
  expect(body.data).toMatchObject([{ code: "http_413", status: "parked" }]);
  await waitFor("the others", () => nthsOf("/small").length === 2);
  await remove("small");
});

test("a receiver that nothing reaches for a day is disabled with notice, and goes on where it stood", async () => {
  answerWith = () => ({ status: 500 });
  await make("dead", { types: ["stockline.stock.low"] });
  await append(newId(), 2);
  const { db } = harness.context;
  // As if the first failure were more than a day ago.
  await waitFor("failures", async () => {
    const { rowCount } = await db.query(
      "update sinks set failing_since = failing_since - interval '25 hours' where name = 'dead' and failing_since is not null",
    );
    return rowCount === 1;
  });
  const disabled = await waitFor(
    "the end of it",
    async () => {
      const { body } = await harness.request("GET", "/v1/webhooks/dead");
      return body.status === "disabled" ? body : undefined;
    },
    { timeoutMs: 20_000 },
  );
  expect(disabled.disabled_reason).toBe(
    "nothing was delivered for a day; the last failure was http_500",
  );
  const events = await harness.request("GET", "/v1/events?type=stockline.webhook.disabled");
  expect(events.body.data).toMatchObject([{ data: { name: "dead", status: "disabled" } }]);
  answerWith = () => ({ status: 200 });
  await harness.request("PATCH", "/v1/webhooks/dead", { body: { status: "active" } });
  await waitFor("what waited", () => nthsOf("/dead").length === 2, { timeoutMs: 20_000 });
  await remove("dead");
});

test("names are taken once, hosts of private networks are refused, limited tokens see none of it", async () => {
  await make("taken");
  const again = await harness.request("POST", "/v1/webhooks", {
    body: { name: "taken", url: base },
  });
  expect(again).toMatchObject({ status: 409, body: { code: "name_taken" } });
  const odd = await harness.request("POST", "/v1/webhooks", {
    body: { name: "odd", url: "ftp://x" },
  });
  expect(odd).toMatchObject({ status: 422, body: { code: "validation_failed" } });
  for (const path of ["/v1/webhooks", "/v1/sinks", "/v1/sinks/taken/dead-letters"]) {
    const limited = await harness.request("GET", path, { warehouses: ["MAIN"] });
    expect(limited.status).toBe(403);
  }
  const rotated = await harness.request("POST", "/v1/webhooks/taken/rotate-secret");
  expect(rotated.body.secret).toMatch(/^whsec_/);
  expect((await remove("taken")).status).toBe(204);
  expect((await remove("taken")).status).toBe(404);
});

test.each([
  [{ types: ["stockline.stock.low"] }, true],
  [{ types: ["stockline.*"] }, true],
  [{ types: ["stockline.item.*"] }, false],
  [{ warehouses: ["SHOP"] }, true],
  [{ warehouses: ["NORTH"] }, false],
  [{ skus: ["TEA"], warehouses: ["MAIN"] }, true],
  [{ skus: ["CUP"], warehouses: ["MAIN"] }, false],
])("the filter %j lets the event through: %s", (filter, expected) => {
  const data = JSON.stringify({ sku: "TEA", warehouse: "MAIN", to_warehouse: "SHOP" });
  const event = { type: "stockline.stock.low", subject: "s", partition_key: "k", data };
  expect(isWanted({ types: [], warehouses: [], skus: [], ...filter }, event)).toBe(expected);
});
