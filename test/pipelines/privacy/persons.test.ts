/** Users and customers of movements as personal data: nowhere plain, found by blind index, sealed when they are old, exported, erased. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import {
  createPersonalData,
  protectPersonalData,
  rotateDataKey,
} from "../../../pipelines/privacy/index.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { tablesHolding } from "../../support/personalData.ts";

let api: ApiHarness;
let stopWorker = async (): Promise<void> => undefined;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  const worker = startApplyWorker(api.context);
  stopWorker = () => worker.stop();
});
afterAll(async () => {
  await stopWorker();
  await api.close();
});

const tablesWith = (texts: readonly string[]): Promise<string[]> =>
  tablesHolding(api.context.config, texts);

/** Keys as a process has them that starts now. */
function testKeys() {
  const { db, keyWrapper } = api.context;
  return createPersonalData({ db, wrapper: keyWrapper });
}

describe("users", () => {
  const USER = { email: "uma.canary@example.org", name: "Uma Canaryuser", roles: ["viewer"] };
  const aUser = (more: object = {}) =>
    api.request("POST", "/v1/users", {
      body: { ...USER, password: "a long pass phrase", ...more },
    });

  test("are nowhere plain, found by address, unique by it, and sign in with it", async () => {
    const headers = { "idempotency-key": "uma" };
    const body = { ...USER, password: "a long pass phrase" };
    const made = await api.request("POST", "/v1/users", { body, headers });
    expect(made.body).toMatchObject(USER);
    const again = await api.request("POST", "/v1/users", { body, headers });
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(again.body).toEqual(made.body);
    expect((await aUser({ email: "Uma.Canary@example.org" })).body.code).toBe("email_taken");
    expect(await tablesWith(["uma.canary", "Uma Canaryuser"])).toEqual([]);
    const found = await api.request("GET", "/v1/users?email=UMA.canary@example.org");
    expect(found.body.data).toMatchObject([USER]);
    const login = { email: USER.email, password: "a long pass phrase" };
    const session = await api.request("POST", "/v1/auth/login", { body: login, role: "none" });
    expect(session.status).toBe(200);
    const patch = { email: "uma2.canary@example.org" };
    const patched = await api.request("PATCH", `/v1/users/${made.body.id}`, { body: patch });
    expect(patched.body).toMatchObject({ ...USER, ...patch, version: 2 });
    const gone = await api.request("POST", "/v1/auth/login", { body: login, role: "none" });
    expect(gone.status).toBe(401);
  });

  test("from before are readable, sign in, keep their address, and are sealed by the job", async () => {
    const { db } = api.context;
    const { body: made } = await aUser({ email: "old.canary@example.org" });
    await db.query(
      "update users set email = 'old.canary@example.org', name = 'Old Canary', email_index = null where id = $1",
      [made.id],
    );
    const login = { email: "old.canary@example.org", password: "a long pass phrase" };
    const signIn = () => api.request("POST", "/v1/auth/login", { body: login, role: "none" });
    expect((await signIn()).status).toBe(200);
    expect((await aUser({ email: "OLD.canary@example.org" })).body.code).toBe("email_taken");
    const personal = testKeys();
    await protectPersonalData({ db, personal }, { signal: new AbortController().signal });
    expect(await tablesWith(["old.canary", "Old Canary"])).toEqual([]);
    expect((await signIn()).status).toBe(200);
    const { body } = await api.request("GET", `/v1/users/${made.id}`);
    expect(body).toMatchObject({ name: "Old Canary", email: "old.canary@example.org" });
  });

  test("are exported and erased: disabled, signed out, without name and address; the last administrator stays", async () => {
    const email = "eva.canary@example.org";
    const { body: made } = await aUser({ email });
    const login = { email, password: "a long pass phrase" };
    const { body: session } = await api.request("POST", "/v1/auth/login", { body: login });
    const exported = await api.request("POST", "/v1/privacy/export", { body: { email } });
    expect(exported.body.users).toMatchObject([{ id: made.id, email, name: USER.name }]);
    const erased = await api.request("POST", "/v1/privacy/erase", { body: { email } });
    expect(erased.body).toMatchObject({ users: 1, users_left: [], suppliers: 0 });
    const { body: left } = await api.request("GET", `/v1/users/${made.id}`);
    expect(left).toMatchObject({
      name: "[erased]",
      email: `erased-${made.id}@erased.invalid`,
      status: "disabled",
    });
    const headers = { authorization: `Bearer ${session.access_token}` };
    expect((await api.request("GET", "/v1/auth/me", { headers })).status).toBe(401);
    const admin = { email: "last.canary@example.org", roles: ["admin"] };
    const { body: last } = await aUser(admin);
    const refused = await api.request("POST", "/v1/privacy/erase", {
      body: { email: admin.email },
    });
    expect(refused.body).toMatchObject({ users: 0, users_left: [last.id] });
  });
});

describe("customers of movements", () => {
  const anIssue = async (customer: string): Promise<string> => {
    const body = { type: "return", sku: "CUSTOMERS", warehouse: "CUST", quantity: 1, customer };
    const answer = await api.request("POST", "/v1/movements", {
      body,
      headers: { prefer: "wait=10" },
    });
    expect(answer.body.data?.[0]?.status).toBe("applied");
    return answer.body.data[0].id;
  };
  const customerOf = async (id: string) =>
    (await api.request("GET", `/v1/movements/${id}`)).body.customer;

  beforeAll(async () => {
    await api.request("POST", "/v1/warehouses", { body: { code: "CUST", name: "C" } });
    await api.request("POST", "/v1/items", { body: { sku: "CUSTOMERS", name: "C" } });
  });

  test("are nowhere plain: not in ledger, events or errors; read back, and their movements are listed", async () => {
    const ids = [await anIssue("CANARY-C-1"), await anIssue("CANARY-C-1")];
    await anIssue("CANARY-C-2");
    expect(await tablesWith(["CANARY-C-"])).toEqual([]);
    expect(await customerOf(ids[0] ?? "")).toMatchObject({ reference: "CANARY-C-1" });
    const page = await api.request("GET", "/v1/movements?customer=CANARY-C-1&limit=1");
    expect(page.body.data).toMatchObject([{ id: ids[1], status: "applied" }]);
    const path = `/v1/movements?customer=CANARY-C-1&cursor=${page.body.next_cursor}`;
    const next = await api.request("GET", path);
    expect(next.body).toMatchObject({ data: [{ id: ids[0] }], next_cursor: null });
    const both = await api.request("GET", `${path}&request=${ids[0]}`);
    expect([both.status, both.body.code]).toEqual([422, "request_or_customer"]);
  });

  test("from before are readable, found, and sealed; a new key seals all of them anew", async () => {
    const { db, keyWrapper } = api.context;
    const id = await anIssue("CANARY-OLD");
    await db.query(
      `update movement_customers set reference = 'CANARY-OLD', reference_index = null, sealed_key = null
       where movement_id = $1`,
      [id],
    );
    const listed = () => api.request("GET", "/v1/movements?customer=CANARY-OLD");
    expect(await customerOf(id)).toMatchObject({ reference: "CANARY-OLD" });
    expect((await listed()).body.data).toMatchObject([{ id }]);
    await rotateDataKey({ db, wrapper: keyWrapper });
    const { signal } = new AbortController();
    await protectPersonalData({ db, personal: testKeys() }, { signal });
    expect(await tablesWith(["CANARY-OLD"])).toEqual([]);
    const { rows } = await db.query(
      `select distinct sealed_key = (select max(id) from personal_keys) as newest, split_part(reference, '.', 2)::int = sealed_key as told
       from movement_customers`,
    );
    expect(rows).toEqual([{ newest: true, told: true }]);
    expect((await listed()).body.data).toMatchObject([{ id }]);
    expect(await customerOf(id)).toMatchObject({ reference: "CANARY-OLD" });
  });

  test("are exported and forgotten; the movements stand", async () => {
    const ids = [await anIssue("CANARY-GO"), await anIssue("CANARY-GO")];
    const body = { customer: "CANARY-GO" };
    const exported = await api.request("POST", "/v1/privacy/export", { body });
    expect(exported.body).toMatchObject({
      movements_total: 2,
      movements: [{ movement_id: ids[1], reference: "CANARY-GO" }, { movement_id: ids[0] }],
    });
    const erased = await api.request("POST", "/v1/privacy/erase", { body });
    expect(erased.body).toMatchObject({ movements: 2, users: 0 });
    expect((await api.request("POST", "/v1/privacy/erase", { body })).body.movements).toBe(0);
    const { body: movement } = await api.request("GET", `/v1/movements/${ids[0]}`);
    expect([movement.status, movement.customer]).toEqual(["applied", undefined]);
    const trail = await api.request("GET", "/v1/audit?action=person_erased&entity_type=customer");
    expect(trail.body.data).toMatchObject([{ after: { movements: 2 } }]);
    expect(await tablesWith(["CANARY-GO"])).toEqual([]);
  });
});
