/** `simulate` replays demand under reorder policies and compares what comes of them. */
import { readFileSync, writeFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { type Simulation, simulateReorder } from "../client/simulations.ts";
import { unchecked } from "../client/stocklineClient.ts";
import type { Column } from "../client/textTable.ts";
import { textTable } from "../client/textTable.ts";
import { type ActionContext, rowsOption, runAction, type Shell } from "./command.ts";
import { EXIT } from "./exitCodes.ts";
import { UsageError } from "./usageError.ts";

const COLUMNS: readonly Column<Simulation>[] = [
  { title: "POLICY", of: (one) => one.method },
  { title: "REORDER AT", of: (one) => one.reorder_at, right: true },
  { title: "DAYS", of: (one) => one.report.days, right: true },
  { title: "FILL RATE", of: (one) => percent(one.report.fill_rate), right: true },
  { title: "STOCK-OUT DAYS", of: (one) => one.report.stock_out_days, right: true },
  { title: "AVERAGE STOCK", of: (one) => one.report.average_stock, right: true },
  { title: "ORDERS", of: (one) => one.report.orders, right: true },
  { title: "HOLDING", of: (one) => one.report.holding_cost, right: true },
  { title: "ORDERING", of: (one) => one.report.ordering_cost, right: true },
  { title: "SHORTAGE", of: (one) => one.report.shortage_cost, right: true },
  { title: "TOTAL", of: (one) => one.report.total_cost, right: true },
];

/** "0.9812" as "98.12 %". */
function percent(share: string | null): string {
  return share === null ? "–" : `${(Number(share) * 100).toFixed(2)} %`;
}

interface SimulateOptions {
  readonly policy: readonly string[];
  readonly demand?: string;
  readonly historyDays?: number;
  readonly warmUpDays?: number;
  readonly leadTimeDays?: number;
  readonly openingStock?: string;
  readonly backorders?: boolean;
  readonly daysFile?: string;
}

/** Adds the command. */
export function addSimulateCommand(program: Command, shell: Shell): void {
  program
    .command("simulate")
    .summary("replay demand under reorder policies")
    .description(
      "Replays the demand of an item at a warehouse day by day under its policy, or under each that is given, by the functions that production orders by. Changes nothing.",
    )
    .argument("<sku>")
    .argument("<warehouse>")
    .option(
      "--policy <method[:member=value,…]>",
      "a policy to try, such as auto:service_level=0.98 or min_max:min=5,max=20; again for each; stored: the item's own",
      (text: string, before: readonly string[]) => [...before, text],
      [],
    )
    .option("--demand <file>", "CSV with the columns day and quantity, instead of the ledger")
    .option("--history-days <days>", "days of the ledger (default: 365)", rowsOption)
    .option("--warm-up-days <days>", "first days, known to the policy and not counted", daysOption)
    .option("--lead-time-days <days>", "instead of the supplier's", daysOption)
    .option("--opening-stock <quantity>", "instead of what the policy orders up to")
    .option("--backorders", "unserved demand waits for goods instead of being lost")
    .option("--days-file <file>", "writes each replayed day as CSV")
    .action((sku: string, warehouse: string, options: SimulateOptions, command: Command) =>
      runAction(shell, command, (context) => simulate(context, { sku, warehouse, options })),
    );
}

async function simulate(
  context: ActionContext,
  { sku, warehouse, options }: { sku: string; warehouse: string; options: SimulateOptions },
): Promise<0> {
  const policies = options.policy.length === 0 ? ["stored"] : options.policy;
  const demand = options.demand === undefined ? undefined : readDemandFile(options.demand);
  const found: Simulation[] = [];
  for (const policy of policies) {
    const body = {
      sku,
      warehouse,
      policy: policyOf(policy),
      demand,
      history_days: options.historyDays,
      warm_up_days: options.warmUpDays,
      lead_time_days: options.leadTimeDays,
      opening_stock: options.openingStock,
      backorders: options.backorders,
      days: options.daysFile === undefined ? undefined : true,
    };
    found.push(await simulateReorder(context.client, unchecked(body)));
  }
  if (options.daysFile !== undefined) writeFileSync(options.daysFile, daysCsv(found));
  context.answer(found, () => describe(found));
  return EXIT.ok;
}

function describe(found: readonly Simulation[]): string {
  const [first] = found;
  if (first === undefined) return "Nothing was replayed.";
  const price = first.unit_cost ? `${first.unit_cost} ${first.currency ?? ""}`.trim() : "unknown";
  const supplier = first.supplier ?? "no supplier";
  return (
    `${first.sku} at ${first.warehouse}, ${first.from} to ${first.to}: demand ${first.report.demand}, ` +
    `${supplier}, ${first.lead_time_days} days, unit cost ${price}\n${textTable(COLUMNS, found)}`
  );
}

/** `auto:service_level=0.98` as { method, service_level }; "stored" as no policy at all. */
function policyOf(text: string): Record<string, unknown> | undefined {
  if (text === "stored") return undefined;
  const [method = "", rest = ""] = text.split(/:(.*)/s);
  const members = rest === "" ? [] : rest.split(",").map(memberOf);
  return { method, ...Object.fromEntries(members) };
}

function memberOf(text: string): [string, string | number] {
  const [, name, value] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UsageError(`"${text}" is no member of a policy; expected name=value, such as min=5`);
  }
  return [name, name === "review_days" ? Number(value) : value];
}

const LINE = /^\s*"?(\d{4}-\d{2}-\d{2})"?\s*[,;\t]\s*"?(\d+(?:\.\d+)?)"?\s*$/;

/** Reads day and quantity; days without demand may stand in the file or not. */
function readDemandFile(file: string): { day: string; quantity: string }[] {
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  return lines.flatMap((line, at) => {
    const [, day, quantity] = LINE.exec(line) ?? [];
    if (day !== undefined && quantity !== undefined) {
      return Number(quantity) === 0 ? [] : [{ day, quantity }];
    }
    if (at === 0 || line.trim() === "") return [];
    throw new UsageError(
      `${file}, line ${at + 1} is ${JSON.stringify(line)}; expected a day and a quantity, such as 2026-03-01,12`,
    );
  });
}

function daysCsv(found: readonly Simulation[]): string {
  const names = ["day", "demand", "served", "received", "ordered", "closing"];
  const rows = found.flatMap((one) =>
    (one.days ?? []).map((day) =>
      [one.method, ...names.map((name) => String(Reflect.get(day, name) ?? ""))].join(","),
    ),
  );
  return `${["policy", ...names].join(",")}\n${rows.join("\n")}\n`;
}

/** Reads an option as a whole number of 0 or more, for commander. */
function daysOption(text: string): number {
  const days = Number(text);
  if (Number.isSafeInteger(days) && days >= 0) return days;
  throw new InvalidArgumentError("Expected a whole number of days.");
}
