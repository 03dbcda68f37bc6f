/** What a movement is, read by its key: as few pages for a level with thousands of entries as for one with few. */
import { expect, test } from "vitest";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { movementOriginalRead } from "../../../pipelines/movements/index.ts";
import { type Db, inTransaction } from "../../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();

/** Pages that the look-up of the id touches. */
async function pagesOf(id: string): Promise<number> {
  const { db } = own;
  let statement: { text: string; values: unknown[] } | undefined;
  const listening = {
    query: (given: typeof statement) => {
      statement = given;
      return Promise.resolve({ rows: [] });
    },
  };
  await movementOriginalRead(listening as unknown as Db, id); // only to learn its text
  const { rows } = await db.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>(
    `explain (analyze, buffers, format json) ${statement?.text.replaceAll("$1", `'${id}'`)}`,
  );
  const plan = rows[0]?.["QUERY PLAN"][0].Plan ?? {};
  return (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
}

test("one of thousands of entries of a level costs a few index probes", async () => {
  const { db } = own;
  const [item] = await seedItems(db, ["BUSY"]);
  const [warehouseId = ""] = await seedWarehouses(db, ["MAIN"]);
  if (item === undefined) throw new Error("no item was made");
  const commands = Array.from({ length: 4_000 }, () =>
    toTestCommand({ itemId: item.id, lane: item.lane, warehouseId }),
  );
  await inTransaction(db, (tx) => appendToInbox(tx, commands));
  await drainLanes(db, { lanes: [item.lane], rowsMax: 4_000 });
  const last = commands.at(-1)?.id ?? "";
  expect(await movementOriginalRead(db, last)).toMatchObject({
    id: last,
    status: "applied",
    type: "receipt",
    quantity: "1",
    lots: null,
  });
  expect(await pagesOf(last)).toBeLessThan(60);
});
