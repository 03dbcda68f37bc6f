/** Every report of the contract on a history with figures worked out by hand, and every format of each saying the same. */
import { gunzipSync } from "node:zlib";
import ExcelJS from "exceljs";
import { type FileMetaData, parquetMetadata, parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { REPORT_NAMES } from "../../../domain/reportWords.ts";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { REPORTS } from "../../../pipelines/export/index.ts";
import type { ReportColumn } from "../../../pipelines/export/reportDefinitions.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { toTestCommand } from "../../support/command.ts";
import { createReportHarness, csvRows, type ReportHarness } from "../../support/reportHarness.ts";
import { createValuationStage } from "../../support/valuationStage.ts";

const DAY_MS = 86_400_000;
/** Ends with two hundred days after its start. */
const PERIOD = { from: "2025-01-01T00:00:00Z", to: "2025-07-20T00:00:00Z" };

let harness: ReportHarness;
let stage: Awaited<ReturnType<typeof createValuationStage>>;

beforeAll(async () => {
  harness = await createReportHarness();
  stage = await createValuationStage(harness.context.db);
  await stage.post(await stage.item("BOLT"), [
    { type: "receipt", quantity: "100", cost: "2", on: "2025-01-01T00:00:00Z" },
    { type: "issue", quantity: "40", on: "2025-04-11T00:00:00Z" },
    { type: "receipt", quantity: "20", cost: "5", on: "2025-05-01T00:00:00Z" },
  ]);
  const daysAgo = (days: number) => new Date(Date.now() - days * DAY_MS - 60_000).toISOString();
  await stage.post(await stage.item("AGED"), [
    { type: "receipt", quantity: "7", cost: "2", at: "B", on: daysAgo(100) },
    { type: "receipt", quantity: "5", cost: "1", at: "B", on: daysAgo(10) },
    { type: "issue", quantity: "3", at: "B", on: daysAgo(1) },
  ]);
  for (const [sku, cost] of [
    ["A1", "80"],
    ["A2", "15"],
    ["A3", "4"],
    ["A4", "1"],
  ] as const) {
    const issue = newId();
    await stage.post(await stage.item(sku), [
      { type: "receipt", quantity: "10", cost, at: "C", on: "2024-01-02T00:00:00Z" },
      { type: "issue", quantity: "1", at: "C", on: "2024-02-02T00:00:00Z" },
      { type: "issue", quantity: "2", at: "C", on: "2024-02-03T00:00:00Z", id: issue },
      { type: "reversal", quantity: "2", at: "C", on: "2024-02-04T00:00:00Z", target: issue },
    ]);
  }
  await stage.post(await stage.item("HUGE"), [
    { type: "receipt", quantity: "99999999999999.1234", at: "C", on: "2024-01-02T00:00:00Z" },
  ]);
  await stage.item("IDLE");
  await stage.value();
  await order();
});
afterAll(() => harness.close());

/** Two orders of ACME: BOLT in full after 5 days and on time, A1 half and late; and a draft. */
async function order(): Promise<void> {
  const { db } = harness.context;
  const supplier = newId();
  await db.query({
    text: "insert into suppliers (id, code, name, lead_time_days) values ($1, 'ACME', '=Acme', 7)",
    values: [supplier],
  });
  const orders = [
    { number: "PO-1", status: "received", sku: "BOLT", at: "A", ordered: "10", received: "10" },
    {
      number: "PO-2",
      status: "partially_received",
      sku: "A1",
      at: "C",
      ordered: "8",
      received: "4",
    },
    { number: "PO-3", status: "draft", sku: "A2", at: "C", ordered: "3", received: "0" },
  ] as const;
  for (const { number, status, sku, at, ordered, received } of orders) {
    const id = newId();
    await db.query({
      text: `insert into purchase_orders (id, number, supplier_id, warehouse_id, status, currency, expected_on, created_by, sent_at, created_at)
        values ($1, $2, $3, $4, $5, 'EUR', '2025-03-10', 'tester', case when $5 <> 'draft' then timestamptz '2025-03-01T00:00:00Z' end, '2025-02-28T00:00:00Z')`,
      values: [id, number, supplier, stage.warehouseId(at), status],
    });
    const { rows } = await db.query<{ id: string; lane: number }>({
      text: `with line as (
          insert into purchase_order_lines (id, purchase_order_id, line_number, item_id, quantity, received_quantity, unit_cost)
          select $1, $2, 1, id, $4, $5, 2 from inventory_items where sku = $3)
        select id, lane from inventory_items where sku = $3`,
      values: [newId(), id, sku, ordered, received],
    });
    const [item] = rows;
    if (item === undefined || received === "0") continue;
    await appendToInbox(db, [
      toTestCommand({
        itemId: item.id,
        lane: item.lane,
        warehouseId: stage.warehouseId(at),
        quantity: received,
        source: "purchase_order",
        sourceId: id,
        occurredAt: new Date("2025-03-06T00:00:00Z"),
      }),
    ]);
    await drainLanes(db, { lanes: [item.lane], rowsMax: 100 });
  }
  await db.query("select refresh_view('v_pending_orders')");
  await db.query("select refresh_view('v_current_inventory')");
}

async function rowsOf(report: string, parameters: object = {}, options = {}) {
  const done = await harness.run({ report, format: "csv", parameters }, options);
  expect(done).toMatchObject({ status: "completed", error: null });
  const rows = csvRows(await harness.download(done));
  expect(rows).toHaveLength(done.rows);
  return rows;
}

const row = async (report: string, sku: string, parameters: object = {}) =>
  (await rowsOf(report, parameters)).find((one) => one["sku"] === sku);

describe("figures", () => {
  test("stock_as_of answers a past moment by when things happened", async () => {
    expect(await row("stock_as_of", "BOLT", { as_of: "2025-01-15T00:00:00Z" })).toMatchObject({
      warehouse: "A",
      on_hand: "100",
      available: "100",
      entries: "1",
    });
    const april = {
      report: "stock_as_of",
      format: "csv",
      parameters: { as_of: "2025-04-20T00:00:00Z" },
    };
    const done = await harness.run(april);
    expect(done.as_of).toBe("2025-04-20T00:00:00.000Z");
    expect(csvRows(await harness.download(done)).find(({ sku }) => sku === "BOLT")).toMatchObject({
      on_hand: "70", // 100 - 40, and the 10 of PO-1 that came in March and were recorded later
    });
    expect(await rowsOf("stock_as_of", { as_of: "2023-01-01T00:00:00Z" })).toEqual([]);
  });

  test("stock_valuation tells both methods and how current they are", async () => {
    expect(await row("stock_valuation", "AGED")).toMatchObject({
      quantity: "9",
      average_unit_cost: "1.583333",
      average_value: "14.25",
      fifo_value: "13",
      currency: "EUR",
      valued_version: "3",
      version: "3",
    });
    expect(await row("stock_valuation", "BOLT")).toMatchObject({
      valued_version: "3",
      version: "4",
    });
  });

  test("stock_ageing splits what is there by the age of its FIFO layers", async () => {
    expect(await row("stock_ageing", "AGED")).toMatchObject({
      quantity: "9",
      value: "13",
      mean_age_days: "50",
      quantity_0_to_30: "5",
      value_0_to_30: "5",
      quantity_91_to_180: "4",
      value_91_to_180: "8",
      quantity_over_365: "0",
    });
  });

  test("inventory_turnover divides cost of goods sold by the time-weighted value", async () => {
    // 200 for 100 days, 120 for 20 days, 220 for 80 days
    expect(await row("inventory_turnover", "BOLT", PERIOD)).toMatchObject({
      issued_quantity: "40",
      cost_of_goods_sold: "80",
      average_value: "200",
      average_quantity: "88",
      turnover: "0.4",
      days_on_hand: "500",
      period_from: "2025-01-01T00:00:00.000Z",
    });
  });

  test("abc_analysis ranks by consumption, reversed issues taken off, and gives the rest to C", async () => {
    const year = { from: "2024-01-01T00:00:00Z", to: "2025-01-01T00:00:00Z" };
    const rows = await rowsOf("abc_analysis", year);
    expect(
      rows
        .slice(0, 4)
        .map((one) => [
          one["sku"],
          one["consumption_value"],
          one["cumulative_share"],
          one["class"],
        ]),
    ).toEqual([
      ["A1", "80", "0.8", "A"],
      ["A2", "15", "0.95", "B"],
      ["A3", "4", "0.99", "C"],
      ["A4", "1", "1", "C"],
    ]);
    expect(rows.find(({ sku }) => sku === "IDLE")).toMatchObject({
      class: "C",
      issued_quantity: "0",
    });
    const limited = await rowsOf("abc_analysis", year, { warehouses: ["A"] });
    expect(limited.every((one) => one["consumption_value"] === "0")).toBe(true);
  });

  test("supplier_performance counts lines in full, on time and late", async () => {
    expect(await rowsOf("supplier_performance", PERIOD)).toMatchObject([
      {
        supplier: "ACME",
        name: "'=Acme",
        orders: "2",
        lines: "2",
        lines_in_full: "1",
        ordered_quantity: "18",
        received_quantity: "14",
        fill_rate: "0.7778",
        lines_due: "2",
        lines_on_time: "1",
        on_time_rate: "0.5",
        lines_late_open: "1",
        mean_lead_time_days: "5",
        promised_lead_time_days: "7",
      },
    ]);
    expect(await rowsOf("supplier_performance", { to: "2025-01-01T00:00:00Z" })).toEqual([]);
  });

  test("pending_orders lists open lines with what is still to come", async () => {
    const rows = await rowsOf("pending_orders");
    expect(
      rows.map((one) => [one["number"], one["status"], one["open_quantity"], one["expected_on"]]),
    ).toEqual([
      ["PO-2", "partially_received", "4", "2025-03-10"],
      ["PO-3", "draft", "3", "2025-03-10"],
    ]);
  });

  test("movement_history holds the entries recorded in the period, in order, limited like the caller", async () => {
    const all = await rowsOf("movement_history");
    expect(all).toHaveLength(3 + 3 + 4 * 4 + 1 + 2);
    const recorded = all.map((one) => String(one["recorded_at"]));
    expect(recorded).toEqual(recorded.toSorted());
    const bolt = all.filter((one) => one["sku"] === "BOLT").map((one) => one["balance_after"]);
    expect(bolt).toEqual(["100", "60", "80", "90"]);
    expect(await rowsOf("movement_history", { to: "2025-01-01T00:00:00Z" })).toEqual([]);
    const own = await rowsOf("movement_history", {}, { warehouses: ["B"] });
    expect(new Set(own.map((one) => one["sku"]))).toEqual(new Set(["AGED"]));
  });
});

describe.each(REPORT_NAMES)("%s", (report) => {
  test("says the same in every format, with proper types in Parquet", async () => {
    const { columns } = REPORTS[report];
    const to = new Date().toISOString();
    const parameters =
      "query" in REPORTS[report].source && REPORTS[report].parameters.includes("to")
        ? { from: "2024-01-01T00:00:00Z", to }
        : {};
    const file = async (format: string) => {
      const done = await harness.run({ report, format, parameters });
      expect(done).toMatchObject({ status: "completed", error: null });
      expect(done.objects[0].key.endsWith(`.${format}`)).toBe(true);
      expect(JSON.parse(await harness.readText(done.manifest_key))).toMatchObject({ format });
      return harness.download(done);
    };
    const csv = csvRows(await file("csv"));
    expect(csvRows(gunzipSync(await file("csv.gz")))).toEqual(csv);

    const lines = (await file("jsonl")).toString().trimEnd();
    const objects = lines === "" ? [] : lines.split("\n").map((line) => JSON.parse(line));
    const unguarded = csv.map((cells) =>
      Object.fromEntries(
        Object.entries(cells).map(([name, text]) => [name, text.replace(/^'(?==)/, "")]),
      ),
    );
    expect(objects.map((object) => texts(object))).toEqual(unguarded);

    const parquet = await file("parquet");
    const bytes = new Uint8Array(parquet).buffer;
    const schema = parquetMetadata(bytes).schema.slice(1);
    expect(schema.map(({ name }) => name)).toEqual(columns.map(({ name }) => name));
    for (const [index, column] of columns.entries()) {
      const { converted_type: type, scale } = schema[index] ?? {};
      const expected = {
        text: "UTF8",
        decimal: "DECIMAL",
        integer: undefined,
        timestamp: "TIMESTAMP_MILLIS",
        date: "DATE",
      };
      expect([column.name, type]).toEqual([column.name, expected[column.type]]);
      if (column.type === "decimal") expect(scale).toBe(column.scale);
    }
    const rows = await parquetReadObjects({ file: bytes, metadata: withoutDecimals(bytes) });
    expect(rows.map((one) => parquetTexts(report, one))).toEqual(unguarded);

    const workbook = new ExcelJS.Workbook();
    // @ts-expect-error -- exceljs wants its own idea of a Buffer
    await workbook.xlsx.load(await file("xlsx"));
    expect(workbook.getWorksheet(report)?.rowCount).toBe(csv.length + 1);
  });
});

type Value = string | number | bigint | Date | Uint8Array | null | undefined;

const texts = (object: Record<string, string | number | null>) =>
  Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, value === null ? "" : String(value)]),
  );

/** The file's metadata without its decimals: the reader would make floats of them. */
function withoutDecimals(file: ArrayBuffer): FileMetaData {
  const metadata = parquetMetadata(file);
  for (const element of metadata.schema) {
    if (element.converted_type !== "DECIMAL") continue;
    delete element.converted_type;
    delete element.logical_type;
  }
  return metadata;
}

function parquetTexts(report: (typeof REPORT_NAMES)[number], object: Record<string, Value>) {
  const byName = new Map(REPORTS[report].columns.map((column) => [column.name, column]));
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) => [name, parquetText(value, byName.get(name))]),
  );
}

function parquetText(value: Value, column: ReportColumn | undefined): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString().slice(0, column?.type === "date" ? 10 : 24);
  if (column?.type !== "decimal") return String(value);
  const unscaled =
    value instanceof Uint8Array
      ? BigInt.asIntN(128, BigInt(`0x${Buffer.from(value).toString("hex")}`))
      : BigInt(String(value));
  const digits = String(unscaled)
    .replace("-", "")
    .padStart((column.scale ?? 0) + 1, "0");
  const split = digits.length - (column.scale ?? 0);
  const text = `${digits.slice(0, split)}.${digits.slice(split)}`.replace(/\.?0+$/, "");
  return unscaled < 0n ? `-${text}` : text;
}
