/** The lane worker in this process: what it shows on /metrics of lanes and movements that need an operator. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeLane } from "../../pipelines/apply/index.ts";
import { haltLanes, setAside } from "../../pipelines/apply/setAside.ts";
import { appendToInbox } from "../../pipelines/intake/index.ts";
import { startApplyWorker } from "../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../support/catalogue.ts";
import { toTestCommand } from "../support/command.ts";
import { waitFor } from "../support/waitFor.ts";

let harness: ApiHarness;
beforeAll(async () => {
  harness = await createApiHarness();
});
afterAll(() => harness.close());

const shown = (name: string, value: number) =>
  waitFor(`${name} ${value}`, async () => {
    const text = await harness.context.metrics.registry.metrics();
    return new RegExp(`^${name}(\\{.*\\})? ${value}$`, "m").test(text);
  });

test("halted lanes and movements set aside are counted while they are there", async () => {
  const { db } = harness.context;
  const [warehouseId = ""] = await seedWarehouses(db, ["MAIN"]);
  const [item] = await seedItems(db, ["ITEM-1"]);
  if (item === undefined) throw new Error("no item");
  const { id: itemId, lane } = item;
  const command = toTestCommand({ itemId, lane, warehouseId });
  await appendToInbox(db, [command]);
  const cause = new Error("a test");
  expect(await setAside(db, { lanes: [lane], movements: [command.id], cause })).toBe("set_aside");
  await haltLanes(db, { lanes: [lane], cause });
  const worker = startApplyWorker(harness.context);
  try {
    await shown("stockline_lanes_halted", 1);
    await shown("stockline_set_aside_movements", 1);
    await shown("stockline_lanes_stuck", 0);
    await resumeLane(db, { lane, actor: "somebody" });
    await shown("stockline_lanes_halted", 0);
  } finally {
    await worker.stop();
  }
});
