/** `stock` shows levels: all, an item's, one, those that are low, and any of them at a past moment. */
import type { Command } from "commander";
import type { StockLevel } from "../client/answers.ts";
import { unchecked } from "../client/stocklineClient.ts";
import { type Column, textTable } from "../client/textTable.ts";
import {
  type ActionContext,
  answerList,
  collect,
  rowsOption,
  runAction,
  type Shell,
} from "./command.ts";
import { UsageError } from "./usageError.ts";

interface StockOptions {
  readonly low?: boolean;
  readonly asOf?: string;
  readonly warehouse?: string;
  readonly limit: number;
}

const LEVEL_COLUMNS: readonly Column<StockLevel>[] = [
  { title: "SKU", of: (level) => level.sku },
  { title: "WAREHOUSE", of: (level) => level.warehouse },
  { title: "ON HAND", of: (level) => level.on_hand, right: true },
  { title: "RESERVED", of: (level) => level.reserved, right: true },
  { title: "UNAVAILABLE", of: (level) => level.unavailable, right: true },
  { title: "AVAILABLE", of: (level) => level.available, right: true },
  { title: "INCOMING", of: (level) => level.incoming, right: true },
  { title: "IN TRANSIT", of: (level) => level.in_transit, right: true },
  { title: "VERSION", of: (level) => level.version, right: true },
];

const LOW_COLUMNS: readonly Column<StockLevel>[] = [
  { title: "SKU", of: (level) => level.sku },
  { title: "WAREHOUSE", of: (level) => level.warehouse },
  { title: "AVAILABLE", of: (level) => level.available, right: true },
  { title: "INCOMING", of: (level) => level.incoming, right: true },
  { title: "REORDER AT", of: (level) => level.reorder_at, right: true },
  { title: "SHORTFALL", of: (level) => level.shortfall, right: true },
];

/** Adds the command. */
export function addStockCommand(program: Command, shell: Shell): void {
  program
    .command("stock")
    .summary("show stock levels")
    .description("Shows stock levels: of everything, of one SKU, or of a SKU at a warehouse.")
    .argument("[sku]", "one item")
    .argument("[warehouse]", "at one warehouse")
    .option("--low", "only levels at or below their reorder level")
    .option("--warehouse <code>", "only this warehouse")
    .option("--as-of <time>", "at a past moment, e.g. 2025-06-30T00:00:00Z (not with --low)")
    .option("--limit <rows>", "rows at most", rowsOption, 50)
    .action((sku: string | undefined, warehouse, options: StockOptions, command: Command) =>
      runAction(shell, command, (context) =>
        showStock(context, { sku, warehouse: warehouse ?? options.warehouse, options }),
      ),
    );
}

interface Wanted {
  readonly sku: string | undefined;
  readonly warehouse: string | undefined;
  readonly options: StockOptions;
}

async function showStock(context: ActionContext, wanted: Wanted): Promise<undefined> {
  const { sku, warehouse, options } = wanted;
  if (options.low === true && options.asOf !== undefined) {
    throw new UsageError("--as-of goes without --low, which is judged by what is on order now");
  }
  if (options.low === true || sku === undefined) return listLevels(context, wanted);
  const query = { as_of: options.asOf };
  if (warehouse !== undefined) {
    const place = { path: { sku, warehouse }, query };
    const level = await context.client.call("GET /v1/stock/{sku}/{warehouse}", place);
    context.answer(level, () => textTable(LEVEL_COLUMNS, [level]));
    return undefined;
  }
  const item = await context.client.call("GET /v1/stock/{sku}", { path: { sku }, query });
  const levels = item.warehouses.map((level) => ({ ...level, sku: item.sku }));
  const none = `No stock of ${item.sku} has ever moved.`;
  context.answer(item, () => (levels.length === 0 ? none : textTable(LEVEL_COLUMNS, levels)));
  return undefined;
}

async function listLevels(context: ActionContext, wanted: Wanted): Promise<undefined> {
  const { sku, warehouse, options } = wanted;
  const low = options.low === true;
  const query = { sku, warehouse, low: low ? true : undefined, as_of: options.asOf };
  const levels = await collect(
    context.client.list("GET /v1/stock", { query: unchecked(query), rowsMax: options.limit }),
  );
  answerList(context, levels, {
    columns: low ? LOW_COLUMNS : LEVEL_COLUMNS,
    none: low ? "Nothing is low." : "There is no stock.",
  });
  if (!context.json && levels.length === options.limit) {
    context.io.err.write(`Shown are the first ${options.limit}; --limit shows more.\n`);
  }
}
