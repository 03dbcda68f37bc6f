/**
 * Shows how far an import is, from what the API tells and nothing else: a bar at a terminal, plain or
 * JSON lines elsewhere. Writes to the given stream only; the caller ends it.
 */
import { type Options, SingleBar } from "cli-progress";
import { duration, grouped } from "./textTable.ts";

export type ProgressForm = "bar" | "lines" | "json";

/** What a view shows of an import, or of a file that is being sent. */
interface Shown {
  readonly status: string;
  readonly progress?: (Pace & Figures) | null | undefined;
}

/** How far it is. */
interface Figures {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "rows" | "bytes";
}

export interface ProgressView {
  show(state: Shown): void;
  end(): void;
}

export interface ProgressOptions {
  /** What is imported, e.g. the file's name. */
  readonly label: string;
  readonly form: ProgressForm;
  readonly stream: NodeJS.WritableStream;
}

/** Lines between two changes of status come no closer together than this, and only with news. */
const LINE_EVERY_MS = 2_000;

/** Makes the view of one import. */
export function createProgressView(options: ProgressOptions): ProgressView {
  return options.form === "bar" ? barView(options) : lineView(options);
}

/** How far the import is, in words and figures. */
function stepOf(state: Shown) {
  const { progress } = state;
  const { done = 0, total = 0, unit = "rows" } = progress ?? {};
  const phase = progress?.phase === "ended" ? wordOf(state) : (progress?.phase ?? state.status);
  return { phase, done, total, unit, pace: paceOf(progress ?? {}) };
}

function wordOf(state: Shown): string {
  return state.status.startsWith("completed") ? "done" : state.status;
}

interface Pace {
  readonly rows_per_second?: number | null | undefined;
  readonly bytes_per_second?: number | null | undefined;
  readonly seconds_left?: number | null | undefined;
}

/** For example "34,120 rows/s, 12 s left"; nothing while no rate is known. */
function paceOf(pace: Pace): string {
  const { rows_per_second: rows, bytes_per_second: bytes, seconds_left: left } = pace;
  const rate = rows ? `${grouped(rows)} rows/s` : bytes ? `${megabytes(bytes)} MB/s` : "";
  const rest = left === null || left === undefined ? "" : `${duration(left * 1_000)} left`;
  return [rate, rest].filter((part) => part !== "").join(", ");
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}

/** A count of rows, or bytes as megabytes. */
function amount(count: number, unit: "rows" | "bytes"): string {
  return unit === "rows" ? grouped(count) : megabytes(count);
}

function barView({ label, stream }: ProgressOptions): ProgressView {
  const bar = new SingleBar({
    stream,
    format: "  {label} {phase} {bar} {percentage}%  {done} / {all} {unit}  {pace}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: null,
    linewrap: false,
    fps: 10,
  } satisfies Options);
  const nothing = { done: 0, all: "?", unit: "", pace: "" };
  bar.start(1, 0, { label: label.padEnd(20), phase: "".padEnd(10), ...nothing });
  return {
    show: (state) => {
      const { phase, done, total, unit, pace } = stepOf(state);
      bar.setTotal(Math.max(total, done, 1));
      const all = total === 0 ? "?" : amount(total, unit);
      const shown = { phase: phase.padEnd(10), done: amount(done, unit), all, pace };
      bar.update(done, { ...shown, unit: unit === "bytes" ? "MB" : unit });
    },
    end: () => bar.stop(),
  };
}

function lineView({ label, form, stream }: ProgressOptions): ProgressView {
  let shownStatus = "";
  let shownLine = "";
  let shownMs = 0;
  return {
    show: (state) => {
      const now = performance.now();
      if (state.status === shownStatus && now - shownMs < LINE_EVERY_MS) return;
      const line = form === "json" ? jsonLine(state) : plainLine(label, state);
      if (line === shownLine) return;
      shownStatus = state.status;
      shownLine = line;
      shownMs = now;
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

function plainLine(label: string, state: Shown): string {
  return `${label}: ${describeStep(state)}`;
}

/** How far an import is: "applying, 120 of 1,000 rows (3,400 rows/s, 1.2 s left)". */
export function describeStep(state: Shown): string {
  const { phase, done, total, unit, pace } = stepOf(state);
  if (total === 0) return phase;
  const far = `${grouped(done)} of ${grouped(total)} ${unit}`;
  return `${phase}, ${far}${pace === "" ? "" : ` (${pace})`}`;
}

function jsonLine(state: Shown & { errors_sample?: unknown; detected?: unknown }): string {
  const { errors_sample: _sample, detected: _detected, ...figures } = state;
  return JSON.stringify(figures);
}
