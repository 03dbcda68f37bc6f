/** The business figures that workers and jobs show, read back from the metrics of a process. */
import { expect, test } from "vitest";
import { createApplier, noteDecisions } from "../../../pipelines/apply/index.ts";
import { countRevenue, watchFigures } from "../../../pipelines/figures/index.ts";
import { deadRowsRead } from "../../../pipelines/housekeeping/queries.ts";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { readConfig } from "../../../platform/config.ts";
import { createLog } from "../../../platform/log.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { testBackends } from "../../support/backends.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase();
const log = createLog({ process: "test", level: "silent" });

interface Shown {
  get(): Promise<{ values: { labels: object; value: number }[] }>;
}

/** The value of the series whose one label has this value. */
async function valueOf(metric: Shown, label: string): Promise<number | undefined> {
  const { values } = await metric.get();
  return values.find(({ labels }) => Object.values(labels).includes(label))?.value;
}

test("units are counted by type, and what was issued at the price of its item", async () => {
  const { db } = own;
  const metrics = createMetrics("workers");
  const revenue = countRevenue({ db, log, metrics });
  const items = await seedItems(db, ["PRICED", "FREE"]);
  await db.query("update inventory_items set price = 2.5 where sku = 'PRICED'");
  const [warehouseId = ""] = await seedWarehouses(db, ["MAIN"]);
  const commands = items.flatMap(({ id: itemId, lane }) => [
    toTestCommand({ itemId, lane, warehouseId, type: "receipt", quantity: "10" }),
    toTestCommand({ itemId, lane, warehouseId, type: "issue", quantity: "4" }),
    toTestCommand({ itemId, lane, warehouseId, type: "count", quantity: "5.5" }),
    toTestCommand({ itemId, lane, warehouseId, type: "issue", quantity: "100" }),
  ]);
  await appendToInbox(db, commands);
  const config = readConfig({ ...testBackends().env, DATABASE_URL: testBackends().writerUrl });
  const applier = createApplier(
    { db, config, log, metrics },
    noteDecisions(metrics, ({ batch }) => revenue.note(batch?.issued ?? new Map())),
  );
  applier.wake(items.map(({ lane }) => lane));
  const units = (type: string) => valueOf(metrics.unitsMoved, type);
  await waitFor("the issues", async () => (await units("issue")) === 8);
  await applier.stop();
  await revenue.stop();
  expect(await units("receipt")).toBe(20);
  expect(await units("count")).toBe(1); // found 5.5 of 6, twice
  expect(await valueOf(metrics.issueRevenue, "EUR")).toBe(10);
});

test("the jobs process shows partitions, orders and low stock as the database has them", async () => {
  const { db } = own;
  const metrics = createMetrics("jobs");
  await db.query("insert into suppliers (id, code, name) values (make_uuid7(), 'ACME', 'Acme')");
  await db.query(
    `insert into purchase_orders (id, supplier_id, warehouse_id, created_by, created_at, sent_at)
     select make_uuid7(), s.id, w.id, 'test', t.at, t.sent
     from suppliers s
     cross join warehouses w
     cross join (values (now(), null), (now() - interval '3 days', now())) as t (at, sent)
     where s.code = 'ACME' and w.code = 'MAIN'`,
  );
  const reads = {
    choose: async () => ({ pool: db, asOf: undefined }),
    lagSeconds: async () => undefined,
  };
  const figures = watchFigures({ db, reads, metrics, log });
  const step = (name: string) => valueOf(metrics.purchaseOrdersLastDay, name);
  try {
    await waitFor("the orders", async () => (await step("drafted")) !== undefined);
    expect([await step("drafted"), await step("sent"), await step("received")]).toEqual([1, 1, 0]);
    const ahead = await waitFor("the partitions", async () => {
      const text = await metrics.registry.metrics();
      return /^stockline_partitions_ahead_days\{process="jobs"\} (\d+)$/m.exec(text)?.[1];
    });
    expect(Number(ahead)).toBeGreaterThanOrEqual(7);
  } finally {
    await figures.stop();
  }
});

test("dead rows are told against those that are there, once they are many", async () => {
  const { db } = own;
  await db.query("update lanes set low_water = low_water");
  const look = async (rowsMin: number) => {
    const [row] = await deadRowsRead(db, { tables: ["lanes"], rowsMin });
    return row;
  };
  const row = await waitFor("the statistics of the update", async () => {
    const seen = await look(100);
    return seen !== undefined && seen.dead_rows >= 100 ? seen : undefined;
  });
  expect(row.dead_ratio).toBeGreaterThan(0.3);
  expect(await look(1_000_000)).toMatchObject({ table: "lanes", dead_ratio: 0 });
});
