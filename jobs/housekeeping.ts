/** Job housekeeping: partitions ahead of time, and deletes of what has served its time. */
import { keepHouse } from "../pipelines/housekeeping/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are those it deleted. */
export function housekeepingJob({ db }: Pick<Context, "db">): JobFunction {
  return async (run) => {
    const outcome = await keepHouse(db, run.signal);
    const rows =
      outcome.idempotency_keys_deleted +
      outcome.inbox_rows_deleted +
      outcome.import_rows_deleted +
      outcome.job_runs_deleted;
    return { rows, outcome: { ...outcome } };
  };
}
