/** What became of an import, in words. */
import { expect, test } from "vitest";
import { summarizeImport } from "../../client/importSummary.ts";
import type { ImportState } from "../../client/imports.ts";
import { unchecked } from "../../client/stocklineClient.ts";

const errorsUrl = "http://127.0.0.1:3001/v1/imports/i1/errors";

/** An import with as much of it as a summary looks at. */
function aState(over: object = {}): ImportState {
  const rows = { rows_total: 20_088, rows_applied: 20_088, rows_rejected: 0 };
  const progress = { phase: "ended", done: 20_088, total: 20_088, unit: "rows" } as const;
  return unchecked({
    progress,
    id: "i1",
    kind: "movements",
    mode: "commit",
    status: "completed",
    ...rows,
    ...over,
  });
}

test("a clean import is one line", () => {
  expect(summarizeImport({ state: aState(), errorsUrl })).toEqual([
    "Done: 20,088 rows, 20,088 applied, 0 rejected",
  ]);
});

test("rejected rows come by reason, a few of them shown, with where to download all", () => {
  const sample = Array.from({ length: 6 }, (_, place) => ({
    row: 1_608 + place,
    column: "sku",
    code: "unknown_sku",
    detail: 'sku "X" is not valid',
    value: "X",
  }));
  const state = aState({
    status: "completed_with_errors",
    rows_applied: 20_081,
    rows_rejected: 7,
    errors_by_code: [
      { code: "unknown_sku", rows: 6 },
      { code: "required", rows: 1 },
    ],
    errors_sample: sample,
  });
  const lines = summarizeImport({ state, errorsUrl });
  expect(lines[0]).toBe("Done, with errors: 20,088 rows, 20,081 applied, 7 rejected");
  expect(lines[1]).toBe("  rejected by reason: unknown_sku 6, required 1");
  expect(lines[2]).toBe('  row 1,608, sku: unknown_sku: sku "X" is not valid');
  expect(lines.slice(-2)).toEqual([
    "  …",
    `  rejected rows, ready to be mended and sent again: ${errorsUrl}`,
  ]);
});

test("a failed import says why, a dry run what would happen", () => {
  const failed = aState({
    status: "failed",
    rows_total: 0,
    rows_applied: 0,
    error: { code: "header_unknown", detail: "no column is known" },
  });
  expect(summarizeImport({ state: failed, errorsUrl })).toEqual([
    "Failed: 0 rows, 0 applied, 0 rejected",
    "  header_unknown: no column is known",
  ]);
  const dry = aState({
    mode: "dry_run",
    rows_applied: 0,
    rows_skipped: 20_088,
    preview: { creates: 12, negative_levels: [{}, {}] },
  });
  expect(summarizeImport({ state: dry, errorsUrl })).toEqual([
    "Done (dry run: nothing was written): 20,088 rows, 0 applied, 0 rejected, 20,088 skipped",
    "  would happen: creates 12, negative levels 2",
  ]);
});

test("a dry run tells its totals, what it asks, and its commit what has changed since", () => {
  const dry = aState({
    mode: "dry_run",
    preview: {
      rows_by_type: { issue: 4, receipt: 1_200 },
      rows_short: 3,
      negative_levels: [{}],
      negative_levels_total: 1_234,
      largest_variances: [{}],
      variance_up: "7.5",
      questions: [{}],
    },
    questions: [
      {
        column: "Datum",
        code: "date_ambiguous",
        rows: 2,
        examples: ["01/02/2026"],
        choices: [{ value: "DD/MM/YYYY" }, { value: "MM/DD/YYYY" }],
        set: "mapping.options.date_format",
      },
    ],
  });
  expect(summarizeImport({ state: dry, errorsUrl }).slice(1)).toEqual([
    "  would happen: issue 4, receipt 1,200, rows short 3, negative levels 1,234, variance up 7.5",
    '  to be answered: column "Datum" (date_ambiguous, 2 rows such as "01/02/2026"): set mapping.options.date_format to "DD/MM/YYYY" or "MM/DD/YYYY"',
  ]);
  const committed = aState({
    preview: { creates: 1 },
    changed_since_preview: { rows: 2, rows_now_rejected: 0, creates_now_updates: 2, examples: [] },
  });
  expect(summarizeImport({ state: committed, errorsUrl }).slice(1)).toEqual([
    "  otherwise than the dry run foresaw: creates now updates 2",
  ]);
});

test("an import that is not over tells how far it is, at what rate, and how long it will take", () => {
  const progress = { phase: "applying", done: 500, total: 20_000, unit: "rows" } as const;
  const state = aState({
    status: "applying",
    finished_at: null,
    progress: { ...progress, rows_per_second: 1_300, bytes_per_second: null, seconds_left: 15 },
  });
  expect(summarizeImport({ state, errorsUrl })).toEqual([
    "applying: 20,088 rows, 20,088 applied, 0 rejected",
    "  applying, 500 of 20,000 rows (1,300 rows/s, 15.0 s left)",
  ]);
});
