/** Customers of issues and returns against a real server of the contract: known, missing, closed, merged, and down in every way. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { createCustomerCheck, verifyWaitingCustomers } from "../../../pipelines/customers/index.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { toTestCommand } from "../../support/command.ts";
import {
  type ContractAnswer,
  type ContractServer,
  startContractServer,
} from "../../support/contractServer.ts";
import { testPersonalData } from "../../support/personalData.ts";
import { waitFor } from "../../support/waitFor.ts";

let base: ContractServer;
let accepting: ApiHarness;
let refusing: ApiHarness;

beforeAll(async () => {
  base = await startContractServer("docs/partners/customers.yaml");
  const env = {
    CUSTOMER_BASE_URL: base.url,
    CUSTOMER_BASE_TOKEN: "token",
    CUSTOMER_BASE_TIMEOUT_MS: "5000", // a loaded machine must not make a look-up fail
  };
  const start = (more: object) =>
    createApiHarness({ routes: createRoutes, env: { ...env, ...more } });
  [accepting, refusing] = await Promise.all([
    start({}),
    start({ CUSTOMER_BASE_WHEN_DOWN: "refuse", CUSTOMER_BASE_TIMEOUT_MS: "1500" }),
  ]);
  for (const api of [accepting, refusing]) {
    await api.request("POST", "/v1/warehouses", { body: { code: "A", name: "A" } });
    await api.request("POST", "/v1/items", { body: { sku: "TEA", name: "Tea" } });
  }
}, 120_000);
afterAll(async () => {
  await accepting.close();
  await refusing.close();
  await base.stop();
});
beforeEach(() => {
  base.calls.length = 0;
  base.answer = ({ path }) => CUSTOMERS[path.split("/").at(-1) ?? ""] ?? { status: 404 };
});

const CUSTOMERS: Readonly<Record<string, ContractAnswer>> = {
  "C-1": { status: 200, body: { id: "C-1", status: "active", segment: "trade", name: "Ada" } },
  "C-OLD": { status: 200, body: { id: "C-9", status: "active", segment: null } },
  "C-GONE": { status: 200, body: { id: "C-GONE", status: "closed" } },
};
const anIssue = (customer: string, more: { readonly id?: string; readonly type?: string } = {}) => {
  return { type: "issue", sku: "TEA", warehouse: "A", quantity: 1, customer, ...more };
};
const post = (api: ApiHarness, body: object) =>
  api.request("POST", "/v1/movements", { body, role: "operator" });
const customerOf = async (api: ApiHarness, id: string) =>
  (await api.request("GET", `/v1/movements/${id}`)).body.customer;

test("a customer is verified, enriched and cached; what tells who it is goes nowhere", async () => {
  const answer = await post(accepting, anIssue("C-1"));
  expect(answer.status).toBe(202);
  expect(await customerOf(accepting, answer.body.data[0].id)).toEqual({
    reference: "C-1",
    status: "verified",
    canonical: "C-1",
    segment: "trade",
  });
  const merged = await post(accepting, anIssue("C-OLD", { type: "return" }));
  const found = await customerOf(accepting, merged.body.data[0].id);
  expect(found).toMatchObject({ reference: "C-OLD", canonical: "C-9", segment: null });
  await post(accepting, anIssue("C-1"));
  expect(base.calls.map(({ path }) => path)).toEqual(["/v1/customers/C-1", "/v1/customers/C-OLD"]);
  expect(base.calls[0]?.headers.authorization).toBe("Bearer token");
  expect(base.breaches).toEqual([]);
  const { redis, config, db } = accepting.context;
  const keys = await redis.keys(`${config.REDIS_PREFIX}:customer:*`);
  expect(keys).toHaveLength(2);
  const kept = (await Promise.all(keys.map((key) => redis.get(key)))).join() + keys.join();
  const { rows } = await db.query("select * from movement_customers");
  expect(kept + JSON.stringify(rows)).not.toContain("Ada");
});

test("one that is missing or closed is refused, and so is a customer of another type of movement", async () => {
  const cases = [
    [anIssue("C-404"), "unknown_customer"],
    [anIssue("C-GONE"), "customer_closed"],
    [anIssue("C-1", { type: "receipt" }), "not_allowed"],
  ] as const;
  for (const [line, code] of cases) {
    const { status, body } = await post(accepting, line);
    expect([status, body.code, body.errors[0].pointer]).toEqual([422, code, "/customer"]);
  }
});

test("the customer is part of what an id stands for, and a repeat is answered though the customer was closed since", async () => {
  const line = anIssue("C-2", { id: newId() });
  base.answer = () => ({ status: 200, body: { id: "C-2", status: "active" } });
  expect((await post(accepting, line)).status).toBe(202);
  const { redis, config } = accepting.context;
  await redis.del(...(await redis.keys(`${config.REDIS_PREFIX}:customer:*`)));
  base.answer = () => ({ status: 200, body: { id: "C-2", status: "closed" } });
  expect((await post(accepting, line)).headers.get("idempotency-replayed")).toBe("true");
  const { customer: _, ...without } = line;
  expect((await post(accepting, without)).body.code).toBe("id_reused");
});

test("the hash of a body can't be guessed from a customer's reference, and hashes of earlier releases are known again", async () => {
  const id = newId();
  const line = anIssue("C-1", { id });
  expect((await post(accepting, line)).status).toBe(202);
  const { db } = accepting.context;
  const { rows } = await db.query<{ hash: string; item: string; warehouse: string; lane: number }>({
    text: "select encode(body_hash, 'hex') as hash, item_id as item, warehouse_id as warehouse, lane from movement_inbox where id = $1",
    values: [id],
  });
  const [kept] = rows;
  if (kept === undefined) throw new Error("the movement is not in the inbox");
  const { item: itemId, warehouse: warehouseId, lane } = kept;
  const said = ["issue", itemId, warehouseId, null, "1", null, null, null, null, null, null, null];
  const former = createHash("sha256")
    .update(JSON.stringify([...said, { customer: "C-1" }]))
    .digest();
  expect(kept.hash).not.toBe(former.toString("hex"));
  expect((await post(accepting, line)).headers.get("idempotency-replayed")).toBe("true");

  const before = anIssue("C-1", { id: newId() });
  const command = toTestCommand({ itemId, warehouseId, lane, type: "issue", quantity: "1" });
  await appendToInbox(db, [{ ...command, id: before.id ?? command.id, bodyHash: former }]);
  const again = await post(accepting, before);
  expect([again.status, again.headers.get("idempotency-replayed")]).toEqual([202, "true"]);
  const { body: other } = await post(accepting, { ...before, customer: "C-OLD" });
  expect(other.code).toBe("id_reused");
});

test("while the service is down customers are accepted unverified, and verified once it is back", async () => {
  base.answer = () => ({ status: 503 });
  const ids: string[] = [];
  for (const customer of ["D-1", "D-2", "D-3", "D-4", "D-5", "D-6"]) {
    const answer = await post(accepting, anIssue(customer));
    expect(answer.status).toBe(202);
    ids.push(answer.body.data[0].id);
  }
  // Five failures in a row, of three tries each: then it is left alone.
  expect(base.calls).toHaveLength(15);
  expect(await customerOf(accepting, ids[5] ?? "")).toMatchObject({ status: "unverified" });

  base.answer = ({ path }) =>
    path.endsWith("D-2")
      ? { status: 404 }
      : { status: 200, body: { id: path.split("/").at(-1), status: "active" } };
  const { db } = accepting.context;
  const personal = testPersonalData(db);
  const customers = createCustomerCheck({ ...accepting.context, personal });
  const round = await verifyWaitingCustomers({ db, customers, personal });
  expect(round).toEqual({ verified: 5, refused: 1, waiting: 0 });
  expect(await customerOf(accepting, ids[0] ?? "")).toMatchObject({ status: "verified" });
  expect(await customerOf(accepting, ids[1] ?? "")).toMatchObject({ status: "unknown" });
});

test("where callers are to be refused they get 503 with Retry-After, and pass once it is back", async () => {
  base.answer = () => "hang";
  const line = anIssue("R-1", { id: newId() });
  const answer = await post(refusing, line);
  expect([answer.status, answer.body.code]).toEqual([503, "customer_base_unavailable"]);
  expect(Number(answer.headers.get("retry-after"))).toBeGreaterThan(0);
  const { rows } = await refusing.context.db.query("select count(*) as n from movement_inbox");
  expect(rows).toEqual([{ n: 0 }]);
  base.answer = () => ({ status: 200, body: { id: "R-1", status: "active" } });
  await waitFor("it to pass", async () => (await post(refusing, line)).status === 202, {
    timeoutMs: 30_000,
    intervalMs: 500,
  });
});
