/**
 * The few calls of the public HTTP API that the Northwind check needs; every answer is parsed.
 * Knows nothing of the product but contract.md.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { z } from "zod";
import { waitFor } from "../support/waitFor.ts";
import type { FileToImport } from "./importPlan.ts";

const IMPORT_TIMEOUT_MS = 60_000;
const JOB_TIMEOUT_MS = 30_000;
const OPEN_IMPORT = new Set(["uploaded", "reading", "checking", "applying"]);
const OPEN_RUN = new Set(["queued", "running"]);

const importSchema = z.object({
  id: z.string(),
  status: z.string(),
  rows_total: z.number().nullish(),
  rows_applied: z.number().nullish(),
  rows_rejected: z.number().nullish(),
  rows_skipped: z.number().nullish(),
  errors_sample: z
    .array(z.object({ row: z.number(), column: z.string(), code: z.string(), value: z.string() }))
    .nullish(),
});
const runSchema = z.object({ id: z.string(), status: z.string() });
const runsSchema = z.object({ data: z.array(runSchema) });
const pageSchema = z.object({ data: z.array(z.unknown()), next_cursor: z.string().nullish() });
const verificationSchema = z.object({ differences: z.array(z.unknown()) });
const idSchema = z.object({ id: z.string() });
const orderStateSchema = z.object({ id: z.string(), status: z.string() });
const orderSchema = z.object({
  id: z.string(),
  number: z.string(),
  status: z.string(),
  supplier: z.string(),
  warehouse: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.string() })),
});

export type ImportState = z.infer<typeof importSchema>;
export type PurchaseOrder = z.infer<typeof orderSchema>;

/** A caller with one token. */
export interface NorthwindClient {
  readonly url: string;
  readonly token: string;
}

/** Sends a request and answers the parsed JSON; any status but 2xx is an Error with the body. */
async function call(client: NorthwindClient, path: string, init: RequestInit = {}) {
  const headers = new Headers(init.headers);
  headers.set("authorization", `Bearer ${client.token}`);
  const response = await fetch(new URL(path, client.url), { ...init, headers });
  const text = await response.text();
  if (!response.ok) {
    throw new Error(`${init.method ?? "GET"} ${path} answered ${response.status}: ${text}`);
  }
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return body;
}

function post(client: NorthwindClient, path: string, body: object = {}) {
  const headers = { "content-type": "application/json" };
  return call(client, path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Uploads one file, or other content under its name, as multipart and waits until the import has ended, however it ended. */
export async function runImport(
  client: NorthwindClient,
  planned: FileToImport,
  content?: string,
): Promise<ImportState> {
  const form = new FormData();
  form.set("kind", planned.kind);
  form.set("mode", "commit");
  form.set("format", "csv");
  if (planned.mapping !== undefined) form.set("mapping", JSON.stringify(planned.mapping));
  const bytes = content ?? (await readFile(planned.path));
  form.set("file", new Blob([bytes], { type: "text/csv" }), basename(planned.path));
  const sent = idSchema.parse(await call(client, "/v1/imports", { method: "POST", body: form }));
  const probe = async () => {
    const state = importSchema.parse(await call(client, `/v1/imports/${sent.id}`));
    return OPEN_IMPORT.has(state.status) ? undefined : state;
  };
  const what = `the end of the import of ${basename(planned.path)}`;
  return waitFor(what, probe, { timeoutMs: IMPORT_TIMEOUT_MS });
}

/** Runs a job now and waits for the end of that run; answers its final status. */
export async function runJob(client: NorthwindClient, name: string): Promise<string> {
  const started = idSchema.parse(await post(client, `/v1/jobs/${name}/run`));
  const probe = async () => {
    const runs = runsSchema.parse(await call(client, `/v1/jobs/${name}/runs`));
    const run = runs.data.find((one) => one.id === started.id);
    return run === undefined || OPEN_RUN.has(run.status) ? undefined : run.status;
  };
  return waitFor(`the end of job ${name}`, probe, { timeoutMs: JOB_TIMEOUT_MS });
}

/** All rows of a list, page by page; `path` may carry a query. */
export async function listAll<Row>(
  client: NorthwindClient,
  path: string,
  schema: z.ZodType<Row>,
): Promise<Row[]> {
  const rows: Row[] = [];
  let cursor: string | null | undefined;
  do {
    const url = new URL(path, client.url);
    if (cursor) url.searchParams.set("cursor", cursor);
    const page = pageSchema.parse(await call(client, `${url.pathname}${url.search}`));
    rows.push(...page.data.map((row) => schema.parse(row)));
    cursor = page.next_cursor;
  } while (cursor);
  return rows;
}

/** The error file of an import: its rejected rows as CSV. */
export async function readErrorFile(client: NorthwindClient, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${client.token}` };
  const response = await fetch(new URL(`/v1/imports/${id}/errors`, client.url), { headers });
  return response.text();
}

/** The drafts there are now, with their lines. */
export function listDrafts(client: NorthwindClient): Promise<PurchaseOrder[]> {
  return listOrders(client, "draft");
}

/** The orders that have the status now, with their lines. */
export async function listOrders(
  client: NorthwindClient,
  status: string,
): Promise<PurchaseOrder[]> {
  const orders = await listAll(client, "/v1/purchase-orders", orderStateSchema);
  const drafts = orders.filter((order) => order.status === status);
  return Promise.all(
    drafts.map(async ({ id }) =>
      orderSchema.parse(await call(client, `/v1/purchase-orders/${id}`)),
    ),
  );
}

/** Cancels a purchase order. */
export async function cancelOrder(client: NorthwindClient, id: string): Promise<void> {
  await post(client, `/v1/purchase-orders/${id}/cancel`);
}

/** What the latest verification of the ledger found wrong. */
export async function ledgerDifferences(client: NorthwindClient): Promise<unknown[]> {
  return verificationSchema.parse(await call(client, "/v1/ledger/verify")).differences;
}
