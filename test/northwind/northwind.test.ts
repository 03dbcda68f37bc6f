/**
 * The Northwind check: real catalogue, stock and order data through the HTTP API of a running
 * instance, compared with the figures of an oracle that shares no code with the product.
 * Needs the data in the folder that STOCKLINE_NORTHWIND_DIR names; without it, says so and skips.
 * The tests are the steps of one scenario and build on each other, top to bottom.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { startInstance } from "../support/instance.ts";
import { importPlan, openOrders, productsAs } from "./importPlan.ts";
import {
  cancelOrder,
  type ImportState,
  ledgerDifferences,
  listAll,
  listDrafts,
  listOrders,
  type NorthwindClient,
  type PurchaseOrder,
  readErrorFile,
  runImport,
  runJob,
} from "./northwindClient.ts";

const run = promisify(execFile);
const START_TIMEOUT_MS = 120_000;
const IMPORTS_TIMEOUT_MS = 180_000;
const data = process.env["STOCKLINE_NORTHWIND_DIR"];
if (data === undefined) {
  process.stdout.write(
    "The Northwind check is skipped: set STOCKLINE_NORTHWIND_DIR to the folder with its CSV files.\n",
  );
}

const groupSchema = z.object({
  supplier: z.string(),
  lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
});
const expectedSchema = z.object({
  rows: z.record(z.string(), z.number()),
  items: z.array(
    z.object({ sku: z.string(), name: z.string(), price: z.string(), status: z.string() }),
  ),
  levels: z.array(z.object({ sku: z.string(), on_hand: z.number(), incoming: z.number() })),
  purchase_orders: z.array(
    z.object({
      number: z.string(),
      supplier: z.string(),
      lines: z.array(z.object({ sku: z.string(), quantity: z.number() })),
    }),
  ),
  noisy_prices: z.array(z.string()),
  low_by_available: z.array(z.string()),
  low_by_position: z.array(z.string()),
  drafts_before_orders: z.array(groupSchema),
  drafts_after_orders: z.array(groupSchema),
});
const itemSchema = z.object({
  sku: z.string(),
  name: z.string(),
  price: z.string(),
  status: z.string(),
});
const levelSchema = z.object({
  sku: z.string(),
  warehouse: z.string(),
  on_hand: z.string(),
  available: z.string(),
  incoming: z.string(),
});

type Instance = Awaited<ReturnType<typeof startInstance>>;

describe.skipIf(data === undefined)("Northwind through the API", () => {
  const northwind = data ?? "";
  let instance: Instance | undefined;
  let derived = "";
  let admin: NorthwindClient;
  let buyer: NorthwindClient;
  let viewer: NorthwindClient;
  let expected: z.infer<typeof expectedSchema>;

  beforeAll(async () => {
    derived = await mkdtemp(join(tmpdir(), "stockline-northwind-"));
    await run(process.execPath, [join(import.meta.dirname, "oracle.mjs"), derived]);
    const text = await readFile(join(derived, "expected.json"), "utf8");
    expected = expectedSchema.parse(JSON.parse(text));
    const started = await startInstance();
    instance = started;
    const clientOf = async (role: "admin" | "buyer" | "viewer"): Promise<NorthwindClient> => ({
      url: started.url,
      token: await Promise.resolve(started.token(role)),
    });
    [admin, buyer, viewer] = await Promise.all([
      clientOf("admin"),
      clientOf("buyer"),
      clientOf("viewer"),
    ]);
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    await instance?.stop();
    if (derived !== "") await rm(derived, { recursive: true, force: true });
  }, START_TIMEOUT_MS);

  test(
    "every import applies every row",
    async () => {
      for (const planned of await importPlan(northwind, derived)) {
        const state = await runImport(admin, planned);
        const rows = expected.rows[planned.rows];
        const first = JSON.stringify(state.errors_sample?.slice(0, 3));
        expect(books(state), `${planned.kind}: ${first}`).toEqual({
          status: "completed",
          total: rows,
          applied: rows,
          rejected: 0,
          skipped: 0,
        });
      }
    },
    IMPORTS_TIMEOUT_MS,
  );

  test(
    "products.csv as it is: prices with noise are refused by row, and go in once they are rounded",
    async () => {
      for (const kind of ["items", "supplier_items"]) {
        const file = await productsAs(kind, northwind);
        const first = await runImport(admin, file);
        const noisy = expected.noisy_prices.length;
        expect(books(first), JSON.stringify(first)).toEqual({
          status: "completed_with_errors",
          total: expected.rows["products"],
          applied: (expected.rows["products"] ?? 0) - noisy,
          rejected: noisy,
          skipped: 0,
        });
        const [fault] = first.errors_sample ?? [];
        expect(fault).toMatchObject({ code: "too_many_decimals" });
        const errors = await readErrorFile(admin, first.id);
        const mended = errors.replaceAll(/\b\d+\.\d{5,}\b/g, (price) => Number(price).toFixed(4));
        expect(books(await runImport(admin, file, mended))).toEqual({
          status: "completed",
          total: noisy,
          applied: noisy,
          rejected: 0,
          skipped: 0,
        });
      }
    },
    IMPORTS_TIMEOUT_MS,
  );

  test("items carry Northwind's names, prices and status", async () => {
    const items = await listAll(viewer, "/v1/items?limit=50", itemSchema);
    const seen = items.map((item) => ({ ...item, price: Number(item.price) }));
    const wanted = expected.items.map((item) => ({ ...item, price: Number(item.price) }));
    expect(bySku(seen)).toEqual(bySku(wanted));
  });

  test("every level ends at units_in_stock after all order lines", async () => {
    const levels = await listAll(viewer, "/v1/stock?warehouse=NW&limit=50", levelSchema);
    const seen = levels.map(({ sku, on_hand }) => ({ sku, on_hand: Number(on_hand) }));
    const wanted = expected.levels.map(({ sku, on_hand }) => ({ sku, on_hand }));
    expect(bySku(seen)).toEqual(bySku(wanted));
  });

  test("a count by units_in_stock finds nothing that differs", async () => {
    const state = await runImport(admin, await productsAs("counts", northwind));
    const rows = expected.rows["products"];
    expect(books(state)).toMatchObject({ status: "completed", total: rows, applied: rows });
    const levels = await listAll(viewer, "/v1/stock?warehouse=NW&limit=50", levelSchema);
    const seen = levels.map(({ sku, on_hand }) => ({ sku, on_hand: Number(on_hand) }));
    const wanted = expected.levels.map(({ sku, on_hand }) => ({ sku, on_hand }));
    expect(bySku(seen)).toEqual(bySku(wanted));
  });

  test("with nothing on order, what is available decides what is low", async () => {
    expect(await lowSkus(admin, viewer)).toEqual([...expected.low_by_available].sort());
  });

  test("drafts fill up every low item by supplier, in packs and from the minimum order", async () => {
    expect(await runJob(admin, "generate-purchase-orders")).toBe("completed");
    expect(grouped(await listDrafts(buyer))).toEqual(wantedGroups(expected.drafts_before_orders));
  });

  test("a second run of the job drafts nothing twice", async () => {
    expect(await runJob(admin, "generate-purchase-orders")).toBe("completed");
    expect(grouped(await listDrafts(buyer))).toEqual(wantedGroups(expected.drafts_before_orders));
  });

  test("cancelled drafts make room for the orders that Northwind has placed, which are imported", async () => {
    for (const draft of await listDrafts(buyer)) await cancelOrder(buyer, draft.id);
    const planned = openOrders(derived);
    const state = await runImport(buyer, planned);
    const rows = expected.rows[planned.rows];
    const first = JSON.stringify(state.errors_sample?.slice(0, 3));
    expect(books(state), first).toMatchObject({ status: "completed", total: rows, applied: rows });
    const sent = await listOrders(buyer, "sent");
    const placed = sent.map(({ number, supplier, lines }) => ({
      number,
      supplier,
      lines: quantities(lines),
    }));
    const wantedOrders = expected.purchase_orders.map((order) => ({
      ...order,
      lines: quantities(order.lines),
    }));
    expect(byNumber(placed)).toEqual(byNumber(wantedOrders));
    expect(await listDrafts(buyer)).toEqual([]);
    const levels = await listAll(viewer, "/v1/stock?warehouse=NW", levelSchema);
    const seen = levels.map(({ sku, incoming }) => ({ sku, incoming: Number(incoming) }));
    const wanted = expected.levels.map(({ sku, incoming }) => ({ sku, incoming }));
    expect(bySku(seen)).toEqual(bySku(wanted));
  });

  test("what is on order counts: only items whose position is low stay low", async () => {
    expect(await lowSkus(admin, viewer)).toEqual([...expected.low_by_position].sort());
    expect(await runJob(admin, "generate-purchase-orders")).toBe("completed");
    expect(grouped(await listDrafts(buyer))).toEqual(wantedGroups(expected.drafts_after_orders));
  });

  test("the ledger verifies without a difference", async () => {
    expect(await runJob(admin, "verify-ledger")).toBe("completed");
    expect(await ledgerDifferences(admin)).toEqual([]);
  });
});

/** The books of an import that is over. */
function books(state: ImportState) {
  return {
    status: state.status,
    total: state.rows_total,
    applied: state.rows_applied,
    rejected: state.rows_rejected,
    skipped: state.rows_skipped,
  };
}

function byNumber<Row extends { number: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((left, right) => (left.number < right.number ? -1 : 1));
}

/** SKUs of the low-stock list, after its view was refreshed. */
async function lowSkus(admin: NorthwindClient, viewer: NorthwindClient): Promise<string[]> {
  expect(await runJob(admin, "refresh-views")).toBe("completed");
  const low = await listAll(viewer, "/v1/stock?warehouse=NW&low=true", levelSchema);
  return low.map((level) => level.sku).sort();
}

function bySku<Row extends { sku: string }>(rows: readonly Row[]): Row[] {
  return [...rows].sort((left, right) => Number(left.sku) - Number(right.sku));
}

/** Drafts as plain figures: supplier, warehouse, and quantity by SKU. */
function grouped(orders: readonly PurchaseOrder[]) {
  return orders
    .map(({ supplier, warehouse, lines }) => ({ supplier, warehouse, lines: quantities(lines) }))
    .sort((left, right) => Number(left.supplier) - Number(right.supplier));
}

function wantedGroups(groups: readonly z.infer<typeof groupSchema>[]) {
  return groups
    .map(({ supplier, lines }) => ({ supplier, warehouse: "NW", lines: quantities(lines) }))
    .sort((left, right) => Number(left.supplier) - Number(right.supplier));
}

function quantities(lines: readonly { sku: string; quantity: string | number }[]) {
  return Object.fromEntries(lines.map(({ sku, quantity }) => [sku, Number(quantity)]));
}
