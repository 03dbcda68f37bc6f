/**
 * An API process that is killed (SIGKILL) between the commit of a POST and its answer: a retry with the same Idempotency-Key gets the
 * answer of the one effect that there is, from any other instance, and once the first attempt is taken for dead.
 */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Instance, type RunningProcess, startInstance } from "../../support/instance.ts";

let instance: Instance;
let healthy: RunningProcess;
let db: pg.Client;

beforeAll(async () => {
  instance = await startInstance({ processes: ["api"] });
  if (instance.processes.api === undefined) throw new Error("the API was asked for");
  healthy = instance.processes.api;
  db = new pg.Client({ connectionString: instance.database.adminUrl });
  await db.connect();
  for (const [path, body] of [
    ["/v1/warehouses", { code: "W", name: "W" }],
    ["/v1/items", { sku: "TEA", name: "Tea", currency: "EUR" }],
    ["/v1/suppliers", { code: "S", name: "S", currency: "EUR" }],
    ["/v1/suppliers/code:S/items", { sku: "TEA", unit_cost: "1", currency: "EUR" }],
  ] as const) {
    expect((await instance.call("POST", path, { body })).status).toBe(201);
  }
}, 120_000);
afterAll(async () => {
  await db.end();
  await instance.stop();
}, 60_000);

interface Post {
  readonly path: string;
  readonly body: object;
  readonly key: string;
}

async function send(port: number | undefined, { path, body, key }: Post) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${await instance.token("admin")}`,
      "content-type": "application/json",
      "idempotency-key": key,
    },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    replayed: response.headers.get("idempotency-replayed"),
    // oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
    body: (await response.json()) as any,
  };
}

/** Sends the request to a process that is killed at that place; it gets no answer. */
async function sendAndKill(place: string, post: Post): Promise<void> {
  const doomed = await instance.start("api", { STOCKLINE_FAIL_POINTS: `${place}=kill@1` });
  await expect(send(doomed.port, post)).rejects.toThrow("fetch failed");
  await doomed.exited;
}

async function count(statement: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>(statement);
  return rows[0]?.n ?? 0;
}

/** Time enough passes for the killed attempt to be taken for dead. */
async function outlast(key: string): Promise<void> {
  const { rowCount } = await db.query(
    "update idempotency_keys set in_flight_until = now() - interval '1 second' where key = $1 and response_status is null",
    [key],
  );
  expect(rowCount).toBe(1);
}

describe("killed after the commit, before the answer was kept", () => {
  test.each([
    {
      path: "/v1/movements",
      body: { type: "receipt", sku: "TEA", warehouse: "W", quantity: "3" },
      key: "killed movement",
      status: 202,
      effects: "select count(*)::int as n from movement_inbox",
      idOf: (answer: { data: { id: string }[] }) => answer.data[0]?.id,
      ids: "select id from movement_inbox",
    },
    {
      path: "/v1/purchase-orders",
      body: { supplier: "S", warehouse: "W", lines: [{ sku: "TEA", quantity: "5" }] },
      key: "killed order",
      status: 201,
      effects: "select count(*)::int as n from purchase_orders",
      idOf: (answer: { id: string }) => answer.id,
      ids: "select id from purchase_orders",
    },
  ])(
    "POST $path",
    async ({ effects, ids, idOf, status, ...post }) => {
      await sendAndKill("request.after_effect", post);
      expect(await count(effects)).toBe(1);
      const early = await send(healthy.port, post);
      expect([early.status, early.body.code]).toEqual([409, "idempotency_key_in_flight"]);
      await outlast(post.key);
      const retried = await send(healthy.port, post);
      expect(retried.status).toBe(status);
      const { rows } = await db.query<{ id: string }>(ids);
      expect(rows).toEqual([{ id: idOf(retried.body) }]);
      const again = await send(healthy.port, post);
      expect(again).toEqual({ ...retried, replayed: "true" });
      expect(await count(effects)).toBe(1);
      const other = await send(healthy.port, { ...post, body: { ...post.body, more: 1 } });
      expect([other.status, other.body.code]).toEqual([422, expect.any(String)]);
    },
    60_000,
  );
});

test("killed after the answer was kept: the retry gets it at once", async () => {
  const post = { path: "/v1/items", body: { sku: "KEPT", name: "Kept" }, key: "killed item" };
  await sendAndKill("request.after_kept", post);
  const retried = await send(healthy.port, post);
  expect(retried).toMatchObject({ status: 201, replayed: "true", body: { sku: "KEPT" } });
  const { rows } = await db.query("select id, version from inventory_items where sku = 'KEPT'");
  expect(rows).toEqual([{ id: retried.body.id, version: 1 }]);
}, 60_000);
