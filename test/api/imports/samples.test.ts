/** The project's own sample files: every deliberate bad row is found with its code, everything else goes in. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";
import { projectRoot } from "../../support/projectFiles.ts";

interface BadRow {
  readonly file: string;
  readonly line: number;
  readonly column: string;
  readonly kind: string;
}
interface Expected {
  readonly files: Readonly<Record<string, { kind: string; rows: number; applied: number }>>;
  readonly bad_rows: readonly BadRow[];
}

/** The samples' plain words for what is wrong, as codes of the product. */
const CODES: Readonly<Record<string, string>> = {
  invalid_currency: "currency_format",
  duplicate_sku: "duplicate_in_file",
  max_below_min: "below_min",
  not_positive: "quantity_sign",
  missing_value: "required",
  unknown_type: "not_allowed",
  invalid_date: "date_format",
  missing_destination: "required",
};
const ORDER = [
  "warehouses.csv",
  "suppliers.csv",
  "catalogue.xlsx",
  "items.csv",
  "supplier_items.csv",
  "reorder_policies.csv",
  "movements-2025.csv",
  "counts-2026-01.xlsx",
];

const samples = join(projectRoot, "samples");
let harness: ImportHarness;
let expected: Expected;

beforeAll(async () => {
  expected = JSON.parse(await readFile(join(samples, "expected.json"), "utf8")) as Expected;
  harness = await createImportHarness();
});
afterAll(() => harness.close());

test("the sample files give just the stated rows and errors", { timeout: 120_000 }, async () => {
  for (const name of ORDER) {
    const file = expected.files[name];
    const content = await readFile(join(samples, name));
    const done = await harness.importFile({ kind: file?.kind ?? "", content, name });
    const bad = expected.bad_rows.filter((row) => row.file === name);
    const codes = bad.map((row) => [row.line, row.column, CODES[row.kind] ?? row.kind]);
    const found = done.errors_sample.map((row: { row: number; column: string; code: string }) => [
      row.row,
      row.column,
      row.code,
    ]);
    expect(found, name).toEqual(codes);
    expect(done, name).toMatchObject({
      rows_total: file?.rows,
      rows_applied: file?.applied,
      rows_rejected: bad.length,
      rows_skipped: 0,
      status: bad.length === 0 ? "completed" : "completed_with_errors",
    });
  }
  const stock = await harness.stock();
  expect(Object.keys(stock)).toHaveLength(747);
});
