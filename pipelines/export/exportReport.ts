/**
 * Takes a queued report, writes it, and keeps what came of it. A lease with a heartbeat makes a dead worker's report free again;
 * the outcome and its event are committed together, by the holder of the lease only. Called by the reports worker.
 */
import { setTimeout as pause } from "node:timers/promises";
import { StocklineError, toError } from "../../domain/errors.ts";
import type { Log } from "../../platform/log.ts";
import type { Metrics } from "../../platform/metrics.ts";
import type { ObjectStorage } from "../../platform/objectStorage.ts";
import { type DbPool, inTransaction } from "../../platform/postgres.ts";
import type { ReadSources } from "../../platform/readSources.ts";
import { appendEvents } from "../events/index.ts";
import {
  type ReportResult,
  type ReportRow,
  reportClaim,
  reportClaimLock,
  reportComplete,
  reportFail,
  reportLeaseExtend,
  reportRequeue,
  reportWaits,
} from "./queries/reports.ts";
import { findSame } from "./reuseReport.ts";
import { manifestKey, type WrittenReport, writeReport } from "./writeReport.ts";

export interface ExportDeps {
  readonly db: DbPool;
  readonly reads: ReadSources;
  readonly storage: ObjectStorage;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "cacheLookups">;
  /** Names this worker process in the leases. */
  readonly owner: string;
  /** Aborted when the process stops: reports under way go back to the queue. */
  readonly stopping: AbortSignal;
}

/** How an attempt ended; "none": there was nothing to take. */
export type ExportOutcome = "none" | "completed" | "requeued" | "failed" | "lost";

/** A dead worker's report is free again after this; several heartbeats may be missed within it. */
const LEASE_SECONDS = 15;
const HEARTBEAT_MS = 3_000;
const ATTEMPTS_MAX = 5;
/** Seconds that a report rests after its first failed attempt; doubled with each further one. */
const REST_SECONDS = 2;
/** Rest while the object storage is away. */
const STORAGE_REST_SECONDS = 15;

/** The lease went to somebody else: this attempt must leave no trace. */
class LeaseLostError extends StocklineError {
  constructor() {
    super({ code: "lease_lost", detail: "the report's lease is held by another worker" });
  }
}

/** Exports the report of the id, or the oldest that waits when it is null. Throws only when the database fails. */
export async function exportReport(deps: ExportDeps, id: string | null): Promise<ExportOutcome> {
  if (deps.stopping.aborted) return "none";
  const { db, owner } = deps;
  if (!(await reportWaits(db, id))) return "none"; // by far the most looks end here, in one statement
  const row = await inTransaction(db, async (tx) => {
    await reportClaimLock(tx);
    return reportClaim(tx, { id, owner, leaseSeconds: LEASE_SECONDS });
  });
  if (row === undefined) return "none";
  if (row.attempts > ATTEMPTS_MAX) return giveUp(deps, row);
  const same = await findSame(db, row);
  deps.metrics.cacheLookups.inc({ cache: "reports", result: lookupResult(row, same) });
  if (same !== undefined) return complete(deps, row, resultOfSame(same));
  const lease = holdLease(deps, row);
  try {
    const written = await writeReport({ ...deps, ...lease }, row);
    return await complete(deps, row, resultOf(written));
  } catch (thrown) {
    if (lease.isLost()) return "lost";
    return await afterFailure(deps, row, thrown);
  } finally {
    await lease.release();
  }
}

interface HeldLease {
  readonly signal: AbortSignal;
  readonly stillOurs: () => Promise<void>;
  isLost(): boolean;
  release(): Promise<void>;
}

function holdLease(deps: ExportDeps, row: ReportRow): HeldLease {
  const lost = new AbortController();
  const done = new AbortController();
  const extend = async (): Promise<void> => {
    const args = { id: row.id, owner: deps.owner, leaseSeconds: LEASE_SECONDS };
    if (await reportLeaseExtend(deps.db, args)) return;
    const error = new LeaseLostError();
    lost.abort(error);
    throw error;
  };
  const beating = beat(extend, done.signal);
  return {
    signal: AbortSignal.any([lost.signal, deps.stopping]),
    stillOurs: extend,
    isLost: () => lost.signal.aborted,
    release: async () => {
      done.abort();
      await beating;
    },
  };
}

/** A heartbeat that the database could not take is tried again; the lease outlives several of them. */
async function beat(extend: () => Promise<void>, done: AbortSignal): Promise<void> {
  for (;;) {
    await pause(HEARTBEAT_MS, undefined, { signal: done }).catch(() => undefined);
    if (done.aborted) return;
    await extend().catch(() => undefined);
  }
}

function lookupResult({ reuse_key }: ReportRow, same: ReportRow | undefined): string {
  if (reuse_key === null) return "bypass";
  return same === undefined ? "miss" : "hit";
}

/** What a report that shows the file of a finished one is told by. */
function resultOfSame(finished: ReportRow): ReportResult {
  const { id, rows, bytes, objects, as_of: asOf } = finished;
  return { rows, bytes, objects, asOf, reused: { id, manifestKey: manifestKey(finished) } };
}

function resultOf({ rows, asOf, object, ...read }: WrittenReport): ReportResult {
  return { rows, bytes: object.bytes, objects: [object], asOf, read };
}

async function complete(
  deps: ExportDeps,
  { id, report, format }: ReportRow,
  result: ReportResult,
): Promise<ExportOutcome> {
  return inTransaction(deps.db, async (tx) => {
    if (!(await reportComplete(tx, { id, owner: deps.owner, ...result }))) return "lost";
    const { rows, bytes, asOf } = result;
    const data = { id, report, format, rows, bytes, as_of: asOf?.toISOString() };
    await appendEvents(tx, [
      { type: "report.completed", entityId: id, subject: `reports/${id}`, data },
    ]);
    return "completed";
  });
}

async function afterFailure(
  deps: ExportDeps,
  row: ReportRow,
  thrown: unknown,
): Promise<ExportOutcome> {
  const held = { id: row.id, owner: deps.owner };
  if (deps.stopping.aborted) {
    await reportRequeue(deps.db, { ...held, pauseSeconds: 0, interrupted: true });
    return "requeued";
  }
  if (await isAway(deps.storage)) {
    deps.log.warn({ err: toError(thrown), report: row.id }, "report waits for the object storage");
    await reportRequeue(deps.db, {
      ...held,
      pauseSeconds: STORAGE_REST_SECONDS,
      interrupted: true,
    });
    return "requeued";
  }
  deps.log.error({ err: toError(thrown), report: row.id, attempt: row.attempts }, "report failed");
  if (row.attempts >= ATTEMPTS_MAX) return giveUp(deps, row);
  const pauseSeconds = REST_SECONDS * 2 ** (row.attempts - 1);
  await reportRequeue(deps.db, { ...held, pauseSeconds, interrupted: false });
  return "requeued";
}

/** A storage that is away is no fault of the report: however long it takes, the report is written once it is back. */
async function isAway(storage: ExportDeps["storage"]): Promise<boolean> {
  return storage.check().then(
    () => false,
    () => true,
  );
}

async function giveUp(deps: ExportDeps, row: ReportRow): Promise<ExportOutcome> {
  await reportFail(deps.db, {
    id: row.id,
    owner: deps.owner,
    code: "export_failed",
    detail: `the export failed ${ATTEMPTS_MAX} times and was given up; each failure was logged under the report's id`,
  });
  return "failed";
}
