/** Job detect-low-stock: tells which positions crossed their reorder level since the last look. */
import { detectLowStock } from "../pipelines/lowStock/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the edges it found. */
export function detectLowStockJob({ db }: Pick<Context, "db">): JobFunction {
  return async () => {
    const outcome = await detectLowStock(db);
    return { rows: outcome.low + outcome.recovered, outcome: { ...outcome } };
  };
}
