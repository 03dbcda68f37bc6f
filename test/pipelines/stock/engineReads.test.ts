/** Reads of stock on what the engine wrote: the past of a reservation that lapsed, and a closed month. */
import { beforeAll, expect, test } from "vitest";
import { drainLanes } from "../../../pipelines/apply/index.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { closePeriod } from "../../../pipelines/periods/index.ts";
import { releaseLapsedReservations } from "../../../pipelines/reservations/index.ts";
import { stockLevelAsOf } from "../../../pipelines/stock/index.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase();
let warehouseId: string;

beforeAll(async () => {
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"]);
});

async function anItem(sku: string) {
  const [item] = await seedItems(own.db, [sku]);
  if (item === undefined) throw new Error("no item was made");
  return { itemId: item.id, lane: item.lane, warehouseId };
}

async function apply(
  lane: number,
  commands: readonly ReturnType<typeof toTestCommand>[],
): Promise<void> {
  await inTransaction(own.db, (tx) => appendToInbox(tx, commands));
  await drainLanes(own.db, { lanes: [lane], rowsMax: 1_000 });
}

test("a moment after a reservation lapsed is answered alike before and after its release is written", async () => {
  const item = await anItem("LAPSED");
  const now = Date.now();
  const expiresAt = new Date(now + 400);
  const occurredAt = new Date(now);
  await apply(item.lane, [
    toTestCommand({ ...item, type: "receipt", quantity: "10", occurredAt }),
    toTestCommand({ ...item, type: "reserve", quantity: "4", occurredAt, expiresAt }),
  ]);
  const figures = async (atMs: number) => {
    const past = await stockLevelAsOf(own.db, { ...item, at: new Date(atMs) });
    return [past.onHand, past.reserved, past.available];
  };
  const lapsed = expiresAt.getTime();
  await waitFor("the release", async () => {
    const posted = (await releaseLapsedReservations(own.db)).posted;
    if (posted > 0) expect(await figures(lapsed)).toEqual(["10", "0", "10"]);
    return posted > 0;
  });
  await drainLanes(own.db, { lanes: [item.lane], rowsMax: 1_000 });
  const { rows } = await own.db.query(
    "select trim_scale(reserved)::text as reserved from stock_levels where item_id = $1",
    [item.itemId],
  );
  expect(rows).toEqual([{ reserved: "0" }]);
  expect(await figures(lapsed)).toEqual(["10", "0", "10"]);
  expect(await figures(lapsed - 1)).toEqual(["10", "4", "6"]);
  expect(await figures(now - 1)).toEqual(["0", "0", "0"]);
});

test("what is accepted and undone when its month is closed is rejected", async () => {
  const item = await anItem("CLOSED");
  const command = (occurredAt: string) =>
    toTestCommand({ ...item, type: "receipt", quantity: "1", occurredAt: new Date(occurredAt) });
  const inMonth = command("2026-03-31T23:59:59.999Z");
  const after = command("2026-04-01T00:00:00Z");
  await inTransaction(own.db, (tx) => appendToInbox(tx, [inMonth, after]));
  await closePeriod(own.db, { month: "2026-03", closedBy: "tester" });
  await drainLanes(own.db, { lanes: [item.lane], rowsMax: 1_000 });
  const { rows } = await own.db.query(
    "select id, status, code from movement_outcomes where item_id = $1 order by status",
    [item.itemId],
  );
  expect(rows).toEqual([
    { id: after.id, status: "applied", code: null },
    { id: inMonth.id, status: "rejected", code: "period_closed" },
  ]);
});
