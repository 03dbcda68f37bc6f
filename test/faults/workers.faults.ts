/** Faults of the workers: killed at every step of a batch, frozen, cut off, started and stopped while movements flow. */
import { expect } from "vitest";
import type { FailPoint } from "../../platform/failPoints.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import type { RunningProcess } from "../support/instance.ts";
import type { Load } from "../support/load.ts";
import { waitFor } from "../support/waitFor.ts";
import { queryAdmin, type Stage, withStage } from "./stage.ts";

/** Batches so small that a kill nearly always meets one, and lanes are shared among many. */
const SMALL_BATCHES = { APPLY_BATCH_ROWS_MAX: "20", APPLY_CONCURRENCY: "4" };

const STEPS_OF_A_BATCH: readonly FailPoint[] = [
  "apply.before_begin",
  "apply.after_lock",
  "apply.after_read",
  "apply.after_fold",
  "apply.after_details",
  "apply.during_write",
  "apply.before_commit",
  "apply.after_commit",
];

fault(["F1", "workers are killed at every step of a batch"], async (run) =>
  withStage({ env: SMALL_BATCHES }, async (stage) => {
    const load = await stage.startLoad(run);
    const kills = STEPS_OF_A_BATCH.flatMap((step) => Array<FailPoint>(run.times(2)).fill(step));
    for (const step of run.random.shuffle(kills)) {
      const at = run.random.between(1, 6);
      const env = { STOCKLINE_FAIL_POINTS: `${step}=kill@${at}` };
      const worker = await stage.instance.start("workers", env);
      await waitFor(`a worker to die at ${step}`, () => worker.hasExited(), {
        timeoutMs: 20_000,
      });
      run.count("kills");
    }
    await stage.instance.start("workers");
    await finish(stage, run, load);
  }),
);

async function finish(stage: Stage, run: FaultRun, load: Load): Promise<void> {
  await load.stop();
  run.count("movements", load.acked.size);
  await stage.expectSound(load);
}

fault(["F1b", "workers are killed at any moment, another one takes over"], async (run) =>
  withStage({ env: SMALL_BATCHES }, async (stage) => {
    let worker = await stage.instance.start("workers");
    const load = await stage.startLoad(run);
    for (let kills = 0; kills < run.times(12); kills += 1) {
      const before = await stage.decided();
      const moment = run.random.between(10, 80);
      await waitFor("work", async () => (await stage.decided()) > before + moment);
      const [next] = await Promise.all([stage.instance.start("workers"), worker.kill()]);
      worker = next;
      run.count("kills");
    }
    await finish(stage, run, load);
  }),
);

fault(["F8", "the network swallows a worker in mid-transaction"], async (run) =>
  withStage({ proxied: true, env: SMALL_BATCHES }, async (stage) => {
    const { proxy, instance } = stage;
    const direct = { DATABASE_URL: stage.writerUrl };
    for (let tries = 0; tries < run.times(1); tries += 1) {
      const env = { STOCKLINE_FAIL_POINTS: "apply.after_fold=pause:1500@3" };
      const swallowed = await instance.start("workers", env);
      const load = await stage.startLoad(run, { urls: () => [instance.url] });
      await waitFor("the worker to hold lanes", () => hasReached(swallowed));
      proxy.blackHole();
      run.count("black holes");
      const healthy = await instance.start("workers", direct);
      await load.stop();
      run.count("movements", load.acked.size);
      // The lanes that the lost connection holds come free within 15 s (P13); expectSound itself waits no longer than 30.
      await waitFor("the lanes to be taken over", () => stage.isSettled(), { timeoutMs: 16_000 });
      await stage.expectSound(load);
      await Promise.all([healthy.stop(), swallowed.kill()]);
    }
  }),
);

function hasReached(worker: RunningProcess): boolean {
  return worker.complaints.some((line) => line.includes('"msg":"fail point"'));
}

fault(
  ["F9", "a worker is stopped (SIGSTOP) for longer than its locks live, and goes on"],
  async (run) =>
    withStage({ env: SMALL_BATCHES }, async (stage) => {
      // The pause holds it in mid-transaction long enough to be stopped there.
      const env = { STOCKLINE_FAIL_POINTS: "apply.after_fold=pause:2000@5" };
      const frozen = await stage.instance.start("workers", env);
      const load = await stage.startLoad(run, { backlogMax: 200 });
      await waitFor("the worker to be in mid-transaction", () => hasReached(frozen));
      process.kill(frozen.pid, "SIGSTOP");
      const workers = [frozen, await stage.instance.start("workers")];
      await waitFor("the server to end its transaction", () => wasEnded(stage), LONG);
      process.kill(frozen.pid, "SIGCONT");
      run.count("long stops");
      for (let stops = 0; stops < run.times(20); stops += 1) {
        const worker = run.random.pick(workers);
        process.kill(worker.pid, "SIGSTOP");
        const before = await stage.decided();
        await waitFor("work of the other", async () => (await stage.decided()) > before + 20, LONG);
        process.kill(worker.pid, "SIGCONT");
        run.count("short stops");
      }
      await finish(stage, run, load);
    }),
);

const LONG = { timeoutMs: 40_000, intervalMs: 100 };

/** No connection has been waiting in a transaction for a second: that of the stopped worker is gone. */
async function wasEnded(stage: Stage): Promise<boolean> {
  const rows = await queryAdmin(
    stage.adminUrl,
    `select 1 from pg_stat_activity where datname = current_database() and application_name = 'stockline-workers'
      and state = 'idle in transaction' and state_change < now() - interval '1 second'`,
  );
  return rows.length === 0;
}

fault(
  ["F15", "a worker's event loop stands still in mid-batch, longer than the queue's lock lives"],
  async (run) =>
    withStage({ env: SMALL_BATCHES }, async (stage) => {
      const env = { STOCKLINE_FAIL_POINTS: "apply.after_fold=pause:32000@3" };
      const blocked = await stage.instance.start("workers", env);
      const load = await stage.startLoad(run, { backlogMax: 200 });
      await waitFor("the worker to stand still", () => hasReached(blocked));
      await stage.instance.start("workers");
      run.count("stand-stills");
      const before = await stage.decided();
      await waitFor(
        "the twin to do the work",
        async () => (await stage.decided()) > before + 200,
        LONG,
      );
      await waitFor("the worker to go on", () => hasFailed(blocked), LONG);
      await finish(stage, run, load);
    }),
);

/** It wakes to find its transaction ended by the server, and says so. */
function hasFailed(worker: RunningProcess): boolean {
  return worker.complaints.some((line) => line.includes("apply batch failed"));
}

fault(
  ["F24", "single movements and groups over many lanes, many drains side by side"],
  async (run) =>
    withStage({ env: { ...SMALL_BATCHES, APPLY_CONCURRENCY: "8" } }, async (stage) => {
      const workers = [
        await stage.instance.start("workers"),
        await stage.instance.start("workers"),
      ];
      const load = await stage.startLoad(run, { clients: 12 });
      await waitFor("load", () => load.acked.size > run.times(1_200), { timeoutMs: 60_000 });
      await finish(stage, run, load);
      const complaints = workers.flatMap((worker) => worker.complaints);
      expect(complaints.filter((line) => line.includes("apply batch failed"))).toEqual([]);
      const [row] = await queryAdmin(
        stage.adminUrl,
        "select deadlocks from pg_stat_database where datname = current_database()",
      );
      expect(Number(row?.["deadlocks"])).toBe(0);
    }),
);

fault(["F25", "four fifths of the load go to one item"], async (run) =>
  withStage({ processes: ["api", "workers"] }, async (stage) => {
    const hot = { plain: ["PLAIN-0"], lot: ["PLAIN-0"], serial: ["PLAIN-0"] };
    const loads = [
      await stage.startLoad(run, { skus: hot, kinds: "plain", clients: 8 }),
      await stage.startLoad(run, { clients: 2 }),
    ];
    await waitFor("load", () => (loads[0]?.acked.size ?? 0) > run.times(800), {
      timeoutMs: 60_000,
    });
    await Promise.all(loads.map((load) => load.stop()));
    run.count("hot movements", loads[0]?.acked.size);
    run.count("others", loads[1]?.acked.size);
    await stage.expectSound(...loads);
  }),
);

fault(
  ["F26", "APIs and workers are replaced one after another under load (SIGTERM)"],
  async (run) =>
    withStage({ processes: [], env: SMALL_BATCHES }, async (stage) => {
      const { instance } = stage;
      let apis = [await instance.start("api"), await instance.start("api")];
      let workers = [await instance.start("workers")];
      const urls = () => apis.map((api) => `http://127.0.0.1:${api.port}`);
      const load = await stage.startLoad(run, { urls });
      for (let rounds = 0; rounds < run.times(3); rounds += 1) {
        const [leaving, ...staying] = apis;
        // As a load balancer does it: nothing new is sent there once it says that it is not ready.
        apis = [...staying, await instance.start("api")];
        const count = [3, 1, 2, 1][rounds % 4] ?? 1;
        const next = await Promise.all(
          Array.from({ length: count }, () => instance.start("workers")),
        );
        const gone = [leaving, ...workers].flatMap((process) => process ?? []);
        const exits = gone.map(async (process) => {
          await process.stop();
          return process.exited;
        });
        expect(await Promise.all(exits)).toEqual(gone.map(() => ({ code: 0, signal: null })));
        workers = next;
        run.count("replaced", gone.length);
      }
      await load.stop();
      expect(load.retries, "requests that failed").toBe(0);
      run.count("movements", load.acked.size);
      await stage.expectSound(load);
    }),
);
