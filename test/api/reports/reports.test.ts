/** Reports end to end: asked for over HTTP, written by the worker into S3, downloaded by the link, and read back. */
import { createHash } from "node:crypto";
import ExcelJS from "exceljs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { exportReport } from "../../../pipelines/export/index.ts";
import { newId } from "../../../platform/clock.ts";
import type { HarnessRequest } from "../../support/apiHarness.ts";
import { createReportHarness, csvRows, type ReportHarness } from "../../support/reportHarness.ts";
import { waitFor } from "../../support/waitFor.ts";

const ITEMS = [
  { sku: "BOLT-1", name: 'Bolt, M8 "hex"', warehouse: "MAIN", onHand: "12.5", cost: "0.123456" },
  { sku: "BOLT-1", name: 'Bolt, M8 "hex"', warehouse: "NORTH", onHand: "3", cost: null },
  { sku: "EVIL-1", name: '=HYPERLINK("http://x","y")', warehouse: "MAIN", onHand: "1", cost: null },
  { sku: "EVIL-2", name: "＝1+1", warehouse: "MAIN", onHand: "99999999999999.1234", cost: null },
  { sku: "-NUT", name: "Nüt\nzwei Zeilen", warehouse: "MAIN", onHand: "-2", cost: null },
] as const;

let harness: ReportHarness;

beforeAll(async () => {
  harness = await createReportHarness();
  await stock();
});
afterAll(() => harness.close());

/** Levels of the items, and a refreshed view. */
async function stock(): Promise<void> {
  const { db } = harness.context;
  const ids = new Map<string, string>();
  const idOf = (name: string): string => {
    const id = ids.get(name) ?? newId();
    ids.set(name, id);
    return id;
  };
  for (const code of ["MAIN", "NORTH"]) {
    await db.query({
      text: "insert into warehouses (id, code, name) values ($1, $2, $2)",
      values: [idOf(code), code],
    });
  }
  for (const { sku, name, warehouse, onHand, cost } of ITEMS) {
    await db.query({
      text: "insert into inventory_items (id, sku, name, lane) values ($1, $2, $3, lane_of($1)) on conflict do nothing",
      values: [idOf(sku), sku, name],
    });
    await db.query({
      text: "insert into stock_levels (item_id, warehouse_id, lane, on_hand, average_cost, version, updated_at) values ($1, $2, lane_of($1), $3, $4, 1, now())",
      values: [idOf(sku), idOf(warehouse), onHand, cost],
    });
  }
  await db.query({
    text: "insert into reorder_policies (id, item_id, warehouse_id, method, min_quantity, max_quantity) values ($1, $2, $3, 'min_max', 20, 50)",
    values: [newId(), idOf("BOLT-1"), idOf("MAIN")],
  });
  await refresh();
}

async function refresh(): Promise<void> {
  const { db } = harness.context;
  for (const view of ["v_current_inventory", "v_low_stock_items"]) {
    await db.query({ text: "select refresh_view($1)", values: [view] });
  }
}

const ask: ReportHarness["ask"] = (body, options) => harness.ask(body, options);
const run: ReportHarness["run"] = (body, options) => harness.run(body, options);
const download: ReportHarness["download"] = (report) => harness.download(report);

describe("current_inventory as CSV", () => {
  test("holds every level, exactly, with formulas made safe, and agrees with its manifest", async () => {
    const report = await run({ report: "current_inventory", format: "csv" });
    expect(report).toMatchObject({ status: "completed", rows: 5, error: null, warehouses: null });
    const file = await download(report);
    expect(file.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
    const rows = csvRows(file);
    expect(rows.map((row) => [row["sku"], row["warehouse"], row["name"], row["on_hand"]])).toEqual(
      expect.arrayContaining([
        ["BOLT-1", "MAIN", 'Bolt, M8 "hex"', "12.5"],
        ["BOLT-1", "NORTH", 'Bolt, M8 "hex"', "3"],
        ["EVIL-1", "MAIN", `'=HYPERLINK("http://x","y")`, "1"],
        ["EVIL-2", "MAIN", "'＝1+1", "99999999999999.1234"],
        ["'-NUT", "MAIN", "Nüt\nzwei Zeilen", "-2"],
      ]),
    );
    const bolt = rows.find((row) => row["sku"] === "BOLT-1" && row["warehouse"] === "MAIN");
    expect(bolt).toMatchObject({ average_cost: "0.123456", stock_value: "1.5432", version: "1" });

    const sha256 = createHash("sha256").update(file).digest("hex");
    const [object] = report.objects;
    expect(object).toEqual({ key: object.key, bytes: file.length, sha256 });
    expect(object.key).toBe(
      `reports/current_inventory/date=${report.created_at.slice(0, 10)}/${report.id}.csv`,
    );
    const manifest = JSON.parse(await harness.readText(report.manifest_key));
    expect(manifest).toMatchObject({
      report_id: report.id,
      report: "current_inventory",
      format: "csv",
      rows: 5,
      bytes: file.length,
      sha256,
      as_of: report.as_of,
      objects: [object],
    });
    expect(manifest.schema.map((column: { name: string }) => column.name)).toEqual(
      Object.keys(rows[0] ?? {}),
    );
  });

  test("says how old it is, and is read live when asked or when the view is old", async () => {
    const { db } = harness.context;
    const before = await db.query<{ at: Date }>({
      text: "select refreshed_at as at from view_refreshes where view_name = 'v_current_inventory'",
    });
    const fromView = await run({ report: "current_inventory", format: "csv" });
    expect(fromView.as_of).toBe(before.rows[0]?.at.toISOString());
    expect(fromView.age_seconds).toBeGreaterThanOrEqual(0);

    await db.query({ text: "update stock_levels set on_hand = 4 where on_hand = 3" });
    const north = async (report: { download_url: string }) =>
      csvRows(await download(report)).find((row) => row["warehouse"] === "NORTH")?.["on_hand"];
    expect(await north(fromView)).toBe("3");
    const fresh = await run({
      report: "current_inventory",
      format: "csv",
      parameters: { fresh: true },
    });
    expect(await north(fresh)).toBe("4");
    expect(new Date(fresh.as_of) > new Date(fromView.as_of)).toBe(true);
    await refresh();
  });

  test("is limited to the warehouse, the SKUs and the caller's own warehouses", async () => {
    const skus = async (parameters: object, options: HarnessRequest = {}) => {
      const report = await run({ report: "current_inventory", format: "csv", parameters }, options);
      return csvRows(await download(report)).map((row) => `${row["sku"]}@${row["warehouse"]}`);
    };
    expect(await skus({ warehouse: "NORTH" })).toEqual(["BOLT-1@NORTH"]);
    expect(await skus({ sku_prefix: "EVIL" })).toEqual(["EVIL-1@MAIN", "EVIL-2@MAIN"]);
    expect(await skus({ sku_prefix: "%" })).toEqual([]);
    expect(await skus({}, { warehouses: ["NORTH", "it's"] })).toEqual(["BOLT-1@NORTH"]);
    const refused = await ask(
      { report: "current_inventory", format: "csv", parameters: { warehouse: "MAIN" } },
      { warehouses: ["NORTH"] },
    );
    expect(refused).toMatchObject({
      status: 404,
      body: { detail: 'warehouse "MAIN" does not exist' },
    });
  });
});

test("low_stock as XLSX has numbers, a header that stays, formulas made safe, and notes", async () => {
  const report = await run({ report: "low_stock", format: "xlsx" });
  expect(report).toMatchObject({ status: "completed", rows: 1 });
  const workbook = new ExcelJS.Workbook();
  // @ts-expect-error -- exceljs wants its own idea of a Buffer
  await workbook.xlsx.load(await download(report));
  const sheet = workbook.getWorksheet("low_stock");
  const cellsOf = (nth: number) => Object.values(sheet?.getRow(nth).values ?? []);
  const [names, cells] = [cellsOf(1).map(String), cellsOf(2)];
  const row = Object.fromEntries(names.map((name, index) => [name, cells[index]]));
  expect(row).toMatchObject({
    sku: "BOLT-1",
    warehouse: "MAIN",
    reorder_at: 20,
    position: 12.5,
    shortfall: 7.5,
  });
  expect(sheet?.views[0]).toMatchObject({ state: "frozen", ySplit: 1 });
  expect(sheet?.getRow(2).getCell(names.indexOf("shortfall") + 1).numFmt).toBe("#,##0.00##");
  const notes = workbook.getWorksheet("notes")?.getSheetValues().flat() ?? [];
  expect(notes).toContain(report.as_of);
  expect(notes).toContain("Reorder level - position.");

  const wide = await run({ report: "current_inventory", format: "xlsx" });
  const other = new ExcelJS.Workbook();
  // @ts-expect-error -- as above
  await other.xlsx.load(await download(wide));
  const all = other.getWorksheet("current_inventory")?.getSheetValues().flat() ?? [];
  expect(all).toContain(`'=HYPERLINK("http://x","y")`);
  expect(all).toContain("99999999999999.1234"); // more digits than a double holds
});

describe("a report", () => {
  test("is seen by its requester and by admins, and by nobody else", async () => {
    const { body } = await ask({ report: "low_stock", format: "csv" });
    const path = `/v1/reports/${body.id}`;
    const as = async (options: HarnessRequest) =>
      (await harness.request("GET", path, options)).status;
    expect(await as({ role: "analyst" })).toBe(200);
    expect(await as({ role: "admin" })).toBe(200);
    expect(await as({ role: "admin", warehouses: ["NORTH"] })).toBe(404);
    expect(await as({ role: "analyst", warehouses: ["NORTH"] })).toBe(404);
    expect(await as({ role: "service", scopes: ["reports:run"] })).toBe(404);
    expect(await as({ role: "viewer" })).toBe(403);
    const own = await harness.request("GET", "/v1/reports?limit=2", { role: "analyst" });
    expect(own.body.data).toHaveLength(2);
    expect(own.body.data[0].id).toBe(body.id);
    const next = await harness.request(
      "GET",
      `/v1/reports?limit=2&cursor=${own.body.next_cursor}`,
      {
        role: "analyst",
      },
    );
    const ids = [...own.body.data, ...next.body.data].map(({ id }: { id: string }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const others = await harness.request("GET", "/v1/reports", {
      role: "service",
      scopes: ["reports:run"],
    });
    expect(others.body.data).toEqual([]);
  });

  test("asked for twice with one Idempotency-Key is one report", async () => {
    const headers = { "idempotency-key": newId() };
    const first = await ask({ report: "low_stock", format: "csv" }, { headers });
    const second = await ask({ report: "low_stock", format: "csv" }, { headers });
    expect(second.headers.get("idempotency-replayed")).toBe("true");
    expect(second.body.id).toBe(first.body.id);
  });

  test("and its parameters are refused by name where they are not known or do not fit", async () => {
    const unknown = await ask({ report: "everything", format: "ods", parameters: { depth: 3 } });
    expect(unknown.body.errors).toMatchObject([
      { pointer: "/report", code: "not_allowed" },
      { pointer: "/format", code: "not_allowed" },
      { pointer: "/parameters/depth", code: "unknown_field" },
    ]);
    const foreign = await ask({
      report: "stock_as_of",
      parameters: { fresh: true, from: "2026-01-01T00:00:00Z", as_of: "yesterday" },
    });
    expect(foreign.body.errors).toMatchObject([
      { pointer: "/parameters/as_of", code: "date_format" },
    ]);
    const period = await ask({
      report: "movement_history",
      parameters: {
        from: "2026-02-01T00:00:00Z",
        to: "2026-01-01T00:00:00Z",
        as_of: "2026-01-01T00:00:00Z",
        fresh: false,
      },
    });
    expect(period.status).toBe(422);
    expect(period.body.errors.map((one: { pointer: string }) => one.pointer)).toEqual([
      "/parameters/as_of",
      "/parameters/fresh",
      "/parameters/to",
    ]);
    expect(period.body.errors[0].detail).toBe(
      'as_of "2026-01-01T00:00:00Z" is not valid; expected no such parameter for movement_history, which takes warehouse, sku_prefix, from, to',
    );
  });

  test("is told in the event log once it is there", async () => {
    const report = await run({ report: "low_stock", format: "csv" });
    const { rows } = await harness.context.db.query({
      text: "select type, data from events where partition_key = $1",
      values: [report.id],
    });
    expect(rows).toEqual([
      {
        type: "stockline.report.completed",
        data: {
          id: report.id,
          report: "low_stock",
          format: "csv",
          rows: 1,
          bytes: report.bytes,
          as_of: report.as_of,
        },
      },
    ]);
  });
});

describe("the worker", () => {
  const deps = (over: Partial<Parameters<typeof exportReport>[0]> = {}) => ({
    ...harness.context,
    owner: newId(),
    stopping: new AbortController().signal,
    ...over,
  });
  const queue = async (status = "queued", attempts = 0): Promise<string> => {
    const id = newId();
    await harness.context.db.query({
      text: "insert into reports (id, report, format, status, requested_by, attempts, lease_owner, lease_until) values ($1, 'low_stock', 'csv', $2, 'test-analyst', $3, 'dead', now() + interval '1 hour')",
      values: [id, status, attempts],
    });
    return id;
  };
  const freed = (id: string) =>
    harness.context.db.query({
      text: "update reports set lease_until = now() - interval '1 second' where id = $1",
      values: [id],
    });
  const statusOf = async (id: string) => {
    const { rows } = await harness.context.db.query<{ status: string; attempts: number }>({
      text: "select status, attempts, error_code from reports where id = $1",
      values: [id],
    });
    return rows[0];
  };

  test("leaves a report alone whose lease holds, and takes it over when that ran out", async () => {
    const id = await queue("running", 1);
    expect(await exportReport(deps(), id)).toBe("none");
    await freed(id);
    await waitFor("the sweep", async () => (await statusOf(id))?.status === "completed");
    expect(await statusOf(id)).toMatchObject({ attempts: 2 });
  });

  test("puts a report whose storage fails back, and gives it up after five times", async () => {
    await harness.stopWorker();
    const storage = {
      ...harness.context.storage,
      put: async () => {
        throw new Error("no such bucket");
      },
    };
    const log = Object.assign(Object.create(harness.context.log), { error: () => undefined });
    const id = await queue();
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      await freed(id);
      const outcome = await exportReport(deps({ storage, log }), id);
      expect(outcome).toBe(attempt < 5 ? "requeued" : "failed");
    }
    expect(await statusOf(id)).toMatchObject({ status: "failed", error_code: "export_failed" });
    harness.startWorker();
  });

  test("that stops gives its report back without counting the attempt", async () => {
    await harness.stopWorker();
    const id = await queue();
    await freed(id);
    const stopping = new AbortController();
    const storage = {
      ...harness.context.storage,
      put: async (_key: string, body: AsyncIterable<unknown>) => {
        stopping.abort(new Error("stop"));
        for await (const _chunk of body);
      },
    };
    expect(await exportReport(deps({ storage, stopping: stopping.signal }), id)).toBe("requeued");
    expect(await statusOf(id)).toMatchObject({ status: "queued", attempts: 0 });
    harness.startWorker();
    await waitFor("the next worker", async () => (await statusOf(id))?.status === "completed");
  });

  test("that lost its lease leaves no trace", async () => {
    await harness.stopWorker();
    const id = await queue();
    await freed(id);
    const { context } = harness;
    const stored: string[] = [];
    const storage = {
      ...context.storage,
      put: async (key: string, body: AsyncIterable<unknown>) => {
        for await (const _chunk of body);
        stored.push(key);
      },
    };
    const choose = async () => {
      await context.db.query({
        text: "update reports set lease_owner = 'another' where id = $1",
        values: [id],
      });
      return context.reads.choose();
    };
    expect(await exportReport(deps({ storage, reads: { ...context.reads, choose } }), id)).toBe(
      "lost",
    );
    expect(stored).toEqual([]);
    expect(await statusOf(id)).toMatchObject({ status: "running" });
    harness.startWorker();
  });
});
