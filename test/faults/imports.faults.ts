/** Faults of the workers that run imports: killed at any step and at every step, frozen past their lease, stopped, cancelled. */
import { expect } from "vitest";
import {
  anyPoint,
  comesOn,
  endLease,
  expectSameEnd,
  finished,
  type ImportState,
  killWorkerAt,
  placeOf,
  readImport,
  sendGood,
} from "../support/faultedImport.ts";
import { type FaultRun, fault } from "../support/faultRun.ts";
import {
  ambiguousFile,
  asCsv,
  asGzip,
  asWorkbook,
  countTable,
  itemTable,
  type MadeFile,
  movementTable,
  orderTable,
  policyTable,
  supplierTable,
} from "../support/importFaultFiles.ts";
import type { RunningProcess } from "../support/instance.ts";
import { waitFor } from "../support/waitFor.ts";
import { unbroken, withFileItems } from "./importBaseline.ts";
import type { Stage } from "./stage.ts";

/** A minute or two of a quiet machine; eight processes in turn for one core take ten times as long. */
const LONGEST_MS = 2_400_000;

fault(
  ["F37", "a 100,000-row import whose worker is killed 37 times at random"],
  async (run) => {
    const file = asCsv(movementTable(run.random, 100_000));
    const wanted = await unbroken([file]);
    await withFileItems({}, async (stage) => {
      const id = await sendGood(stage, file);
      let state = await readImport(stage.db, id);
      for (let kills = 0; kills < run.times(37) && state.finished_at === null; kills += 1) {
        const fromOutside = run.random.next() < 0.3;
        const killed = fromOutside
          ? { state: await killFromOutside(stage, id, run), wasKilled: true }
          : await killWorkerAt(stage, id, anyPoint(run));
        state = killed.state;
        if (killed.wasKilled) run.count("kills");
      }
      await endLease(stage.db, id);
      await stage.instance.start("workers");
      await finished(stage.db, id);
      run.count("rows", file.rows);
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: LONGEST_MS },
);

/** Kills a worker once it has come some way, wherever it is then. */
async function killFromOutside(stage: Stage, id: string, run: FaultRun): Promise<ImportState> {
  await endLease(stage.db, id);
  const worker = await stage.instance.start("workers");
  await comesOn(stage.db, id, run.random.between(1, 8_000));
  await worker.kill();
  return readImport(stage.db, id);
}

/** Files of several chunks each, in each format. */
async function entityFiles({ random }: Pick<FaultRun, "random">): Promise<MadeFile[]> {
  return [
    asCsv(itemTable(random, 5_200)),
    await asWorkbook(supplierTable(random, 5_100)),
    asGzip(policyTable(random, 700)),
    asCsv(orderTable(random, 2_400)),
  ];
}

async function movementFiles({ random }: Pick<FaultRun, "random">): Promise<MadeFile[]> {
  return [
    asCsv(movementTable(random, 6_000)),
    ambiguousFile(random, 5_500),
    await asWorkbook(countTable(random, 2_500)),
  ];
}

fault(
  [
    "F37a",
    "imports of entities and orders whose worker is killed after every step, and in any of them",
  ],
  async (run) => killedAtEveryStep(run, await entityFiles(run)),
  { timeoutMs: LONGEST_MS },
);

fault(
  [
    "F37b",
    "imports of movements and counts whose worker is killed after every step, and in any of them",
  ],
  async (run) => killedAtEveryStep(run, await movementFiles(run)),
  { timeoutMs: LONGEST_MS },
);

async function killedAtEveryStep(run: FaultRun, files: readonly MadeFile[]): Promise<void> {
  const wanted = await unbroken(files);
  const everyStep = () => "import.after_step=kill@1";
  // Where each worker died in its first step none would come any further.
  const inAnyStep = () => `import.before_commit=kill@${run.random.between(2, 6)}`;
  for (const point of [everyStep, inAnyStep]) {
    await withFileItems({}, async (stage) => {
      for (const file of files) await killToTheEnd(stage, { file, point, run });
      await expectSameEnd(stage.db, wanted);
    });
  }
}

interface KillPlan {
  readonly file: MadeFile;
  readonly point: () => string;
  readonly run: FaultRun;
}

/** Workers die one after another until the import is over. */
async function killToTheEnd(stage: Stage, { file, point, run }: KillPlan): Promise<void> {
  const id = await sendGood(stage, file);
  for (;;) {
    const { state, wasKilled } = await killWorkerAt(stage, id, point());
    if (wasKilled) run.count("kills");
    if (state.finished_at !== null) break;
  }
  run.count("imports");
}

fault(
  [
    "F37g",
    "the worker that holds an import is stopped (SIGSTOP) past its lease, and goes on beside its successor",
  ],
  async (run) => {
    const file = asCsv(movementTable(run.random, 40_000));
    const wanted = await unbroken([file]);
    const places = [
      { place: "after_step", first: 1, last: 4 }, // while the file is read
      { place: "after_step", first: 14, last: 18 }, // while rows are applied
      { place: "before_commit", first: 1, last: 18 },
    ];
    for (const { place, first, last } of places) {
      for (let tries = 0; tries < run.times(1); tries += 1) {
        const at = run.random.between(first, last);
        await withFileItems({}, async (stage) => {
          const id = await sendGood(stage, file);
          const pause = `import.${place}=pause:1500@${at}`;
          const frozen = await stage.instance.start("workers", { STOCKLINE_FAIL_POINTS: pause });
          await waitFor("the worker to stand still", () => hasReached(frozen), LONG);
          process.kill(frozen.pid, "SIGSTOP");
          const next = await stage.instance.start("workers");
          const before = placeOf(await readImport(stage.db, id));
          await waitFor(
            "the other to take the import over",
            async () => placeOf(await readImport(stage.db, id)) > before,
            LONG,
          );
          process.kill(frozen.pid, "SIGCONT");
          run.count("stops");
          await finished(stage.db, id);
          await expectSameEnd(stage.db, wanted);
          expect(stepsFailed(next), "steps of the successor that failed").toEqual([]);
          if (place === "after_step") {
            expect(stepsFailed(frozen), "steps of the one that lost its lease").toEqual([]);
          }
        });
      }
    }
  },
  { timeoutMs: LONGEST_MS },
);

const LONG = { timeoutMs: 300_000, intervalMs: 50 };

function hasReached(worker: RunningProcess): boolean {
  return worker.complaints.some((line) => line.includes('"msg":"fail point"'));
}

function stepsFailed(worker: RunningProcess): string[] {
  return worker.complaints.filter((line) => line.includes("import step failed"));
}

fault(
  [
    "F37i",
    "imports are cancelled at any moment while their workers die: what is in stays, and the books balance",
  ],
  async (run) =>
    withFileItems({}, async (stage) => {
      for (let tries = 0; tries < run.times(8); tries += 1) {
        const make = run.random.pick([movementTable, itemTable]);
        const id = await sendGood(stage, asCsv(make(run.random, 12_000 + tries)));
        const kills = run.random.between(1, 6);
        for (let nth = 0; nth < kills; nth += 1) {
          const { wasKilled } = await killWorkerAt(stage, id, anyPoint(run));
          if (wasKilled) run.count("kills");
        }
        const { status } = await stage.instance.call("POST", `/v1/imports/${id}/cancel`);
        expect([200, 202, 409]).toContain(status);
        await endLease(stage.db, id);
        const worker = await stage.instance.start("workers");
        const state = await finished(stage.db, id);
        await worker.stop();
        run.count(state.status);
        await expectBooked(stage, state);
      }
      await stage.expectSound();
    }),
  { timeoutMs: LONGEST_MS },
);

/** The counts are those of the rows, and of a movement file as many are applied as the ledger has movements of it. */
async function expectBooked({ db }: Stage, state: ImportState): Promise<void> {
  const { rows } = await db.query<Record<string, number>>({
    text: `
      select count(*) filter (where state = 'applied')::int as rows_applied,
        count(*) filter (where state in ('invalid', 'rejected'))::int as rows_rejected,
        count(*) filter (where state not in ('applied', 'invalid', 'rejected'))::int as rows_skipped,
        (select count(distinct movement_id) from stock_movements where source_id = $1::uuid)::int as movements
      from import_rows where import_id = $1::uuid`,
    values: [state.id],
  });
  const [booked] = rows;
  expect(state).toMatchObject({
    rows_applied: booked?.["rows_applied"],
    rows_rejected: booked?.["rows_rejected"],
    rows_skipped: booked?.["rows_skipped"],
  });
  if (state.kind === "movements") expect(booked?.["movements"]).toBe(state.rows_applied);
}

fault(
  [
    "F27",
    "workers get SIGTERM in every step of an import: they end with status 0, and the next one goes on there",
  ],
  async (run) => {
    const file = asCsv(movementTable(run.random, 20_000));
    const items = asCsv(itemTable(run.random, 9_000));
    const wanted = await unbroken([items, file]);
    await withFileItems({}, async (stage) => {
      for (const sent of [items, file]) {
        const id = await sendGood(stage, sent);
        for (let stops = 0; stops < run.times(10); stops += 1) {
          // The pause holds it within a step, so that the signal comes there.
          const pause = `import.before_commit=pause:200@${run.random.between(2, 5)}`;
          const worker = await stage.instance.start("workers", { STOCKLINE_FAIL_POINTS: pause });
          await waitFor(
            "the worker to be within a step",
            async () => hasReached(worker) || (await readImport(stage.db, id)).finished_at !== null,
            LONG,
          );
          const before = await readImport(stage.db, id);
          await worker.stop();
          expect(await worker.exited).toEqual({ code: 0, signal: null });
          if (before.finished_at !== null) break;
          run.count(`stops while ${before.status}`);
          expect(placeOf(await readImport(stage.db, id))).toBeGreaterThanOrEqual(placeOf(before));
        }
        const worker = await stage.instance.start("workers");
        await finished(stage.db, id);
        await worker.stop();
      }
      await expectSameEnd(stage.db, wanted);
    });
  },
  { timeoutMs: LONGEST_MS },
);
