/** Several drainers at the same lanes: one lane is never worked on by two, joint sets never deadlock, groups never get stuck. */
import pg from "pg";
import { beforeAll, expect, test } from "vitest";
import { createApplier, noteDecisions } from "../../../pipelines/apply/index.ts";
import { acceptGroup } from "../../../pipelines/intake/acceptGroup.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { newId } from "../../../platform/clock.ts";
import { readConfig } from "../../../platform/config.ts";
import { createLog } from "../../../platform/log.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { testBackends } from "../../support/backends.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { Random } from "../../support/faultRun.ts";
import { expectSoundLedger } from "../../support/invariants.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase(16);
const WORKERS = 4;
let warehouseId: string;
beforeAll(async () => {
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"]);
});

/** Four appliers as four processes have them, woken again and again as wake-ups and sweeps do. */
async function whileDraining(lanes: readonly number[], work: () => Promise<void>): Promise<void> {
  const env = { ...testBackends().env, ...own.database.env, NODE_ENV: "test" };
  const config = readConfig({ ...env, APPLY_BATCH_ROWS_MAX: "50" });
  const log = createLog({ level: "silent", process: "test" });
  const metrics = createMetrics("test");
  const appliers = Array.from({ length: WORKERS }, () =>
    createApplier(
      { db: own.db, config, log, metrics },
      noteDecisions(metrics, () => undefined),
    ),
  );
  const waking = setInterval(() => {
    for (const applier of appliers) applier.wake(lanes);
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(waking);
    await Promise.all(appliers.map((applier) => applier.stop()));
  }
  expect((await metrics.applyFailures.get()).values.map((one) => one.value)).toEqual([0]);
}

const receipt = (item: SeededItem, more: Partial<MovementCommand> = {}) =>
  toTestCommand({ itemId: item.id, lane: item.lane, warehouseId, ...more });

const decidedOf = async (commands: readonly MovementCommand[]): Promise<number> => {
  const { rows } = await own.db.query<{ decided: number }>(
    "select count(*)::int as decided from movement_outcomes where id = any($1) and status = 'applied'",
    [commands.map((command) => command.id)],
  );
  return rows[0]?.decided ?? 0;
};

async function deadlocks(): Promise<number> {
  const client = new pg.Client({ connectionString: own.database.adminUrl });
  await client.connect();
  const { rows } = await client.query<{ deadlocks: string }>(
    "select deadlocks from pg_stat_database where datname = current_database()",
  );
  await client.end();
  return Number(rows[0]?.deadlocks);
}

test("four workers at one hot lane decide it in the order of acceptance, each movement once", async () => {
  const [item] = await seedItems(own.db, ["HOT"]);
  if (item === undefined) throw new Error("no item");
  const sent: MovementCommand[] = [];
  await whileDraining([item.lane], async () => {
    for (let nth = 0; nth < 40; nth += 1) {
      const commands = Array.from({ length: 50 }, () => receipt(item));
      sent.push(...commands);
      await appendToInbox(own.db, commands);
    }
    await waitFor("all of them", async () => (await decidedOf(sent)) === sent.length, {
      timeoutMs: 60_000,
      intervalMs: 50,
    });
  });
  const { rows } = await own.db.query<{ id: string }>(
    "select movement_id as id from stock_movements where item_id = $1 order by position",
    [item.id],
  );
  expect(rows.map((row) => row.id)).toEqual(sent.map((command) => command.id));
  await expectSoundLedger(own.db);
}, 90_000);

test("groups over overlapping sets of lanes, with singles between, are decided without a deadlock", async () => {
  const random = new Random("groups");
  const items = await seedItems(
    own.db,
    Array.from({ length: 6 }, (_, nth) => `ITEM-${nth}`),
  );
  const lanes = [...new Set(items.map((item) => item.lane))];
  const sent: MovementCommand[] = [];
  const client = async () => {
    for (let nth = 0; nth < 25; nth += 1) {
      const groupId = newId();
      const group = random
        .shuffle(items)
        .slice(0, random.between(2, 4))
        .map((item) => receipt(item, { groupId }));
      const singles = [1, 2, 3].map(() => receipt(random.pick(items)));
      sent.push(...group, ...singles);
      await acceptGroup(own.db, group);
      await appendToInbox(own.db, singles);
    }
  };
  await whileDraining(lanes, async () => {
    await Promise.all([client(), client(), client(), client()]);
    await waitFor("all of them", async () => (await decidedOf(sent)) === sent.length, {
      timeoutMs: 60_000,
      intervalMs: 50,
    });
  });
  expect(await deadlocks()).toBe(0);
  await expectSoundLedger(own.db);
}, 90_000);
