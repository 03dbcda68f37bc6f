/** Levels at a past moment: against a plain sum over random histories, and what they cost. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { digestLateEntries, stockLevelAsOf } from "../../../pipelines/stock/index.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import {
  type HistoryEntry,
  ledgerPartitionsMake,
  writeHistory,
} from "../../support/ledgerHistory.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MONTHS = ["2025-01", "2025-02", "2025-03", "2025-04", "2025-05"];
const FROM_MS = Date.parse("2025-01-10T00:00:00Z");

const own = useTestDatabase(2);
let owner: pg.Pool;
let warehouseId: string;

beforeAll(async () => {
  owner = new pg.Pool({ connectionString: own.database.ownerUrl, max: 1 });
  await ledgerPartitionsMake(owner, MONTHS);
  warehouseId = (await seedWarehouses(own.db, ["W"]))[0] ?? "";
});
afterAll(() => owner.end());

async function aLevel(sku: string) {
  const [item] = await seedItems(own.db, [sku]);
  return { itemId: item?.id ?? "", warehouseId };
}

interface MonthOfLevel {
  readonly item_id: string;
  readonly month: string;
  readonly on_hand: string;
  readonly entries: number;
}

async function lateMonths(): Promise<MonthOfLevel[]> {
  const { rows } = await owner.query<MonthOfLevel>(
    `select item_id, month::text, trim_scale(on_hand)::text as on_hand, entries::int
     from late_months
     order by item_id, month`,
  );
  return rows;
}

/** What the months must be: the days added up. */
async function monthsOfDays(): Promise<MonthOfLevel[]> {
  const { rows } = await owner.query<MonthOfLevel>(
    `select item_id, date_trunc('month', day)::date::text as month, trim_scale(sum(on_hand))::text as on_hand,
       sum(entries)::int as entries
     from late_days
     group by item_id, date_trunc('month', day)
     order by item_id, date_trunc('month', day)`,
  );
  return rows;
}

/** Numbers of [0, 1) that follow from the seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** How long after it occurred an entry is recorded: mostly at once, else near, late or ahead, also right at the borders. */
function delayMs(random: () => number): number {
  const kind = random();
  if (kind < 0.4) return Math.floor(random() * 2_000);
  if (kind < 0.55) return Math.floor((random() - 0.5) * 10 * MINUTE_MS);
  if (kind < 0.65) return 5 * MINUTE_MS * (random() < 0.5 ? -1 : 1) + (random() < 0.5 ? 0 : 1);
  if (kind < 0.7) return -Math.floor(random() * 30 * MINUTE_MS);
  if (kind < 0.9) return Math.floor(random() * DAY_MS);
  return Math.floor(random() * 100 * DAY_MS);
}

/** Entries over four months, with rests of days and crowds of seconds. */
function aHistory(random: () => number, count: number): HistoryEntry[] {
  let recordedAtMs = FROM_MS;
  return Array.from({ length: count }, () => {
    const rest = random();
    recordedAtMs += rest < 0.9 ? Math.floor(random() * 4 * MINUTE_MS) : 0;
    if (rest > 0.97) recordedAtMs += Math.floor(random() * ((100 * DAY_MS) / count / 0.03) * 1.8);
    const change = (share: number) => (random() < share ? Math.floor(random() * 9) - 3 : 0);
    return {
      recordedAtMs,
      occurredAtMs: recordedAtMs - delayMs(random),
      quantity: change(0.9),
      reserved: change(0.3),
      unavailable: change(0.2),
      inTransit: change(0.2),
    };
  });
}

/** What the entries come to that had occurred by the moment. */
function plainSum(entries: readonly HistoryEntry[], atMs: number) {
  const occurred = entries.filter((entry) => entry.occurredAtMs <= atMs);
  const sum = (of: (entry: HistoryEntry) => number | undefined) =>
    String(occurred.reduce((total, entry) => total + (of(entry) ?? 0), 0));
  const recorded = entries.filter((entry) => entry.recordedAtMs <= atMs).at(-1);
  return {
    onHand: sum((entry) => entry.quantity),
    unavailable: sum((entry) => entry.unavailable),
    inTransit: sum((entry) => entry.inTransit),
    version: occurred.length,
    updatedAt: recorded === undefined ? null : new Date(recorded.recordedAtMs),
  };
}

/** Moments at random and right at, before and after what happened. */
function moments(random: () => number, entries: readonly HistoryEntry[]): number[] {
  const borders = MONTHS.map((month) => Date.parse(`${month}-01T00:00:00Z`));
  const some = Array.from({ length: 40 }, () => {
    const entry = entries[Math.floor(random() * entries.length)];
    const base = random() < 0.5 ? entry?.recordedAtMs : entry?.occurredAtMs;
    const beside = [0, 1, -1, 5 * MINUTE_MS, -5 * MINUTE_MS][Math.floor(random() * 5)] ?? 0;
    return (base ?? 0) + beside;
  });
  return [...borders, ...borders.map((border) => border - 1), ...some, Date.now()];
}

async function expectPlainSums(
  level: { itemId: string; warehouseId: string },
  entries: readonly HistoryEntry[],
  { random, seed }: { random: () => number; seed: number },
): Promise<void> {
  for (const atMs of moments(random, entries)) {
    const past = await stockLevelAsOf(own.db, { ...level, at: new Date(atMs) });
    const { reserved: _reserved, available: _available, ...told } = past;
    expect(told, `seed ${seed}, moment ${new Date(atMs).toISOString()}`).toEqual(
      plainSum(entries, atMs),
    );
  }
}

describe("a level at a past moment", () => {
  test.each([1, 2, Date.now() % 1_000_000])(
    "is the plain sum of what had occurred, however far late entries are added up (seed %i)",
    async (seed) => {
      const random = randomOf(seed);
      const level = await aLevel(`RANDOM-${seed}`);
      const entries = aHistory(random, 6_000);
      await writeHistory(own.db, level, entries.slice(0, 4_000));
      await expectPlainSums(level, entries.slice(0, 4_000), { random, seed });
      expect(await digestLateEntries(own.db, new AbortController().signal)).toBe(15);
      await expectPlainSums(level, entries.slice(0, 4_000), { random, seed });
      await writeHistory(own.db, level, entries.slice(4_000));
      await expectPlainSums(level, entries, { random, seed });
      expect(await digestLateEntries(own.db, new AbortController().signal)).toBe(8);
      await expectPlainSums(level, entries, { random, seed });
      expect(await digestLateEntries(own.db, new AbortController().signal)).toBe(0);
    },
  );

  test("is exact where thousands of late entries wait to be added up", async () => {
    const level = await aLevel("MANY-LATE");
    const random = randomOf(7);
    const recordedAtMs = FROM_MS + 60 * DAY_MS;
    const entries = Array.from({ length: 2_500 }, () => ({
      recordedAtMs,
      occurredAtMs: recordedAtMs - Math.floor(random() * 200 * DAY_MS),
      quantity: Math.floor(random() * 5),
    }));
    await writeHistory(own.db, level, entries);
    await expectPlainSums(level, entries, { random, seed: 7 });
    await digestLateEntries(own.db, new AbortController().signal);
    await expectPlainSums(level, entries, { random, seed: 7 });
  });

  test("months follow their days, also where these change, go one by one, or go at once", async () => {
    const level = await aLevel("MONTHS");
    const recordedAtMs = FROM_MS + 90 * DAY_MS;
    const entries = Array.from({ length: 512 }, (_, nth) => ({
      recordedAtMs: recordedAtMs + nth,
      occurredAtMs: recordedAtMs - (1 + (nth % 80)) * DAY_MS,
      quantity: nth,
    }));
    await writeHistory(own.db, level, entries);
    await digestLateEntries(own.db, new AbortController().signal);
    const months = await lateMonths();
    expect(months.filter(({ entries: count }) => count > 0).length).toBeGreaterThan(2);
    expect(months).toEqual(await monthsOfDays());
    await owner.query("delete from late_days where extract(day from day) < 15");
    expect((await lateMonths()).filter(({ entries: count }) => count > 0)).toEqual(
      await monthsOfDays(),
    );
    await owner.query("update late_days set on_hand = on_hand + 1, entries = entries - 1");
    expect((await lateMonths()).filter(({ entries: count }) => count > 0)).toEqual(
      await monthsOfDays(),
    );
    await owner.query("truncate late_days");
    expect(await lateMonths()).toEqual([]);
    await owner.query("truncate late_marks"); // marks without days would make wrong answers
  });

  test.each([11, 12])(
    "is exact among hundreds of entries of a few minutes (seed %i)",
    async (seed) => {
      const level = await aLevel(`CROWD-${seed}`);
      const random = randomOf(seed);
      const calm = aHistory(random, 300).map((entry) => ({ ...entry, recordedAtMs: FROM_MS }));
      let recordedAtMs = Date.parse("2025-03-01T00:00:00Z") - 6 * MINUTE_MS; // across a month's border
      const crowd = Array.from({ length: 1_200 }, () => {
        recordedAtMs += Math.floor(random() * 1_200);
        return { recordedAtMs, occurredAtMs: recordedAtMs - delayMs(random), quantity: 1 };
      });
      const entries = [...calm, ...crowd];
      await writeHistory(own.db, level, entries);
      await expectPlainSums(level, entries, { random, seed });
      await digestLateEntries(own.db, new AbortController().signal);
      await expectPlainSums(level, entries, { random, seed });
    },
  );

  test("is zeros before the first entry and for a level that never moved", async () => {
    const level = await aLevel("NEVER");
    expect(await stockLevelAsOf(own.db, { ...level, at: new Date() })).toEqual({
      onHand: "0",
      reserved: "0",
      unavailable: "0",
      available: "0",
      inTransit: "0",
      version: 0,
      updatedAt: null,
    });
  });

  test("counts a reservation until it lapses, also where its release is not written yet", async () => {
    const level = await aLevel("LAPSES");
    const at = FROM_MS + DAY_MS;
    const entry = { recordedAtMs: at, occurredAtMs: at, quantity: 10, reserved: 4, unavailable: 1 };
    await writeHistory(own.db, level, [entry]);
    await own.db.query(
      `insert into reservations (id, item_id, warehouse_id, quantity, open_quantity, expires_at)
       values (make_uuid7(), $1, $2, 4, 4, $3)`,
      [level.itemId, level.warehouseId, new Date(at + 60_000)],
    );
    const reserved = async (atMs: number) => {
      const past = await stockLevelAsOf(own.db, { ...level, at: new Date(atMs) });
      return [past.reserved, past.available];
    };
    expect(await reserved(at + 59_999)).toEqual(["4", "5"]);
    expect(await reserved(at + 60_000)).toEqual(["0", "9"]);
  });
});

describe("the cost of a past moment", () => {
  const ENTRIES = 50_000;

  /** Blocks that the question touches, in memory or not. */
  async function blocksTouched(level: { itemId: string }, at: string): Promise<number> {
    const { rows } = await own.db.query<{ "QUERY PLAN": [{ Plan: Record<string, number> }] }>(
      `explain (analyze, buffers, format json)
       select * from stock_level_as_of('${level.itemId}', '${warehouseId}', '${at}')`,
    );
    const plan = rows[0]?.["QUERY PLAN"][0].Plan ?? {};
    return (plan["Shared Hit Blocks"] ?? 0) + (plan["Shared Read Blocks"] ?? 0);
  }

  test(`is small in a level of ${ENTRIES} entries, recorded as they occurred`, async () => {
    const level = await aLevel("LONG");
    const stepMs = (110 * DAY_MS) / ENTRIES;
    const entries = Array.from({ length: ENTRIES }, (_, nth) => {
      const recordedAtMs = Math.floor(FROM_MS + nth * stepMs);
      return { recordedAtMs, occurredAtMs: recordedAtMs - (nth % 3) * 1_000, quantity: 1 };
    });
    await writeHistory(own.db, level, entries);
    for (const at of ["2025-01-20T10:00:00Z", "2025-03-01T00:00:00Z", "2026-01-01T00:00:00Z"]) {
      await blocksTouched(level, at); // the first question of a connection also reads the catalogue
      expect(await blocksTouched(level, at)).toBeLessThan(600);
    }
  });

  test(`is small in a level of ${ENTRIES} entries, imported in one go long after they occurred`, async () => {
    const level = await aLevel("IMPORTED");
    const recordedAtMs = FROM_MS + 100 * DAY_MS;
    const entries = Array.from({ length: ENTRIES }, (_, nth) => ({
      recordedAtMs,
      occurredAtMs: recordedAtMs - 6 * MINUTE_MS - Math.floor((nth * 365 * DAY_MS) / ENTRIES),
      quantity: 1,
    }));
    await writeHistory(own.db, level, entries);
    await digestLateEntries(own.db, new AbortController().signal);
    for (const at of ["2024-06-01T10:00:00Z", "2025-02-01T00:00:00Z", "2026-01-01T00:00:00Z"]) {
      await blocksTouched(level, at);
      expect(await blocksTouched(level, at)).toBeLessThan(600);
    }
  });
});
