/**
 * What is left of reports after a year: first the row says expired, then its file and manifest go, much later the row itself. Bounded
 * steps, each safe to repeat and to cut off. A storage that is away leaves the files for the next run.
 */
import { toError } from "../../domain/errors.ts";
import { isStorageAway, LINK_SECONDS, type ObjectStorage } from "../../platform/objectStorage.ts";
import type { DbPool } from "../../platform/postgres.ts";
import { repeatUntilNone } from "../../platform/repeatUntilNone.ts";
import type { ReportRow } from "./queries/reports.ts";
import {
  reportFilesGone,
  reportsDelete,
  reportsExpire,
  reportsWithExpiredFiles,
} from "./queries/retention.ts";
import { manifestKey } from "./writeReport.ts";

/** Reports of one look, and those that one run takes; the rest waits for the next hour. */
const LOOK_MAX = 500;
const RUN_MAX = 20_000;
/** Longer than a link that was given out before the row said expired. */
const LINKS_END_SECONDS = LINK_SECONDS + 60;

interface ExpireDeps {
  readonly db: DbPool;
  readonly storage: Pick<ObjectStorage, "remove">;
  /** Days after its end that a report keeps its file, and that its row is kept. */
  readonly filesDays: number;
  readonly rowsDays: number;
}

export interface ReportExpiry {
  readonly reports_expired: number;
  readonly report_files_deleted: number;
  readonly reports_deleted: number;
}

/** Removes what has served its time. Stops between two steps when the signal aborts. */
export async function expireReports(deps: ExpireDeps, signal: AbortSignal): Promise<ReportExpiry> {
  const { db, filesDays, rowsDays } = deps;
  const looks = (look: () => Promise<number>) =>
    repeatUntilNone(look, { signal, foundMax: RUN_MAX });
  return {
    reports_expired: await looks(() =>
      reportsExpire(db, { olderThanDays: filesDays, limit: LOOK_MAX }),
    ),
    report_files_deleted: await looks(() => removeFiles(deps)),
    reports_deleted: await looks(() =>
      reportsDelete(db, { olderThanDays: rowsDays, limit: LOOK_MAX }),
    ),
  };
}

/** Removes files of expired reports; answers of how many, none where there are none or the storage is away. */
async function removeFiles({ db, storage }: ExpireDeps): Promise<number> {
  const rows = await reportsWithExpiredFiles(db, {
    afterSeconds: LINKS_END_SECONDS,
    limit: LOOK_MAX,
  });
  const gone: string[] = [];
  try {
    for (const row of rows) {
      for (const key of keysOf(row)) await storage.remove(key);
      gone.push(row.id);
    }
  } catch (thrown) {
    if (!isStorageAway(toError(thrown))) throw thrown;
    await reportFilesGone(db, gone);
    return 0;
  }
  await reportFilesGone(db, gone);
  return gone.length;
}

/** A report that showed another one's file has none of its own. */
function keysOf(row: ReportRow): string[] {
  if (row.reused_id !== null) return [];
  return [...row.objects.map(({ key }) => key), manifestKey(row)];
}
