/**
 * What became of an import, in plain language: rows in, rows refused by code, what a dry run foresees, what it asks, what has
 * changed since, where the refused rows are.
 */
import { describeStep } from "./importProgress.ts";
import type { ColumnQuestion, ImportState, RowError } from "./imports.ts";
import { counted, duration, grouped, oneLine } from "./textTable.ts";

export interface SummaryParts {
  readonly state: ImportState;
  readonly errorsUrl: string;
}

/** Rows of the error list that are shown one by one. */
const ROWS_SHOWN = 5;

/** The lines of a summary. */
export function summarizeImport({ state, errorsUrl }: SummaryParts): string[] {
  return [
    headline(state),
    ...underWay(state),
    ...endReason(state),
    ...foreseen(state),
    ...(state.questions ?? []).map(ask),
    ...changedSince(state),
    ...rejectedRows(state, errorsUrl),
  ];
}

function rejectedRows(state: ImportState, errorsUrl: string): string[] {
  const rejected = state.rows_rejected ?? 0;
  if (rejected === 0) return [];
  const codes = state.errors_by_code ?? [];
  const byCode = codes.map(({ code, rows }) => `${code} ${grouped(rows)}`).join(", ");
  const sample = state.errors_sample ?? [];
  return [
    `  rejected by reason: ${byCode}`,
    ...sample.slice(0, ROWS_SHOWN).map((error) => `  ${describeRowError(error)}`),
    ...(rejected > Math.min(sample.length, ROWS_SHOWN) ? ["  …"] : []),
    `  rejected rows, ready to be mended and sent again: ${errorsUrl}`,
  ];
}

/** One rejected row: `row 1608, sku: …`. */
export function describeRowError(error: RowError): string {
  const row =
    error.row === null || error.row === undefined ? "the file" : `row ${grouped(error.row)}`;
  const column = error.column ? `, ${error.column}` : "";
  return oneLine(`${row}${column}: ${error.code}: ${error.detail ?? ""}`);
}

function headline(state: ImportState): string {
  const total = counted(state.rows_total ?? 0, "row");
  const parts = [
    counted(state.rows_applied ?? 0, "applied", "applied"),
    counted(state.rows_rejected ?? 0, "rejected", "rejected"),
    ...(state.rows_skipped ? [counted(state.rows_skipped, "skipped", "skipped")] : []),
  ];
  const dry = state.mode === "dry_run" ? " (dry run: nothing was written)" : "";
  return `${WORDS[state.status] ?? state.status}${dry}: ${total}, ${parts.join(", ")}${took(state)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  completed: "Done",
  completed_with_errors: "Done, with errors",
  failed: "Failed",
  cancelled: "Cancelled",
};

function took({ started_at: started, finished_at: finished }: ImportState): string {
  if (!started || !finished) return "";
  return `; ${duration(Date.parse(finished) - Date.parse(started))}`;
}

/** How far an import is that is not over. */
function underWay(state: ImportState): string[] {
  const isOpen = state.finished_at === null && state.progress?.phase !== "ended";
  return isOpen ? [`  ${describeStep(state)}`] : [];
}

function endReason({ error }: ImportState): string[] {
  return error ? [`  ${oneLine(`${error.code}: ${error.detail}`)}`] : [];
}

/** What a dry run says would happen: "would happen: 12 creates, 3 updates, 0 unchanged". */
function foreseen({ mode, preview }: ImportState): string[] {
  if (mode !== "dry_run") return [];
  const parts = Object.entries(preview ?? {}).flatMap(([name, value]) =>
    previewPart(name, value, `${name}_total` in (preview ?? {})),
  );
  return parts.length === 0 ? [] : [`  would happen: ${parts.join(", ")}`];
}

/** A list is told by its length, or by its total, which stands beside it. */
function previewPart(name: string, value: unknown, hasTotal: boolean): string[] {
  if (name === "questions" || name === "largest_variances" || hasTotal) return [];
  const words = name.replace(/_total$/, "").replaceAll("_", " ");
  if (Array.isArray(value)) return [`${words} ${grouped(value.length)}`];
  if (typeof value === "number") return [`${words} ${grouped(value)}`];
  if (typeof value === "string") return [`${words} ${value}`];
  return name === "rows_by_type" ? countsOf(value) : [];
}

/** Members that are counts: "receipt 10". */
function countsOf(value: unknown): string[] {
  return Object.entries(typeof value === "object" && value !== null ? value : {}).flatMap(
    ([name, count]: [string, unknown]) =>
      typeof count === "number" ? [`${name.replaceAll("_", " ")} ${grouped(count)}`] : [],
  );
}

function ask({ column, code, rows, examples, choices, set }: ColumnQuestion): string {
  const found = examples.map((example) => JSON.stringify(example)).join(", ");
  const answers = choices.map(({ value }) => JSON.stringify(value)).join(" or ");
  const question = oneLine(
    `to be answered: column "${column}" (${code}, ${counted(rows, "row")} such as ${found}): set ${set} to ${answers}`,
  );
  return `  ${question}`;
}

function changedSince({ changed_since_preview: changed }: ImportState): string[] {
  const { rows = 0, ...counts } = changed ?? {};
  if (typeof rows !== "number" || rows === 0) return [];
  const parts = countsOf(counts).filter((part) => !part.endsWith(" 0"));
  return [`  otherwise than the dry run foresaw: ${parts.join(", ")}`];
}
