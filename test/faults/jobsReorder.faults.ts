/** Faults of the run that drafts purchase orders: killed between its steps, run several times at once, connections cut, receipts late. */
import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import { movePurchaseOrder, receivePurchaseOrder } from "../../pipelines/purchasing/index.ts";
import { draftPurchaseOrders } from "../../pipelines/reorder/index.ts";
import { newId } from "../../platform/clock.ts";
import type { FailPoint } from "../../platform/failPoints.ts";
import { createPool, type DbPool } from "../../platform/postgres.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import { builders, createReorderStage } from "../support/reorderStage.ts";
import { waitFor } from "../support/waitFor.ts";
import { type Stage, withStage } from "./stage.ts";

const STEPS: readonly FailPoint[] = [
  "drafts.after_read",
  "drafts.before_commit",
  "drafts.after_commit",
];
const clock = { now: () => new Date() };
const costs = { orderingCost: 25, holdingRate: 0.2 };
const actor = "tester";
const RECEIPT = { reason: null, tolerancePercent: 0, scope: undefined };

/** How often each pair of item and warehouse was ordered, in orders that stand. */
async function timesOrdered(db: DbPool): Promise<number[]> {
  const { rows } = await db.query<{ lines: number }>({
    text: `select count(o.id)::int as lines
      from reorder_policies r
      left join purchase_order_lines l on l.item_id = r.item_id
      left join purchase_orders o on o.id = l.purchase_order_id and o.warehouse_id = r.warehouse_id and o.status <> 'cancelled'
      group by r.id`,
  });
  return rows.map((row) => row.lines);
}

fault(
  [
    "F36",
    "jobs processes are killed between the drafts, their events and the end of the run; then three run at once",
  ],
  async (run) =>
    withStage({ processes: ["api"] }, async (stage) => {
      const make = builders(stage.db);
      const supplierId = await make.supplier("S-1", { leadTimeDays: 7 });
      for (const item of stage.items.slice(0, 12)) {
        await make.sells(supplierId, item.id, { unitCost: "2" });
        await make.policy(item.id, stage.mainWarehouse, { min: "10", max: "50" });
      }
      for (const step of run.random.shuffle([...STEPS])) {
        const env = { STOCKLINE_FAIL_POINTS: `${step}=kill@1` };
        const jobs = await stage.instance.start("jobs", env);
        await runJob(stage);
        await waitFor(`a run to die at ${step}`, () => jobs.hasExited(), { timeoutMs: 90_000 });
        run.count("kills");
      }
      await Promise.all([stage.instance.start("jobs"), stage.instance.start("jobs")]);
      await Promise.all([runJob(stage), runJob(stage), runJob(stage)]);
      await waitFor("every run to end", async () => (await openRuns(stage)) === 0, {
        timeoutMs: 120_000,
      });
      expect(await timesOrdered(stage.db)).toEqual(Array(12).fill(1));
      run.count("lines", 12);
    }),
  { timeoutMs: 600_000 },
);

async function runJob(stage: Stage): Promise<void> {
  const path = "/v1/jobs/generate-purchase-orders/run";
  const answer = await stage.instance.call("POST", path, { role: "admin" });
  expect(answer.status).toBe(202);
}

async function openRuns({ db }: Stage): Promise<number> {
  const { rows } = await db.query<{ open: number }>({
    text: `select count(*)::int as open from job_runs
      where job = 'generate-purchase-orders' and status in ('queued', 'running')`,
  });
  return rows[0]?.open ?? 0;
}

fault(
  [
    "F36a",
    "500 runs, three at once, their connections cut at any moment, orders on their way and receipts late",
  ],
  async (run) => {
    const stage = await createReorderStage();
    const pools = Array.from({ length: 3 }, () =>
      createPool({
        url: stage.database.writerUrl,
        applicationName: "drafts",
        max: 2,
        role: "stockline_writer",
      }),
    );
    for (const pool of pools) pool.on("error", () => undefined);
    try {
      const supplierId = await stage.supplier("S-1");
      const others = Array.from({ length: 10 }, (_, nth) => `SKU-${nth}`);
      for (const sku of others) {
        const item = await stage.item(sku);
        await stage.sells(supplierId, item.id);
        await stage.policy(item.id, stage.warehouseId, { min: "10", max: "50" });
      }
      for (let rounds = 0; rounds < run.times(167); rounds += 1) {
        const cuts = run.random.next() < 0.7 ? cutSome(stage.db, run) : Promise.resolve();
        const drafts = pools.map(async (db) =>
          draftPurchaseOrders({ db, clock, costs }, { id: randomUUID(), actor }),
        );
        const outcomes = await Promise.allSettled([...drafts, moveSome(stage.db, run)]);
        await cuts;
        run.count("runs", 3);
        run.count("cut", outcomes.slice(0, 3).filter((one) => one.status === "rejected").length);
        if (run.random.next() < 0.2) await stage.drain();
        expect(Math.max(...(await timesOrdered(stage.db)))).toBeLessThanOrEqual(1);
      }
      await draftPurchaseOrders({ db: stage.db, clock, costs }, { id: newId(), actor });
      await stage.drain();
      await draftPurchaseOrders({ db: stage.db, clock, costs }, { id: newId(), actor });
      expect(await timesOrdered(stage.db)).toEqual(Array(others.length).fill(1));
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
      await stage.close();
    }
  },
  { timeoutMs: 900_000 },
);

/** Ends backends of runs somewhere in their work. */
async function cutSome(db: DbPool, run: FaultRun): Promise<void> {
  const seconds = run.random.between(0, 25) / 1_000;
  await db.query({ text: "select pg_sleep($1::float8)", values: [seconds] });
  await db.query({
    text: `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'drafts' and usename = current_user and random() < 0.5`,
  });
}

/** Takes an order a step on, now and then. */
async function moveSome(db: DbPool, run: FaultRun): Promise<void> {
  if (run.random.next() < 0.7) return;
  const { rows } = await db.query<{ id: string; status: string; sku: string; open: string }>({
    text: `select o.id, o.status, i.sku, trim_scale(l.quantity - l.received_quantity)::text as open
      from purchase_orders o
      join purchase_order_lines l on l.purchase_order_id = o.id
      join inventory_items i on i.id = l.item_id
      where o.status in ('draft', 'approved', 'sent', 'partially_received') and l.received_quantity < l.quantity
      order by o.number, l.line_number
      limit 1`,
  });
  const [order] = rows;
  if (order === undefined) return;
  const access = { id: order.id, warehouses: undefined, actor };
  if (order.status === "draft") return movePurchaseOrder(db, access, "approve");
  if (order.status === "approved") return movePurchaseOrder(db, access, "send");
  const lines = [{ sku: order.sku, quantity: order.open }];
  await receivePurchaseOrder({ db, clock }, access, { ...RECEIPT, lines });
}
