/** Job housekeeping: partitions ahead of time, and deletes of what has served its time. */
import { keepHouse, partitionDaysAhead } from "../pipelines/housekeeping/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are those it deleted. */
export function housekeepingJob({ db, metrics }: Pick<Context, "db" | "metrics">): JobFunction {
  return async (run) => {
    try {
      const outcome = await keepHouse(db, run.signal);
      const rows =
        outcome.idempotency_keys_deleted +
        outcome.inbox_rows_deleted +
        outcome.import_rows_deleted +
        outcome.job_runs_deleted;
      return { rows, outcome: { ...outcome } };
    } finally {
      metrics.partitionsAheadDays.set(await partitionDaysAhead(db).catch(() => 0));
    }
  };
}
