/** Policies that follow demand: from the ledger's movements to a level, a draft and its working; and needs gathered over warehouses. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { movePurchaseOrder } from "../../../pipelines/purchasing/index.ts";
import {
  draftPurchaseOrders,
  planPolicies,
  simulatePolicy,
} from "../../../pipelines/reorder/index.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { createReorderStage } from "../../support/reorderStage.ts";

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

const DAY_MS = 86_400_000;
/** Today is the real one: partitions of the ledger are there for this month. */
const now = new Date();
const clock = { now: () => now };
const costs = { orderingCost: 25, holdingRate: 0.2 };

describe("policies that follow demand", () => {
  let stage: Stage;
  let item: SeededItem;
  let supplierId: string;

  beforeAll(async () => {
    stage = await createReorderStage();
    item = await stage.item("MUG-1");
    supplierId = await stage.supplier("KAOLIN", { currency: "EUR", leadTimeDays: 5 });
    await stage.sells(supplierId, item.id, { unitCost: "4", moq: "200", packSize: "12" });
    for (const [place, most] of [
      [stage.warehouseId, 13], // 1 to 13 in turn: 7 a day over the 91 days of the level
      [stage.otherWarehouseId, 3],
    ] as const) {
      await history(item, place, (back) => 1 + ((back * 5) % most));
      await policy(item.id, place, "auto", { service_level: 0.98 });
    }
  }, 120_000);
  afterAll(() => stage.close());

  const deps = () => ({ db: stage.db, clock, costs });
  const draft = () => draftPurchaseOrders(deps(), { id: randomUUID(), actor: "tester" });
  const policy = (
    itemId: string,
    warehouseId: string,
    method: string,
    more: Readonly<Record<string, number>> = {},
  ) =>
    stage.db.query(
      `insert into reorder_policies (id, item_id, warehouse_id, method, min_quantity, max_quantity, service_level, review_days)
       values (make_uuid7(), $1, $2, $3, $4, $5, $6, $7)`,
      [
        itemId,
        warehouseId,
        method,
        more["min"],
        more["max"],
        more["service_level"],
        more["review_days"],
      ],
    );
  /** 120 days: received long ago, sold day by day; 20 are left. */
  const history = async (
    one: SeededItem,
    warehouseId: string,
    soldOn: (back: number) => number,
  ) => {
    const line = { itemId: one.id, lane: one.lane, warehouseId };
    const days = Array.from({ length: 120 }, (_, nth) => 120 - nth);
    const sold = days.reduce((sum, back) => sum + soldOn(back), 0);
    const at = (back: number) => new Date(now.getTime() - back * DAY_MS);
    await appendToInbox(stage.db, [
      toTestCommand({ ...line, type: "receipt", quantity: String(sold + 20), occurredAt: at(121) }),
      ...days.map((back) =>
        toTestCommand({
          ...line,
          type: "issue",
          quantity: String(soldOn(back)),
          occurredAt: at(back),
        }),
      ),
    ]);
    await stage.drain();
  };
  const linesOf = async (orderId: string | undefined) => {
    const { rows } = await stage.db.query<{
      quantity: string;
      explanation: Record<string, unknown>;
    }>(
      "select trim_scale(quantity)::text as quantity, explanation from purchase_order_lines where purchase_order_id = $1",
      [orderId],
    );
    return rows;
  };

  test("the ledger's demand becomes a level, once a day", async () => {
    expect(await planPolicies(deps())).toBe(2);
    expect(await planPolicies(deps())).toBe(0);
    const { rows } = await stage.db.query<{ reorder_at: number; working: Record<string, unknown> }>(
      `select r.reorder_at::float8 as reorder_at, p.working
       from reorder_policies r join reorder_plans p on p.item_id = r.item_id and p.warehouse_id = r.warehouse_id
       where r.warehouse_id = $1`,
      [stage.warehouseId],
    );
    const [plan] = rows;
    expect(plan?.working).toMatchObject({
      forecast_method: "moving_average",
      demand_pattern: "smooth",
      daily_demand: "7",
      lead_time_days: "5",
      lead_time_source: "promised",
      lead_time_demand: "35",
      protection_demand: "42",
      demand_days: 120,
      stock_out_days: 0,
    });
    // 42 and 2.0537 × 3.76 × √6 = 18.9, to whole units
    expect(plan?.reorder_at).toBeGreaterThanOrEqual(60);
    expect(plan?.reorder_at).toBeLessThanOrEqual(63);
    await stage.db.query("update reorder_policies set version = version + 1");
    expect(await planPolicies(deps())).toBe(2);
  });

  test("needs of two warehouses are gathered, and each line tells the whole working", async () => {
    await stage.adjust(item, stage.otherWarehouseId, "-12");
    const outcome = await draft();
    expect(outcome).toMatchObject({ orders: 2, lines: 2, not_ordered: 0 });
    const lines = (await Promise.all(outcome.drafts.map((order) => linesOf(order.id)))).flat();
    const sum = lines.reduce((all, line) => all + Number(line.quantity), 0);
    const [main] = lines;
    expect(main?.explanation).toMatchObject({
      method: "auto",
      on_hand: "20",
      forecast_method: "moving_average",
      lead_time_demand: "35",
      moq: "200",
      pack_size: "12",
      gathered_quantity: String(sum),
      supplier: "KAOLIN",
      supplier_choice: "only_supplier",
      unit_cost: "4",
      plan: { service_level: "0.98", protection_days: "6" },
    });
    expect(lines.every((line) => Number(line.quantity) % 12 === 0)).toBe(true);
    expect(sum).toBeGreaterThanOrEqual(200);
    expect(await draft()).toMatchObject({ orders: 0 });
    for (const order of outcome.drafts) {
      await movePurchaseOrder(
        stage.db,
        { id: order.id, warehouses: undefined, actor: "tester" },
        "cancel",
      );
    }
  });

  test("a reversed issue is no demand, and a day without stock is none either", async () => {
    const one = await stage.item("MUG-2");
    const line = { itemId: one.id, lane: one.lane, warehouseId: stage.warehouseId };
    const at = (back: number) => new Date(now.getTime() - back * DAY_MS);
    const wrong = toTestCommand({ ...line, type: "issue", quantity: "40", occurredAt: at(20) });
    await appendToInbox(stage.db, [
      toTestCommand({ ...line, type: "receipt", quantity: "160", occurredAt: at(30) }),
      wrong,
      ...Array.from({ length: 15 }, (_, nth) =>
        toTestCommand({ ...line, type: "issue", quantity: "4", occurredAt: at(29 - nth) }),
      ),
    ]);
    await stage.drain();
    await policy(one.id, stage.warehouseId, "auto");
    const shown = async () => {
      await stage.db.query("update reorder_policies set version = version + 1 where item_id = $1", [
        one.id,
      ]);
      await planPolicies(deps());
      const { rows } = await stage.db.query<{ working: Record<string, unknown> }>(
        "select working from reorder_plans where item_id = $1",
        [one.id],
      );
      return rows[0]?.working;
    };
    const before = await shown();
    await appendToInbox(stage.db, [
      toTestCommand({ ...line, type: "reversal", quantity: "40", targetId: wrong.id }),
    ]);
    await stage.drain();
    const after = await shown();
    expect(Number(after?.["daily_demand"])).toBeLessThan(Number(before?.["daily_demand"]));
    expect(after?.["demand_days"]).toBe(before?.["demand_days"]);
  });

  test("periodic review orders on its day, once, whatever else the day brings", async () => {
    const one = await stage.item("MUG-3");
    await stage.sells(supplierId, one.id, { unitCost: "1" });
    await policy(one.id, stage.warehouseId, "periodic_review", { review_days: 7, max: 50 });
    await stage.adjust(one, stage.warehouseId, "30");
    const first = await draft();
    const lines = (await Promise.all(first.drafts.map((order) => linesOf(order.id)))).flat();
    expect(lines.find((line) => line.explanation["method"] === "periodic_review")?.quantity).toBe(
      "20",
    );
    await stage.adjust(one, stage.warehouseId, "-30");
    const again = await draft();
    const more = (await Promise.all(again.drafts.map((order) => linesOf(order.id)))).flat();
    expect(more.filter((line) => line.explanation["method"] === "periodic_review")).toEqual([]);
    const nextWeek = { now: () => new Date(now.getTime() + 7 * DAY_MS) };
    const later = await draftPurchaseOrders(
      { ...deps(), clock: nextWeek },
      { id: randomUUID(), actor: "tester" },
    );
    const then = (await Promise.all(later.drafts.map((order) => linesOf(order.id)))).flat();
    expect(then.find((line) => line.explanation["method"] === "periodic_review")?.quantity).toBe(
      "30",
    );
  });

  test("a simulation replays the ledger's own demand under the stored policy", async () => {
    const found = await simulatePolicy(deps(), {
      itemId: item.id,
      warehouseId: stage.warehouseId,
      policy: undefined,
      demand: undefined,
      historyDays: 120,
      warmUpDays: 60,
      openingStock: undefined,
      backorders: false,
      shortageRate: 0.5,
      leadTimeDays: undefined,
      orderingCost: undefined,
      holdingRate: undefined,
    });
    expect(found).toMatchObject({ method: "auto", supplier: "KAOLIN", lead_time_days: 5 });
    expect(found?.report.days).toBe(60);
    expect(Number(found?.report.fill_rate)).toBeGreaterThan(0.98);
  });
});
