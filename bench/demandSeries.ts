/** Demand histories to compare policies on: the project's sample movements, and Northwind's orders where they are at hand. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { parseQuantity, quantityFromText } from "../domain/quantity.ts";
import { addDays, daysBetween } from "../domain/reorder/calendar.ts";
import type { SupplyTerms } from "../domain/reorder/gatherOrder.ts";
import type { HistoryDay } from "../domain/reorder/simulateReorder.ts";
import { projectRoot } from "../platform/projectRoot.ts";

/** What one item at one place was asked for, and how it is bought. */
export interface DemandSeries {
  readonly name: string;
  readonly history: readonly HistoryDay[];
  readonly supply: SupplyTerms;
  readonly leadTimeDays: number;
}

type Row = Readonly<Record<string, string>>;

/** Northwind says nothing of lead times; two weeks are its orders' usual time to the required date, less shipping. */
const NORTHWIND_LEAD_DAYS = 14;

function readTable(path: string): Row[] {
  return parse(readFileSync(path, "utf8"), { columns: true, bom: true, skip_empty_lines: true });
}

/** Issues and transfers out of the sample year, by item and warehouse. */
export function sampleSeries(): DemandSeries[] {
  const folder = join(projectRoot(), "samples");
  const supply = new Map(
    readTable(join(folder, "supplier_items.csv")).map((row) => [row["sku"] ?? "", row]),
  );
  const demands = readTable(join(folder, "movements-2025.csv")).flatMap((row) => {
    if (row["type"] !== "issue" && row["type"] !== "transfer") return [];
    const sku = row["sku"] ?? "";
    const day = (row["occurred_at"] ?? "").slice(0, 10);
    return supply.has(sku) && /^\d{4}-\d\d-\d\d$/.test(day) && isQuantity(row["quantity"] ?? "")
      ? [{ key: `${sku} ${row["warehouse"] ?? ""}`, sku, day, quantity: row["quantity"] ?? "0" }]
      : [];
  });
  return toSeries(demands, (sku) => {
    const terms = supply.get(sku);
    return {
      supply: termsOf({
        unitCost: terms?.["unit_cost"],
        moq: terms?.["moq"],
        packSize: terms?.["pack_size"],
      }),
      leadTimeDays: Number(terms?.["lead_time_days"] ?? "7"),
    };
  });
}

/** The sample file has bad rows on purpose; an import would refuse them. */
function isQuantity(text: string): boolean {
  const quantity = parseQuantity(text);
  return typeof quantity === "bigint" && quantity > 0n;
}

/** Ordered quantities by product and order date. */
export function northwindSeries(): DemandSeries[] {
  const folder = process.env["STOCKLINE_NORTHWIND_DIR"];
  if (folder === undefined || !existsSync(folder)) {
    process.stderr.write(
      "northwind is left out: set STOCKLINE_NORTHWIND_DIR to the folder with its CSV files\n",
    );
    return [];
  }
  const dates = new Map(
    readTable(join(folder, "orders.csv")).map((row) => [row["order_id"], row["order_date"] ?? ""]),
  );
  const prices = new Map(
    readTable(join(folder, "products.csv")).map((row) => [
      row["product_id"] ?? "",
      row["unit_price"] ?? "1",
    ]),
  );
  const demands = readTable(join(folder, "order_details.csv")).map((row) => ({
    key: row["product_id"] ?? "",
    sku: row["product_id"] ?? "",
    day: dates.get(row["order_id"]) ?? "",
    quantity: row["quantity"] ?? "0",
  }));
  return toSeries(demands, (sku) => ({
    supply: termsOf({
      unitCost: Number(prices.get(sku) ?? "1").toFixed(4),
      moq: "1",
      packSize: "1",
    }),
    leadTimeDays: NORTHWIND_LEAD_DAYS,
  }));
}

function termsOf(
  given: Readonly<Record<"unitCost" | "moq" | "packSize", string | undefined>>,
): SupplyTerms {
  return {
    unitCost: quantityFromText(given.unitCost ?? "1"),
    moq: quantityFromText(given.moq ?? "1"),
    packSize: quantityFromText(given.packSize ?? "1"),
    orderMultiple: null,
    maximum: null,
    priceBreaks: [],
  };
}

interface Demand {
  readonly key: string;
  readonly sku: string;
  readonly day: string;
  readonly quantity: string;
}

/** All series over the same days, from the first demand of any to the last. */
function toSeries(
  demands: readonly Demand[],
  buyingOf: (sku: string) => Pick<DemandSeries, "supply" | "leadTimeDays">,
): DemandSeries[] {
  const days = demands.map((demand) => demand.day).toSorted();
  const first = days[0] ?? "";
  const length = daysBetween(first, days.at(-1) ?? first) + 1;
  const series = new Map<string, { sku: string; byDay: Map<string, bigint> }>();
  for (const { key, sku, day, quantity } of demands) {
    const one = series.get(key) ?? { sku, byDay: new Map<string, bigint>() };
    series.set(key, one);
    one.byDay.set(day, (one.byDay.get(day) ?? 0n) + quantityFromText(quantity));
  }
  return [...series].map(([name, { sku, byDay }]) => ({
    name,
    history: Array.from({ length }, (_, at) => {
      const day = addDays(first, at);
      return { day, demand: byDay.get(day) ?? 0n };
    }),
    ...buyingOf(sku),
  }));
}
