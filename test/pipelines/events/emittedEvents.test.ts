/** Every event that the product can tell is told here by what tells it in life, and is held against its schema in docs/events. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { EXAMPLE_IDS } from "../../../api/examples/exampleIds.ts";
import { EVENTS } from "../../../domain/events/index.ts";
import { haltLanes } from "../../../pipelines/apply/setAside.ts";
import { announceRestore, readEventLog } from "../../../pipelines/events/index.ts";
import { takeInbox } from "../../../pipelines/import/inboxObjects.ts";
import { disableWebhook } from "../../../pipelines/publish/index.ts";
import { fileLimitsOf } from "../../../platform/fileLimits.ts";
import { startExportReportWorker } from "../../../workers/exportReport.ts";
import { startImportWorker } from "../../../workers/importFile.ts";
import { EventSchemas } from "../../support/eventSchemas.ts";
import { createExampleScene, type ExampleScene } from "../../support/exampleScene.ts";
import { formOf } from "../../support/importHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

let scene: ExampleScene;
let workers: readonly { stop(): Promise<void> }[] = [];
beforeAll(async () => {
  scene = await createExampleScene();
}, 120_000);
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await scene.close();
});

type Id = keyof typeof EXAMPLE_IDS;
const idOf = (name: Id): string => scene.real(EXAMPLE_IDS[name]);

/** Asks and answers the body; every request here succeeds. */
// oxlint-disable-next-line typescript/no-explicit-any -- a test reads members of answers freely
async function ask(method: string, path: string, body?: unknown): Promise<any> {
  const headers = path.startsWith("/v1/movements") ? { prefer: "wait=20" } : {};
  const answer = await scene.request(method, path, { body, headers });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const BOLT = { sku: "BOLT-M8", warehouse: "MAIN" };
const NUT = { sku: "NUT-M8", warehouse: "MAIN" };
const PAINT = { sku: "PAINT-RED", warehouse: "MAIN", lot: "L-1" };

/** Movements of every type, some of them rejected. */
async function move(): Promise<void> {
  const line = async (body: object): Promise<string> =>
    (await ask("POST", "/v1/movements", body)).data[0].id;
  const reserved = await line({ type: "reserve", ...NUT, quantity: "5" });
  await line({ type: "issue", ...NUT, quantity: "2", reservation: reserved });
  await line({ type: "release", ...NUT, quantity: "3", reservation: reserved });
  await line({ type: "transfer", ...NUT, to_warehouse: "NORTH", quantity: "4" });
  await line({ type: "adjustment", ...NUT, quantity: "-1.25", reason: "broken" });
  await line({ type: "count", ...NUT, quantity: "90" });
  await line({
    type: "return",
    ...NUT,
    quantity: "1",
    reference: { type: "sales_order", id: "SO-1" },
  });
  await line({ type: "supplier_return", ...NUT, quantity: "1" });
  await line({ type: "hold", ...NUT, quantity: "3" });
  await line({ type: "unhold", ...NUT, quantity: "2" });
  await line({ type: "scrap", ...PAINT, quantity: "1" });
  await line({ type: "issue", ...PAINT, quantity: "1" });
  await line({ type: "issue", ...NUT, quantity: "100000" });
  await line({ type: "receipt", sku: "PAINT-RED", warehouse: "MAIN", quantity: "1" });
  await ask("POST", `/v1/movements/${idOf("mistake")}/reverse`, {});
  const arrival = { quantity: "9", losses: [{ quantity: "1", reason: "fell off" }] };
  await ask("POST", `/v1/movements/${idOf("shipment")}/arrive`, arrival);
  // below the reorder point, with what is on order, and above it again
  await ask("PATCH", `/v1/reorder-policies/${idOf("reorderPolicy")}`, { reorder_point: "1000" });
  await line({ type: "issue", ...BOLT, quantity: "60" });
  await line({ type: "receipt", ...BOLT, quantity: "5000", unit_cost: "0.11", currency: "EUR" });
}

async function changeCatalogue(): Promise<void> {
  await ask("PATCH", "/v1/items/sku:BOLT-M8", { price: "0.30" });
  await ask("PATCH", "/v1/warehouses/code:NORTH", {
    address: "1 Harbour Road",
    latitude: 1.5,
    longitude: 2,
  });
  const person = { contact_name: "Ann Example", email: "ann@example.com", working_days: ["mon"] };
  await ask("PATCH", "/v1/suppliers/code:ACME", { ...person, holidays: ["2026-12-25"] });
  const breaks = [{ quantity: "100", unit_cost: "0.09" }];
  await ask("PATCH", "/v1/suppliers/code:ACME/items/sku:BOLT-M8", { price_breaks: breaks });
  await ask("PATCH", `/v1/reorder-policies/${idOf("reorderPolicy")}`, { recovery_margin: "1" });
  await ask("DELETE", "/v1/items/sku:OLD");
  await ask("DELETE", "/v1/warehouses/code:CLOSED");
  await ask("DELETE", "/v1/suppliers/code:GONE");
}

async function endCatalogue(): Promise<void> {
  await ask("DELETE", "/v1/suppliers/code:ACME/items/sku:BOLT-M8");
  await ask("DELETE", `/v1/reorder-policies/${idOf("reorderPolicy")}`);
}

async function order(): Promise<void> {
  const orders = "/v1/purchase-orders";
  await ask("PATCH", `${orders}/${idOf("draft")}`, { note: "soon" });
  const receive = (quantity: string) =>
    ask("POST", `${orders}/${idOf("sent")}/receive`, { lines: [{ sku: "BOLT-M8", quantity }] });
  await receive("40");
  await receive("60");
  await ask("POST", `${orders}/${idOf("unwanted")}/cancel`);
}

async function bringFiles(): Promise<void> {
  await ask("POST", `/v1/imports/${idOf("waitingImport")}/cancel`);
  const { context } = scene;
  workers = [startImportWorker(context), startExportReportWorker(context)];
  const form = formOf({ kind: "suppliers", content: "code,name\n,nothing\n", on_error: "abort" });
  await ask("POST", "/v1/imports", form);
  const prefix = `inbox-${idOf("waitingImport")}/`;
  await context.storage.putText(`${prefix}elsewhere/a.csv`, "sku\n", "text/csv");
  const inbox = { db: context.db, storage: context.storage, limits: fileLimitsOf(context.config) };
  await takeInbox({ ...inbox, prefix }, new AbortController().signal);
}

async function operate(): Promise<void> {
  const { db } = scene.context;
  await ask("POST", `/v1/set-aside-movements/${idOf("setAside")}/retry`);
  const reason = { reason: "sent by mistake" };
  await ask("POST", `/v1/set-aside-movements/${idOf("setAsideWrong")}/discard`, reason);
  await haltLanes(db, { lanes: [200], cause: new Error("an example") });
  await ask("POST", "/v1/lanes/200/resume");
  await ask("PATCH", "/v1/webhooks/erp", { types: ["stockline.stock.*"] });
  await disableWebhook(db, { name: "erp", code: "webhook_timeout" });
  await ask("DELETE", "/v1/webhooks/old");
  await db.query("update database_incarnation set is_told = false");
  await announceRestore(db);
}

async function readAll(): Promise<{ type: string; json: string }[]> {
  const page = await readEventLog(scene.context.db, { after: new Map(), limit: 100_000 });
  return [...page.events];
}

test("every declared event is told, and is as its schema says", async () => {
  await move();
  await changeCatalogue();
  await order();
  await endCatalogue();
  await bringFiles();
  await operate();
  const untold = async (): Promise<string[]> => {
    const told = new Set((await readAll()).map(({ type }) => type));
    return Object.keys(EVENTS).filter((name) => !told.has(`stockline.${name}`));
  };
  const probe = async (): Promise<boolean> => {
    const missing = await untold();
    if (missing.length > 0) throw new Error(`not told yet: ${missing.join(", ")}`);
    return true;
  };
  await waitFor("every event", probe, { timeoutMs: 60_000, intervalMs: 200 });
  const schemas = new EventSchemas();
  const events = await readAll();
  expect(events.flatMap(({ json }) => schemas.faultsOf(json))).toEqual([]);
  expect(events.length).toBeGreaterThan(80);
}, 150_000);
