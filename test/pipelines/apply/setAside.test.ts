/** Movements that the database refuses to write, on a real database: set aside one by one, sent back, discarded, lanes halted. */
import pg from "pg";
import { afterEach, beforeAll, expect, test } from "vitest";
import {
  createApplier,
  discardSetAside,
  laneStatesRead,
  noteDecisions,
  resumeLane,
  retrySetAside,
  setAsidePage,
  sweepLanes,
  troubleCounts,
} from "../../../pipelines/apply/index.ts";
import { setAside } from "../../../pipelines/apply/setAside.ts";
import { acceptGroup } from "../../../pipelines/intake/acceptGroup.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { verifyLedger } from "../../../pipelines/verify/index.ts";
import { newId } from "../../../platform/clock.ts";
import { readConfig } from "../../../platform/config.ts";
import { createLog } from "../../../platform/log.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { createObjectStorage } from "../../../platform/objectStorage.ts";
import { testBackends } from "../../support/backends.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase(12);
const POISON = "POISON";
let warehouseId: string;

beforeAll(async () => {
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"]);
});

async function asAdmin(statement: string): Promise<void> {
  const admin = new pg.Client({ connectionString: own.database.adminUrl });
  await admin.connect();
  await admin.query(statement);
  await admin.end();
}

/** Makes the database refuse ledger entries and more of what carries the mark. */
const poison = () =>
  asAdmin(
    `alter table stock_movements add constraint no_poison check (reference_id is distinct from '${POISON}') not valid`,
  );
const antidote = () => asAdmin("alter table stock_movements drop constraint if exists no_poison");

function config() {
  return readConfig({ ...testBackends().env, ...own.database.env, NODE_ENV: "test" });
}

type Applier = ReturnType<typeof createApplier>;
const appliers: Applier[] = [];
function startApplier(): Applier {
  const metrics = createMetrics("test");
  const applier = createApplier(
    {
      db: own.db,
      config: config(),
      log: createLog({ level: "silent", process: "test" }),
      metrics,
    },
    noteDecisions(metrics, () => undefined),
  );
  appliers.push(applier);
  return applier;
}
afterEach(async () => {
  await Promise.all(appliers.splice(0).map((applier) => applier.stop()));
  await antidote();
});

let nth = 0;
const lanesTaken = new Set<number>();
/** An item with a lane to itself, so that no test meets what another has halted. */
async function makeItem(): Promise<SeededItem> {
  for (;;) {
    nth += 1;
    const [item] = await seedItems(own.db, [`ITEM-${nth}`]);
    if (item === undefined) throw new Error("no item");
    if (lanesTaken.has(item.lane)) continue;
    lanesTaken.add(item.lane);
    return item;
  }
}

const receipt = (item: SeededItem, more: Partial<MovementCommand> = {}) =>
  toTestCommand({ itemId: item.id, lane: item.lane, warehouseId, ...more });
const poisoned = (item: SeededItem, more: Partial<MovementCommand> = {}) =>
  receipt(item, { referenceType: "test", referenceId: POISON, ...more });

const outcomesOf = async (commands: readonly MovementCommand[]) => {
  const { rows } = await own.db.query<{ id: string; code: string | null; version: number }>(
    "select id, code, version from movement_outcomes where id = any($1) order by version",
    [commands.map((command) => command.id)],
  );
  return rows;
};
const setAsideIds = async () =>
  (await setAsidePage(own.db, { after: undefined, lane: undefined, limit: 100 })).map(
    (row) => row.id,
  );
const eventsOf = async (subject: string) => {
  const { rows } = await own.db.query<{ type: string }>(
    "select type from events where subject = $1 order by recorded_at, position",
    [subject],
  );
  return rows.map((row) => row.type.replace("stockline.", ""));
};

async function expectSound(): Promise<void> {
  await expectSoundLedger(own.db);
  const storage = createObjectStorage(config());
  const { signal } = new AbortController();
  const { differences } = await verifyLedger({ db: own.db, storage }, { mode: "full", signal });
  storage.close();
  expect(differences).toEqual([]);
}

test("of 3,000 movements the one that the database refuses is set aside, and applied once it is sent back and the cause is gone", async () => {
  await poison();
  const item = await makeItem();
  const commands = Array.from({ length: 3_000 }, (_, place) =>
    place === 1_500 ? poisoned(item) : receipt(item),
  );
  const bad = commands[1_500]?.id ?? "";
  await appendToInbox(own.db, commands);
  const applier = startApplier();
  applier.wake([item.lane]);
  await waitFor("the rest", async () => (await outcomesOf(commands)).length === 2_999, {
    timeoutMs: 30_000,
    intervalMs: 100,
  });
  const applied = await outcomesOf(commands);
  expect(applied.map((row) => row.id)).toEqual(
    commands.map((command) => command.id).filter((id) => id !== bad),
  );
  const [row] = await setAsidePage(own.db, { after: undefined, lane: item.lane, limit: 10 });
  expect(row).toMatchObject({ id: bad, sku: item.sku, quantity: "1", warehouse: "MAIN" });
  expect(row?.error).toMatch(
    /^23514: new row for relation "stock_movements_\d+_\d+" violates check/,
  );
  expect(await eventsOf(`movements/${bad}`)).toEqual(["movement.set_aside"]);
  expect(await troubleCounts(own.db)).toEqual({ halted: 0, set_aside: 1 });
  await expectSound();

  const [again] = await appendToInbox(own.db, [commands[1_500] ?? receipt(item)]);
  expect(again).toMatchObject({ id: bad, result: "repeat", status: "accepted" });

  await antidote();
  const { lanes } = await retrySetAside(own.db, { id: bad, actor: "somebody" });
  expect(lanes).toEqual([item.lane]);
  await sweepLanes(own.db);
  applier.wake(lanes);
  await waitFor("the last", async () => (await outcomesOf(commands)).length === 3_000);
  expect((await outcomesOf(commands)).at(-1)).toEqual({ id: bad, code: null, version: 3_000 });
  expect(await setAsideIds()).toEqual([]);
  expect((await eventsOf(`movements/${bad}`)).toSorted()).toEqual([
    "movement.applied",
    "movement.retried",
    "movement.set_aside",
  ]);
  await expectSound();
}, 90_000);

test("what is discarded is rejected like any other movement, for good", async () => {
  await poison();
  const item = await makeItem();
  const bad = poisoned(item);
  const rest = [receipt(item), receipt(item)];
  await appendToInbox(own.db, [bad, ...rest]);
  startApplier().wake([item.lane]);
  await waitFor("the rest", async () => (await outcomesOf(rest)).length === 2);
  const discard = { id: bad.id, actor: "somebody", reason: "typed twice" };
  expect(await discardSetAside(own.db, discard)).toEqual({
    movements: [bad.id],
    lanes: [item.lane],
  });
  const { rows } = await own.db.query(
    `select o.status, o.code, o.detail, e.type, e.data ->> 'detail' as told, e.lane, e.recorded_at = o.decided_at as at_once
     from movement_outcomes o join events e on e.subject = 'movements/' || o.id and e.lane < 256 where o.id = $1`,
    [bad.id],
  );
  const detail = "discarded by somebody: typed twice";
  expect(rows).toEqual([
    {
      status: "rejected",
      code: "discarded",
      detail,
      type: "stockline.movement.rejected",
      told: detail,
      lane: item.lane,
      at_once: true,
    },
  ]);
  await expect(discardSetAside(own.db, discard)).rejects.toThrow("does not exist");
  await expect(retrySetAside(own.db, discard)).rejects.toThrow("does not exist");
  const [again] = await appendToInbox(own.db, [bad]);
  expect(again).toMatchObject({ id: bad.id, result: "repeat", status: "rejected" });
  await expectSound();
}, 60_000);

test("an atomic group over several lanes is set aside whole, sent back whole, and then applied whole", async () => {
  await poison();
  const items = [await makeItem(), await makeItem(), await makeItem()];
  const groupId = newId();
  const [one, two, three] = items;
  if (one === undefined || two === undefined || three === undefined) throw new Error("no items");
  const before = items.map((item) => receipt(item));
  const group = [
    receipt(one, { groupId }),
    poisoned(two, { groupId }),
    receipt(three, { groupId }),
    receipt(one, { groupId }),
  ];
  const after = items.map((item) => receipt(item));
  await appendToInbox(own.db, before);
  await acceptGroup(own.db, group);
  await appendToInbox(own.db, after);
  const applier = startApplier();
  applier.wake(items.map((item) => item.lane));
  await waitFor("the others", async () => (await outcomesOf([...before, ...after])).length === 6);
  const ids = group.map((command) => command.id);
  expect((await setAsideIds()).toSorted()).toEqual(ids.toSorted());
  await antidote();
  const { lanes, movements } = await retrySetAside(own.db, { id: ids[0] ?? "", actor: "somebody" });
  expect(movements.toSorted()).toEqual(ids.toSorted());
  applier.wake(lanes);
  const outcomes = await waitFor("the group", async () => {
    const found = await outcomesOf(group);
    return found.length === 4 && found;
  });
  expect(outcomes.map((row) => [row.code, row.version])).toEqual([
    [null, 3],
    [null, 3],
    [null, 3],
    [null, 4],
  ]);
  await expectSound();
}, 60_000);

test("a lane where one movement after the other fails is halted; it goes on once it is resumed", async () => {
  await poison();
  const item = await makeItem();
  const other = await makeItem();
  const commands = Array.from({ length: 10 }, () => poisoned(item));
  await appendToInbox(own.db, commands);
  const applier = startApplier();
  applier.wake([item.lane]);
  const [lane] = await waitFor(
    "the halt",
    async () => {
      const halted = await laneStatesRead(own.db, { depthMax: 100, halted: true });
      return halted.length > 0 && halted;
    },
    { timeoutMs: 30_000 },
  );
  expect(lane).toMatchObject({ id: item.lane, depth: 7, set_aside: 3 });
  expect(lane?.halted_reason).toMatch(
    /^3 movements in a row were set aside, the next fails as well: 23514/,
  );
  expect(await eventsOf(`lanes/${item.lane}`)).toEqual(["lane.halted"]);

  const healthy = receipt(other);
  await appendToInbox(own.db, [healthy]);
  applier.wake([other.lane, item.lane]);
  await waitFor("another lane", async () => (await outcomesOf([healthy])).length === 1);
  expect(await outcomesOf(commands)).toEqual([]);
  expect(await sweepLanes(own.db)).not.toContain(item.lane);

  await antidote();
  await resumeLane(own.db, { lane: item.lane, actor: "somebody" });
  await expect(resumeLane(own.db, { lane: item.lane, actor: "somebody" })).rejects.toThrow(
    "is not halted",
  );
  for (const id of await setAsideIds()) await retrySetAside(own.db, { id, actor: "somebody" });
  applier.wake([item.lane]);
  await waitFor("all of them", async () => (await outcomesOf(commands)).length === 10);
  await expectSound();
}, 60_000);

test("an id that is sent again while it is being set aside is not taken for a new one", async () => {
  const item = await makeItem();
  const command = receipt(item);
  for (let round = 0; round < 20; round += 1) {
    const [first] = await appendToInbox(own.db, [command]);
    expect(first?.result).toBe(round === 0 ? "new" : "repeat");
    const [, ...answers] = await Promise.all([
      setAside(own.db, { lanes: [item.lane], movements: [command.id], cause: new Error("a test") }),
      ...Array.from({ length: 4 }, async () => appendToInbox(own.db, [command])),
    ]);
    expect(answers.flat().map((answer) => answer.result)).toEqual(Array(4).fill("repeat"));
    await retrySetAside(own.db, { id: command.id, actor: "somebody" });
  }
  startApplier().wake([item.lane]);
  await waitFor("the movement", async () => (await outcomesOf([command])).length === 1);
  await expectSound();
}, 60_000);
