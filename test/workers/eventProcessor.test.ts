/** The event processor as it is shipped: the bundle, called as AWS Lambda calls it, against servers that hold it to its contracts. */
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newId } from "../../platform/clock.ts";
import { projectRoot } from "../../platform/projectRoot.ts";
import { type ContractServer, startContractServer } from "../support/contractServer.ts";

const SECRET = Buffer.from("a secret of 24 bytes or so").toString("base64");
const NAMES = ["payments", "locations", "analytics"] as const;
let servers: Record<(typeof NAMES)[number], ContractServer>;
// oxlint-disable-next-line typescript/no-explicit-any -- the bundle has no types
let handler: (event: any) => Promise<{ batchItemFailures: { itemIdentifier: string }[] }>;

beforeAll(async () => {
  execFileSync(process.execPath, [join(projectRoot(), "scripts/buildEventProcessor.mjs")]);
  const [payments, locations, analytics] = await Promise.all([
    startContractServer("docs/partners/payments.yaml"),
    startContractServer("docs/partners/locations.yaml"),
    startContractServer("docs/partners/analytics.yaml"),
  ]);
  servers = { payments, locations, analytics };
  Object.assign(process.env, {
    LOG_LEVEL: "silent",
    PAYMENTS_URL: payments.url,
    LOCATIONS_URL: `${locations.url}/`,
    ANALYTICS_URL: analytics.url,
    PARTNER_SIGNING_SECRET: `whsec_${SECRET}`,
    PARTNER_TIMEOUT_MS: "2000",
  });
  const bundle = join(projectRoot(), "dist/event-processor/handler.mjs");
  ({ handler } = await import(pathToFileURL(bundle).href));
}, 120_000);
afterAll(() => Promise.all(NAMES.map((name) => servers[name].stop())));
beforeEach(() => {
  for (const name of NAMES) {
    servers[name].calls.length = 0;
    servers[name].answer = () => ({ status: 204 });
  }
});

let sequence = 0;

function anEvent(type: string, data: object, key = "k1") {
  sequence += 1;
  return {
    specversion: "1.0",
    id: newId(),
    source: "/stockline",
    type: `stockline.${type}`,
    subject: "tests/1",
    time: "2026-03-01T12:00:00.000Z",
    datacontenttype: "application/json",
    partitionkey: key,
    lane: 1,
    position: sequence,
    incarnation: 1,
    data,
  };
}
const aMovement = (type: string, key?: string) =>
  anEvent(
    "movement.applied",
    {
      id: newId(),
      type,
      sku: "TEA",
      warehouse: "A",
      quantity: "2",
      occurred_at: "2026-03-01T12:00:00.000Z",
    },
    key,
  );

function records(events: readonly (ReturnType<typeof anEvent> | string)[], shard = "shardId-0") {
  return events.map((event, place) => {
    const text = typeof event === "string" ? event : JSON.stringify(event);
    const partitionKey = typeof event === "string" ? "bad" : event.partitionkey;
    const sequenceNumber = String(100 + place);
    const data = Buffer.from(text).toString("base64");
    return {
      eventID: `${shard}:${sequenceNumber}`,
      kinesis: { data, sequenceNumber, partitionKey },
    };
  });
}
const failuresOf = async (Records: unknown[]) =>
  (await handler({ Records })).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
const idsAt = (name: (typeof NAMES)[number]) =>
  servers[name].calls.map(({ headers }) => headers["idempotency-key"]);
const expectKept = () => expect(NAMES.flatMap((name) => servers[name].breaches)).toEqual([]);

test("each event goes where the table says, in the form of the contracts, signed", async () => {
  const order = {
    id: newId(),
    number: "PO 1/7",
    supplier: "ACME",
    warehouse: "A",
    status: "received",
    currency: "EUR",
    total_cost: "12.5",
    version: 3,
    expected_on: null,
    line_count: 1,
  };
  const events = [
    anEvent("purchase_order.received", order),
    anEvent("purchase_order.cancelled", order),
    anEvent("purchase_order.draft", order),
    aMovement("return"),
    aMovement("issue"),
    anEvent("warehouse.created", {
      code: "A",
      name: "Main",
      status: "active",
      version: 1,
      latitude: null,
    }),
    anEvent("stock.low", { sku: "TEA", warehouse: "A" }),
  ];
  expect(await failuresOf(records(events))).toEqual([]);
  expectKept();
  const pathsOf = (name: (typeof NAMES)[number]) =>
    servers[name].calls.map((it) => `${it.method} ${it.path}`);
  expect(pathsOf("payments")).toEqual([
    "PUT /v1/payables/PO%201%2F7",
    "POST /v1/payables/PO%201%2F7/cancel",
    "POST /v1/refunds",
  ]);
  expect(pathsOf("locations")).toEqual([
    "PUT /v1/locations/A",
    "POST /v1/locations/A/stock-signals",
  ]);
  expect(idsAt("analytics")).toEqual(events.map(({ id }) => id));
  const [call] = servers.payments.calls;
  const stamp = String(call?.headers["webhook-timestamp"]);
  const mac = createHmac("sha256", Buffer.from(SECRET, "base64"))
    .update(`${events[0]?.id}.${stamp}.${call?.text}`)
    .digest("base64");
  expect(call?.headers["webhook-signature"]).toBe(`v1,${mac}`);
});

test("the first failure of a shard is named, its key goes no further, and what was taken is not sent again", async () => {
  const events = [
    aMovement("issue", "a"),
    aMovement("issue", "b"),
    aMovement("issue", "a"),
    aMovement("issue", "a"),
  ];
  const refused = events[2]?.id;
  servers.analytics.answer = ({ headers }) => ({
    status: headers["idempotency-key"] === refused ? 422 : 204,
  });
  expect(await failuresOf(records(events))).toEqual(["102"]);
  expect(idsAt("analytics")).not.toContain(events[3]?.id);
  expect(idsAt("analytics").filter((id) => id === refused)).toHaveLength(1); // refused for ever: tried once
  servers.analytics.answer = () => ({ status: 204 });
  servers.analytics.calls.length = 0;
  expect(await failuresOf(records(events))).toEqual([]);
  expect(idsAt("analytics")).toEqual([refused, events[3]?.id]);
});

test("a service that fails or hangs is tried three times, and the others got theirs", async () => {
  for (const answer of [{ status: 503 }, "hang"] as const) {
    servers.payments.answer = () => answer;
    const event = aMovement("return");
    servers.payments.calls.length = 0;
    expect(await failuresOf(records([event]))).toEqual(["100"]);
    expect(idsAt("payments")).toEqual([event.id, event.id, event.id]);
  }
  let calls = 0;
  servers.payments.answer = () => ({ status: (calls += 1) < 3 ? 429 : 204 });
  expect(await failuresOf(records([aMovement("return")]))).toEqual([]);
});

test("what is no event fails at its place, by shard; a repeat inside a batch is sent once", async () => {
  const twice = aMovement("issue");
  const bad = records(["no json", aMovement("issue", "z")], "shardId-1");
  const odd = records([twice, twice, JSON.stringify({ specversion: "1.0" })], "shardId-2");
  expect(await failuresOf([...bad, ...odd])).toEqual(["100", "102"]);
  expect(idsAt("analytics").filter((id) => id === twice.id)).toHaveLength(1);
});
