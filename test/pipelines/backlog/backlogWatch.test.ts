/** The backlog's figures against a real inbox that fills and is decided. */
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { BacklogWatch } from "../../../pipelines/backlog/index.ts";
import { appendToInbox, type MovementCommand } from "../../../pipelines/intake/index.ts";
import { createMetrics } from "../../../platform/metrics.ts";
import { type SeededItem, seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { toTestCommand } from "../../support/command.ts";
import { useTestDatabase } from "../../support/useTestDatabase.ts";
import { waitFor } from "../../support/waitFor.ts";

const own = useTestDatabase();
let item: SeededItem;
let warehouseId: string;
beforeAll(async () => {
  [item = { id: "", sku: "", lane: 0 }] = await seedItems(own.db, ["A"]);
  [warehouseId = ""] = await seedWarehouses(own.db, ["MAIN"]);
});

function commands(count: number): MovementCommand[] {
  return Array.from({ length: count }, () =>
    toTestCommand({ itemId: item.id, lane: item.lane, warehouseId }),
  );
}

async function decideAll(): Promise<void> {
  await own.db.query(`
    insert into movement_outcomes (id, body_hash, status, code, detail, item_id, warehouse_id, decided_at)
    select i.id, i.body_hash, 'rejected', 'test', 'test', i.item_id, i.warehouse_id, now()
    from movement_inbox i
    where not exists (select from movement_outcomes o where o.id = i.id)`);
}

function watch(ownMovements?: () => { letIn: number; underWay: number }) {
  const metrics = createMetrics("test");
  const options = { db: own.db, metrics, countMax: 1_000 };
  const backlog = new BacklogWatch({
    ...options,
    ...(ownMovements === undefined ? {} : { ownMovements }),
  });
  onTestFinished(() => backlog.stop());
  return { backlog, text: () => metrics.registry.metrics() };
}

test("depth, age and rate follow what is accepted and decided, and stand in the metrics", async () => {
  await appendToInbox(own.db, commands(30));
  const { backlog, text } = watch();
  await waitFor("what was there before", () => backlog.depth === 30);
  await appendToInbox(own.db, commands(70));
  await waitFor("what came in since", () => backlog.depth === 100);
  const shown = await waitFor("the age", async () => {
    const lines = await text();
    return (
      /stockline_inbox_oldest_undone_age_seconds{[^}]*} (0\.\d*[1-9]|[1-9])/.test(lines) && lines
    );
  });
  expect(shown).toMatch(/stockline_inbox_depth_movements{process="test"} 100\n/);
  await decideAll();
  // The server's statistics may take ten seconds to tell of an idle connection's rows.
  await waitFor("a rate", () => backlog.decidedPerSecond > 0, { timeoutMs: 20_000 });
  await waitFor("an empty backlog", () => backlog.depth === 0, { timeoutMs: 20_000 });
  await waitFor("no age", async () =>
    /stockline_inbox_oldest_undone_age_seconds{[^}]*} 0\n/.test(await text()),
  );
}, 60_000);

test("what the process itself lets in counts at once, and only once", async () => {
  const letIn = { letIn: 0, underWay: 0 };
  const { backlog } = watch(() => letIn);
  await waitFor("an empty backlog", () => backlog.depth === 0);
  Object.assign(letIn, { letIn: 40, underWay: 40 });
  expect(backlog.depth).toBe(40);
  await appendToInbox(own.db, commands(40));
  Object.assign(letIn, { letIn: 40, underWay: 0 });
  await waitFor("the counters to tell of them", async () => {
    expect(backlog.depth).toBeLessThanOrEqual(80);
    return backlog.depth === 40;
  });
  await decideAll();
});
