/** Movements that are decided by the transaction that brings them: what goes before them, what becomes of known ids, and when nothing does. */
import pg from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import { BatchError } from "../../../pipelines/apply/batchError.ts";
import { decideAtOnce, drainLanes, NotAtOnceError } from "../../../pipelines/apply/index.ts";
import { haltLanes } from "../../../pipelines/apply/setAside.ts";
import { acceptGroup } from "../../../pipelines/intake/acceptGroup.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { verifyLedger } from "../../../pipelines/verify/index.ts";
import { newId } from "../../../platform/clock.ts";
import { readConfig } from "../../../platform/config.ts";
import { createObjectStorage } from "../../../platform/objectStorage.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { testBackends } from "../../support/backends.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();
let warehouseId: string;
let items: SeededItem[];
let nth = 0;

beforeAll(async () => {
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"]);
  items = await seedItems(
    own.db,
    Array.from({ length: 20 }, (_, n) => `AT-ONCE-${n}`),
  );
});
afterEach(() => asAdmin("alter table stock_movements drop constraint if exists no_poison"));

/** An item that no other test touches. */
function anItem(): SeededItem {
  nth += 1;
  const item = items[nth];
  if (item === undefined) throw new Error("more items are needed");
  return item;
}

const move = (item: SeededItem, said: Partial<MovementCommand>): MovementCommand =>
  toTestCommand({ itemId: item.id, lane: item.lane, warehouseId, ...said });

const decide = (commands: readonly MovementCommand[], isFresh: boolean) =>
  inTransaction(own.db, (tx) => decideAtOnce(tx, { commands, isFresh: () => isFresh }), {
    indexProbes: true,
  });

async function outcomesOf(commands: readonly MovementCommand[]): Promise<(string | undefined)[]> {
  const { rows } = await own.db.query<{ id: string; status: string }>({
    text: "select id, status from movement_outcomes where id = any($1::uuid[])",
    values: [commands.map(({ id }) => id)],
  });
  return commands.map(({ id }) => rows.find((row) => row.id === id)?.status);
}

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: own.database.adminUrl });
  await admin.connect();
  await admin.query(statement);
  await admin.end();
}

test.each([true, false])(
  "what others have put into the lane before is decided first (fresh ids: %s)",
  async (isFresh) => {
    const item = anItem();
    const theirs = [move(item, { type: "receipt", quantity: "5" })];
    await appendToInbox(own.db, theirs);
    const ours = [
      move(item, { type: "issue", quantity: "5" }),
      move(item, { type: "issue", quantity: "1" }),
      move(item, { type: "receipt", quantity: "2", reason: 'tab\tline\nback\\slash "quote"' }),
    ];
    const { acceptances, rejected, result } = await decide(ours, isFresh);
    expect(acceptances.map((one) => one?.result)).toEqual(["new", "new", "new"]);
    expect([...rejected]).toEqual([ours[1]?.id]);
    expect(result.rows).toBe(4);
    expect(await outcomesOf([...theirs, ...ours])).toEqual([
      "applied",
      "applied",
      "rejected",
      "applied",
    ]);
    const { rows } = await own.db.query({
      text: "select reason from stock_movements where movement_id = $1::uuid",
      values: [ours[2]?.id],
    });
    expect(rows).toEqual([{ reason: ours[2]?.reason }]);
    expect((await drainLanes(own.db, { lanes: [item.lane], rowsMax: 100 })).rows).toBe(0);
  },
);

test("ids that are known are told apart, and only new ones are decided", async () => {
  const item = anItem();
  const decided = move(item, { quantity: "3" });
  const waiting = move(item, { quantity: "4" });
  await decide([decided], false);
  await appendToInbox(own.db, [waiting]);
  const fresh = move(item, { quantity: "5" });
  const other = { ...move(item, { quantity: "6" }), id: decided.id };
  const { acceptances, result } = await decide(
    [decided, waiting, fresh, other, { ...fresh }],
    false,
  );
  expect(acceptances.map((one) => one?.result)).toEqual([
    "repeat",
    "repeat",
    "new",
    "reused",
    "repeat",
  ]);
  expect(result.rows).toBe(2); // the one that waited as well
  const { rows } = await own.db.query({
    text: "select trim_scale(on_hand)::text as on_hand from stock_levels where item_id = $1::uuid",
    values: [item.id],
  });
  expect(rows).toEqual([{ on_hand: "12" }]);
});

test.each([
  [
    "behind an atomic group",
    async (item: SeededItem) => {
      const groupId = newId();
      const lines = [item, anItem()].map((of) => move(of, { groupId }));
      await acceptGroup(own.db, lines);
    },
    /an atomic group waits in lane \d+/,
  ],
  [
    "behind a long queue",
    async (item: SeededItem) => {
      await appendToInbox(
        own.db,
        Array.from({ length: 200 }, () => move(item, {})),
      );
    },
    /lane \d+ has a backlog/,
  ],
  [
    "in a halted lane",
    (item: SeededItem) => haltLanes(own.db, { lanes: [item.lane], cause: new Error("by a test") }),
    /lane \d+ is halted/,
  ],
] as const)("nothing is decided %s", async (_where, prepare, detail) => {
  const item = anItem();
  await prepare(item);
  const ours = [move(anItem(), {}), move(item, {})];
  const thrown = await decide(ours, true).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(NotAtOnceError);
  expect((thrown as Error).message).toMatch(detail);
  expect(await outcomesOf(ours)).toEqual([undefined, undefined]);
});

test("movements of a lane that somebody else holds are left as they are, and not waited for", async () => {
  const [held, free] = [anItem(), anItem()];
  const ours = [move(held, {}), move(free, {}), move(held, {}), move(free, {})];
  await inTransaction(own.db, async (tx) => {
    await tx.query({
      text: "select from lanes where id = $1::smallint for update",
      values: [held.lane],
    });
    const { acceptances, result } = await decide(ours, false);
    expect(acceptances.map((one) => one?.result)).toEqual([undefined, "new", undefined, "new"]);
    expect(result.rows).toBe(2);
  });
  expect(await outcomesOf(ours)).toEqual([undefined, "applied", undefined, "applied"]);
  const { rows } = await own.db.query({
    text: "select from movement_inbox where item_id = $1::uuid",
    values: [held.id],
  });
  expect(rows).toEqual([]);
});

test("a movement that can't be written takes the others along, and is told", async () => {
  await asAdmin(
    "alter table stock_movements add constraint no_poison check (reference_id is distinct from 'POISON') not valid",
  );
  const ours = [
    move(anItem(), {}),
    move(anItem(), { referenceType: "note", referenceId: "POISON" }),
  ];
  const thrown = await decide(ours, true).catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(BatchError);
  expect((thrown as BatchError).movements).toEqual(ours.map(({ id }) => id));
  expect(await outcomesOf(ours)).toEqual([undefined, undefined]);
});

test("the ledger, its hashes and the events are sound after all of it", async () => {
  await expectSoundLedger(own.db);
  const storage = createObjectStorage(readConfig({ ...testBackends().env, ...own.database.env }));
  await storage.ensureBucket();
  const { signal } = new AbortController();
  const { differences } = await verifyLedger({ db: own.db, storage }, { mode: "full", signal });
  storage.close();
  expect(differences).toEqual([]);
});
