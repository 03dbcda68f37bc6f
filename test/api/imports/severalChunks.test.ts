/**
 * Files of more rows than one transaction takes, of every kind of entity: the entities of a chunk are written while the one before it
 * ends, which must never wait for the later one in turn.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createImportHarness, type ImportHarness } from "../../support/importHarness.ts";

/** Two transactions. */
const ROWS = 2_100;

let harness: ImportHarness;

beforeAll(async () => {
  harness = await createImportHarness();
});
afterAll(() => harness.close());

function fileOf(header: string, row: (n: number) => string): string {
  return [header, ...Array.from({ length: ROWS }, (_, n) => row(n))].join("\n");
}

/** In this order: the later ones name what the earlier ones made. Each row says which time it comes. */
const FILES: Readonly<Record<string, (time: number) => string>> = {
  items: (time) => fileOf("sku,name,category", (n) => `SKU-${n},Item ${n},Time ${time}`),
  warehouses: (time) => fileOf("code,name", (n) => `W-${n},Warehouse ${n} time ${time}`),
  suppliers: (time) =>
    fileOf("code,name,email,city", (n) => `S-${n},Supplier ${n},s${n}@example.com,Town ${time}`),
  supplier_items: (time) =>
    fileOf("supplier,sku,unit_cost", (n) => `S-${n % 7},SKU-${n},${time}.5`),
  reorder_policies: (time) =>
    fileOf("sku,warehouse,method,min,max", (n) => `SKU-${n},W-${n % 5},min_max,${time},9`),
};

test.each(Object.keys(FILES))(
  "%s of several chunks are made, and then changed",
  async (kind) => {
    for (const time of [1, 2]) {
      const done = await harness.importFile({ kind, content: FILES[kind]?.(time) ?? "" });
      expect(done).toMatchObject({ status: "completed", rows_total: ROWS, rows_applied: ROWS });
    }
    const { rows } = await harness.context.db.query(
      `select version, count(*)::int
       from ${kind === "items" ? "inventory_items" : kind}
       group by version`,
    );
    expect(rows).toEqual([{ version: 2, count: ROWS }]);
  },
  120_000,
);
