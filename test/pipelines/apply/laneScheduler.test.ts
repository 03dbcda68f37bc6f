/** How lanes are shared among drain loops when a batch fails. The drain is a fake; transactions are tested elsewhere. */
import { expect, test } from "vitest";
import type { DrainResult } from "../../../pipelines/apply/index.ts";
import { LaneScheduler } from "../../../pipelines/apply/laneScheduler.ts";
import { createLog } from "../../../platform/log.ts";
import { waitFor } from "../../support/waitFor.ts";

const DONE: DrainResult = { rows: 1, moreIn: [], heldElsewhere: [], batch: undefined };

test("a lane whose batch always fails does not hold up the lanes that were woken with it", async () => {
  const poisoned = 2;
  const applied = new Set<number>();
  const attempts: (readonly number[])[] = [];
  const scheduler = new LaneScheduler({
    concurrency: 1,
    drain: async (lanes) => {
      attempts.push(lanes);
      if (lanes.includes(poisoned)) throw new Error("numeric field overflow");
      for (const lane of lanes) applied.add(lane);
      return DONE;
    },
    onApplied: () => undefined,
    onFailure: () => undefined,
    log: createLog({ level: "silent", process: "test" }),
  });
  scheduler.wake([1, poisoned, 3]);
  await waitFor("the healthy lanes", () => applied.size === 2);
  expect(applied).toEqual(new Set([1, 3]));
  await waitFor("another try of the failed lane", () => attempts.length >= 4);
  expect(attempts[0]).toEqual([1, poisoned, 3]);
  expect(attempts.slice(1).every((lanes) => lanes.length === 1)).toBe(true);
  await scheduler.stop();
});
