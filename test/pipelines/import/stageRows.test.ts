/** Staging: rows whose columns have to be known as a whole, and workers that die between any two steps. */
import { Readable } from "node:stream";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { claimImports } from "../../../pipelines/import/claimImports.ts";
import type { ImportMapping } from "../../../pipelines/import/importMapping.ts";
import type { ImportDeps } from "../../../pipelines/import/importRun.ts";
import { type ImportRow, importRead } from "../../../pipelines/import/queries/imports.ts";
import { stageRows } from "../../../pipelines/import/stageRows.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { testFileLimits } from "../../support/fileLimits.ts";
import { insertImport } from "../../support/importRuns.ts";
import { testPersonalData } from "../../support/personalData.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase();

/** More than two chunks of staging. */
const ROWS = 11_000;

interface Staging {
  readonly content: string;
  readonly kind?: "counts" | "items";
  readonly mapping?: ImportMapping;
  /** Called after each committed step. */
  readonly afterStep?: (step: string) => void;
}

/** Stages a file, again and again after each death; answers the import and its rows. */
async function staged({ content, kind = "counts", mapping = {}, afterStep }: Staging) {
  const { db } = own;
  const bytes = Buffer.from(content);
  const id = await insertImport(db, { kind, mapping, bytesTotal: bytes.length });
  await claimImports(db, { owner: id, limit: 100, lossesMax: 10 });
  // On a slow machine the lease would lapse, and the claim of the next test take this one for an import that kills its workers.
  await db.query("update imports set lease_until = 'infinity' where id = $1", [id]);
  const run = {
    deps: depsOf(bytes, afterStep),
    id,
    owner: id,
    signal: new AbortController().signal,
  };
  const row = await waitFor(
    "the end of staging",
    async () => {
      const before = await present(id);
      if (before.status === "checking") return before;
      await stageRows(run, before).catch((thrown: unknown) => {
        if (!String(thrown).includes("killed")) throw thrown;
      });
      return undefined;
    },
    { timeoutMs: 25_000 },
  );
  const { rows } = await db.query<StagedRow>(
    `select row_number::int as row, cells, fields - 'id' as fields, fields ->> 'id' is not null as has_id, state,
       error_column, error_code, error_value
     from import_rows where import_id = $1 order by row_number`,
    [id],
  );
  return { row, rows };
}

interface StagedRow {
  readonly row: number;
  readonly cells: readonly unknown[];
  readonly fields: Readonly<Record<string, string>> | null;
  readonly has_id: boolean;
  readonly state: string;
  readonly error_code: string | null;
}

async function present(id: string): Promise<ImportRow> {
  const row = await importRead(own.db, { id });
  if (row === undefined) throw new Error("the import is gone");
  return row;
}

function depsOf(bytes: Buffer, afterStep?: (step: string) => void): ImportDeps {
  const unused = () => Promise.reject(new Error("staging has no use for it"));
  return {
    db: own.db,
    personal: testPersonalData(own.db),
    storage: {
      get: async () => Readable.from([bytes]),
      getRange: unused,
      open: unused,
      put: unused,
      remove: unused,
    },
    clock: { now: () => new Date("2026-06-01T00:00:00Z") },
    log: pino({ level: "silent" }),
    metrics: createMetrics("test"),
    limits: testFileLimits(),
    approvalLimits: [],
    decided: () => undefined,
    wakeLanes: () => undefined,
    announce: async () => undefined,
    forgetIncoming: async () => undefined,
    afterStep,
  };
}

/** A counts file of one column of quantities. */
function counts(texts: readonly string[]): string {
  const lines = texts.map((text, nth) => `SKU-${nth};MAIN;${text}`);
  return `sku;warehouse;quantity\n${lines.join("\n")}\n`;
}

/** Quantities that depend on the column's style, but for the given ones. */
function quantities(certain: Readonly<Record<number, string>>): string[] {
  return Array.from(
    { length: ROWS },
    (_, nth) => certain[nth] ?? `${(nth % 9) + 1}.${100 + (nth % 900)}`,
  );
}

const FILES = {
  "whose last row shows its style": {
    texts: quantities({ 7: "5", 10_999: "0,5" }),
    styles: { quantity: { decimal: ",", by: "column" } },
    wanted: { staged: ROWS },
  },
  "whose first row shows its style": {
    texts: quantities({ 0: "0,5" }),
    styles: { quantity: { decimal: ",", by: "column" } },
    wanted: { staged: ROWS },
  },
  "that nobody can read": {
    texts: quantities({ 3: "7", 9_000: "x" }),
    styles: { quantity: { by: "unknown" } },
    wanted: { staged: 1, invalid: ROWS - 1 },
  },
  "that contradicts itself in its last row": {
    texts: quantities({ 0: "0,5", 1: "3", 10_999: "0.5" }),
    styles: { quantity: { by: "contradiction" } },
    wanted: { staged: 3, invalid: ROWS - 3 },
  },
} as const;

describe.each(Object.entries(FILES))("a file %s", (_, { texts, styles, wanted }) => {
  test("ends in the same rows whether its worker dies after each step or not", async () => {
    const content = counts(texts);
    const whole = await staged({ content });
    const steps: string[] = [];
    const broken = await staged({
      content,
      afterStep: (step) => {
        steps.push(step);
        throw new Error(`killed after ${step}`);
      },
    });
    expect(broken.rows).toEqual(whole.rows);
    expect(steps.filter((step) => step === "staged")).toHaveLength(2);
    for (const { row, rows } of [whole, broken]) {
      expect(countBy(rows)).toEqual(wanted);
      expect(row).toMatchObject({
        rows_read: ROWS,
        rows_invalid: ROWS - wanted.staged,
        rows_valid: wanted.staged,
        detected: { styles },
      });
    }
    expect(whole.row.detected).toEqual(broken.row.detected);
  });
});

function countBy(rows: readonly StagedRow[]): Record<string, number> {
  const counted: Record<string, number> = {};
  for (const { state } of rows) counted[state] = (counted[state] ?? 0) + 1;
  return counted;
}

test("a row that waits is staged with its cells only, and read once its column is known", async () => {
  const seen: unknown[] = [];
  const { rows } = await staged({
    content: counts(quantities({ 10_999: "0,5" })),
    afterStep: (step) => {
      if (step === "staged") seen.push(step);
    },
  });
  expect(seen).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    row: 2,
    cells: ["SKU-0", "MAIN", "1.100"],
    fields: { sku: "SKU-0", warehouse: "MAIN", quantity: "1100" },
    has_id: true,
    state: "staged",
  });
});

test("the counts while rows wait tell neither good nor bad of them", async () => {
  const content = counts(quantities({ 2: "x", 10_999: "0,5" }));
  const during: ImportRow[] = [];
  let death: Promise<unknown> | undefined;
  await staged({
    content,
    afterStep: (step) => {
      if (step !== "staged" || during.length > 0) return;
      death ??= own.db
        .query<ImportRow>("select * from imports order by created_at desc limit 1")
        .then(({ rows }) => during.push(...rows));
      throw new Error("killed so that the import stands still");
    },
  });
  await death;
  expect(during).toMatchObject([
    { status: "reading", rows_read: 5_000, rows_valid: 0, rows_invalid: 1 },
  ]);
});

test("rows of a million characters go in small chunks, in both readings", async () => {
  const note = "x".repeat(30_000);
  const lines = Array.from({ length: 300 }, (_, nth) => `SKU-${nth};MAIN;1.250;${note}`);
  const steps: string[] = [];
  const { rows } = await staged({
    content: `sku;warehouse;quantity;note\n${lines.join("\n")}\nLAST;MAIN;0,5;\n`,
    afterStep: (step) => steps.push(step),
  });
  expect(countBy(rows)).toEqual({ staged: 301 });
  expect(steps).toEqual(["staged", "staged", "read", "reread", "reread", "reread"]);
});

test("an empty cell that clears is null among the fields", async () => {
  const { rows } = await staged({
    kind: "items",
    content: "sku,name,barcode,category\nA,a,,tools\n",
    mapping: { options: { empty_cells: "clear" } },
  });
  expect(rows).toMatchObject([
    { state: "staged", fields: { sku: "A", name: "a", barcode: null, category: "tools" } },
  ]);
});
