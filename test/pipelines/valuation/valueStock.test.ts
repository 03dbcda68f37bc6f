/** The valuation on real ledgers: published figures, late entries, chunks, kills, and a ledger that stays as it is. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { valueStock } from "../../../pipelines/valuation/index.ts";
import type { DbPool } from "../../../platform/postgres.ts";
import { projectRoot } from "../../../platform/projectRoot.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { createValuationStage, type Place, type Posted } from "../../support/valuationStage.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase(12);
let db: DbPool;
let stage: Awaited<ReturnType<typeof createValuationStage>>;
beforeAll(async () => {
  db = own.db;
  stage = await createValuationStage(db);
});

const SMALL = { itemsMax: 2, entriesMax: 3 };
const day = (nth: number): string => new Date(Date.UTC(2026, 0, 1 + nth)).toISOString();
let skus = 0;
const newItem = (): Promise<SeededItem> => {
  skus += 1;
  return stage.item(`ITEM-${skus}`);
};

/** Published figures and costs are what a fold of the whole ledger comes to, and true for the levels' versions. */
async function expectValued(item: SeededItem): Promise<void> {
  const afresh = await stage.afresh(item);
  expect(await stage.costs(item)).toEqual(afresh.costs);
  expect(await stage.published(item)).toMatchObject(afresh.stock);
  const { rows } = await db.query(
    `select s.version = v.valued_version and s.on_hand = v.quantity and s.in_transit = v.in_transit as same
     from stock_levels s left join valuation_levels v using (item_id, warehouse_id) where s.item_id = $1`,
    [item.id],
  );
  expect(rows.every((row) => row.same)).toBe(true);
}

async function checkpointsOf(item: SeededItem): Promise<string[]> {
  const { rows } = await db.query<{ day: string }>(
    "select occurred_at::date::text as day from valuation_checkpoints where item_id = $1 order by 1",
    [item.id],
  );
  return rows.map((row) => row.day);
}

const EXAMPLE: readonly Posted[] = [
  { type: "receipt", quantity: "10", cost: "2", on: day(0) },
  { type: "receipt", quantity: "10", cost: "4", on: day(1) },
  { type: "issue", quantity: "5", on: day(2) },
  { type: "transfer", quantity: "8", to: "B", on: day(3) },
  { type: "scrap", quantity: "2", at: "B", on: day(4) },
];

describe("figures", () => {
  test("are published for every level, by both methods", async () => {
    const item = await newItem();
    await stage.post(item, EXAMPLE);
    expect(await stage.value()).toMatchObject({ entries_taken: 6, entries_folded: 6, rewinds: 0 });
    expect(await stage.published(item)).toEqual({
      A: { moving_average: "7 = 21", fifo: "7 = 28", on_way: "0 = 0 | 0" },
      B: { moving_average: "6 = 18", fifo: "6 = 18", on_way: "0 = 0 | 0" },
    });
    expect(await stage.costs(item)).toEqual([
      "20 0 20 0",
      "40 0 40 0",
      "-15 15 -10 10",
      "-24 0 -22 0",
      "24 0 22 0",
      "-6 6 -4 4",
    ]);
    await expectValued(item);
  });

  test("tell what is on its way, lost, and taken back", async () => {
    const item = await newItem();
    const [shipped, receipt, issue] = [randomId(), randomId(), randomId()];
    await stage.post(item, [
      { type: "receipt", quantity: "10", cost: "3", id: receipt },
      { type: "transfer", quantity: "6", to: "B", inTransit: true, id: shipped },
      { type: "arrival", quantity: "2", at: "B", to: "A", target: shipped },
      { type: "transit_loss", quantity: "1", at: "B", to: "A", target: shipped },
      { type: "issue", quantity: "1", id: issue },
    ]);
    await stage.value();
    expect(await stage.published(item)).toEqual({
      A: { moving_average: "3 = 9", fifo: "3 = 9", on_way: "0 = 0 | 0" },
      B: { moving_average: "2 = 6", fifo: "2 = 6", on_way: "3 = 9 | 9" },
    });
    await stage.post(item, [
      { type: "reversal", quantity: "1", target: issue },
      { type: "receipt", quantity: "10", cost: "5" },
      { type: "reversal", quantity: "10", target: receipt },
    ]);
    await stage.value();
    expect((await stage.published(item))["A"]).toMatchObject({ fifo: "4 = 20" });
    await expectValued(item);
  });

  test("of lots are those of the item; a reversal over several lots gives back each entry's own cost", async () => {
    const item = await newItem();
    await db.query("update inventory_items set tracking = 'lot' where id = $1", [item.id]);
    const [issue, transfer] = [randomId(), randomId()];
    await stage.post(item, [
      { type: "receipt", quantity: "4", cost: "2", lot: "L1" },
      { type: "receipt", quantity: "4", cost: "5", lot: "L2" },
      { type: "issue", quantity: "6", id: issue },
      { type: "reversal", quantity: "6", target: issue },
      { type: "transfer", quantity: "6", to: "B", id: transfer },
      { type: "reversal", quantity: "6", to: "B", target: transfer },
    ]);
    await stage.value();
    await expectValued(item);
    expect(await stage.costs(item)).toHaveLength(14);
    expect(await stage.published(item)).toMatchObject({
      A: { moving_average: "8 = 28", fifo: "8 = 28" },
      B: { moving_average: "0 = 0", fifo: "0 = 0" },
    });
  });

  test("of a level that only promised stock are zeros at its version", async () => {
    const item = await newItem();
    await stage.post(item, [{ type: "reserve", quantity: "1" }]);
    await stage.value();
    await expectValued(item);
    expect(await stage.published(item)).toMatchObject({ A: { fifo: "0 = 0" } });
  });

  test("are left alone where nothing changed, and only what changed is worked on", async () => {
    const items = [await newItem(), await newItem()];
    for (const item of items) await stage.post(item, EXAMPLE);
    await stage.value();
    expect(await stage.value()).toEqual({
      items_valued: 0,
      entries_taken: 0,
      entries_folded: 0,
      rewinds: 0,
    });
    await stage.post(items[1] ?? (await newItem()), [{ type: "issue", quantity: "1" }]);
    expect(await stage.value()).toMatchObject({ items_valued: 1, entries_folded: 1 });
  });

  test("are found by comparing versions where the event log no longer tells", async () => {
    const item = await newItem();
    await stage.post(item, EXAMPLE);
    await db.query(
      "update valuation_lanes v set position = next_position - 1 from lanes l where l.id = v.lane",
    );
    expect(await stage.value()).toMatchObject({ items_valued: 0 });
    await db.query("update lanes set next_position = next_position + 1 where id = $1", [item.lane]);
    expect(await stage.value()).toMatchObject({ items_valued: 1 });
    await expectValued(item);
    await db.query("update lanes set next_position = next_position - 1 where id = $1", [item.lane]);
    await db.query("update valuation_lanes set position = position - 1 where lane = $1", [
      item.lane,
    ]);
  });
});

describe("late entries", () => {
  test("go back to the checkpoint before them, and no further", async () => {
    const item = await newItem();
    const months = [0, 31, 59, 90].map((nth) => ({
      type: "receipt" as const,
      quantity: "1",
      cost: "1",
      on: day(nth),
    }));
    await stage.post(item, months);
    await stage.value();
    expect(await checkpointsOf(item)).toEqual(["2026-01-01", "2026-02-01", "2026-03-01"]);
    await stage.post(item, [{ type: "receipt", quantity: "1", cost: "9", on: day(70) }]);
    expect(await stage.value()).toMatchObject({ rewinds: 1, entries_folded: 2, entries_taken: 1 });
    await expectValued(item);
    expect(await checkpointsOf(item)).toEqual([
      "2026-01-01",
      "2026-02-01",
      "2026-03-01",
      "2026-03-12",
    ]);
    await stage.post(item, [{ type: "receipt", quantity: "1", cost: "9", on: day(-400) }]);
    expect(await stage.value()).toMatchObject({ rewinds: 1, entries_folded: 6 });
    await expectValued(item);
  });

  test("change what later entries cost, as if they had come in time", async () => {
    const item = await newItem();
    await stage.post(item, [
      { type: "receipt", quantity: "10", cost: "4", on: day(10) },
      { type: "issue", quantity: "10", on: day(20) },
    ]);
    await stage.value();
    expect(await stage.costs(item)).toEqual(["40 0 40 0", "-40 40 -40 40"]);
    await stage.post(item, [{ type: "receipt", quantity: "10", cost: "2", on: day(0) }]);
    await stage.value();
    expect(await stage.costs(item)).toEqual(["20 0 20 0", "40 0 40 0", "-30 30 -20 20"]);
    expect(await stage.published(item)).toMatchObject({
      A: { moving_average: "10 = 30", fifo: "10 = 40" },
    });
  });

  const random = fc.record({
    type: fc.constantFrom("receipt", "issue", "transfer", "ship", "adjustment", "return", "undo"),
    units: fc.integer({ min: 1, max: 40 }),
    cost: fc.integer({ min: 0, max: 500 }),
    at: fc.constantFrom<Place>("A", "B", "C"),
    /** Where it comes among the others when it is posted out of order. */
    rank: fc.integer(),
    valueAfter: fc.boolean(),
  });

  test("in any order, valued at any moments, end as a history in order does", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(random, { minLength: 1, maxLength: 25 }), async (drawn) => {
        const [late, inOrder] = [await newItem(), await newItem()];
        const history = () => drawn.map((one, nth) => toPosted(one, nth));
        await stage.post(inOrder, history());
        const shuffled = history()
          .map((posted, nth) => ({ posted, ...(drawn[nth] ?? { rank: 0, valueAfter: false }) }))
          .sort((one, other) => one.rank - other.rank);
        for (const { posted, valueAfter } of shuffled) {
          await stage.post(late, [posted]);
          if (valueAfter) await stage.value(SMALL);
        }
        await stage.value(SMALL);
        await expectValued(late);
        await expectValued(inOrder);
        expect(await stage.published(late)).toEqual(await stage.published(inOrder));
        expect(await stage.costs(late)).toEqual(await stage.costs(inOrder));
      }),
      { numRuns: 15 },
    );
  }, 120_000);

  interface Drawn {
    readonly type: string;
    readonly units: number;
    readonly cost: number;
    readonly at: Place;
  }

  function toPosted({ type, units, cost, at }: Drawn, nth: number): Posted {
    const to = at === "A" ? "B" : "A";
    const common = { at, on: day(nth * 9), quantity: `${units / 8}` };
    if (type === "receipt") return { ...common, type, cost: `${cost / 100}` };
    if (type === "transfer") return { ...common, type, to };
    if (type === "ship") return { ...common, type: "transfer", to, inTransit: true };
    if (type === "issue" || type === "return") return { ...common, type };
    return { ...common, type: "adjustment", quantity: `${type === "undo" ? -units : units}` };
  }
});

describe("interruptions", () => {
  const long = (count: number): Posted[] =>
    Array.from({ length: count }, (_, nth): Posted => {
      const on = new Date(Date.UTC(2026, 0, 1) + nth * 3_600_000).toISOString();
      if (nth % 3 === 2) return { type: "issue", quantity: "1.5", on };
      return { type: "receipt", quantity: "1.25", cost: `${1 + (nth % 7)}.37`, on };
    });

  test("a run that is told to stop goes on where it was", async () => {
    const item = await newItem();
    await stage.post(item, long(40));
    const stop = new AbortController();
    stop.abort(new Error("stopping"));
    const bounds = { itemsMax: 1, entriesMax: 10 };
    await expect(
      valueStock(db, { compareAll: false, signal: stop.signal, bounds }),
    ).rejects.toThrow("stopping");
    await stage.value(bounds);
    await expectValued(item);
  });

  test("a process killed in mid-recompute is followed by one that ends the same", async () => {
    const [killed, whole] = [await newItem(), await newItem()];
    await stage.post(whole, [...long(3_000)]);
    await stage.post(killed, [...long(3_000)]);
    await stage.value();
    const late: Posted = { type: "receipt", quantity: "100", cost: "50", on: day(-1) };
    await stage.post(killed, [late]);
    for (let round = 0; round < 3; round += 1) {
      const before = await foldedPosition(killed);
      const child = startValuing();
      await waitFor(
        "the recompute to move",
        async () => {
          const state = await foldedPosition(killed);
          return state.isOpen && state.folded !== before.folded ? true : undefined;
        },
        { intervalMs: 5 },
      );
      child.kill("SIGKILL");
      await once(child, "exit");
    }
    expect((await foldedPosition(killed)).isOpen).toBe(true);
    await stage.value();
    await expectValued(killed);
    await stage.post(whole, [late]);
    await stage.value();
    expect(await stage.costs(killed)).toEqual(await stage.costs(whole));
    expect(await stage.published(killed)).toEqual(await stage.published(whole));
  }, 120_000);

  /** A process of the built product that values in chunks of 7 entries. */
  function startValuing() {
    const module = (path: string) =>
      JSON.stringify(pathToFileURL(join(projectRoot(), "dist", path)).href);
    const program = `
      const { createPool } = await import(${module("platform/postgres.js")});
      const { valueStock } = await import(${module("pipelines/valuation/index.js")});
      const db = createPool({ url: process.argv[1], applicationName: "killed", max: 2, role: "stockline_writer" });
      const signal = new AbortController().signal;
      await valueStock(db, { compareAll: false, signal, bounds: { itemsMax: 5, entriesMax: 7 } });`;
    const args = ["--input-type=module", "-e", program, own.database.writerUrl];
    return spawn(process.execPath, args, { stdio: "inherit" });
  }

  async function foldedPosition(item: SeededItem) {
    const { rows } = await db.query<{ folded: string; is_open: boolean }>(
      `select folded_occurred_at::text as folded, dirty or taken_at is not null as is_open
       from valuation_items where item_id = $1`,
      [item.id],
    );
    return { folded: rows[0]?.folded, isOpen: rows[0]?.is_open === true };
  }
});

describe("side by side", () => {
  test("runs and appliers at once end right, and no ledger row changes", async () => {
    const items = await Promise.all(Array.from({ length: 6 }, newItem));
    for (const item of items) await stage.post(item, EXAMPLE);
    const before = await ledgerChecksum();
    const untilNow = await ledgerEnd();
    const apply = async (item: SeededItem) => {
      for (let nth = 0; nth < 8; nth += 1) {
        await stage.post(item, [
          { type: "receipt", quantity: "3", cost: `${nth + 1}`, on: day(nth * 20 - 30) },
          { type: "transfer", quantity: "1", to: "C" },
        ]);
      }
    };
    const runs = async () => {
      for (let nth = 0; nth < 10; nth += 1) await stage.value(SMALL);
    };
    await Promise.all([...items.map(apply), runs(), runs()]);
    await stage.value(SMALL);
    for (const item of items) await expectValued(item);
    expect(await ledgerChecksum(untilNow)).toBe(before);
  }, 60_000);

  async function ledgerEnd(): Promise<string> {
    const { rows } = await db.query<{ at: string }>(
      "select max(recorded_at)::text as at from stock_movements",
    );
    return rows[0]?.at ?? "";
  }

  async function ledgerChecksum(until = "infinity"): Promise<string> {
    const { rows } = await db.query<{ sum: string }>(
      `select md5(string_agg(m::text || m.ctid::text || m.xmin::text, ',' order by item_id, warehouse_id, version)) as sum
       from stock_movements m where recorded_at <= $1::timestamptz`,
      [until],
    );
    return rows[0]?.sum ?? "";
  }
});

function randomId(): string {
  return crypto.randomUUID();
}
