/**
 * Canaries: recognisable secrets and personal data go through the whole product, by the API and by imports, rightly and wrongly, and
 * then everything that it left behind is searched for them: the log of every process, and every column of every table. They may be
 * only where this list says so.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Instance, startInstance } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";

const SECRETS = {
  password: "canary-password-5f2a",
  wrongPassword: "canary-wrong-91bc",
  newPassword: "canary-second-77de",
};
const PERSONS = {
  userEmail: "canary.user@planted.example",
  userName: "Canary Username",
  strangerEmail: "canary.stranger@planted.example",
  contactName: "Canary Contact",
  contactEmail: "canary.contact@planted.example",
  contactPhone: "+49 40 1234098765",
  contactAddress: "Canary Road 99",
  importedName: "Canary Imported",
  importedEmail: "canary.imported@planted.example",
  importedPhone: "+49 40 9990001112",
  customer: "CANARY-CUSTOMER-42",
};

let instance: Instance;
/** Values that the product made: tokens and secrets. */
const made: Record<string, string> = {};

beforeAll(async () => {
  instance = await startInstance({
    env: { LOG_LEVEL: "trace", ACCESS_LOG_SAMPLE: "1" },
  });
}, 120_000);
afterAll(() => instance.stop(), 60_000);

const KEYED = { "idempotency-key": "canary" };

async function post(path: string, body: object, headers: Readonly<Record<string, string>> = {}) {
  return instance.call("POST", path, { body, headers });
}

async function plantUsers(): Promise<void> {
  const user = {
    email: PERSONS.userEmail,
    name: PERSONS.userName,
    roles: ["viewer"],
    password: SECRETS.password,
  };
  const headers = { "idempotency-key": "canary user" };
  const [first, again] = [
    await post("/v1/users", user, headers),
    await post("/v1/users", user, headers),
  ];
  expect([first.status, again.headers.get("idempotency-replayed")]).toEqual([201, "true"]);
  expect(again.body).toEqual(first.body);
  await post("/v1/users", user); // taken
  await post("/v1/users", { ...user, email: "canary.user@planted.example x" }); // no address
  await post("/v1/auth/login", { email: PERSONS.strangerEmail, password: SECRETS.wrongPassword });
  await post("/v1/auth/login", { email: PERSONS.userEmail, password: SECRETS.wrongPassword });
  const login = { email: PERSONS.userEmail, password: SECRETS.password };
  const session = (await post("/v1/auth/login", login)).body;
  Object.assign(made, { access: session.access_token, refresh: session.refresh_token });
  const { body: next } = await post("/v1/auth/refresh", { refresh_token: session.refresh_token });
  Object.assign(made, { access2: next.access_token, refresh2: next.refresh_token });
  const bearer = { authorization: `Bearer ${next.access_token}` };
  const change = { current_password: SECRETS.password, password: SECRETS.newPassword };
  expect((await post("/v1/auth/password", change, bearer)).status).toBe(204);
  expect(
    (await instance.call("GET", `/v1/users?email=${PERSONS.userEmail}`)).body.data,
  ).toHaveLength(1);
  await instance.call("PATCH", `/v1/users/${first.body.id}`, { body: { name: PERSONS.userName } });
  await post("/v1/auth/refresh", { refresh_token: session.refresh_token }); // reused: the session ends
}

async function plantClients(): Promise<void> {
  const client = { name: "canary-client", scopes: ["read"] };
  const { body } = await post("/v1/service-clients", client, {
    "idempotency-key": "canary client",
  });
  const grant = { grant_type: "client_credentials", client_id: body.id };
  const token = await post("/v1/auth/token", { ...grant, client_secret: body.client_secret });
  expect(token.status).toBe(200);
  Object.assign(made, { clientSecret: body.client_secret, clientToken: token.body.access_token });
  await post("/v1/auth/token", { ...grant, client_secret: SECRETS.wrongPassword });
  const hook = { name: "canary", url: "https://hooks.planted.example/in" };
  const { body: webhook } = await post("/v1/webhooks", hook, { "idempotency-key": "canary hook" });
  expect(webhook.secret).toMatch(/^whsec_/);
  made["webhookSecret"] = webhook.secret;
}

async function plantSuppliers(): Promise<void> {
  const supplier = {
    code: "CANARY",
    name: "Supplier",
    contact_name: PERSONS.contactName,
    email: PERSONS.contactEmail,
    phone: PERSONS.contactPhone,
    address: PERSONS.contactAddress,
  };
  for (const headers of [KEYED, KEYED, {}]) await post("/v1/suppliers", supplier, headers);
  const wrong = { ...supplier, code: "CANARY-2", email: `${PERSONS.contactEmail} or so` };
  expect((await post("/v1/suppliers", wrong, { "idempotency-key": "canary wrong" })).status).toBe(
    422,
  );
  await instance.call("PATCH", "/v1/suppliers/code:CANARY", {
    body: { phone: PERSONS.contactPhone, address: PERSONS.contactAddress },
  });
  await instance.call("GET", `/v1/suppliers?email=${PERSONS.contactEmail}`);
}

async function plantImport(): Promise<void> {
  const person = `${PERSONS.importedName},${PERSONS.importedEmail},${PERSONS.importedPhone}`;
  const content = `code,name,contact_name,email,phone,lead_time_days\nCAN-1,One,${person},3\nCAN-2,,${person},3\nCAN-3,Three,${person},soon\n`;
  const form = new FormData();
  form.set("kind", "suppliers");
  form.set("file", new Blob([content]), "suppliers.csv");
  const sent = await fetch(`${instance.url}/v1/imports`, {
    method: "POST",
    headers: { authorization: `Bearer ${await instance.token("admin")}` },
    body: form,
  });
  expect(sent.status).toBe(202);
  const { id } = (await sent.json()) as { id: string };
  const done = await waitFor("the import", async () => {
    const { body } = await instance.call("GET", `/v1/imports/${id}`);
    return /^(completed|failed)/.test(body.status) ? body : undefined;
  });
  expect(done).toMatchObject({ rows_applied: 1 });
}

async function plantMovements(): Promise<void> {
  await post("/v1/warehouses", { code: "W", name: "W" });
  await post("/v1/items", { sku: "TEA", name: "Tea" });
  const line = { sku: "TEA", warehouse: "W", quantity: "1" };
  await post("/v1/movements", { ...line, type: "receipt" }, { prefer: "wait=10" });
  const issue = { ...line, type: "issue", customer: PERSONS.customer };
  const headers = { prefer: "wait=10", "idempotency-key": "canary issue" };
  const applied = await post("/v1/movements", issue, headers);
  expect(applied.body.data[0].status).toBe("applied");
  const { body } = await instance.call("GET", `/v1/movements/${applied.body.data[0].id}`);
  expect(body.customer.reference).toBe(PERSONS.customer);
  const rejected = await post("/v1/movements", issue, { prefer: "wait=10" });
  expect(rejected.body.data[0].status).toBe("rejected");
  await post("/v1/movements", { ...issue, type: "receipt" }, { "idempotency-key": "canary no" });
}

async function runJobs(): Promise<void> {
  for (const name of ["protect-personal-data", "verify-ledger", "housekeeping"]) {
    const { body } = await post(`/v1/jobs/${name}/run`, {});
    await waitFor(`the end of ${name}`, async () => {
      const run = await instance.call("GET", body.status_url);
      return ["queued", "running"].includes(run.body.status) ? undefined : run;
    });
  }
  await post("/v1/privacy/export", { email: PERSONS.contactEmail }, { "idempotency-key": "c e" });
  await post("/v1/privacy/export", { customer: PERSONS.customer });
}

/** Columns that hold one of the texts, as "table.column"; bytes are searched as text, too. */
async function columnsWith(texts: readonly string[]): Promise<Record<string, string[]>> {
  const admin = new pg.Client({ connectionString: instance.database.adminUrl });
  await admin.connect();
  const { rows: columns } = await admin.query<{ table: string; column: string; type: string }>(
    `select c.oid::regclass::text as table, a.attname as column, a.atttypid::regtype::text as type
     from pg_class c
     join pg_namespace n on n.oid = c.relnamespace
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') and c.relkind in ('r', 'm') `,
  );
  const found: Record<string, string[]> = {};
  for (const { table, column, type } of columns) {
    const text = type === "bytea" ? `encode("${column}", 'escape')` : `"${column}"::text`;
    const { rows } = await admin.query<{ hit: string }>(
      `select distinct v as hit from ${table}, unnest($1::text[]) v where strpos(lower(${text}), lower(v)) > 0`,
      [texts],
    );
    if (rows.length > 0) found[`${table}.${column}`] = rows.map(({ hit }) => hit);
  }
  await admin.end();
  return found;
}

test("secrets and personal data are in no log, and in no table", async () => {
  await plantUsers();
  await plantClients();
  await plantSuppliers();
  await plantImport();
  await plantMovements();
  await runJobs();

  const planted = [...Object.values(SECRETS), ...Object.values(PERSONS), ...Object.values(made)];
  expect(planted.every((text) => text.length > 9)).toBe(true);
  const lines = instance.output();
  expect(lines.length).toBeGreaterThan(20);
  const told = lines.filter((line) =>
    planted.some((text) => line.toLowerCase().includes(text.toLowerCase())),
  );
  expect(told).toEqual([]);

  expect(await columnsWith(planted)).toEqual({});
  // The search finds what is there: else it would prove nothing.
  expect(Object.keys(await columnsWith(["suppliers.csv"]))).toContain("imports.file_name");
}, 120_000);

test("every line is one JSON record of a stream, requests and changes with their ids", () => {
  const records = instance
    .output()
    .filter((line) => line.startsWith("{")) // the rest are warnings of Node itself, on standard error
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const streams = new Set(records.map((record) => record["stream"]));
  expect([...streams]).toEqual(expect.arrayContaining(["access", "application", "audit"]));
  const audited = records.find((record) => record["stream"] === "audit");
  expect(audited).toMatchObject({
    actor: "test-admin",
    request_id: expect.any(String),
    via: "post /v1/users",
    address: expect.stringContaining("127.0.0.1"),
    status: 201,
  });
  const access = records.filter((record) => record["request_id"] === audited?.["request_id"]);
  expect(access.map((record) => record["stream"])).toEqual(["audit", "access"]);
  expect(access[1]).toMatchObject({ method: "POST", route: "/v1/users", subject: "test-admin" });
});
