/** Job housekeeping: partitions ahead of time, and deletes of what has served its time. */
import { keepHouse } from "../pipelines/housekeeping/index.ts";
import { createPersonalData } from "../pipelines/privacy/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are those it deleted. */
export function housekeepingJob({
  db,
  storage,
  config,
  keyWrapper,
}: Pick<Context, "db" | "storage" | "config" | "keyWrapper">): JobFunction {
  const personal = createPersonalData({ db, wrapper: keyWrapper });
  const days = {
    importRowsDays: config.IMPORT_ROWS_DAYS,
    importFilesDays: config.IMPORT_FILES_DAYS,
    reportFilesDays: config.REPORT_FILES_DAYS,
    reportRowsDays: config.REPORT_ROWS_DAYS,
  };
  return async (run) => {
    const outcome = await keepHouse({ db, storage, personal, ...days }, run.signal);
    const rows =
      outcome.idempotency_keys_deleted +
      outcome.inbox_rows_deleted +
      outcome.import_rows_deleted +
      outcome.reports_deleted +
      outcome.job_runs_deleted;
    return { rows, outcome: { ...outcome } };
  };
}
