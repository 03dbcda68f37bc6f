/** What became of an import, in words. */
import { expect, test } from "vitest";
import { summarizeImport } from "../../client/importSummary.ts";
import type { ImportState } from "../../client/imports.ts";

const errorsUrl = "http://127.0.0.1:3001/v1/imports/i1/errors";

function aState(over: Partial<ImportState> = {}): ImportState {
  const rows = { rows_total: 20_088, rows_applied: 20_088, rows_rejected: 0 };
  return { id: "i1", kind: "movements", mode: "commit", status: "completed", ...rows, ...over };
}

test("a clean import is one line", () => {
  expect(summarizeImport({ state: aState(), codes: [], errorsUrl })).toEqual([
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
    errors_sample: sample,
  });
  const codes = [
    { code: "unknown_sku", rows: 6 },
    { code: "required", rows: 1 },
  ];
  const lines = summarizeImport({ state, codes, errorsUrl });
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
  expect(summarizeImport({ state: failed, codes: [], errorsUrl })).toEqual([
    "Failed: 0 rows, 0 applied, 0 rejected",
    "  header_unknown: no column is known",
  ]);
  const dry = aState({
    mode: "dry_run",
    rows_applied: 0,
    rows_skipped: 20_088,
    preview: { creates: 12, negative_levels: [{}, {}] },
  });
  expect(summarizeImport({ state: dry, codes: [], errorsUrl })).toEqual([
    "Done (dry run: nothing was written): 20,088 rows, 0 applied, 0 rejected, 20,088 skipped",
    "  would happen: creates 12, negative levels 2",
  ]);
});
