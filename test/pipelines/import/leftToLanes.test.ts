/** Rows of an import that can't be decided at once: they go into the inbox, the lane workers decide them, and the books are the same. */
import pg from "pg";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { resumeLane, retrySetAside, setAsidePage } from "../../../pipelines/apply/index.ts";
import { haltLanes } from "../../../pipelines/apply/setAside.ts";
import { importRead } from "../../../pipelines/import/index.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { startImportWorker } from "../../../workers/importFile.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { acceptFile } from "../../support/importRuns.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { waitFor } from "../../support/waitFor.ts";

const ROWS = 1_200;
let harness: ApiHarness;
let workers: readonly { stop(): Promise<void> }[];
let items: SeededItem[];
let warehouseId: string;

beforeAll(async () => {
  harness = await createApiHarness({ env: { LOG_LEVEL: "silent" } }); // failures are what it is about
  await harness.context.storage.ensureBucket();
  items = await seedItems(harness.context.db, ["L-0", "L-1", "L-2", "L-3"]);
  [warehouseId = ""] = await seedWarehouses(harness.context.db, ["MAIN"]);
  workers = [startApplyWorker(harness.context), startImportWorker(harness.context)];
});
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  await harness.close();
});
afterEach(() => asOwner("alter table stock_movements drop constraint if exists no_poison"));

async function asOwner(statement: string): Promise<void> {
  const owner = new pg.Client({ connectionString: harness.database.ownerUrl });
  await owner.connect();
  await owner.query(statement);
  await owner.end();
}

/** Receipts of 1 over all items; `special` is the reference of the row in the middle. */
function sent(special = "plain"): Promise<string> {
  const lines = Array.from(
    { length: ROWS },
    (_, nth) => `receipt,L-${nth % items.length},MAIN,1,note,${nth === ROWS / 2 ? special : nth}`,
  );
  const head = "type,sku,warehouse,quantity,reference_type,reference_id";
  return acceptFile(harness.context, {
    kind: "movements",
    content: `${head}\n${lines.join("\n")}\n`,
  });
}

const ended = (id: string) =>
  waitFor(
    "the end of the import",
    async () => {
      const row = await importRead(harness.context.db, { id });
      return row?.status.startsWith("completed") ? row : undefined;
    },
    { timeoutMs: 60_000 },
  );

async function onHand(): Promise<number> {
  const { rows } = await harness.context.db.query<{ total: string }>(
    "select coalesce(sum(on_hand), 0) as total from stock_levels",
  );
  return Number(rows[0]?.total);
}

const WHOLE = { status: "completed", rows_applied: ROWS, rows_rejected: 0, rows_skipped: 0 };

test("a movement that can't be written is set aside, and the others are applied", async () => {
  const before = await onHand();
  await asOwner(
    "alter table stock_movements add constraint no_poison check (reference_id is distinct from 'POISON') not valid",
  );
  const id = await sent("POISON");
  const { db } = harness.context;
  const [aside] = await waitFor(
    "the movement to be set aside",
    async () => {
      const page = await setAsidePage(db, { after: undefined, lane: undefined, limit: 10 });
      return page.length === 0 ? undefined : page;
    },
    { timeoutMs: 60_000 },
  );
  const patience = { timeoutMs: 60_000 };
  await waitFor("the others", async () => (await onHand()) - before === ROWS - 1, patience);
  await waitFor(
    "their rows",
    async () => {
      const row = await importRead(db, { id });
      return row?.rows_applied === ROWS - 1 && row.status === "applying";
    },
    patience,
  );
  await asOwner("alter table stock_movements drop constraint no_poison");
  await retrySetAside(db, { id: aside?.id ?? "", actor: "tester" });
  expect(await ended(id)).toMatchObject(WHOLE);
  expect((await onHand()) - before).toBe(ROWS);
}, 240_000);

test("rows of a halted lane wait for it, and go on once it is resumed", async () => {
  const before = await onHand();
  const { db } = harness.context;
  const lane = items[0]?.lane ?? 0;
  await haltLanes(db, { lanes: [lane], cause: new Error("by a test") });
  const id = await sent();
  const halted = items.filter((item) => item.lane === lane).length;
  const others = (ROWS / items.length) * (items.length - halted);
  await waitFor("the rows of the other lanes", async () => (await onHand()) - before === others);
  expect(await importRead(db, { id })).toMatchObject({ status: "applying" });
  await resumeLane(db, { lane, actor: "tester" });
  expect(await ended(id)).toMatchObject(WHOLE);
  expect((await onHand()) - before).toBe(ROWS);
}, 120_000);

test("rows behind a long queue of single movements come after it", async () => {
  const { db } = harness.context;
  const [item] = items;
  if (item === undefined) throw new Error("no item");
  const place = { itemId: item.id, lane: item.lane, warehouseId };
  const singles = Array.from({ length: 5_000 }, () => toTestCommand(place));
  const before = await onHand();
  await appendToInbox(db, singles);
  const id = await sent();
  expect(await ended(id)).toMatchObject(WHOLE);
  await waitFor("the singles", async () => (await onHand()) - before === ROWS + singles.length);
  const { rows } = await db.query({
    text: `select (select max(version) from stock_movements where movement_id = any($1::uuid[]))
      < (select min(version) from stock_movements where source_id = $2::uuid and item_id = $3::uuid) as before`,
    values: [singles.map((single) => single.id), id, item.id],
  });
  expect(rows).toEqual([{ before: true }]);
  await expectSoundLedger(db);
}, 120_000);
