/** Job scheduled-reports: asks for the reports that schedules call for; the workers write them. */
import { askScheduled } from "../pipelines/export/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are the reports asked for. Workers find them by their sweep within a second. */
export function scheduledReportsJob({ db }: Pick<Context, "db">): JobFunction {
  return async ({ signal }) => {
    const { schedules, reports } = await askScheduled(db, signal);
    return { rows: reports.length, outcome: { schedules, reports } };
  };
}
