/** The smallest of the fault suite, in every test run: workers die in mid-batch while movements of all types flow. */
import { expect, test } from "vitest";
import { Random } from "../support/faultRun.ts";
import { waitFor } from "../support/waitFor.ts";
import { withStage } from "./stage.ts";

test("workers that are killed in mid-batch lose nothing and double nothing", async () => {
  const env = { APPLY_BATCH_ROWS_MAX: "20", APPLY_CONCURRENCY: "4" };
  await withStage({ env }, async (stage) => {
    const load = await stage.startLoad({ random: new Random("lost workers") }, { clients: 4 });
    for (const step of ["apply.after_fold", "apply.before_commit", "apply.after_commit"]) {
      const worker = await stage.instance.start("workers", {
        STOCKLINE_FAIL_POINTS: `${step}=kill@3`,
      });
      await waitFor(`a worker to die at ${step}`, () => worker.hasExited(), { timeoutMs: 30_000 });
    }
    await stage.instance.start("workers");
    await load.stop();
    expect(load.acked.size).toBeGreaterThan(30);
    await stage.expectSound(load);
  });
}, 120_000);
