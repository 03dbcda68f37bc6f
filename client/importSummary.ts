/** What became of an import, in plain language: rows in, rows refused by code, where the refused rows are. */
import type { CodeCount } from "./errorFile.ts";
import type { ImportState, RowError } from "./imports.ts";
import { counted, grouped, oneLine } from "./textTable.ts";

export interface SummaryParts {
  readonly state: ImportState;
  readonly codes: readonly CodeCount[];
  readonly errorsUrl: string;
}

/** Rows of the error list that are shown one by one. */
const ROWS_SHOWN = 5;

/** The lines of a summary. */
export function summarizeImport({ state, codes, errorsUrl }: SummaryParts): string[] {
  const lines = [headline(state), ...endReason(state), ...foreseen(state)];
  const rejected = state.rows_rejected ?? 0;
  if (rejected === 0) return lines;
  const byCode = codes.map(({ code, rows }) => `${code} ${grouped(rows)}`).join(", ");
  const sample = state.errors_sample ?? [];
  return [
    ...lines,
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
  return `${WORDS[state.status] ?? state.status}${dry}: ${total}, ${parts.join(", ")}`;
}

const WORDS: Readonly<Record<string, string>> = {
  completed: "Done",
  completed_with_errors: "Done, with errors",
  failed: "Failed",
  cancelled: "Cancelled",
};

function endReason({ error }: ImportState): string[] {
  return error ? [`  ${oneLine(`${error.code}: ${error.detail}`)}`] : [];
}

/** What a dry run says would happen: "would happen: 12 creates, 3 updates, 0 unchanged". */
function foreseen({ preview }: ImportState): string[] {
  const parts = Object.entries(preview ?? {}).flatMap(([name, value]) => {
    const count = Array.isArray(value) ? value.length : value;
    return typeof count === "number" ? [`${name.replaceAll("_", " ")} ${grouped(count)}`] : [];
  });
  return parts.length === 0 ? [] : [`  would happen: ${parts.join(", ")}`];
}
