/** Job refresh-views: refreshes the materialized views where something changed since the last completed run. */
import { type JobFunction, jobRunsLatest } from "../pipelines/schedule/index.ts";
import { refreshViews } from "../pipelines/views/index.ts";
import type { Context } from "../platform/context.ts";

/** Makes the job; its rows are those of the views, its outcome says how old each view is. */
export function refreshViewsJob(context: Pick<Context, "db" | "clock" | "metrics">): JobFunction {
  return async (run) => {
    const [last] = await jobRunsLatest(context.db, {
      jobs: ["refresh-views"],
      status: "completed",
    });
    const mark = last?.outcome?.["mark"];
    const outcome = await refreshViews(context, {
      lastMark: typeof mark === "number" ? mark : undefined,
      always: run.trigger !== "schedule",
      signal: run.signal,
    });
    const rows = outcome.views.reduce((sum, view) => sum + view.rows, 0);
    return { rows: outcome.refreshed ? rows : 0, outcome: { ...outcome } };
  };
}
