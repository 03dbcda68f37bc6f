/** `orders` lists purchase orders, shows one with its working, takes one on its way, drafts new ones. */
import type { Command } from "commander";
import type { ListedOrder, PurchaseOrder } from "../client/answers.ts";
import { explainOrderLine } from "../client/explainOrderLine.ts";
import { findOrderId, listOrders, moveOrder, readOrder } from "../client/purchaseOrders.ts";
import { runJob } from "../client/runs.ts";
import { unchecked } from "../client/stocklineClient.ts";
import { type Column, counted, textTable } from "../client/textTable.ts";
import {
  type ActionContext,
  answerList,
  collect,
  rowsOption,
  runAction,
  type Shell,
} from "./command.ts";
import { EXIT, type ExitCode } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

const COLUMNS: readonly Column<ListedOrder>[] = [
  { title: "ORDER", of: (order) => order.number },
  { title: "STATUS", of: (order) => order.status },
  { title: "SUPPLIER", of: (order) => order.supplier },
  { title: "WAREHOUSE", of: (order) => order.warehouse },
  { title: "LINES", of: (order) => order.line_count, right: true },
  { title: "COST", of: (order) => order.total_cost, right: true },
  { title: "", of: (order) => order.currency ?? "" },
  { title: "EXPECTED", of: (order) => order.expected_on },
];

const ORDER_ARGUMENT = "number or id of the order, e.g. PO-000001";

/** Adds the commands. */
export function addOrdersCommand(program: Command, shell: Shell): void {
  const orders = program
    .command("orders")
    .summary("orders list, show, approve, send, receive, cancel, generate");
  addList(orders, shell);
  orders
    .command("show")
    .description("Shows an order with its lines, and how each quantity was reached.")
    .argument("<order>", ORDER_ARGUMENT)
    .action((name: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const order = await readOrder(context.client, await findOrderId(context.client, name));
        context.answer(order, () => describeOrder(order));
        return EXIT.ok;
      }),
    );
  addStep(orders, shell, "approve", "Approves a draft.");
  addStep(orders, shell, "send", "Marks an approved order as sent to its supplier.");
  addStep(orders, shell, "cancel", "Cancels an order; what was received stays received.");
  addReceive(orders, shell);
  orders
    .command("generate")
    .description("Drafts an order for everything at or below its reorder level; never twice.")
    .action((_options, command: Command) => runAction(shell, command, generate));
}

interface ListOptions {
  readonly status?: string;
  readonly supplier?: string;
  readonly warehouse?: string;
  readonly limit: number;
}

function addList(orders: Command, shell: Shell): void {
  orders
    .command("list")
    .description("Lists orders, newest first.")
    .option("--status <status>", "draft, approved, sent, partially_received, received, cancelled")
    .option("--supplier <code>")
    .option("--warehouse <code>")
    .option("--limit <rows>", "rows at most", rowsOption, 50)
    .action(({ limit, ...query }: ListOptions, command: Command) =>
      runAction(shell, command, async (context) => {
        const rows = await collect(
          listOrders(context.client, { query: unchecked(query), rowsMax: limit }),
        );
        return answerList(context, rows, { columns: COLUMNS, none: "There is no such order." });
      }),
    );
}

function addStep(
  orders: Command,
  shell: Shell,
  step: "approve" | "send" | "cancel",
  description: string,
): void {
  orders
    .command(step)
    .description(description)
    .argument("<order>", ORDER_ARGUMENT)
    .action((name: string, _options, command: Command) =>
      runAction(shell, command, async (context) => {
        const id = await findOrderId(context.client, name);
        const order = await moveOrder(context.client, id, step);
        context.answer(order, () => `${order.number} is ${order.status}`);
        return EXIT.ok;
      }),
    );
}

function addReceive(orders: Command, shell: Shell): void {
  orders
    .command("receive")
    .summary("book what a supplier delivered")
    .description("Books goods of a sent order. Without lines: everything that is still open.")
    .argument("<order>", ORDER_ARGUMENT)
    .argument("[lines...]", "what came, as SKU=QUANTITY")
    .option("--reference <text>", "delivery note or the like")
    .action((name: string, lines: readonly string[], options, command: Command) =>
      runAction(shell, command, async (context) => {
        const id = await findOrderId(context.client, name);
        const wanted = lines.length > 0 ? lines.map(lineOf) : await openLines(context, id);
        const body = { lines: wanted, reference: options.reference };
        const operation = "POST /v1/purchase-orders/{id}/receive";
        const order = await context.client.call(operation, { path: { id }, body });
        const taken = counted(wanted.length, "line");
        context.answer(order, () => `${order.number} is ${order.status}; ${taken} booked`);
        return EXIT.ok;
      }),
    );
}

interface ReceivedLine {
  readonly sku: string;
  readonly quantity: string;
}

function lineOf(text: string): ReceivedLine {
  const [, sku, quantity] = /^(.+)=([^=]+)$/.exec(text) ?? [];
  if (sku !== undefined && quantity !== undefined) return { sku, quantity };
  throw new UsageError(`"${text}" is not a line; expected SKU=QUANTITY, such as KET-005=5`);
}

async function openLines({ client }: ActionContext, id: string): Promise<ReceivedLine[]> {
  const order = await readOrder(client, id);
  const open = (order.lines ?? []).map(({ sku, open_quantity: quantity }) => ({
    sku,
    quantity: String(quantity),
  }));
  const lines = open.filter((line) => line.quantity !== "0");
  if (lines.length > 0) return lines;
  throw new UsageError(`${order.number} has nothing left to receive`);
}

async function generate(context: ActionContext): Promise<ExitCode> {
  const name = "generate-purchase-orders";
  const run = await runJob(context.client, name, { signal: context.io.signal });
  const drafts = await collect(listOrders(context.client, { query: { status: "draft" } }));
  const made = drafts.filter((order) => order.generated_by_run === run.id);
  context.answer(run, () => {
    if (run.status !== "completed") return `${name} ${run.status}: ${run.error ?? ""}`;
    if (made.length === 0) return "Nothing to order: all that is low is on order or drafted.";
    return `${counted(made.length, "draft")}\n${textTable(COLUMNS, made)}`;
  });
  return run.status === "completed" ? EXIT.ok : EXIT.incomplete;
}

function describeOrder(order: PurchaseOrder): string {
  const cost = order.total_cost ? `${order.total_cost} ${order.currency ?? ""}`.trim() : "unknown";
  const head =
    `${order.number}  ${order.status}  ${order.supplier} to ${order.warehouse}  cost ${cost}  ` +
    `expected ${order.expected_on ?? "–"}`;
  const lines = (order.lines ?? []).flatMap((line) => {
    const received = line.received_quantity ?? "0";
    const working = explainOrderLine(line);
    return [
      `  ${line.sku}  ${line.quantity} ordered, ${received} received, ${line.unit_cost ?? "?"} each`,
      ...(working === undefined ? [] : [`      ${working}`]),
    ];
  });
  return [head, ...lines].join("\n");
}
