/** Low stock is told once when it begins and once when it ends, however often and by however many it is looked for. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { appendToInbox } from "../../../pipelines/intake/index.ts";
import { checkLowStock, detectLowStock } from "../../../pipelines/lowStock/index.ts";
import {
  addDrafts,
  movePurchaseOrder,
  receivePurchaseOrder,
} from "../../../pipelines/purchasing/index.ts";
import { newId } from "../../../platform/clock.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { expectSoundBooks } from "../../support/oracle/checkBooks.ts";
import { createReorderStage } from "../../support/reorderStage.ts";

const clock = { now: () => new Date("2026-03-01T06:00:00Z") };

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

describe("detectLowStock", () => {
  let stage: Stage;
  let serial = 0;
  let item: SeededItem;

  beforeAll(async () => {
    stage = await createReorderStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    await stage.db.query("update reorder_policies set status = 'archived'");
    await detectLowStock(stage.db);
    serial += 1;
    item = await stage.item(`SKU-${serial}`);
    await stage.policy(item.id, stage.warehouseId, { min: "10", max: "50" });
  });

  const told = async () => {
    const { rows } = await stage.db.query<{ type: string; data: Record<string, string> }>(
      "select type, data from events where partition_key = $1 and type like 'stockline.stock.%' order by position",
      [item.id],
    );
    return rows;
  };

  /** The edges told, after the noted pairs were looked at. */
  const settled = async () => {
    await checkLowStock(stage.db);
    return (await told()).map(({ type, data }) => `${type.slice(16)} ${data["position"] ?? ""}`);
  };
  /** Accepts adjustments, to be applied by the next drain. */
  const accept = (changes: readonly string[], one = item, warehouseId = stage.warehouseId) =>
    appendToInbox(
      stage.db,
      changes.map((quantity) =>
        toTestCommand({
          type: "adjustment",
          itemId: one.id,
          lane: one.lane,
          warehouseId,
          quantity: quantity.replace("+", ""),
        }),
      ),
    );
  /** A draft of the item for MAIN. */
  const orderOf = async (quantity: string) => {
    const id = newId();
    const supplierId = await stage.supplier(`S-${id}`);
    const line = { id: newId(), itemId: item.id, quantity, unitCost: null, explanation: null };
    const draft = {
      id,
      supplierId,
      warehouseId: stage.warehouseId,
      currency: null,
      expectedOn: null,
      note: null,
      createdBy: "tester",
      generatedByRun: null,
      lines: [line],
    };
    await inTransaction(stage.db, (tx) => addDrafts(tx, [draft]));
    return { id, warehouses: undefined, actor: "tester" };
  };

  test("the movement that brings a position to its reorder level tells it, once, and names itself", async () => {
    await stage.adjust(item, stage.warehouseId, "11");
    expect(await settled()).toEqual([]);
    await stage.adjust(item, stage.warehouseId, "-1");
    expect(await told()).toEqual([
      {
        type: "stockline.stock.low",
        data: {
          sku: item.sku,
          warehouse: "MAIN",
          position: "10",
          on_hand: "10",
          available: "10",
          on_order: "0",
          reorder_at: "10",
          movement_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        },
      },
    ]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
    await stage.adjust(item, stage.warehouseId, "-1");
    expect(await told()).toHaveLength(1);
  });

  test("is told by the very transaction that wrote the movement's ledger entry", async () => {
    await accept(["+12"]);
    await stage.drain();
    await accept(["-3", "+20"]);
    await stage.drain();
    const { rows } = await stage.db.query<{ edges: number; same: number }>({
      text: `select count(*) as edges, count(*) filter (where e.xmin = m.xmin) as same
        from events e
        join stock_movements m on m.movement_id = (e.data ->> 'movement_id')::uuid
        where e.partition_key = $1 and e.type like 'stockline.stock.%'`,
      values: [item.id],
    });
    expect(rows).toEqual([{ edges: 2, same: 2 }]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
  });

  test("a position that comes back is recovered once, and may fall again", async () => {
    expect(await checkLowStock(stage.db)).toBe(1);
    await stage.adjust(item, stage.warehouseId, "10.0001");
    await stage.adjust(item, stage.warehouseId, "-0.0001");
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
    expect((await told()).map((event) => [event.type, event.data["position"]])).toEqual([
      ["stockline.stock.low", "0"],
      ["stockline.stock.recovered", "10.0001"],
      ["stockline.stock.low", "10"],
    ]);
  });

  test("crossings inside one batch are told each, in the order of their movements", async () => {
    await stage.adjust(item, stage.warehouseId, "12");
    await checkLowStock(stage.db);
    await accept(["-5", "+9", "-1", "-8"]);
    await stage.drain();
    expect((await told()).map((event) => [event.type, event.data["position"]])).toEqual([
      ["stockline.stock.low", "7"],
      ["stockline.stock.recovered", "16"],
      ["stockline.stock.low", "7"],
    ]);
    await expectSoundBooks(stage.db, []);
  });

  test("a margin keeps a position that swings about its level from being told again and again", async () => {
    await stage.db.query("update reorder_policies set recovery_margin = 5 where item_id = $1", [
      item.id,
    ]);
    await checkLowStock(stage.db);
    for (const change of ["11", "-2", "4", "2", "0.0001"]) {
      await stage.adjust(item, stage.warehouseId, change);
    }
    expect((await told()).map((event) => [event.type, event.data["position"]])).toEqual([
      ["stockline.stock.low", "0"],
      ["stockline.stock.recovered", "15.0001"],
    ]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
  });

  test("an order that is approved brings a position back, one that is cancelled lets it fall, and a receipt moves nothing", async () => {
    const access = await orderOf("40");
    expect(await settled()).toEqual(["low 0"]);
    await movePurchaseOrder(stage.db, access, "approve");
    expect(await settled()).toEqual(["low 0", "recovered 40"]);
    await movePurchaseOrder(stage.db, access, "send");
    const lines = [{ sku: item.sku, quantity: "30" }];
    const receipt = { reason: null, tolerancePercent: 0, scope: undefined, lines };
    await receivePurchaseOrder({ db: stage.db, clock }, access, receipt);
    expect(await settled()).toHaveLength(2);
    await stage.drain();
    expect(await settled()).toHaveLength(2);
    await stage.adjust(item, stage.warehouseId, "-25");
    expect(await settled()).toHaveLength(2); // 5 on hand, 10 on order
    await movePurchaseOrder(stage.db, access, "cancel");
    expect(await settled()).toEqual(["low 0", "recovered 40", "low 5"]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
  });

  test("the sweep finds what was told nowhere, and tells it in the item's lane", async () => {
    await stage.db.query("delete from low_stock_checks");
    expect(await detectLowStock(stage.db)).toEqual({ low: 1, recovered: 0 });
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
    await stage.db.query("delete from low_stock_alerts where item_id = $1", [item.id]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 1, recovered: 0 });
    await stage.adjust(item, stage.warehouseId, "1");
    await expectSoundBooks(stage.db, []);
    const { rows } = await stage.db.query(
      "select bool_and(lane = $2) as own from events where partition_key = $1 and type like 'stockline.stock.%'",
      [item.id, item.lane],
    );
    expect(rows).toEqual([{ own: true }]);
  });

  test("whatever happens, the batches and the checks tell what the sweep would find", async () => {
    const others = [item, await stage.item(`${item.sku}-b`), await stage.item(`${item.sku}-c`)];
    for (const one of others.slice(1)) {
      await stage.policy(one.id, stage.warehouseId, { min: "10", max: "50" });
      await stage.policy(one.id, stage.otherWarehouseId, {
        reorderPoint: "5",
        reorderQuantity: "9",
      });
    }
    const access = await orderOf("12");
    let state = 7;
    const random = (bound: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % bound;
    };
    const work: (() => Promise<unknown>)[] = Array.from({ length: 40 }, () => async () => {
      const one = others[random(others.length)] ?? item;
      const place = random(2) === 0 ? stage.warehouseId : stage.otherWarehouseId;
      await accept([String(random(15) + 1), `-${random(14) + 1}`], one, place);
    });
    work.splice(10, 0, () => movePurchaseOrder(stage.db, access, "approve"));
    work.splice(30, 0, () => movePurchaseOrder(stage.db, access, "cancel"));
    const drains = Array.from({ length: 12 }, () => async () => {
      await stage.drain();
      await checkLowStock(stage.db);
    });
    await Promise.all([
      work.reduce(
        (before, step) => before.then(async () => void (await step())),
        Promise.resolve(),
      ),
      drains.reduce((before, step) => before.then(step), Promise.resolve()),
    ]);
    await stage.drain();
    await checkLowStock(stage.db);
    const wanted = await stage.db.query(
      `select r.item_id, r.warehouse_id from reorder_policies r
       join stock_positions x on x.item_id = r.item_id and x.warehouse_id = r.warehouse_id
       where r.status = 'active' and x.position <= r.reorder_at order by 1, 2`,
    );
    const alerts = await stage.db.query(
      "select item_id, warehouse_id from low_stock_alerts order by 1, 2",
    );
    expect(alerts.rows).toEqual(wanted.rows);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
    const { rows } = await stage.db.query(
      `select count(*) as broken from (
         select type = lag(type) over (partition by partition_key, data ->> 'warehouse' order by lane, position) as twice
         from events where type like 'stockline.stock.%' and partition_key = any($1)) e where twice`,
      [others.map((one) => one.id)],
    );
    expect(rows).toEqual([{ broken: 0 }]);
    await expectSoundBooks(stage.db, []);
  });

  test("a policy that is archived while its item is low counts as recovered", async () => {
    expect(await detectLowStock(stage.db)).toEqual({ low: 1, recovered: 0 });
    await stage.db.query("update reorder_policies set status = 'archived' where item_id = $1", [
      item.id,
    ]);
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 1 });
  });

  test("five looks at the same moment tell an edge once", async () => {
    const looks = await Promise.all(Array.from({ length: 5 }, () => detectLowStock(stage.db)));
    expect(looks.reduce((sum, look) => sum + look.low, 0)).toBe(1);
    expect(await told()).toHaveLength(1);
  });

  test("an item without a policy is never low", async () => {
    await stage.db.query("delete from low_stock_alerts");
    await stage.db.query("update reorder_policies set status = 'archived'");
    await stage.adjust(item, stage.otherWarehouseId, "1");
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
  });
});
