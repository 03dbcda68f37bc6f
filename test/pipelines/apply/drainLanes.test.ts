/** The apply pipeline against a naive one-at-a-time model, under random concurrent input and several drainers at once. */
import fc from "fast-check";
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import type { MovementType } from "../../../domain/movement.ts";
import { drainLanes, lanesWithWork, sweepLanes } from "../../../pipelines/apply/index.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { createPool, type DbPool, inTransaction } from "../../../platform/postgres.ts";
import { type ModelMovement, StockModel } from "../../support/applyModel.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase(12);
let db: DbPool;
beforeAll(() => {
  db = own.db;
});

interface World {
  readonly items: readonly SeededItem[];
  readonly warehouses: ReadonlyMap<string, string>;
}

let worlds = 0;
async function makeWorld(): Promise<World> {
  worlds += 1;
  const items = await seedItems(
    db,
    [0, 1, 2].map((n) => `W${worlds}-${n}`),
  );
  const codes = [`MAIN${worlds}`, `EAST${worlds}`];
  const negative = [`NEG${worlds}`];
  const ids = [
    ...(await seedWarehouses(db, codes)),
    ...(await seedWarehouses(db, negative, { allowNegative: true })),
  ];
  return {
    items,
    warehouses: new Map([...codes, ...negative].map((code, n) => [code, ids[n] ?? ""])),
  };
}

function toCommand(movement: ModelMovement, world: World): MovementCommand {
  const item = world.items.find((one) => one.sku === movement.sku);
  if (item === undefined) throw new Error(movement.sku);
  return toTestCommand({
    id: movement.id,
    lane: item.lane,
    type: movement.type as MovementType,
    itemId: item.id,
    warehouseId: world.warehouses.get(movement.warehouse) ?? "",
    toWarehouseId:
      movement.toWarehouse === undefined
        ? null
        : (world.warehouses.get(movement.toWarehouse) ?? ""),
    quantity: String(movement.quantity),
    expectedVersion: movement.expectedVersion ?? null,
    occurredAt: new Date("2026-01-02T03:04:05.678Z"),
  });
}

/** A movement by small numbers, so that collisions are common. */
const shape = fc.record({
  item: fc.nat(2),
  from: fc.nat(2),
  to: fc.nat(2),
  type: fc.constantFrom(
    "receipt",
    "receipt",
    "issue",
    "issue",
    "transfer",
    "adjustment",
    "count",
    "return",
    "scrap",
  ),
  quantity: fc.integer({ min: 1, max: 9 }),
  negative: fc.boolean(),
  expectedVersion: fc.oneof(
    { weight: 5, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat(6) },
  ),
});

type Drawn = typeof shape extends fc.Arbitrary<infer T> ? T : never;

function toMovement(drawn: Drawn, world: World): ModelMovement {
  const codes = [...world.warehouses.keys()];
  const transfer = drawn.type === "transfer";
  const to = drawn.to === drawn.from ? (drawn.from + 1) % 3 : drawn.to;
  return {
    id: newId(),
    type: drawn.type,
    sku: world.items[drawn.item]?.sku ?? "",
    warehouse: codes[drawn.from] ?? "",
    toWarehouse: transfer ? codes[to] : undefined,
    quantity: drawn.type === "adjustment" && drawn.negative ? -drawn.quantity : drawn.quantity,
    expectedVersion: drawn.expectedVersion,
  };
}

const allLanes = Array.from({ length: 256 }, (_, lane) => lane);

async function drainAll(rowsMax: number): Promise<void> {
  while ((await lanesWithWork(db)).length > 0) {
    await Promise.all([1, 2, 3].map(() => drainLanes(db, { lanes: allLanes, rowsMax })));
    await sweepLanes(db);
  }
}

/**
 * The ids in the order in which they were decided, as the event log tells it. Requests that overlap have no order of
 * acceptance between them; the log's order is the truth (reliability.md I6, P7).
 */
async function inDecisionOrder(ids: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `select substr(subject, 11) as id, min(position) as position from events
     where subject = any($1) group by lane, subject order by lane, position`,
    [ids.map((id) => `movements/${id}`)],
  );
  return rows.map((row) => row.id);
}

test("random concurrent movements end as the one-at-a-time model says, whatever the batches", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(shape, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 }),
      fc.constantFrom(1, 3, 256, 2_000),
      async (groups, rowsMax) => {
        const world = await makeWorld();
        const movements = groups.map((group) => group.map((drawn) => toMovement(drawn, world)));
        await Promise.all([
          ...movements.map((group) =>
            inTransaction(db, (tx) =>
              appendToInbox(
                tx,
                group.map((one) => toCommand(one, world)),
              ),
            ),
          ),
          drainLanes(db, { lanes: allLanes, rowsMax }),
          drainLanes(db, { lanes: allLanes, rowsMax }),
        ]);
        await drainAll(rowsMax);
        await expectAsModel(movements.flat(), world);
      },
    ),
    { numRuns: 60, endOnFailure: true },
  );
  await expectSoundLedger(db);
}, 120_000);

async function expectAsModel(movements: readonly ModelMovement[], world: World): Promise<void> {
  const byId = new Map(movements.map((movement) => [movement.id, movement]));
  const ids = [...byId.keys()];
  const model = new StockModel();
  const expected = new Map<string, string>();
  for (const id of await inDecisionOrder(ids)) {
    const movement = byId.get(id);
    if (movement !== undefined) expected.set(id, model.decide(movement));
  }
  const outcomes = await db.query<{ id: string; outcome: string }>(
    "select id, coalesce(code, status) as outcome from movement_outcomes where id = any($1)",
    [ids],
  );
  expect(new Map(outcomes.rows.map((row) => [row.id, row.outcome]))).toEqual(expected);
  const levels = await db.query<{ key: string; on_hand: string; version: number }>(
    `select i.sku || '/' || w.code as key, trim_scale(s.on_hand)::text as on_hand, s.version
     from stock_levels s join inventory_items i on i.id = s.item_id join warehouses w on w.id = s.warehouse_id
     where s.item_id = any($1)`,
    [world.items.map((item) => item.id)],
  );
  const touched = [...model.levels].filter(([, level]) => level.version > 0);
  expect(new Map(levels.rows.map((row) => [row.key, [row.on_hand, row.version]]))).toEqual(
    new Map(touched.map(([key, level]) => [key, [String(level.onHand), level.version]])),
  );
}

test("a movement accepted late, below a seq that is already decided, is still applied", async () => {
  const world = await makeWorld();
  const [slow, fast] = [1, 2].map((quantity) =>
    toCommand(
      {
        id: newId(),
        type: "receipt",
        sku: world.items[0]?.sku ?? "",
        warehouse: [...world.warehouses.keys()][0] ?? "",
        toWarehouse: undefined,
        quantity,
        expectedVersion: undefined,
      },
      world,
    ),
  );
  if (slow === undefined || fast === undefined) throw new Error("two commands were made");
  const holder = await db.connect();
  await holder.query("begin");
  await appendToInbox(holder, [slow]); // draws its seq, commits only after the other was applied
  await appendToInbox(db, [fast]);
  for (let round = 0; round < 4; round += 1) {
    await drainLanes(db, { lanes: allLanes, rowsMax: 256 });
    await sweepLanes(db); // would move the low-water mark past the open seq if it could
  }
  await holder.query("commit");
  holder.release();
  await drainAll(256);
  const { rows } = await db.query<{ id: string }>(
    "select o.id from movement_outcomes o where o.id = any($1) and o.status = 'applied'",
    [[slow.id, fast.id]],
  );
  expect(rows).toHaveLength(2);
  await expectSoundLedger(db);
});

test("the horizon waits for a movement whose transaction is the last to have begun", async () => {
  const world = await makeWorld();
  const item = world.items[0];
  const command = toCommand(
    {
      id: newId(),
      type: "receipt",
      sku: item?.sku ?? "",
      warehouse: [...world.warehouses.keys()][0] ?? "",
      toWarehouse: undefined,
      quantity: 1,
      expectedVersion: undefined,
    },
    world,
  );
  const holder = await db.connect();
  await holder.query("begin");
  await appendToInbox(holder, [command]); // nothing that began later ends before the first sweep
  for (let round = 0; round < 4; round += 1) await sweepLanes(db);
  await holder.query("commit");
  holder.release();
  expect(await lanesWithWork(db)).toContain(item?.lane);
  await drainAll(256);
});

test("plans are index probes on an empty, a full and a freshly analysed inbox", async () => {
  const planner = createPool({
    url: own.database.adminUrl,
    applicationName: "test",
    max: 1,
    role: "stockline_writer",
  });
  try {
    await planner.query(
      "set role postgres; truncate movement_inbox; analyze; set role stockline_writer",
    );
    const world = await makeWorld();
    for (let round = 0; round < 8; round += 1) {
      // Past five executions a prepared statement keeps the plan that it has.
      await appendToInbox(db, receipts(world, 1));
      await drainLanes(planner, { lanes: allLanes, rowsMax: 256 });
    }
    await appendToInbox(db, receipts(world, 3_000));
    expect(await scansOf(planner, () => drainRounds(planner, 4))).toBe(0);
    await planner.query("set role postgres; analyze; set role stockline_writer");
    expect(await scansOf(planner, () => drainRounds(planner, 4))).toBe(0);
    await drainAll(1_000);
  } finally {
    await planner.end();
  }
});

async function drainRounds(pool: DbPool, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    await drainLanes(pool, { lanes: allLanes, rowsMax: 256 });
    await inTransaction(pool, (tx) => lanesWithWork(tx), { indexProbes: true });
  }
}

/** Sequential scans of the tables that grow, as PostgreSQL counted them while the work ran on the pool's one connection. */
async function scansOf(pool: DbPool, work: () => Promise<void>): Promise<number> {
  const count = async () => {
    await pool.query("select pg_stat_force_next_flush()");
    const { rows } = await pool.query<{ scans: number }>(`
      select sum(seq_scan)::int as scans
      from pg_stat_user_tables
      where relname ~ '^(movement_inbox|movement_outcomes_.|stock_levels|inventory_items)$'`);
    return rows[0]?.scans ?? 0;
  };
  const before = await count();
  await work();
  return (await count()) - before;
}

function receipts(world: World, movements: number): MovementCommand[] {
  return Array.from({ length: movements }, (_, n) =>
    toCommand(
      {
        id: newId(),
        type: "receipt",
        sku: world.items[n % world.items.length]?.sku ?? "",
        warehouse: [...world.warehouses.keys()][0] ?? "",
        toWarehouse: undefined,
        quantity: 1,
        expectedVersion: undefined,
      },
      world,
    ),
  );
}

test("the low-water mark passes what is decided, so that old movements are not read again", async () => {
  await sweepLanes(db);
  await sweepLanes(db);
  await sweepLanes(db);
  const { rows } = await db.query<{ behind: number }>(
    "select count(*) as behind from lanes n join movement_inbox i on i.lane = n.id and i.seq > n.low_water where n.id < 256",
  );
  expect(rows[0]?.behind).toBe(0);
});

test("the ledger and the outcomes refuse to be changed, also by the owner", async () => {
  const owner = new pg.Client({
    connectionString: own.database.ownerUrl,
    options: "-c role=stockline_owner",
  });
  await owner.connect();
  try {
    for (const statement of [
      "update stock_movements set quantity = 0",
      "delete from stock_movements",
      "truncate stock_movements",
      "update movement_outcomes set status = 'applied'",
      "truncate movement_outcomes",
    ]) {
      await expect(owner.query(statement)).rejects.toThrow(/append-only/);
    }
    await expect(db.query("delete from stock_movements")).rejects.toThrow(/permission denied/);
    await expect(db.query("update movement_outcomes set status = 'applied'")).rejects.toThrow(
      /permission denied/,
    );
  } finally {
    await owner.end();
  }
});

test("a full batch never carries a lane past a movement that commits late: what is sent after its 202 comes after it", async () => {
  const world = await makeWorld();
  const item = world.items[0];
  const lanes = [item?.lane ?? 0];
  const [warehouse] = world.warehouses.keys();
  const command = (type: MovementType, quantity: number): MovementCommand =>
    toCommand(
      {
        id: newId(),
        type,
        sku: item?.sku ?? "",
        warehouse: warehouse ?? "",
        toWarehouse: undefined,
        quantity,
        expectedVersion: undefined,
      },
      world,
    );
  const late = command("receipt", 100);
  const holder = await db.connect();
  await holder.query("begin");
  await appendToInbox(holder, [late]);
  await appendToInbox(
    db,
    [1, 2, 3].map(() => command("receipt", 1)),
  );
  const full = await drainLanes(db, { lanes, rowsMax: 2 });
  expect(full.moreIn).toEqual(lanes);
  await holder.query("commit");
  holder.release();
  const after = command("issue", 50);
  await appendToInbox(db, [after]);
  await drainLanes(db, { lanes, rowsMax: 100 });
  const { rows } = await db.query("select status from movement_outcomes where id = $1", [after.id]);
  expect(rows).toEqual([{ status: "applied" }]);
});
