/** How lanes are shared among drain loops when a batch fails. The drain is a fake; transactions are tested in setAside.test.ts. */
import { afterEach, expect, test } from "vitest";
import { BatchError } from "../../../pipelines/apply/batchError.ts";
import type { DrainResult } from "../../../pipelines/apply/index.ts";
import { LaneScheduler } from "../../../pipelines/apply/laneScheduler.ts";
import type { Culprit } from "../../../pipelines/apply/setAside.ts";
import { createLog } from "../../../platform/log.ts";
import { waitFor } from "../../support/waitFor.ts";

const DONE: DrainResult = { rows: 1, moreIn: [], heldElsewhere: [], joint: [], batch: undefined };
const NOTHING: DrainResult = { ...DONE, rows: 0 };

type Options = ConstructorParameters<typeof LaneScheduler>[0];

let scheduler: LaneScheduler | undefined;
afterEach(() => scheduler?.stop());

function schedule(options: Pick<Options, "drain"> & Partial<Options>): LaneScheduler {
  scheduler = new LaneScheduler({
    concurrency: 1,
    setAside: async () => "set_aside",
    halt: async () => undefined,
    onFailure: () => undefined,
    log: createLog({ level: "silent", process: "test" }),
    ...options,
  });
  return scheduler;
}

test("a lane whose batch always fails does not hold up the lanes that were woken with it", async () => {
  const poisoned = 2;
  const applied = new Set<number>();
  const attempts: (readonly number[])[] = [];
  schedule({
    drain: async (lanes) => {
      attempts.push(lanes);
      if (lanes.includes(poisoned)) throw new BatchError(["a", "b"], new Error("overflow"));
      for (const lane of lanes) applied.add(lane);
      return DONE;
    },
  }).wake([1, poisoned, 3]);
  await waitFor("the healthy lanes", () => applied.size === 2);
  expect(applied).toEqual(new Set([1, 3]));
  await waitFor("another try of the failed lane", () => attempts.length >= 5);
  expect(attempts[0]).toEqual([1, poisoned, 3]);
  expect(attempts.slice(1).every((lanes) => lanes.length === 1)).toBe(true);
});

/** A lane of numbered movements of which some fail; answers what the scheduler did with it. */
function laneOf(count: number, poison: ReadonlySet<number>) {
  const pending = Array.from({ length: count }, (_, nth) => nth);
  const decided: number[] = [];
  const aside: number[] = [];
  const sizes: number[] = [];
  return {
    pending,
    decided,
    aside,
    sizes,
    drain: async (_lanes: readonly number[], _together: boolean, stepsMax = 1_000) => {
      const batch = pending.slice(0, stepsMax);
      sizes.push(batch.length);
      if (batch.some((nth) => poison.has(nth))) throw new BatchError(batch.map(String), "poison");
      decided.push(...pending.splice(0, batch.length));
      const moreIn = batch.length === stepsMax ? [7] : [];
      return { ...NOTHING, rows: batch.length, moreIn };
    },
    setAside: async ({ movements }: Culprit) => {
      expect(movements).toHaveLength(1);
      aside.push(...pending.splice(0, 1));
      return "set_aside" as const;
    },
  };
}

test("the one movement that fails is found by smaller batches, tried three times, set aside, and the rest goes on whole", async () => {
  const lane = laneOf(3_000, new Set([1_500]));
  schedule(lane).wake([7]);
  await waitFor("the end of the lane", () => lane.pending.length === 0);
  expect(lane.aside).toEqual([1_500]);
  expect(lane.decided).toEqual(
    Array.from({ length: 3_000 }, (_, nth) => nth).filter((nth) => nth !== 1_500),
  );
  expect(lane.sizes.filter((size) => size === 1)).toHaveLength(3);
  expect(lane.sizes.length).toBeLessThan(40);
  expect(lane.sizes.slice(-2).every((size) => size > 400)).toBe(true);
});

test("a lane whose movement can't be set aside is halted, and not tried again", async () => {
  const lane = laneOf(10, new Set([4]));
  const halted: (readonly number[])[] = [];
  const started = schedule({
    ...lane,
    setAside: () => Promise.reject(new Error("no partition for the event")),
    halt: async ({ lanes }) => {
      halted.push(lanes);
    },
  });
  started.wake([7]);
  await waitFor("the halt", () => halted.length > 0);
  expect(halted).toEqual([[7]]);
  expect(lane.decided).toEqual([0, 1, 2, 3]);
  const tries = lane.sizes.length;
  await started.stop();
  expect(lane.sizes).toHaveLength(tries);
});

test("a fault that all lanes share sets nothing aside and halts nothing", async () => {
  let isBroken = true;
  const tried = new Map<number, number>();
  const asides: Culprit[] = [];
  const started = schedule({
    drain: async ([lane = 0]) => {
      tried.set(lane, (tried.get(lane) ?? 0) + 1);
      if (isBroken) throw new BatchError([`of lane ${lane}`], new Error("no partition"));
      return DONE;
    },
    setAside: async (culprit) => {
      asides.push(culprit);
      return "set_aside";
    },
    halt: () => Promise.reject(new Error("a lane was halted")),
  });
  for (const lane of [1, 2, 3, 4, 5, 6]) started.wake([lane]);
  await waitFor("a try of each lane", () => tried.size === 6 && started.stuckLanes === 6);
  isBroken = false;
  await waitFor("the lanes to go on by themselves", () => started.stuckLanes === 0, {
    timeoutMs: 20_000,
  });
  expect(asides).toEqual([]);
}, 30_000);

test("a group that waits for a halted lane is not asked for again and again", async () => {
  const asked: string[] = [];
  const started = schedule({
    drain: async (lanes, together) => {
      asked.push(`${lanes.join()} ${together}`);
      return { ...NOTHING, joint: [[1, 2]] };
    },
  });
  started.wake([1]);
  await waitFor("the joint drain", () => asked.includes("1,2 true"));
  await started.stop();
  expect(asked).toEqual(["1 false", "1,2 true"]);
});
