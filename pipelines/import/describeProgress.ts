/**
 * How far an import is within its present phase, how fast it goes and how long the phase will take at that rate; from its row
 * alone. A rate counts from the moment at which the phase began, or a worker took it up again, and only what was done since.
 * Pure.
 */
import { checkpointOf } from "./importRun.ts";
import type { ImportRow } from "./queries/imports.ts";

/**
 * What an import does: `waiting` for a worker, then one phase after the other; `rereading` only where the way to read rows
 * follows from their whole columns, `foreseeing` only in dry runs and their commits.
 */
export const IMPORT_PHASES = [
  "waiting",
  "fetching",
  "reading",
  "rereading",
  "checking",
  "foreseeing",
  "applying",
  "ended",
] as const;
export type ImportPhase = (typeof IMPORT_PHASES)[number];

export interface ImportProgressShown {
  readonly phase: ImportPhase;
  readonly done: number;
  readonly total: number;
  readonly unit: "rows" | "bytes";
  /** 0 to 100, whole; null where the total is not known. */
  readonly percent: number | null;
  /** Null where the phase does none, or has not been going for long enough to tell. */
  readonly rows_per_second: number | null;
  readonly bytes_per_second: number | null;
  /** Of this phase at its rate so far; null where none can be told. */
  readonly seconds_left: number | null;
}

/** Rates of less time say nothing. */
const RATE_MS_MIN = 500;

interface Step {
  readonly phase: ImportPhase;
  readonly unit: "rows" | "bytes";
  readonly done: number;
  readonly total: number;
  /** Rows and bytes done since the rates count; undefined where the phase does none. */
  readonly rows?: number;
  readonly bytes?: number;
}

/** Describes the progress of an import. */
export function describeProgress(row: ImportRow): ImportProgressShown {
  const { rows, bytes, ...step } = stepOf(row);
  const done = Math.min(step.done, step.total);
  const seconds = row.phase_started_at === null ? 0 : elapsedMs(row, row.phase_started_at) / 1_000;
  const perSecond = (count: number | undefined) =>
    count === undefined || count <= 0 || seconds * 1_000 < RATE_MS_MIN ? null : count / seconds;
  const rowRate = perSecond(rows);
  const byteRate = perSecond(bytes);
  const rate = step.unit === "rows" ? rowRate : byteRate;
  return {
    phase: step.phase,
    done,
    total: step.total,
    unit: step.unit,
    percent: percentOf(step.phase, done, step.total),
    rows_per_second: rounded(rowRate),
    bytes_per_second: rounded(byteRate),
    seconds_left: rate === null ? null : Math.ceil((step.total - done) / rate),
  };
}

function elapsedMs({ read_at: readAt }: ImportRow, since: Date): number {
  return readAt.getTime() - since.getTime();
}

function percentOf(phase: ImportPhase, done: number, total: number): number | null {
  if (phase === "ended") return 100;
  return total === 0 ? null : Math.floor((done * 100) / total);
}

function rounded(rate: number | null): number | null {
  return rate === null ? null : Math.round(rate);
}

function stepOf(row: ImportRow): Step {
  switch (row.status) {
    case "uploaded":
      return arriving(row);
    case "reading":
      return reading(row);
    case "checking":
      return judging(row);
    case "applying":
      return applying(row);
    default:
      return { phase: "ended", unit: "rows", done: row.rows_total, total: row.rows_total };
  }
}

function arriving(row: ImportRow): Step {
  const { bytes_read: done, bytes_total: total } = row;
  if (row.started_at === null) return { phase: "waiting", unit: "bytes", done: 0, total };
  const phase = row.format === null ? "fetching" : "reading";
  return { phase, unit: "bytes", done, total, bytes: done - row.phase_bytes_before };
}

function reading(row: ImportRow): Step {
  const { file_read: isRead, unread_rows: unread } = checkpointOf(row);
  const total = row.rows_total;
  if (isRead) return { phase: "rereading", unit: "rows", done: total - unread, total };
  return {
    phase: "reading",
    unit: "bytes",
    done: row.bytes_read,
    total: row.bytes_total,
    rows: row.rows_read - row.phase_rows_before,
    bytes: row.bytes_read - row.phase_bytes_before,
  };
}

/** The checkpoints are numbers of rows in the file; blank rows make them differ from counts by little. */
function judging(row: ImportRow): Step {
  const { whole_checked, checked_row, foreseen_row, staged_row } = checkpointOf(row);
  const at = whole_checked ? foreseen_row : checked_row;
  const countOf = (place: number) =>
    staged_row === 0 ? 0 : Math.round((row.rows_total * place) / staged_row);
  return {
    phase: whole_checked ? "foreseeing" : "checking",
    unit: "rows",
    done: countOf(at),
    total: row.rows_total,
    rows: countOf(at) - countOf(row.phase_rows_before),
  };
}

function applying(row: ImportRow): Step {
  const done = row.rows_applied + row.rows_rejected + row.rows_skipped;
  const rows = done - row.phase_rows_before;
  return { phase: "applying", unit: "rows", done, total: row.rows_valid, rows };
}
