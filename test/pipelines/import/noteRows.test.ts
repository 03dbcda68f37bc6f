/** What is noted of some rows of a large import that nobody has analysed: it reads these rows and not the whole import. */
import { expect, test } from "vitest";
import { importFatesNote } from "../../../pipelines/import/queries/fates.ts";
import { importRowsJudge } from "../../../pipelines/import/queries/rows.ts";
import { type DbClient, inTransaction } from "../../../platform/postgres.ts";
import { insertImport } from "../../support/importRuns.ts";
import { rowsRead } from "../../support/rowsRead.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

const ROWS = 30_000;
const NOTED = 500;

const NOTES: Readonly<Record<string, (tx: DbClient, importId: string, rows: number[]) => unknown>> =
  {
    "what is foreseen": (tx, importId, rows) =>
      importFatesNote(tx, {
        importId,
        fates: rows.map((row) => ({ row_number: row, fate: "update" })),
      }),
    "what is wrong": (tx, importId, rows) => {
      const fault = { column: "sku", code: "unknown_sku", detail: "no", value: "" };
      const faults = rows.map((rowNumber) => ({ rowNumber, ...fault }));
      return importRowsJudge(tx, { importId, state: "invalid", faults });
    },
  };

test.each(Object.keys(NOTES))("%s", async (what) => {
  const importId = await insertImport(own.db);
  await own.db.query("analyze import_rows"); // as it is before the first import
  await own.db.query(
    `insert into import_rows (import_id, row_number, state, cells, fields)
     select $1::uuid, n, 'staged', '[]'::jsonb, '{}'::jsonb from generate_series(2, ${ROWS}) as n`,
    [importId],
  );
  const read = await inTransaction(
    own.db,
    async (tx) => {
      const before = await rowsRead(tx, "import_rows");
      // more often than a plan is made for its values: the plan that is kept must do as well
      for (let chunk = 0; chunk < 8; chunk += 1) {
        const first = 2 + chunk * NOTED;
        await NOTES[what]?.(
          tx,
          importId,
          Array.from({ length: NOTED }, (_, n) => first + n),
        );
      }
      return (await rowsRead(tx, "import_rows")) - before;
    },
    { indexProbes: true },
  );
  expect(read).toBeLessThanOrEqual(8 * NOTED * 2);
  const { rows } = await own.db.query<{ n: number }>(
    `select count(*)::int as n from import_rows
     where import_id = $1 and (foreseen = 'update' or state = 'invalid')`,
    [importId],
  );
  expect(rows[0]?.n).toBe(8 * NOTED);
});
