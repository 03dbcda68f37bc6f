/**
 * Housekeeping: partitions made well ahead, bounded deletes of what has served its time, and late entries added up. Nothing that
 * is still needed for an answer is touched: outcomes, the ledger and events stay. Safe to cut off and repeat at any point.
 */
import { setTimeout as pause } from "node:timers/promises";
import { StocklineError } from "../../domain/errors.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import type { PersonalData } from "../../platform/personalData.ts";
import { type Db, type DbPool, sqlState } from "../../platform/postgres.ts";
import { repeatUntilNone } from "../../platform/repeatUntilNone.ts";
import { expireReports, type ReportExpiry } from "../export/index.ts";
import { idempotencyKeysExpire } from "../idempotency/index.ts";
import { sessionsExpire } from "../identity/index.ts";
import { type ExpiryOutcome, expireImports } from "../import/index.ts";
import { digestLateEntries } from "../stock/index.ts";
import {
  type DeadRows,
  deadRowsRead,
  jobRunsDelete,
  type LetterTable,
  movementInboxDelete,
  partitionDaysAhead,
  partitionsEnsure,
  resolvedLettersDelete,
} from "./queries.ts";

export { partitionDaysAhead } from "./queries.ts";

/** Months of partitions ahead of this one: always far more than the seven days that are a must (P20). */
const PARTITION_MONTHS_AHEAD = 3;
const PARTITION_DAYS_MUST = 7;
/** Making partitions waits 300 ms for its locks at most, so that nobody queues behind it; then it tries again. */
const PARTITION_TRIES = 10;
const PARTITION_RETRY_MS = 500;
const LOCK_NOT_AVAILABLE = "55P03";
/** Rows of one delete: short transactions, so that nobody waits for one. */
const CHUNK_ROWS = 5_000;
/** The inbox delete takes rows of 256 lanes at once. */
const CHUNK_ROWS_A_LANE = 100;
/** Chunks of one kind in a run; the rest waits for the next hour. */
const CHUNKS_MAX = 1_000;

const KEYS_DAYS = 7;
const INBOX_DAYS = 1;
const JOB_RUNS_DAYS = 90;
/** After its end; until then a stolen refresh token is still told from one that never was. */
const SESSIONS_DAYS = 30;
/** After somebody has replayed or discarded it; far longer than brokers keep what they might deliver again. */
const DEAD_LETTERS_DAYS = 90;

/** Tables whose rows are changed or deleted all the time; the others only grow. */
const CHANGING_TABLES = [
  "idempotency_keys",
  "import_rows",
  "job_runs",
  "lanes",
  "low_stock_alerts",
  "movement_inbox",
  "reservations",
  "sink_cursors",
  "stock_levels",
];

/** Fewer dead rows than these are nobody's concern, however few rows a table has. */
const BLOAT_ROWS_MIN = 50_000;

/** What vacuum has still to clear in the tables that change all the time. */
export function changingTables(db: Db): Promise<DeadRows[]> {
  return deadRowsRead(db, { tables: CHANGING_TABLES, rowsMin: BLOAT_ROWS_MIN });
}

export interface HousekeepingOutcome extends ExpiryOutcome, ReportExpiry {
  readonly partitions_made: readonly string[];
  /** Days from now on for which the ledger and the events have partitions. */
  readonly partition_days_ahead: number;
  readonly idempotency_keys_deleted: number;
  readonly inbox_rows_deleted: number;
  readonly job_runs_deleted: number;
  readonly sessions_deleted: number;
  readonly dead_letters_deleted: number;
  readonly sink_dead_letters_deleted: number;
  /** Late entries are added up in marks, so that levels at a past moment stay quick to answer. */
  readonly late_marks_made: number;
}

export interface HousekeepingDeps {
  readonly db: DbPool;
  /** Opens staged rows that name persons, for the error file. */
  readonly personal: PersonalData;
  readonly storage: ObjectStorage;
  /** Days after its end that an import keeps its rows and its file. */
  readonly importRowsDays: number;
  readonly importFilesDays: number;
  /** Days after its end that a report keeps its file and its row. */
  readonly reportFilesDays: number;
  readonly reportRowsDays: number;
}

/**
 * Keeps house once. Stops between two chunks when the signal aborts. Throws StocklineError (partitions_behind), after everything
 * else is done, where there are partitions for less than seven days.
 */
export async function keepHouse(
  deps: HousekeepingDeps,
  signal: AbortSignal,
): Promise<HousekeepingOutcome> {
  const { db, storage, personal } = deps;
  const ofImports = { rowsDays: deps.importRowsDays, filesDays: deps.importFilesDays };
  const ofReports = { rowsDays: deps.reportRowsDays, filesDays: deps.reportFilesDays };
  const chunks = (
    remove: typeof idempotencyKeysExpire,
    chunk: { olderThanDays: number; rowsMax?: number },
  ) =>
    repeatUntilNone(() => remove(db, { rowsMax: CHUNK_ROWS, ...chunk }), {
      signal,
      looksMax: CHUNKS_MAX,
    });
  const letters = (table: LetterTable) =>
    chunks((on, chunk) => resolvedLettersDelete(on, table, chunk), {
      olderThanDays: DEAD_LETTERS_DAYS,
    });
  const made = await makePartitions(db, signal);
  const outcome = {
    partitions_made: made,
    partition_days_ahead: await partitionDaysAhead(db),
    idempotency_keys_deleted: await chunks(idempotencyKeysExpire, { olderThanDays: KEYS_DAYS }),
    inbox_rows_deleted: await chunks(movementInboxDelete, {
      olderThanDays: INBOX_DAYS,
      rowsMax: CHUNK_ROWS_A_LANE,
    }),
    job_runs_deleted: await chunks(jobRunsDelete, { olderThanDays: JOB_RUNS_DAYS }),
    sessions_deleted: await chunks(sessionsExpire, { olderThanDays: SESSIONS_DAYS }),
    dead_letters_deleted: await letters("dead_letters"),
    sink_dead_letters_deleted: await letters("sink_dead_letters"),
    ...(await expireReports({ db, storage, ...ofReports }, signal)),
    ...(await expireImports({ db, storage, personal, ...ofImports }, signal)),
    late_marks_made: await digestLateEntries(db, signal),
  };
  if (outcome.partition_days_ahead < PARTITION_DAYS_MUST) {
    throw new StocklineError({
      code: "partitions_behind",
      detail: `the ledger and the events have partitions for ${outcome.partition_days_ahead} days; expected ${PARTITION_DAYS_MUST} or more; end what holds their tables locked`,
      retriable: true,
    });
  }
  return outcome;
}

/** The new partitions; none where others hold the tables locked all the while: the next hour tries again. */
async function makePartitions(db: DbPool, signal: AbortSignal): Promise<string[]> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await partitionsEnsure(db, PARTITION_MONTHS_AHEAD);
    } catch (thrown) {
      if (sqlState(thrown) !== LOCK_NOT_AVAILABLE) throw thrown;
      if (tries === PARTITION_TRIES) return [];
      await pause(PARTITION_RETRY_MS, undefined, { signal });
    }
  }
}
