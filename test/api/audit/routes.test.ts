/** The audit trail by HTTP: who changed what from where, with before and after, whichever way the change came. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { sqlState } from "../../../platform/postgres.ts";
import { startImportWorker } from "../../../workers/importFile.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { formOf } from "../../support/importHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let api: ApiHarness;
let worker: ReturnType<typeof startImportWorker>;
beforeAll(async () => {
  api = await createApiHarness({ routes: createRoutes });
  await api.context.storage.ensureBucket();
  worker = startImportWorker(api.context);
});
afterAll(async () => {
  await worker.stop();
  await api.close();
});

// oxlint-disable-next-line typescript/no-explicit-any -- tests read members of answers freely
async function entries(query: string): Promise<any[]> {
  const { status, body } = await api.request("GET", `/v1/audit?${query}`);
  expect(status).toBe(200);
  return body.data;
}

describe("what is told", () => {
  test("a change names who, by which request, from where, and only what changed", async () => {
    const made = await api.request("POST", "/v1/items", { body: { sku: "A-1", name: "One" } });
    await api.request("PATCH", "/v1/items/sku:A-1", {
      role: "admin",
      body: { name: "Uno" },
      headers: { "x-request-id": "patch-of-a-1", "x-forwarded-for": "203.0.113.9" },
    });
    const [changed, created] = await entries(`entity_type=item&entity_id=${made.body.id}`);
    expect(changed).toMatchObject({
      actor: "test-admin",
      action: "updated",
      entity_type: "item",
      entity_id: made.body.id,
      request_id: "patch-of-a-1",
      via: "patch /v1/items/{id}",
      address: "unknown for 203.0.113.9",
      before: { name: "One", version: 1 },
      after: { name: "Uno", version: 2 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(created).toMatchObject({ action: "created", before: null, after: { sku: "A-1" } });
    expect(created.seq).toBeLessThan(changed.seq);
  });

  test("personal data is told as hidden, never by its value", async () => {
    const person = { contact_name: "Grace Hidden", email: "grace@hidden.example", phone: "+1 555" };
    const body = { code: "S-1", name: "Supplier", ...person };
    const { body: made } = await api.request("POST", "/v1/suppliers", { body });
    await api.request("PATCH", "/v1/suppliers/code:S-1", { body: { phone: "+1 556" } });
    const found = await entries(`entity_type=supplier&entity_id=${made.id}`);
    expect(found[0]).toMatchObject({ before: { phone: "[hidden]" }, after: { phone: "[hidden]" } });
    expect(found[1].after).toMatchObject({ contact_name: "[hidden]", email: "[hidden]" });
    for (const told of Object.values(person)) expect(JSON.stringify(found)).not.toContain(told);
  });

  test("an import tells its sender and its rows, many in one entry", async () => {
    const rows = Array.from({ length: 1_200 }, (_, nth) => `BULK-${nth},Item ${nth}`);
    const body = formOf({ kind: "items", content: `sku,name\n${rows.join("\n")}\n` });
    const { body: sent } = await api.request("POST", "/v1/imports", { body });
    await waitFor("the import", async () => {
      const answer = await api.request("GET", `/v1/imports/${sent.id}`);
      return answer.body.status === "completed" ? true : undefined;
    });
    const [started] = await entries(`entity_type=import&entity_id=${sent.id}`);
    expect(started).toMatchObject({ actor: "test-admin", via: "post /v1/imports" });
    const bulk = (await entries("entity_type=item&action=created")).filter(
      (entry) => entry.via === `import ${sent.id}`,
    );
    expect(bulk.map((entry) => entry.entity_ids.length)).toEqual([200, 500, 500]);
    const { rows: found } = await api.context.db.query<{ id: string }>(
      "select id from inventory_items where sku = 'BULK-700'",
    );
    const [one] = await entries(`entity_type=item&entity_id=${found[0]?.id}`);
    expect(one).toMatchObject({ actor: "test-admin", entity_id: null });
    expect(one.after[found[0]?.id ?? ""]).toMatchObject({ sku: "BULK-700" });
  });

  test("jobs that are asked for, closed periods, halted lanes and replayed sinks are told", async () => {
    const { db } = api.context;
    await api.request("POST", "/v1/jobs/detect-low-stock/run", { role: "admin" });
    await api.request("POST", "/v1/periods/2019-05/close");
    await db.query("update lanes set halted_at = now(), halted_reason = 'a fault' where id = 9");
    await api.request("POST", "/v1/lanes/9/resume");
    await db.query("insert into sinks (name, kind) values ('kafka', 'kafka')");
    await api.request("POST", "/v1/sinks/kafka/replay", { body: { from: "beginning" } });
    expect((await entries("entity_type=job_run"))[0]).toMatchObject({
      actor: "test-admin",
      after: { job: "detect-low-stock", trigger: "api" },
    });
    expect((await entries("entity_type=period"))[0]).toMatchObject({
      entity_id: "2019-05-01",
      actor: "test-admin",
    });
    const [resumed, halted] = await entries("entity_type=lane&entity_id=9");
    expect(resumed).toMatchObject({ actor: "test-admin", before: { halted_reason: "a fault" } });
    expect(halted).toMatchObject({ actor: "system:stockline-api" });
    expect((await entries("entity_type=sink"))[0]).toMatchObject({
      action: "replayed",
      entity_id: "kafka",
      actor: "test-admin",
    });
  });

  test("a change past the program is told too, by the login that made it", async () => {
    const client = new pg.Client({ connectionString: api.context.config.DATABASE_OWNER_URL });
    await client.connect();
    await client.query("insert into warehouses (id, code, name) values (make_uuid7(), 'SQL', 'x')");
    await client.end();
    const [made] = await entries("entity_type=warehouse&action=created");
    expect(made).toMatchObject({ actor: "login:stockline_owner", after: { code: "SQL" } });
  });

  test("what was rolled back is not told", async () => {
    const before = await entries("limit=1");
    const answer = await api.request("POST", "/v1/items", { body: { sku: "A-1", name: "Twice" } });
    expect(answer.status).toBe(409);
    expect(await entries("limit=1")).toEqual(before);
  });
});

describe("how it is kept", () => {
  test("pages follow each other without a gap", async () => {
    const all = await entries("limit=500");
    const first = await api.request("GET", "/v1/audit?limit=3");
    const second = await api.request("GET", `/v1/audit?limit=3&cursor=${first.body.next_cursor}`);
    const seqs = [...first.body.data, ...second.body.data].map((entry) => entry.seq);
    expect(seqs).toEqual(all.slice(0, 6).map((entry) => entry.seq));
    expect(all.map((entry) => entry.seq)).toEqual(
      Array.from({ length: all.length }, (_, nth) => (all[0]?.seq ?? 0) - nth),
    );
  });

  test("concurrent changes make one chain", async () => {
    const before = (await entries("limit=1"))[0].seq;
    const bodies = Array.from({ length: 12 }, (_, nth) => ({ sku: `C-${nth}`, name: "x" }));
    const made = await Promise.all(
      bodies.map((body) => api.request("POST", "/v1/items", { body })),
    );
    expect(made.every(({ status }) => status === 201)).toBe(true);
    expect((await entries("limit=1"))[0].seq).toBe(before + 12);
  });

  test.each([
    ["DATABASE_URL", "42501"],
    ["DATABASE_OWNER_URL", "SL001"],
  ] as const)("as %s no entry or link can be changed (%s)", async (name, code) => {
    const client = new pg.Client({ connectionString: api.context.config[name] });
    await client.connect();
    for (const table of ["audit_log", "audit_chain"]) {
      for (const change of [`delete from ${table}`, `truncate ${table} cascade`]) {
        const refusal = await client.query(change).then(() => "done", sqlState);
        expect([change, refusal]).toEqual([change, code]);
      }
    }
    await client.end();
  });

  test.each(["viewer", "operator", "buyer", "analyst"] as const)(
    "a %s may not read it",
    async (role) => {
      expect((await api.request("GET", "/v1/audit", { role })).status).toBe(403);
    },
  );

  test("a token that is limited to warehouses may not read it", async () => {
    const answer = await api.request("GET", "/v1/audit", { warehouses: ["MAIN"] });
    expect([answer.status, answer.body.code]).toEqual([403, "warehouses_limited"]);
  });
});
