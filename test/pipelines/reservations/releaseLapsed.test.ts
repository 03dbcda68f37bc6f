/** Releases of lapsed reservations: each is posted once, whoever posts it and however often, and only when its time is over. */
import { readFile } from "node:fs/promises";
import pg from "pg";
import { beforeAll, describe, expect, test } from "vitest";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { releaseLapsedReservations } from "../../../pipelines/reservations/index.ts";
import { stockLevelAsOf } from "../../../pipelines/stock/index.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";

const own = useTestDatabase();
let item: SeededItem;
let warehouseId: string;
let nth = 0;

beforeAll(async () => {
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"], { allowNegative: true });
});

/** A new item with a reservation of 5 for each of the times; answers their ids. */
async function reserve(times: readonly (Date | null)[]): Promise<string[]> {
  nth += 1;
  const [made] = await seedItems(own.db, [`ITEM-${nth}`]);
  if (made === undefined) throw new Error("no item was made");
  item = made;
  const commands = times.map((expiresAt) =>
    toTestCommand({
      itemId: made.id,
      lane: made.lane,
      warehouseId,
      type: "reserve",
      quantity: "5",
      expiresAt,
    }),
  );
  await append(commands);
  return commands.map((command) => command.id);
}

async function append(commands: readonly ReturnType<typeof toTestCommand>[]): Promise<void> {
  await inTransaction(own.db, (tx) => appendToInbox(tx, commands));
  await drainLanes(own.db, { lanes: [item.lane], rowsMax: 100_000 });
}

const drain = () => drainLanes(own.db, { lanes: [item.lane], rowsMax: 100_000 });

async function reservations(): Promise<string[]> {
  const { rows } = await own.db.query<{ figures: string }>(
    `select concat_ws(' ', trim_scale(open_quantity), trim_scale(issued_quantity), trim_scale(released_quantity)) as figures
     from reservations where item_id = $1 order by expires_at`,
    [item.id],
  );
  return rows.map((row) => row.figures);
}

const past = () => new Date(Date.now() - 1_000);
const future = () => new Date(Date.now() + 3_600_000);

test("what is past its time is released, what is not stays", async () => {
  await reserve([past(), future(), null]);
  const released = await releaseLapsedReservations(own.db);
  expect(released).toEqual({ posted: 1, lanes: new Set([item.lane]) });
  await drain();
  expect(await reservations()).toEqual(["0 0 5", "5 0 0", "5 0 0"]);
  const { rows } = await own.db.query(
    "select type, source, actor, reason, trim_scale(reserved_change)::text as change from stock_movements where item_id = $1 and type = 'release'",
    [item.id],
  );
  expect(rows).toEqual([
    { type: "release", source: "system", actor: "stockline", reason: "expired", change: "-5" },
  ]);
});

test("many at once and again post each once", async () => {
  await reserve(Array.from({ length: 1_500 }, past));
  const rounds = await Promise.all([1, 2, 3].map(() => releaseLapsedReservations(own.db)));
  expect(rounds.reduce((sum, { posted }) => sum + posted, 0)).toBe(1_500);
  expect((await releaseLapsedReservations(own.db)).posted).toBe(0);
  await drain();
  expect((await releaseLapsedReservations(own.db)).posted).toBe(0);
  expect(new Set(await reservations())).toEqual(new Set(["0 0 5"]));
});

test("what somebody else released meanwhile is not released twice, and the rest of it is", async () => {
  const [id = ""] = await reserve([past()]);
  await inTransaction(own.db, (tx) =>
    appendToInbox(tx, [
      toTestCommand({
        itemId: item.id,
        lane: item.lane,
        warehouseId,
        type: "release",
        quantity: "2",
        targetId: id,
      }),
    ]),
  );
  expect((await releaseLapsedReservations(own.db)).posted).toBe(1); // of 5, which is too much by then
  await drain();
  expect(await reservations()).toEqual(["3 0 2"]);
  expect((await releaseLapsedReservations(own.db)).posted).toBe(1);
  await drain();
  expect(await reservations()).toEqual(["0 0 5"]);
});

test("reservations of a halted lane wait until it goes on", async () => {
  await reserve([past()]);
  await own.db.query("update lanes set halted_at = now(), halted_reason = 'test' where id = $1", [
    item.lane,
  ]);
  expect((await releaseLapsedReservations(own.db)).posted).toBe(0);
  await own.db.query("update lanes set halted_at = null, halted_reason = null where id = $1", [
    item.lane,
  ]);
  expect((await releaseLapsedReservations(own.db)).posted).toBe(1);
  await drain();
});

describe("a moment after a lapse is answered alike before and after", () => {
  const MINUTE_MS = 60_000;

  /** A new item with 20 on hand, 5 of it reserved for ever and 8 until the time; both since an hour before that. */
  async function promise(expiresAtMs: number): Promise<string> {
    await reserve([]);
    const since = new Date(expiresAtMs - 60 * MINUTE_MS);
    const here = { itemId: item.id, lane: item.lane, warehouseId, occurredAt: since };
    const lapsing = toTestCommand({
      ...{ ...here, type: "reserve", quantity: "8" },
      expiresAt: new Date(expiresAtMs),
    });
    await append([
      toTestCommand({ ...here, quantity: "20" }),
      toTestCommand({ ...here, type: "reserve", quantity: "5" }),
      lapsing,
    ]);
    return lapsing.id;
  }

  async function letGo(type: "issue" | "release", targetId: string, atMs: number): Promise<void> {
    const here = { itemId: item.id, lane: item.lane, warehouseId, targetId };
    await append([toTestCommand({ ...here, type, quantity: "2", occurredAt: new Date(atMs) })]);
  }

  /** Forgets what was let go of late, and finds it in the ledger as the migration does where there is one already. */
  async function findAnew(): Promise<void> {
    const file = new URL("../../../migrations/0082_late_releases.sql", import.meta.url);
    const [find = ""] =
      /^insert into late_releases[^;]*;/m.exec(await readFile(file, "utf8")) ?? [];
    const owner = new pg.Client({ connectionString: own.database.ownerUrl });
    await owner.connect();
    const { rowCount } = await owner.query("delete from late_releases");
    const found = await owner.query(find);
    await owner.end();
    expect(found.rowCount).toBe(rowCount);
  }

  /** On hand, reserved and available at the moments. */
  async function told(moments: readonly number[]): Promise<string[]> {
    const answers = moments.map(async (atMs) => {
      const key = { itemId: item.id, warehouseId, at: new Date(atMs) };
      const { onHand, reserved, available } = await stockLevelAsOf(own.db, key);
      return `${onHand} ${reserved} ${available}`;
    });
    return Promise.all(answers);
  }

  test("somebody's releases, and the system's of the rest", async () => {
    const lapsesMs = Date.now() - 10 * MINUTE_MS;
    const id = await promise(lapsesMs);
    await letGo("issue", id, lapsesMs - 1); // too late by the ledger's clock: rejected, so nothing was let go of
    const moments = [-1, 0, 1, 2, 3, 4, 5].map((minutes) => lapsesMs + minutes * MINUTE_MS);
    const now = ["20 13 7", ...Array(6).fill("20 5 15")];
    expect(await told(moments)).toEqual(now);
    await letGo("release", id, lapsesMs + 2 * MINUTE_MS);
    expect(await told(moments)).toEqual(now);
    await letGo("release", id, lapsesMs + 4 * MINUTE_MS);
    expect(await told(moments)).toEqual(now);
    await releaseLapsedReservations(own.db);
    await drain();
    expect(await reservations()).toEqual(["0 0 8", "5 0 0"]);
    expect(await told(moments)).toEqual(now);
    await findAnew();
    expect(await told(moments)).toEqual(now);
  });

  test("the system's release in the month after", async () => {
    const today = new Date();
    const monthMs = Date.UTC(today.getUTCFullYear(), today.getUTCMonth());
    await promise(monthMs - 20 * MINUTE_MS);
    const moments = [-21, -20, -1, 0, 1].map((minutes) => monthMs + minutes * MINUTE_MS);
    const then = ["20 13 7", ...Array(4).fill("20 5 15")];
    expect(await told(moments)).toEqual(then);
    await releaseLapsedReservations(own.db);
    await drain();
    expect(await reservations()).toEqual(["0 0 8", "5 0 0"]);
    expect(await told(moments)).toEqual(then);
  });

  test("an issue by a clock that is ahead", async () => {
    const lapsesMs = Date.now() + 5 * MINUTE_MS;
    const id = await promise(lapsesMs);
    await letGo("issue", id, lapsesMs + 3 * MINUTE_MS);
    expect(await reservations()).toEqual(["6 2 0", "5 0 0"]);
    const moments = [-1, 1, 4].map((minutes) => lapsesMs + minutes * MINUTE_MS);
    expect(await told(moments)).toEqual(["20 13 7", "20 5 15", "18 5 13"]);
  });
});
