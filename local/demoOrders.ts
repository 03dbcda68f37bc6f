/** Third part of the demo: purchase orders drafted from what is low, with the working of one line. */
import { Big } from "big.js";
import type { ListedOrder } from "../client/answers.ts";
import { explainOrderLine } from "../client/explainOrderLine.ts";
import { listOrders, readOrder } from "../client/purchaseOrders.ts";
import { counted, textTable } from "../client/textTable.ts";
import { type Demo, heading, indented } from "./demoScene.ts";
import { runJobHere } from "./demoStock.ts";

/** Drafts purchase orders and shows them by supplier. */
export async function draftOrders(demo: Demo): Promise<void> {
  heading(demo, "Drafting purchase orders");
  const outcome = await runJobHere(demo, "generate-purchase-orders");
  const drafts: ListedOrder[] = [];
  for await (const order of listOrders(demo.client, { query: { status: "draft" } })) {
    drafts.push(order);
  }
  const made = drafts.filter((order) => order.generated_by_run === outcome["run_id"]);
  const before = drafts.length - made.length;
  indented(demo, newsOf(made.length, before));
  const suppliers = bySupplier(drafts);
  indented(
    demo,
    textTable(
      [
        { title: "SUPPLIER", of: (row) => row.supplier },
        { title: "DRAFTS", of: (row) => row.orders, right: true },
        { title: "LINES", of: (row) => row.lines, right: true },
        { title: "COST", of: (row) => row.cost, right: true },
      ],
      suppliers,
    ),
  );
  await explainOne(demo, drafts);
  demo.summary.push(
    `${counted(drafts.length, "purchase order")} stand drafted for ` +
      `${counted(suppliers.length, "supplier")}${before === 0 ? "" : `, ${before} of them from before`}.`,
  );
}

function newsOf(made: number, before: number): string {
  if (before === 0)
    return `${counted(made, "draft")}, one for each supplier and warehouse in need:`;
  return (
    `${counted(made, "new draft")}; ${counted(before, "draft")} from before ` +
    `${before === 1 ? "is" : "are"} counted in, so that nothing is ordered twice:`
  );
}

interface SupplierRow {
  readonly supplier: string;
  readonly orders: number;
  readonly lines: number;
  readonly cost: string;
}

function bySupplier(orders: readonly ListedOrder[]): SupplierRow[] {
  const names = [...new Set(orders.map((order) => order.supplier))].toSorted();
  return names.map((supplier) => {
    const own = orders.filter((order) => order.supplier === supplier);
    const lines = own.reduce((sum, order) => sum + (order.line_count ?? 0), 0);
    return { supplier, orders: own.length, lines, cost: costOf(own) };
  });
}

/** Exact sums, one for each currency. */
function costOf(orders: readonly ListedOrder[]): string {
  const sums = new Map<string, Big>();
  for (const { currency, total_cost: cost } of orders) {
    const name = currency ?? "";
    sums.set(name, (sums.get(name) ?? new Big(0)).plus(cost ?? "0"));
  }
  return [...sums].map(([currency, sum]) => `${sum.toFixed(2)} ${currency}`.trim()).join(" + ");
}

async function explainOne(demo: Demo, drafts: readonly ListedOrder[]): Promise<void> {
  for (const { id, number } of drafts) {
    const order = await readOrder(demo.client, id);
    const [line] = order.lines ?? [];
    const working = line === undefined ? undefined : explainOrderLine(line);
    if (working === undefined) continue;
    indented(demo, `How one line of ${number} came about:\n  ${working}`);
    return;
  }
}
