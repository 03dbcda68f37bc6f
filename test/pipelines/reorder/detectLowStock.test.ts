/** Low stock is told once when it begins and once when it ends, however often and by however many it is looked for. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { detectLowStock } from "../../../pipelines/reorder/index.ts";
import type { SeededItem } from "../../support/catalogue.ts";
import { createReorderStage } from "../../support/reorderStage.ts";

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

  test("a position at its reorder level is low once, though it is looked at twice", async () => {
    await stage.adjust(item, stage.warehouseId, "10");
    expect(await detectLowStock(stage.db)).toEqual({ low: 1, recovered: 0 });
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
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
        },
      },
    ]);
  });

  test("a position that comes back is recovered once, and may fall again", async () => {
    await detectLowStock(stage.db);
    await stage.adjust(item, stage.warehouseId, "10.0001");
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 1 });
    expect(await detectLowStock(stage.db)).toEqual({ low: 0, recovered: 0 });
    await stage.adjust(item, stage.warehouseId, "-0.0001");
    expect(await detectLowStock(stage.db)).toEqual({ low: 1, recovered: 0 });
    expect((await told()).map((event) => [event.type, event.data["position"]])).toEqual([
      ["stockline.stock.low", "0"],
      ["stockline.stock.recovered", "10.0001"],
      ["stockline.stock.low", "10"],
    ]);
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
