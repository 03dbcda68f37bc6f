/** Job value-stock: brings moving average and FIFO of every level up to the ledger. */
import type { JobFunction } from "../pipelines/schedule/index.ts";
import { valueStock } from "../pipelines/valuation/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the ledger entries it folded. A run that somebody asked for compares all levels first. */
export function valueStockJob({ db }: Pick<Context, "db">): JobFunction {
  return async (run) => {
    const compareAll = run.trigger !== "schedule";
    const outcome = await valueStock(db, { compareAll, signal: run.signal });
    return { rows: outcome.entries_folded, outcome: { ...outcome } };
  };
}
