/**
 * Shows how far an import is, from what the API tells and nothing else: a bar at a terminal, plain or
 * JSON lines elsewhere. Writes to the given stream only; the caller ends it.
 */
import { type Options, SingleBar } from "cli-progress";
import type { ImportState } from "./imports.ts";
import { grouped } from "./textTable.ts";

export type ProgressForm = "bar" | "lines" | "json";

export interface ProgressView {
  show(state: ImportState): void;
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

interface Step {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: "bytes" | "rows";
}

/** How far the step is in which the import stands: bytes while it is read, rows while it is applied. */
function stepOf(state: ImportState): Step {
  const total = state.rows_total ?? 0;
  if (state.status === "uploaded" || state.status === "reading") {
    const bytes = state.bytes_total ?? 0;
    return { phase: state.status, done: state.bytes_read ?? 0, total: bytes, unit: "bytes" };
  }
  const settled =
    (state.rows_applied ?? 0) + (state.rows_rejected ?? 0) + (state.rows_skipped ?? 0);
  return { phase: wordOf(state), done: settled, total, unit: "rows" };
}

function wordOf(state: ImportState): string {
  return state.status.startsWith("completed") ? "done" : state.status;
}

function barView({ label, stream }: ProgressOptions): ProgressView {
  const bar = new SingleBar({
    stream,
    format: "  {label} {phase} {bar} {percentage}%  {done} / {all} {unit}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 28,
    hideCursor: null,
    linewrap: false,
    fps: 10,
  } satisfies Options);
  bar.start(1, 0, { label: label.padEnd(20), phase: "".padEnd(8), done: 0, all: "?", unit: "" });
  return {
    show: (state) => {
      const { phase, done, total, unit } = stepOf(state);
      bar.setTotal(Math.max(total, done, 1));
      const all = total === 0 ? "?" : grouped(total);
      bar.update(done, { phase: phase.padEnd(8), done: grouped(done), all, unit });
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

function plainLine(label: string, state: ImportState): string {
  const { phase, done, total, unit } = stepOf(state);
  return total === 0
    ? `${label}: ${phase}`
    : `${label}: ${phase}, ${grouped(done)} of ${grouped(total)} ${unit}`;
}

function jsonLine(state: ImportState): string {
  const { errors_sample: _sample, ...figures } = state;
  return JSON.stringify(figures);
}
