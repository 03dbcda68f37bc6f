/** The ends of ranges in a large import that nobody has analysed: right, and found without reading what comes after. */
import { expect, test } from "vitest";
import { importRangeEnd } from "../../../pipelines/import/queries/rows.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { insertImport } from "../../support/importRuns.ts";
import { rowsRead } from "../../support/rowsRead.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

const ROWS = 30_000;
const RANGE = 500;

/** An import whose rows have the given numbers. */
async function anImport(numbers: string): Promise<string> {
  const id = await insertImport(own.db);
  await own.db.query(
    `insert into import_rows (import_id, row_number, state, cells, fields)
     select $1::uuid, n, 'staged', '[]'::jsonb, '{}'::jsonb from ${numbers} as n`,
    [id],
  );
  return id;
}

test("an end is found by reading no more than its range", async () => {
  const importId = await anImport(`generate_series(2, ${ROWS})`);
  const read = await inTransaction(own.db, async (tx) => {
    const before = await rowsRead(tx, "import_rows");
    // more often than a plan is made for its values: the plan that is kept must do as well
    for (let from = 0; from < 8 * RANGE; from += RANGE) {
      expect(await importRangeEnd(tx, { importId, from, rowsMax: RANGE })).toBe(from + RANGE);
    }
    return (await rowsRead(tx, "import_rows")) - before;
  });
  expect(read).toBeLessThanOrEqual(8 * RANGE);
});

test("a gap wider than a range is crossed to the next row, and the end of the rows is told", async () => {
  const importId = await anImport("unnest(array[2, 3, 9000, 9001]) ");
  const end = (from: number) => importRangeEnd(own.db, { importId, from, rowsMax: RANGE });
  expect(await end(0)).toBe(3);
  expect(await end(3)).toBe(9_000);
  expect(await end(9_000)).toBe(9_001);
  expect(await end(9_001)).toBeUndefined();
});
