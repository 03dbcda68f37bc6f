/** Job import-inbox: makes an import of each new object below the watched prefix. */
import { takeInbox } from "../pipelines/import/index.ts";
import type { JobFunction } from "../pipelines/schedule/index.ts";
import type { Context } from "../platform/context.ts";
import { fileLimitsOf } from "../platform/fileLimits.ts";

/** Makes the job; its rows are the imports that it started. */
export function importInboxJob({
  db,
  storage,
  config,
}: Pick<Context, "db" | "storage" | "config">): JobFunction {
  const prefix = config.IMPORT_INBOX_PREFIX;
  const deps = { db, storage, limits: fileLimitsOf(config), prefix };
  return async (run) => {
    if (prefix.toLowerCase() === "none") return { rows: 0, outcome: { switched_off: true } };
    const outcome = await takeInbox(deps, run.signal);
    return { rows: outcome.imports_started, outcome: { ...outcome } };
  };
}
