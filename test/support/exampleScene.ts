/**
 * What the documented examples speak of, made on a running API, and the real ids by the documented ones. Makes everything through
 * the API itself, except what no client can make: a movement that is set aside, a lane that is halted.
 */
import { EXAMPLE_IDS } from "../../api/examples/exampleIds.ts";
import { createRoutes } from "../../api/routes.ts";
import { setAside } from "../../pipelines/apply/setAside.ts";
import { deadLetterOf } from "../../pipelines/ingest/deadLetter.ts";
import { deadLettersInsert } from "../../pipelines/ingest/queries/deadLetters.ts";
import { appendToInbox } from "../../pipelines/intake/index.ts";
import { sinksEnsure } from "../../pipelines/publish/queries/cursors.ts";
import { lettersInsert } from "../../pipelines/publish/queries/letters.ts";
import { verifyLedger } from "../../pipelines/verify/index.ts";
import { newId } from "../../platform/clock.ts";
import { startApplyWorker } from "../../workers/applyLanes.ts";
import { startImportWorker } from "../../workers/importFile.ts";
import { type ApiHarness, createApiHarness, type HarnessAnswer } from "./apiHarness.ts";
import { seedItems } from "./catalogue.ts";
import { toTestCommand } from "./command.ts";
import { formOf } from "./importHarness.ts";
import { waitFor } from "./waitFor.ts";

export interface ExampleScene extends ApiHarness {
  /** Puts real ids in the place of documented ones, wherever they stand in a path or in JSON. */
  real(text: string): string;
  /** The other way round. */
  documented(text: string): string;
}

type Ids = Partial<Record<keyof typeof EXAMPLE_IDS, string>>;
type Post = (path: string, body?: unknown) => Promise<HarnessAnswer["body"]>;

/** Builds it; close it in afterAll. The lane worker runs, the import worker has stopped: what is sent to it waits. */
export async function createExampleScene(): Promise<ExampleScene> {
  const api = await createApiHarness({ routes: createRoutes });
  await api.context.storage.ensureBucket();
  const apply = startApplyWorker(api.context);
  const post: Post = async (path, body) => {
    const headers = path.startsWith("/v1/movements") ? { prefer: "wait=20" } : {};
    const answer = await api.request("POST", path, { body, headers });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  for (const name of ["erp", "old"]) {
    await post("/v1/webhooks", { name, url: "https://erp.example.com/hook" });
  }
  const ids: Ids = {
    ...(await makeCatalogue(post)),
    ...(await makeStock(post)),
    ...(await makeLetters(api)),
    ...(await makeOrders(post)),
    ...(await makeSetAside(api)),
    ...(await makeSinkLetters(api)),
    ...(await makeImports(api)),
    ...(await makeUploads(post)),
    ...(await makeAccess(post)),
    report: (await post("/v1/reports", { report: "low_stock" })).id,
    ...(await makeSchedules(post)),
    jobRun: (await post("/v1/jobs/detect-low-stock/run")).id,
  };
  await makeOperations(api);
  await api.context.db.query(
    "update lanes set halted_at = now(), halted_reason = 'example' where id = 17",
  );
  const known = Object.entries(EXAMPLE_IDS).flatMap(([name, documented]) => {
    const real = Object.entries(ids).find(([given]) => given === name)?.[1];
    return real === undefined ? [] : [[documented, real] as const];
  });
  return {
    ...api,
    real: (text) =>
      known.reduce((now, [documented, real]) => now.replaceAll(documented, real), text),
    documented: (text) =>
      known.reduce((now, [documented, real]) => now.replaceAll(real, documented), text),
    close: async () => {
      await apply.stop();
      await api.close();
    },
  };
}

async function makeCatalogue(post: Post): Promise<Ids> {
  const { id: warehouse } = await post("/v1/warehouses", {
    code: "MAIN",
    name: "Main hall",
    latitude: 52.5,
    longitude: 13.4,
  });
  for (const code of ["NORTH", "CLOSED"]) await post("/v1/warehouses", { code, name: code });
  const bolt = { sku: "BOLT-M8", name: "Bolt M8 x 30", currency: "EUR", units: { box: "12" } };
  const { id: item } = await post("/v1/items", bolt);
  await post("/v1/items", { sku: "NUT-M8", name: "Nut M8", currency: "EUR" });
  await post("/v1/items", { sku: "PAINT-RED", name: "Red paint", tracking: "lot" });
  const { id: archivable } = await post("/v1/items", { sku: "OLD", name: "Old" });
  const acme = { code: "ACME", name: "Acme", currency: "EUR", lead_time_days: 5 };
  const { id: supplier } = await post("/v1/suppliers", acme);
  await post("/v1/suppliers", { code: "GONE", name: "Gone" });
  const offer = { sku: "BOLT-M8", unit_cost: "0.10", currency: "EUR" };
  const { id: supplierItem } = await post("/v1/suppliers/code:ACME/items", offer);
  const { id: reorderPolicy } = await post("/v1/reorder-policies", {
    sku: "BOLT-M8",
    warehouse: "MAIN",
    method: "reorder_point",
    reorder_point: "50",
    reorder_quantity: "200",
  });
  return { warehouse, item, archivable, supplier, supplierItem, reorderPolicy };
}

async function makeStock(post: Post): Promise<Ids> {
  const at = { sku: "BOLT-M8", warehouse: "MAIN" };
  const move = async (line: object): Promise<string> =>
    (await post("/v1/movements", line)).data[0].id;
  const sent = await post("/v1/movements", {
    movements: [
      { type: "receipt", ...at, quantity: "100", unit_cost: "0.10", currency: "EUR" },
      { type: "receipt", sku: "NUT-M8", warehouse: "MAIN", quantity: "100" },
      { type: "receipt", sku: "PAINT-RED", warehouse: "MAIN", quantity: "5", lot: "L-1" },
    ],
  });
  return {
    receipt: sent.data[0].id,
    request: String(sent.status_url).split("request=")[1] ?? sent.data[0].id,
    mistake: await move({ type: "receipt", ...at, quantity: "1" }),
    reservation: await move({ type: "reserve", ...at, quantity: "5" }),
    shipment: await move({
      type: "transfer",
      ...at,
      to_warehouse: "NORTH",
      quantity: "10",
      in_transit: true,
    }),
  };
}

async function makeOrders(post: Post): Promise<Ids> {
  const orders = "/v1/purchase-orders";
  const lines = [{ sku: "BOLT-M8", quantity: "100" }];
  const draft = async (...actions: string[]): Promise<string> => {
    const { id } = await post(orders, { supplier: "ACME", warehouse: "MAIN", lines });
    for (const action of actions) await post(`${orders}/${id}/${action}`);
    return id;
  };
  return {
    draft: await draft(),
    approvable: await draft(),
    approved: await draft("approve"),
    sent: await draft("approve", "send"),
    unwanted: await draft(),
  };
}

async function makeSchedules(post: Post): Promise<Ids> {
  const make = async (): Promise<string> =>
    (await post("/v1/report-schedules", { report: "low_stock", cron: "@daily" })).id;
  return {
    reportSchedule: await make(),
    unwantedSchedule: await make(),
    oldSchedule: await make(),
  };
}

/** A user with sessions, and a machine client. Others administer too, so that none of them is the last. */
async function makeAccess(post: Post): Promise<Ids> {
  const password = "correct horse battery";
  const ann = { email: "ann@example.com", name: "Ann Example", roles: ["operator"], password };
  const eve = { email: "eve@example.com", name: "Eve Example", roles: ["viewer"], password };
  await post("/v1/users", ann);
  const { id: user } = await post("/v1/users", eve);
  await post("/v1/users", { ...ann, email: "flo@example.com" });
  const signIn = (email: string) => post("/v1/auth/login", { email, password });
  const first = await signIn("ann@example.com");
  const second = await signIn("ann@example.com");
  const third = await signIn("flo@example.com");
  const client = { name: "example", scopes: ["read", "movements:write"] };
  const { id: serviceClient, client_secret } = await post("/v1/service-clients", client);
  return {
    user,
    serviceClient,
    clientSecret: client_secret,
    refreshToken: first.refresh_token,
    signedOutToken: second.refresh_token,
    accessToken: third.access_token,
  };
}

/** A sink, and a verification of the ledger. */
async function makeOperations({ context: { db, storage } }: ApiHarness): Promise<void> {
  await sinksEnsure(db, [{ name: "sqs", kind: "sqs" }]);
  const found = await verifyLedger(
    { db, storage },
    { mode: "full", signal: new AbortController().signal },
  );
  await db.query(
    `insert into job_runs (id, job, trigger, requested_by, status, outcome, started_at, finished_at)
     values (make_uuid7(), 'verify-ledger', 'api', 'example', 'completed', $1, now(), now())`,
    [JSON.stringify(found)],
  );
}

/** Two events that a sink refused. */
async function makeSinkLetters({ context: { db } }: ApiHarness): Promise<Ids> {
  const [sinkLetter, sinkLetterWrong] = [newId(), newId()];
  const letters = [sinkLetter, sinkLetterWrong].map((id, nth) => ({
    id,
    lane: nth,
    position: 1,
    event_id: newId(),
    event_type: "stockline.item.updated",
    partition_key: newId(),
    traceparent: null,
    body: '{"specversion":"1.0"}',
    code: "record_too_large",
    behind: false,
  }));
  await sinksEnsure(db, [{ name: "kafka", kind: "kafka" }]);
  await lettersInsert(db, "kafka", letters);
  return { sinkLetter, sinkLetterWrong };
}

async function makeSetAside({ context: { db } }: ApiHarness): Promise<Ids> {
  const made: string[] = [];
  for (const sku of ["ASIDE-1", "ASIDE-2"]) {
    const [item] = await seedItems(db, [sku]);
    if (item === undefined) throw new Error("no item");
    const { rows } = await db.query("select id from warehouses where code = 'MAIN'");
    const place = { itemId: item.id, lane: item.lane, warehouseId: rows[0].id };
    const command = toTestCommand(place);
    await appendToInbox(db, [command]);
    await setAside(db, {
      lanes: [item.lane],
      movements: [command.id],
      cause: new Error("an example of a fault"),
    });
    made.push(command.id);
  }
  const [setAsideId = "", wrongId = ""] = made;
  return { setAside: setAsideId, setAsideWrong: wrongId };
}

async function makeImports(api: ApiHarness): Promise<Ids> {
  const worker = startImportWorker(api.context);
  const send = async (content: string, mode?: "dry_run"): Promise<string> => {
    const body = formOf({ kind: "items", content, ...(mode === undefined ? {} : { mode }) });
    const answer = await api.request("POST", "/v1/imports", { body });
    if (answer.status !== 202) throw new Error(JSON.stringify(answer.body));
    return answer.body.id;
  };
  const ids = {
    import: await send("sku,name\nBOLT-M5,Bolt M5\n,nothing\n"),
    dryRun: await send("sku,name\nBOLT-M6,Bolt M6\n", "dry_run"),
  };
  for (const id of Object.values(ids)) {
    await waitFor(`the end of import ${id}`, async () => {
      const { body } = await api.request("GET", `/v1/imports/${id}`);
      return /^(completed|failed)/.test(body.status) ? body : undefined;
    });
  }
  await worker.stop();
  return { ...ids, waitingImport: await send("sku,name\nBOLT-M7,Bolt M7\n") };
}

/** Begun uploads; of one the only part is there, under the documented ETag's name. */
async function makeUploads(post: Post): Promise<Ids> {
  const content = "sku,name\nBOLT-M9,Bolt M9\n";
  const begin = (): Promise<HarnessAnswer["body"]> =>
    post("/v1/imports/uploads", { file_name: "items.csv", bytes: content.length });
  const finished = await begin();
  const sent = await fetch(finished.parts[0].url, { method: "PUT", body: content });
  if (!sent.ok) throw new Error(`the part was answered ${sent.status}`);
  return {
    upload: (await begin()).id,
    unwantedUpload: (await begin()).id,
    finishedUpload: finished.id,
    partTag: JSON.stringify(sent.headers.get("etag")).slice(1, -1),
  };
}

/** Inbound records that could not be taken. */
async function makeLetters({ context: { db } }: ApiHarness): Promise<Ids> {
  const names = { eventId: null, eventSource: null, eventType: null };
  const fault = { code: "json_malformed", reason: "the body is not valid JSON" };
  const letters = ["1", "2"].map((position) =>
    deadLetterOf({ origin: "kafka:orders", position, payload: Buffer.from("{") }, names, fault),
  );
  await deadLettersInsert(db, letters);
  return { letter: letters[0]?.id ?? "", letterWrong: letters[1]?.id ?? "" };
}
