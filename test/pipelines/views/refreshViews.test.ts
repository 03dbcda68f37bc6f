/** Views are refreshed when something changed, when somebody asks, and when they grow old; their age is told. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { detectLowStock } from "../../../pipelines/lowStock/index.ts";
import { refreshViews } from "../../../pipelines/views/index.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { createReorderStage } from "../../support/reorderStage.ts";

type Stage = Awaited<ReturnType<typeof createReorderStage>>;

describe("refreshViews", () => {
  let stage: Stage;
  const metrics = createMetrics("test");
  const signal = new AbortController().signal;

  beforeAll(async () => {
    stage = await createReorderStage();
  });
  afterAll(() => stage.close());

  const refresh = (
    lastMark: number | undefined,
    options: { always?: boolean; minutes?: number } = {},
  ) => {
    const clock = { now: () => new Date(Date.now() + (options.minutes ?? 0) * 60_000) };
    const request = { lastMark, always: options.always ?? false, signal };
    return refreshViews({ db: stage.db, clock, metrics }, request);
  };

  test("a change is seen, no change is left out, and five minutes are the most", async () => {
    const item = await stage.item("A");
    await stage.policy(item.id, stage.warehouseId, { min: "10", max: "20" });
    const first = await refresh(undefined);
    expect(first.refreshed).toBe(true);
    expect(first.views.map(({ view, rows }) => ({ view, rows }))).toEqual([
      { view: "v_current_inventory", rows: 0 },
      { view: "v_low_stock_items", rows: 1 },
      { view: "v_pending_orders", rows: 0 },
    ]);
    expect(await refresh(first.mark)).toEqual({ ...first, refreshed: false });
    expect((await refresh(first.mark, { always: true })).refreshed).toBe(true);
    expect((await refresh(first.mark, { minutes: 5 })).refreshed).toBe(true);

    await detectLowStock(stage.db);
    const second = await refresh(first.mark);
    expect(second.refreshed).toBe(true);
    await stage.adjust(item, stage.warehouseId, "12");
    const third = await refresh(second.mark);
    expect(third.views[0]).toMatchObject({ view: "v_current_inventory", rows: 1 });
    expect(third.views[1]).toMatchObject({ view: "v_low_stock_items", rows: 0 });
  });

  test("the time of each view's snapshot is a metric", async () => {
    const { views } = await refresh(undefined);
    const { values } = await metrics.viewRefreshed.get();
    for (const view of views) {
      const value = values.find((one) => one.labels.view === view.view)?.value;
      expect(value).toBeCloseTo(Date.parse(view.refreshed_at) / 1_000, 2);
    }
  });

  test("a refresh that waits too long for another gives up, and may be tried again", async () => {
    const holder = await stage.db.connect();
    await holder.query("begin");
    await holder.query("select refresh_view('v_pending_orders')");
    await expect(refresh(undefined)).rejects.toMatchObject({ code: "55P03" });
    await holder.query("rollback");
    holder.release();
    expect((await refresh(undefined)).refreshed).toBe(true);
  });
});
