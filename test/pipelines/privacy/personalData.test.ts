/**
 * Personal data end to end: nowhere plain in the database, found by blind index, old rows readable and then sealed, keys replaced
 * under load, KMS down, and a person's export and erasure. KMS is a server of its own behind a socket.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { createRoutes } from "../../../api/routes.ts";
import { expireImports } from "../../../pipelines/import/index.ts";
import { createPersonalData, protectPersonalData } from "../../../pipelines/privacy/index.ts";
import { newId } from "../../../platform/clock.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { startImportWorker } from "../../../workers/importFile.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { formOf } from "../../support/importHarness.ts";
import { startTestKms, type TestKms, tablesHolding } from "../../support/personalData.ts";
import { waitFor } from "../../support/waitFor.ts";

let kms: TestKms;
let api: ApiHarness;
const stops: (() => Promise<void>)[] = [];

beforeAll(async () => {
  kms = await startTestKms();
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  const env = { PERSONAL_DATA_KMS_KEY: "alias/stockline", KMS_ENDPOINT: kms.endpoint };
  api = await createApiHarness({ routes: createRoutes, env });
  await api.context.storage.ensureBucket();
  const workers = [startApplyWorker(api.context), startImportWorker(api.context)];
  stops.push(...workers.map((worker) => () => worker.stop()));
});
afterEach(() => {
  kms.down = false;
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await api.close();
  await kms.close();
  vi.unstubAllEnvs();
});

const PERSON = {
  contact_name: "Ada Canary",
  email: "ada.canary@example.org",
  phone: "+49 30 998877",
  address: "Canary Row 17",
};
const VALUES = Object.values(PERSON);

async function supplier(code: string, more: object = PERSON): Promise<string> {
  const body = { code, name: `Supplier ${code}`, ...more };
  const answer = await api.request("POST", "/v1/suppliers", { body });
  expect(answer.status).toBe(201);
  return answer.body.id;
}

const tablesWith = (texts: readonly string[]): Promise<string[]> =>
  tablesHolding(api.context.config, texts);

async function stored(code: string) {
  const { rows } = await api.context.db.query<Record<string, string | number>>(
    "select contact_name, email, phone, address, version from suppliers where code = $1",
    [code],
  );
  return rows[0] ?? {};
}

async function importSuppliers(content: string, mode: "commit" | "dry_run" = "commit") {
  const body = formOf({ kind: "suppliers", content, mode });
  const sent = await api.request("POST", "/v1/imports", { body });
  expect(sent.status).toBe(202);
  return waitFor("the import", async () => {
    const answer = await api.request("GET", `/v1/imports/${sent.body.id}`);
    return /^(completed|failed)/.test(answer.body.status) ? answer.body : undefined;
  });
}

describe("what is written", () => {
  test("is nowhere plain in the database, and read back as it was", async () => {
    await supplier("PLAIN-NOWHERE");
    expect(await tablesWith(VALUES)).toEqual([]);
    const answer = await api.request("GET", "/v1/suppliers/code:PLAIN-NOWHERE");
    expect(answer.body).toMatchObject(PERSON);
    const row = await stored("PLAIN-NOWHERE");
    for (const column of Object.keys(PERSON)) expect(row[column]).toMatch(/^pd1\.\d+\.[\w-]+$/);
  });

  test("a patch seals what it changes, clears what is null, and tells events nothing", async () => {
    const id = await supplier("PATCHED");
    const path = "/v1/suppliers/code:PATCHED";
    const body = { email: "second.canary@example.org", phone: null };
    const patched = await api.request("PATCH", path, { body });
    expect(patched.body).toMatchObject({ ...PERSON, ...body });
    expect(await tablesWith([...VALUES, "second.canary"])).toEqual([]);
    const { rows } = await api.context.db.query<{ data: object }>(
      "select data from events where partition_key = $1 order by position",
      [id],
    );
    expect(rows.map(({ data }) => data)).toMatchObject([
      { email: "[redacted]", contact_name: "[redacted]" },
      { email: "[redacted]", phone: null },
    ]);
  });

  test("is found by e-mail and phone, however they are written", async () => {
    await supplier("FOUND", { email: "Find.Me@Example.org", phone: "0049 (40) 5566" });
    for (const query of ["email=find.me@example.org", `phone=${encodeURIComponent("+49405566")}`]) {
      const { body } = await api.request("GET", `/v1/suppliers?${query}`);
      expect(body.data.map((row: { code: string }) => row.code)).toEqual(["FOUND"]);
    }
    const none = await api.request("GET", "/v1/suppliers?email=nobody@example.org");
    expect(none.body.data).toEqual([]);
  });

  test("an import seals its rows; the same rows again change nothing, also by a dry run's word", async () => {
    const header = "code,name,contact_name,email,phone,address\n";
    const rows = "IMP-1,One,Ivy Canary,ivy.canary@example.org,+1 555 0199,Canary Court 2\n";
    expect(await importSuppliers(header + rows)).toMatchObject({ rows_applied: 1 });
    expect((await api.request("GET", "/v1/suppliers/code:IMP-1")).body).toMatchObject({
      contact_name: "Ivy Canary",
      email: "ivy.canary@example.org",
      version: 1,
    });
    expect(await tablesWith(["ivy.canary", "Ivy Canary"])).toEqual([]);
    const again = `${header}${rows}IMP-2,Two,Jo Canary,jo.canary@example.org,,\n`;
    const dry = await importSuppliers(again, "dry_run");
    expect(dry.preview).toMatchObject({ creates: 1, updates: 0, unchanged: 1 });
    const committed = await api.request("POST", `/v1/imports/${dry.id}/commit`);
    expect(committed.status).toBe(202);
    await waitFor("the commit", async () => {
      const { body } = await api.request("GET", `/v1/imports/${dry.id}`);
      return body.status === "completed" && body.rows_applied === 2 ? true : undefined;
    });
    expect(await stored("IMP-1")).toMatchObject({ version: 1 });
    expect((await api.request("GET", "/v1/suppliers/code:IMP-2")).body).toMatchObject({
      contact_name: "Jo Canary",
    });
    const found = await api.request("GET", "/v1/suppliers?email=ivy.canary@example.org");
    expect(found.body.data).toHaveLength(1);
  });
});

describe("wrong rows of an import", () => {
  const content = [
    "code;name;contact_name;email;lead_time_days",
    "BAD-1;One;Ann Quill;ann.quill at example;3",
    "BAD-2;;Ben Quill;ben.quill@example.org;4",
    "BAD-3;Three;Cem Quill;cem.quill@example.org;soon",
    '"BAD-4" or so;Four;Dan Quill;dan.quill@example.org;6',
  ].join("\n");

  test("are sealed with the words of their faults, and told as they were sent", async () => {
    const done = await importSuppliers(content);
    expect(done).toMatchObject({ rows_rejected: 4, rows_applied: 0 });
    const people = ["Quill", "ann.quill", "ben.quill", "cem.quill", "dan.quill"];
    expect(await tablesWith(people)).toEqual([]);
    expect(done.errors_sample[0]).toMatchObject({ value: "ann.quill at example" });
    const errors = await api.request("GET", `/v1/imports/${done.id}/errors?format=json`);
    expect(errors.body.data[0]).toMatchObject({
      column: "email",
      detail: "email is not valid; expected an address such as name@example.com",
      cells: ["BAD-1", "One", "Ann Quill", "ann.quill at example", "3"],
    });
    const file = await api.request("GET", `/v1/imports/${done.id}/errors`);
    for (const person of people) expect(file.body).toContain(person);
  });

  test("of earlier releases are plain, and told all the same", async () => {
    const done = await importSuppliers(content);
    await api.context.db.query(
      `update import_rows set cells = '["OLD-1", "One"]', error_detail = 'old words', error_value = 'pd1.9.plain'
       where import_id = $1 and row_number = 2`,
      [done.id],
    );
    const { body } = await api.request("GET", `/v1/imports/${done.id}/errors?format=json`);
    expect(body.data[0]).toMatchObject({
      cells: ["OLD-1", "One"],
      detail: "old words",
      value: "pd1.9.plain",
    });
    expect(body.data[1].cells).toContain("Ben Quill");
  });

  test("leave nothing of a person on the import when they are removed", async () => {
    const done = await importSuppliers(content);
    const { db, storage, keyWrapper } = api.context;
    await db.query("update imports set finished_at = now() - interval '31 days' where id = $1", [
      done.id,
    ]);
    const deps = {
      db,
      storage,
      personal: createPersonalData({ db, wrapper: keyWrapper }),
      rowsDays: 30,
      filesDays: 90,
    };
    await expireImports(deps, new AbortController().signal);
    const { body } = await api.request("GET", `/v1/imports/${done.id}`);
    expect(body.errors_sample).toHaveLength(4);
    expect(body.errors_sample[0]).toMatchObject({ column: "email", value: "" });
    expect(await tablesWith(["ann.quill", "Ann Quill", "dan.quill"])).toEqual([]);
    const file = await api.request("GET", `/v1/imports/${done.id}/errors`);
    expect(file.body).toContain("ann.quill at example");
  });
});

describe("rows from before, and new keys", () => {
  const plainRows = async (prefix: string, count: number): Promise<void> => {
    await api.context.db.query(
      `insert into suppliers (id, code, name, email, phone)
       select make_uuid7(), $1 || n, 'Old ' || n, 'old' || n || '@' || lower($1) || '.example', '+1 ' || n
       from generate_series(1, $2) n`,
      [prefix, count],
    );
  };
  const sealedWith = async (prefix: string): Promise<Record<string, number>> => {
    const { rows } = await api.context.db.query<{ key: string; count: number }>(
      `select case when email like 'pd1.%' then split_part(email, '.', 2) else 'plain' end as key, count(*)::int as count
       from suppliers where code like $1 || '%' group by 1`,
      [prefix],
    );
    return Object.fromEntries(rows.map((row) => [row.key, row.count]));
  };

  test("plain rows are readable, sealed by the job in chunks, and then found", async () => {
    await plainRows("OLD", 1_200);
    const path = "/v1/suppliers/code:OLD7";
    const before = await api.request("GET", path);
    expect(before.body).toMatchObject({ email: "old7@old.example", version: 1 });
    const { db, keyWrapper } = api.context;
    const personal = createPersonalData({ db, wrapper: keyWrapper });
    const cut = new AbortController();
    // cut off after the first chunk: what is done stays done
    const aborting = {
      ...personal,
      sealFields: (...args: Parameters<typeof personal.sealFields>) => {
        cut.abort(new Error("cut off"));
        return personal.sealFields(...args);
      },
    };
    const run = protectPersonalData({ db, personal: aborting }, { signal: cut.signal });
    await expect(run).rejects.toThrow("cut off");
    expect(await sealedWith("OLD")).toMatchObject({ plain: 700 });
    const { signal } = new AbortController();
    expect((await protectPersonalData({ db, personal }, { signal }))["suppliers"]).toBe(700);
    expect((await sealedWith("OLD"))["plain"]).toBeUndefined();
    expect((await protectPersonalData({ db, personal }, { signal }))["suppliers"]).toBe(0);
    expect((await api.request("GET", path)).body).toEqual(before.body);
    const found = await api.request("GET", "/v1/suppliers?email=OLD7@old.example");
    expect(found.body.data).toHaveLength(1);
  });

  test("a rotation under load fails no request, and leaves no value under the old key", async () => {
    await plainRows("ROT", 300);
    const { db, keyWrapper } = api.context;
    const { signal } = new AbortController();
    await protectPersonalData(
      { db, personal: createPersonalData({ db, wrapper: keyWrapper }) },
      { signal },
    );
    const [oldKey = ""] = Object.keys(await sealedWith("ROT"));
    let running = true;
    const statuses = new Map<number, number>();
    const client = async (nth: number): Promise<void> => {
      for (let round = 0; running; round += 1) {
        const path = `/v1/suppliers/code:ROT${1 + ((nth * 97 + round) % 300)}`;
        const body = { phone: `+1 ${nth} ${round}` };
        const answer =
          round % 3 === 0
            ? await api.request("PATCH", path, { body })
            : await api.request("GET", path);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        expect(answer.body.email).toMatch(/^old\d+@rot\.example$/);
      }
    };
    const clients = [1, 2, 3].map(client);
    const answer = await api.request("POST", "/v1/privacy/rotate-keys");
    expect(answer.status).toBe(202);
    // the job's own process: it knows the new key, while the API still seals with the old one
    const personal = createPersonalData({ db, wrapper: keyWrapper });
    await protectPersonalData({ db, personal }, { signal });
    running = false;
    await Promise.all(clients);
    // the second pass is for what the API sealed with the old key meanwhile
    await protectPersonalData({ db, personal }, { signal });
    const keys = Object.keys(await sealedWith("ROT"));
    expect(keys).toHaveLength(1);
    expect(Number(keys[0])).toBeGreaterThan(Number(oldKey));
    expect([...statuses.keys()]).toEqual([200]);
    expect(statuses.get(200)).toBeGreaterThan(10);
    expect((await api.request("GET", "/v1/suppliers/code:ROT1")).body.email).toBe(
      "old1@rot.example",
    );
  });
});

describe("KMS down", () => {
  test("movements, items and stock go on; only a process without keys refuses personal data", async () => {
    await supplier("LOCKED");
    await api.request("POST", "/v1/warehouses", { body: { code: "K", name: "K" } });
    kms.down = true;
    const env = { PERSONAL_DATA_KMS_KEY: "alias/stockline", KMS_ENDPOINT: kms.endpoint };
    const { DATABASE_URL } = api.context.config;
    const cold = await createApiHarness({
      routes: createRoutes,
      env: { ...env, DATABASE_URL },
    });
    const locked = await cold.request("GET", "/v1/suppliers/code:LOCKED");
    expect([locked.status, locked.body.code]).toEqual([503, "personal_data_locked"]);
    expect(locked.headers.get("retry-after")).toBe("5");
    const item = { sku: `KMS-${newId()}`, name: "Item" };
    expect((await cold.request("POST", "/v1/items", { body: item })).status).toBe(201);
    const movement = { type: "receipt", sku: item.sku, warehouse: "K", quantity: "5" };
    const headers = { prefer: "wait=10" };
    const moved = await cold.request("POST", "/v1/movements", { body: movement, headers });
    expect(moved.body.data[0].status).toBe("applied");
    expect((await cold.request("GET", `/v1/stock/${item.sku}/K`)).body.on_hand).toBe("5");
    expect((await cold.request("GET", "/readyz")).status).toBe(200);
    // a process that has its keys does not need KMS
    expect((await api.request("GET", "/v1/suppliers/code:LOCKED")).body).toMatchObject(PERSON);
    kms.down = false;
    expect((await cold.request("GET", "/v1/suppliers/code:LOCKED")).body).toMatchObject(PERSON);
    await cold.close();
  });
});

describe("a person", () => {
  test("is exported whole, by e-mail or phone, for admins only, and the trail says so", async () => {
    const person = {
      contact_name: "Eve Export",
      email: "eve@export.example",
      phone: "+1 (888) 4711",
    };
    const id = await supplier("EXPORT", person);
    for (const body of [{ email: "EVE@export.example" }, { phone: "0018884711" }]) {
      const answer = await api.request("POST", "/v1/privacy/export", { body });
      expect(answer.status).toBe(200);
      expect(answer.body.suppliers).toMatchObject([{ id, code: "EXPORT", ...person }]);
    }
    const refused = await api.request("POST", "/v1/privacy/export", {
      body: { email: "eve@export.example" },
      role: "buyer",
    });
    expect(refused.status).toBe(403);
    const trail = await api.request("GET", `/v1/audit?entity_id=${id}&action=person_exported`);
    expect(trail.body.data).toHaveLength(2);
    expect(JSON.stringify(trail.body)).not.toContain("eve@");
  });

  test("is erased from suppliers and staged rows, once and for all; the rest is told", async () => {
    const content =
      "code,name,contact_name,email,phone\nERASE,Erase,Max Erasable,max@erase.example,+1 888\n";
    const done = await importSuppliers(content);
    expect(await tablesWith(["Max Erasable", "max@erase.example"])).toEqual([]);
    const body = { email: "max@erase.example" };
    const erased = await api.request("POST", "/v1/privacy/erase", { body });
    expect(erased.body).toMatchObject({
      suppliers: 1,
      import_rows: 1,
      users: 0,
      users_left: [],
      movements: 0,
      import_files: [{ import_id: done.id, rows: 1 }],
      events_from_before: 0,
    });
    expect(await tablesWith(["Max Erasable", "max@erase.example"])).toEqual([]);
    const left = await api.request("GET", "/v1/suppliers/code:ERASE");
    expect(left.body).toMatchObject({ contact_name: null, email: null, phone: null });
    const twice = await api.request("POST", "/v1/privacy/erase", { body });
    expect(twice.body).toMatchObject({ suppliers: 0, import_rows: 0 });
    const nobody = await api.request("POST", "/v1/privacy/erase", { body: {} });
    expect([nobody.status, nobody.body.code]).toEqual([422, "email_or_phone"]);
  });
});
