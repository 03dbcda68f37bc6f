/** Second part of the demo: what is where, and what is low. */
import type { StockLevel } from "../client/answers.ts";
import { runJob } from "../client/runs.ts";
import { counted, duration, grouped, textTable } from "../client/textTable.ts";
import { formatQuantity, quantityFromText } from "../domain/quantity.ts";
import { countedAre, type Demo, heading, indented } from "./demoScene.ts";
import { LocalError } from "./localError.ts";

/** Items that are shown: one by the piece, one in packs, one by weight. */
const ITEMS_SHOWN = ["KET-005", "FLT-020", "COF-014"];
const LOW_SHOWN = 5;

/** Shows the stock of a few items, and the whole by warehouse. */
export async function showStock(demo: Demo): Promise<void> {
  heading(demo, "Stock of three items");
  const items = await Promise.all(
    ITEMS_SHOWN.map((sku) => demo.client.call("GET /v1/stock/{sku}", { path: { sku } })),
  );
  const shown = items.flatMap(({ sku, warehouses }) => warehouses.map((it) => ({ ...it, sku })));
  indented(
    demo,
    textTable(
      [
        { title: "SKU", of: (level) => level.sku },
        { title: "WAREHOUSE", of: (level) => level.warehouse },
        { title: "ON HAND", of: (level) => level.on_hand, right: true },
        { title: "AVAILABLE", of: (level) => level.available, right: true },
        { title: "AVERAGE COST", of: (level) => level.average_cost, right: true },
        { title: "LEDGER ENTRIES", of: (level) => level.version, right: true },
      ],
      shown,
    ),
  );
  demo.summary.push(totalsSentence(await collectLevels(demo, {})));
}

async function collectLevels(
  { client }: Demo,
  query: Readonly<Record<string, boolean>>,
): Promise<StockLevel[]> {
  const levels: StockLevel[] = [];
  for await (const level of client.list("GET /v1/stock", { query })) levels.push(level);
  return levels;
}

function totalsSentence(levels: readonly StockLevel[]): string {
  const units = new Map<string, bigint>();
  for (const { warehouse, on_hand: onHand } of levels) {
    units.set(warehouse, (units.get(warehouse) ?? 0n) + quantityFromText(onHand));
  }
  const places = [...units].map(([place, sum]) => `${place} ${withGroups(formatQuantity(sum))}`);
  return `${counted(levels.length, "stock level")}; units on hand: ${places.join(", ")}.`;
}

/** A decimal text with grouped digits before its point: 7,022.3. */
function withGroups(decimal: string): string {
  const [whole = "", fraction] = decimal.split(".");
  const shown = grouped(Number(whole));
  return fraction === undefined ? shown : `${shown}.${fraction}`;
}

/** Refreshes the views, looks for low stock, shows what needs it most. */
export async function detectLowStock(demo: Demo): Promise<void> {
  heading(demo, "Refreshing the views and looking for low stock");
  await runJobHere(demo, "refresh-views");
  const outcome = await runJobHere(demo, "detect-low-stock");
  const alerts = Number(outcome["low"] ?? 0);
  const low = await collectLevels(demo, { low: true });
  const worst = low.toSorted((left, right) => (shortfall(left) > shortfall(right) ? -1 : 1));
  indented(
    demo,
    `${countedAre(low.length, "stock level")} at or below the reorder level; this look told ` +
      `${counted(alerts, "new alert")} (the scheduler looks every minute too, and nothing is told twice).`,
  );
  indented(demo, `The ${LOW_SHOWN} that lack most:`);
  indented(demo, lowTable(worst.slice(0, LOW_SHOWN)));
  demo.summary.push(`${countedAre(low.length, "stock level")} low: at or below the reorder level.`);
}

function lowTable(levels: readonly StockLevel[]): string {
  return textTable(
    [
      { title: "SKU", of: (level) => level.sku },
      { title: "WAREHOUSE", of: (level) => level.warehouse },
      { title: "AVAILABLE", of: (level) => level.available, right: true },
      { title: "REORDER AT", of: (level) => level.reorder_at, right: true },
      { title: "SHORTFALL", of: (level) => level.shortfall, right: true },
    ],
    levels,
  );
}

function shortfall(level: StockLevel): bigint {
  return quantityFromText(level.shortfall ?? "0");
}

/** Runs a job and says how long it took; answers its outcome. */
export async function runJobHere(
  demo: Demo,
  name: string,
): Promise<Readonly<Record<string, unknown>>> {
  const begunMs = performance.now();
  const run = await runJob(demo.client, name, { signal: demo.signal });
  if (run.status !== "completed") {
    throw new LocalError(
      `The job ${name} ended as ${run.status}: ${run.error ?? "no reason given"}`,
    );
  }
  indented(demo, `${name}: done in ${duration(performance.now() - begunMs)}`);
  return { ...run.outcome, run_id: run.id };
}
