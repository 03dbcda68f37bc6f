/** Drafts by need: the right quantity from the right supplier, and nothing twice, whatever happens at the same moment. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { movePurchaseOrder, receivePurchaseOrder } from "../../../pipelines/purchasing/index.ts";
import { draftPurchaseOrders } from "../../../pipelines/reorder/index.ts";
import { createReorderStage } from "../../support/reorderStage.ts";
import { waitFor } from "../../support/waitFor.ts";

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

const clock = { now: () => new Date("2026-03-01T06:00:00Z") };
const costs = { orderingCost: 25, holdingRate: 0.2 };
const actor = "tester";

describe("draftPurchaseOrders", () => {
  let stage: Stage;
  let serial = 0;
  let sku = "";

  beforeAll(async () => {
    stage = await createReorderStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    // What earlier tests needed is out of the way: their policies are archived.
    await stage.db.query("update reorder_policies set status = 'archived'");
    serial += 1;
    sku = `SKU-${serial}`;
  });

  const draft = (id = randomUUID()) =>
    draftPurchaseOrders({ db: stage.db, clock, costs }, { id, actor });
  const linesOf = async (orderId: string | undefined) => {
    const { rows } = await stage.db.query<{
      sku: string;
      quantity: string;
      unit_cost: string | null;
      explanation: Record<string, unknown>;
    }>(
      `select i.sku, trim_scale(l.quantity)::text as quantity, trim_scale(l.unit_cost)::text as unit_cost, l.explanation
       from purchase_order_lines l join inventory_items i on i.id = l.item_id
       where l.purchase_order_id = $1 order by l.line_number`,
      [orderId],
    );
    return rows;
  };
  /** An item that is low at MAIN, with one supplier. */
  const lowItem = async (min = "10", max = "50") => {
    const item = await stage.item(sku);
    const supplierId = await stage.supplier(`S-${serial}`, { currency: "EUR", leadTimeDays: 7 });
    await stage.sells(supplierId, item.id, { unitCost: "2.5" });
    await stage.policy(item.id, stage.warehouseId, { min, max });
    return { item, supplierId };
  };

  test("a low item is ordered up to its maximum, and the line keeps its working", async () => {
    const { item } = await lowItem();
    await stage.adjust(item, stage.warehouseId, "4");
    const outcome = await draft();
    expect(outcome).toMatchObject({ orders: 1, lines: 1, not_ordered: 0 });
    const [order] = outcome.drafts;
    expect(order).toMatchObject({ supplier: `S-${serial}`, warehouse: "MAIN", lines: 1 });
    const [line] = await linesOf(order?.id);
    expect(line).toMatchObject({ sku, quantity: "46", unit_cost: "2.5" });
    expect(line?.explanation).toEqual({
      on_hand: "4",
      reserved: "0",
      available: "4",
      on_order: "0",
      drafted: "0",
      in_transit: "0",
      receipts_pending: "0",
      position: "4",
      method: "min_max",
      reorder_point: "10",
      min: "10",
      max: "50",
      forecast_method: "none",
      demand_pattern: null,
      daily_demand: "0",
      lead_time_demand: "0",
      safety_stock: null,
      plan: null,
      need: "46",
      gathered_need: "46",
      moq: "1",
      pack_size: "1",
      order_multiple: null,
      order_maximum: null,
      gathered_quantity: "46",
      rounded_by: null,
      price_breaks: [],
      price_break: null,
      unit_cost: "2.5",
      quantity: "46",
      suppliers: 1,
      expected_on: "2026-03-08",
      supplier: `S-${serial}`,
      supplier_choice: "only_supplier",
      lead_time_days: 7,
    });
    const { rows } = await stage.db.query(
      "select currency, expected_on, status, created_by from purchase_orders where id = $1",
      [order?.id],
    );
    expect(rows).toEqual([
      { currency: "EUR", expected_on: "2026-03-08", status: "draft", created_by: actor },
    ]);
  });

  test("a second run orders nothing twice, and a run that is repeated tells the same drafts", async () => {
    await lowItem();
    const run = randomUUID();
    const first = await draft(run);
    expect(first.orders).toBe(1);
    expect(await draft()).toMatchObject({ orders: 0, lines: 0 });
    expect(await draft(run)).toEqual(first);
  });

  test("five runs that stand side by side in the middle of their transactions order once", async () => {
    await lowItem();
    // Whoever has decided waits here for its event's lane, so that all five are under way before one commits.
    const holder = await stage.db.connect();
    await holder.query("begin");
    await holder.query("select id from lanes where id >= 256 for update");
    const runs = Array.from({ length: 5 }, () => draft());
    await waitFor("five waiting runs", async () => {
      const { rows } = await stage.db.query<{ waiting: number }>(
        "select count(*) as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows[0]?.waiting === 5;
    });
    await holder.query("rollback");
    holder.release();
    const outcomes = await Promise.all(runs);
    const lines = outcomes.map((outcome) => outcome.lines);
    expect(lines.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 0, 1]);
  });

  test("nothing is ordered twice while a receipt is accepted but not applied, nor after", async () => {
    await lowItem();
    const [order] = (await draft()).drafts;
    const access = { id: order?.id ?? "", warehouses: undefined, actor };
    await movePurchaseOrder(stage.db, access, "approve");
    expect((await draft()).orders).toBe(0);
    await movePurchaseOrder(stage.db, access, "send");
    expect((await draft()).orders).toBe(0);
    await receivePurchaseOrder({ db: stage.db, clock }, access, {
      lines: [{ sku, quantity: "50" }],
      reason: null,
      tolerancePercent: 0,
      scope: undefined,
    });
    expect((await draft()).orders).toBe(0);
    await stage.drain();
    expect((await draft()).orders).toBe(0);
  });

  test("while orders are approved, sent, received and applied, runs at any moment order each item once", async () => {
    const supplierId = await stage.supplier(`S-${serial}`);
    for (let n = 0; n < 10; n += 1) {
      const item = await stage.item(`${sku}-${n}`);
      await stage.sells(supplierId, item.id);
      const place = n % 2 === 0 ? stage.warehouseId : stage.otherWarehouseId;
      await stage.policy(item.id, place, { min: "10", max: "50" });
    }
    const carryOut = async (id: string): Promise<void> => {
      const access = { id, warehouses: undefined, actor };
      await movePurchaseOrder(stage.db, access, "approve");
      await movePurchaseOrder(stage.db, access, "send");
      for (const line of await linesOf(id)) {
        for (const quantity of ["20", "30"]) {
          const receipt = { reason: null, tolerancePercent: 0, scope: undefined };
          const lines = [{ sku: line.sku, quantity }];
          await receivePurchaseOrder({ db: stage.db, clock }, access, { ...receipt, lines });
          await draft();
        }
      }
    };
    const outcomes: Awaited<ReturnType<typeof draft>>[] = [];
    const first = await draft();
    const repeat = async (what: () => Promise<unknown>): Promise<void> => {
      for (let n = 0; n < 15; n += 1) await what();
    };
    await Promise.all([
      ...first.drafts.map((order) => carryOut(order.id)),
      repeat(async () => outcomes.push(await draft())),
      repeat(() => stage.drain()),
    ]);
    await stage.drain();
    outcomes.push(await draft());
    expect(first.lines).toBe(10);
    expect(outcomes.reduce((sum, outcome) => sum + outcome.lines, 0)).toBe(0);
    const { rows } = await stage.db.query(
      `select count(*) as lines, count(distinct l.item_id) as items, sum(s.on_hand)::int as on_hand
       from purchase_order_lines l
       join inventory_items i on i.id = l.item_id
       join stock_levels s on s.item_id = i.id
       where i.sku like $1`,
      [`${sku}-%`],
    );
    expect(rows).toEqual([{ lines: 10, items: 10, on_hand: 500 }]);
  });

  test("a cancelled order makes room for a new one", async () => {
    await lowItem();
    const [order] = (await draft()).drafts;
    const access = { id: order?.id ?? "", warehouses: undefined, actor };
    await movePurchaseOrder(stage.db, access, "cancel");
    expect((await draft()).lines).toBe(1);
  });

  test("one draft a supplier and warehouse holds all its items by SKU", async () => {
    const supplierId = await stage.supplier(`S-${serial}`);
    for (const [suffix, warehouseId] of [
      ["b", stage.warehouseId],
      ["a", stage.warehouseId],
      ["c", stage.otherWarehouseId],
    ] as const) {
      const item = await stage.item(`${sku}${suffix}`);
      await stage.sells(supplierId, item.id);
      await stage.policy(item.id, warehouseId, { reorderPoint: "5", reorderQuantity: "10" });
    }
    const outcome = await draft();
    expect(outcome.drafts.map(({ warehouse, lines }) => ({ warehouse, lines }))).toEqual([
      { warehouse: "MAIN", lines: 2 },
      { warehouse: "SOUTH", lines: 1 },
    ]);
    const lines = await linesOf(outcome.drafts[0]?.id);
    expect(lines.map((line) => line.sku)).toEqual([`${sku}a`, `${sku}b`]);
  });

  test("a supplier that prices one warehouse's items in two currencies gets a draft for each", async () => {
    const supplierId = await stage.supplier(`S-${serial}`, { currency: "EUR" });
    const price = async (suffix: string, given: { unitCost?: string; currency?: string }) => {
      const item = await stage.item(`${sku}${suffix}`);
      await stage.sells(supplierId, item.id, given);
      await stage.policy(item.id, stage.warehouseId, { min: "1", max: "2" });
    };
    await price("a", { unitCost: "1", currency: "USD" });
    await price("b", { unitCost: "1" });
    await price("c", {});
    const { rows } = await stage.db.query(
      `select o.currency, (select count(*) from purchase_order_lines l where l.purchase_order_id = o.id) as lines
       from purchase_orders o where o.id = any($1) order by o.number`,
      [(await draft()).drafts.map((order) => order.id)],
    );
    expect(rows).toEqual([
      { currency: "USD", lines: 2 },
      { currency: "EUR", lines: 1 },
    ]);
  });

  test("packs and minimum orders round up", async () => {
    const { item, supplierId } = await lowItem("10", "20");
    await stage.db.query(
      "update supplier_items set moq = 50, pack_size = 12 where supplier_id = $1 and item_id = $2",
      [supplierId, item.id],
    );
    const [line] = await linesOf((await draft()).drafts[0]?.id);
    expect(line).toMatchObject({ quantity: "60", explanation: { need: "20", quantity: "60" } });
  });

  test("the preferred supplier wins; else the lowest cost, then the shortest lead time, then the code", async () => {
    const { item, supplierId } = await lowItem();
    const dear = await stage.supplier(`T-${serial}`);
    await stage.sells(dear, item.id, { unitCost: "9", preferred: true });
    const first = (await draft()).drafts[0];
    expect(first?.supplier).toBe(`T-${serial}`);
    expect((await linesOf(first?.id))[0]?.explanation["supplier_choice"]).toBe("preferred");

    const access = { id: first?.id ?? "", warehouses: undefined, actor };
    await movePurchaseOrder(stage.db, access, "cancel");
    await stage.db.query(
      "update supplier_items set preferred = false, unit_cost = 2.5, lead_time_days = 3 where supplier_id = $1",
      [dear],
    );
    const second = (await draft()).drafts[0];
    expect(second?.supplier).toBe(`T-${serial}`);

    await movePurchaseOrder(stage.db, { ...access, id: second?.id ?? "" }, "cancel");
    await stage.db.query("update supplier_items set lead_time_days = 3 where supplier_id = $1", [
      supplierId,
    ]);
    const third = (await draft()).drafts[0];
    expect(third?.supplier).toBe(`S-${serial}`);
    expect((await linesOf(third?.id))[0]?.explanation["supplier_choice"]).toBe("first_code");
  });

  test("an item without a supplier is reported, not ordered", async () => {
    const item = await stage.item(sku);
    await stage.policy(item.id, stage.warehouseId, { min: "1", max: "2" });
    expect(await draft()).toMatchObject({
      orders: 0,
      not_ordered: 1,
      not_ordered_items: [{ sku, warehouse: "MAIN", reason: "no_supplier" }],
    });
  });

  test("a quantity past what can be held is reported and stops nobody else", async () => {
    const { item } = await lowItem();
    await stage.db.query(
      "update supplier_items set pack_size = 99999999999999, moq = 99999999999999 where item_id = $1",
      [item.id],
    );
    await stage.db.query(
      "update supplier_items set moq = 5, pack_size = 99999999999999 where item_id = $1",
      [item.id],
    );
    await stage.db.query(
      "update reorder_policies set max_quantity = 99999999999999.5 where item_id = $1",
      [item.id],
    );
    expect(await draft()).toMatchObject({
      orders: 0,
      not_ordered_items: [{ sku, warehouse: "MAIN", reason: "too_large" }],
    });
  });

  test.each(["discontinued", "archived"])("an item that is %s is not ordered", async (status) => {
    const { item } = await lowItem();
    await stage.db.query("update inventory_items set status = $2 where id = $1", [item.id, status]);
    expect(await draft()).toMatchObject({ orders: 0, not_ordered: 0 });
  });

  test("each new draft tells purchase_order.draft once", async () => {
    await lowItem();
    const [order] = (await draft()).drafts;
    await draft();
    const { rows } = await stage.db.query(
      "select type, subject, data ->> 'supplier' as supplier from events where partition_key = $1",
      [order?.id],
    );
    expect(rows).toEqual([
      {
        type: "stockline.purchase_order.draft",
        subject: `purchase-orders/${order?.number ?? ""}`,
        supplier: `S-${serial}`,
      },
    ]);
  });
});
