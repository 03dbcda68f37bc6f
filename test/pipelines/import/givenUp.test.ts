/** Imports whose workers die: how claims are counted, who takes a suspect, and how one is given up without a lie in its books. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { resumeLane } from "../../../pipelines/apply/index.ts";
import { haltLanes } from "../../../pipelines/apply/setAside.ts";
import { failImport } from "../../../pipelines/import/failImport.ts";
import {
  cancelImport,
  claimImports,
  giveUpImports,
  type ImportDeps,
  importRead,
  runImport,
} from "../../../pipelines/import/index.ts";
import { importLockAny } from "../../../pipelines/import/queries/imports.ts";
import { inTransaction } from "../../../platform/postgres.ts";
import { startApplyWorker } from "../../../workers/applyLanes.ts";
import { type ApiHarness, createApiHarness } from "../../support/apiHarness.ts";
import { seedItems, seedWarehouses } from "../../support/catalogue.ts";
import { acceptFile, importDepsOf } from "../../support/importRuns.ts";
import { waitFor } from "../../support/waitFor.ts";

const LOSSES_MAX = 4;
const ROWS = 3_000;
const ALL_LANES = Array.from({ length: 256 }, (_, lane) => lane);
/** Of the first chunk: row numbers up to 2,000, the first of them is the header. */
const FED = 1_999;

let harness: ApiHarness;

beforeAll(async () => {
  harness = await createApiHarness({ env: { LOG_LEVEL: "silent" } }); // failures are what it is about
  await harness.context.storage.ensureBucket();
  await seedItems(harness.context.db, ["R-0", "R-1"]);
  await seedWarehouses(harness.context.db, ["MAIN"]);
});
afterAll(() => harness.close());

const depsOf = (afterStep: (step: string) => void = () => undefined): ImportDeps =>
  importDepsOf(harness.context, { afterStep });

function sent(): Promise<string> {
  const lines = Array.from({ length: ROWS }, (_, nth) => `receipt,R-${nth % 2},MAIN,1`);
  const content = `type,sku,warehouse,quantity\n${lines.join("\n")}\n`;
  return acceptFile(harness.context, { kind: "movements", content });
}

const claim = (owner: string, more: { limit?: number; isIdle?: boolean } = {}) =>
  claimImports(harness.context.db, { owner, limit: 1, lossesMax: LOSSES_MAX, ...more });
const giveUp = () => giveUpImports(depsOf(), { lossesMax: LOSSES_MAX });
const run = (id: string, owner: string, deps: ImportDeps) =>
  runImport(deps, { id, owner, signal: new AbortController().signal });

/** Whoever holds the import is dead for long enough. */
async function expireLease(id: string): Promise<void> {
  await harness.context.db.query({
    text: "update imports set lease_until = now() - interval '1 second' where id = $1",
    values: [id],
  });
}

/** Claims the import so many times by workers that die at once. */
async function loseWorkers(id: string, times: number): Promise<void> {
  for (let lost = 0; lost < times; lost += 1) {
    expect(await claim(`dead-${lost}`)).toMatchObject([{ id }]);
    await expireLease(id);
  }
}

/** No lane decides anything. */
const haltAll = () =>
  haltLanes(harness.context.db, { lanes: ALL_LANES, cause: new Error("halted by a test") });
async function resumeAll(): Promise<void> {
  for (const lane of ALL_LANES) {
    await resumeLane(harness.context.db, { lane, actor: "tester" });
  }
}

async function givenUpCount(): Promise<number> {
  const { values } = await harness.context.metrics.importsGivenUp.get();
  return values[0]?.value ?? 0;
}

async function onHand(): Promise<number> {
  const { rows } = await harness.context.db.query<{ total: string }>(
    "select coalesce(sum(on_hand), 0) as total from stock_levels",
  );
  return Number(rows[0]?.total);
}

test("an import that no worker outlives ends as failed, with its event and its count", async () => {
  const id = await sent();
  const before = await givenUpCount();
  await loseWorkers(id, LOSSES_MAX - 1);
  expect(await giveUp()).toEqual([]);
  await loseWorkers(id, 1);
  expect(await claim("nobody")).toEqual([]);
  expect(await giveUp()).toEqual([id]);
  expect(await giveUp()).toEqual([]);
  const { db } = harness.context;
  expect(await importRead(db, { id })).toMatchObject({
    status: "failed",
    error_code: "workers_lost",
    error_detail: expect.stringMatching(/^4 workers in a row died .*\(status "uploaded", 0 rows/),
    rows_applied: 0,
    rows_total: 0,
  });
  expect(await givenUpCount()).toBe(before + 1);
  const { rows } = await db.query({
    text: "select type from events where partition_key = $1",
    values: [id],
  });
  expect(rows).toEqual([{ type: "stockline.import.failed" }]);
});

test("any progress, and an ordered stop, set the count of lost workers back", async () => {
  const id = await sent();
  const dying = depsOf((step) => {
    throw new Error(`killed after ${step}`);
  });
  for (let round = 0; round < 3; round += 1) {
    await loseWorkers(id, LOSSES_MAX - 1);
    await claim("works");
    await run(id, "works", dying); // one step further, then a failure that it tells
    await expireLease(id);
    expect(await giveUp()).toEqual([]);
  }
  const stopped = AbortSignal.abort();
  for (let stops = 0; stops < LOSSES_MAX + 1; stops += 1) {
    await claim("stops");
    await runImport(depsOf(), { id, owner: "stops", signal: stopped });
    await expireLease(id);
  }
  expect(await giveUp()).toEqual([]);
  await cancelImport(harness.context.db, id);
});

test("a suspect runs alone, and what is younger waits until somebody has taken it", async () => {
  const suspect = await sent();
  await loseWorkers(suspect, 2);
  const younger = await sent();
  expect(await claim("busy", { isIdle: false, limit: 2 })).toEqual([]);
  expect(await claim("idle", { limit: 2 })).toEqual([{ id: suspect, is_suspect: true }]);
  expect(await claim("busy", { isIdle: false })).toEqual([{ id: younger, is_suspect: false }]);
  for (const id of [suspect, younger]) await cancelImport(harness.context.db, id);
});

test("an import that waits for lanes that stand still is never given up", {
  timeout: 60_000,
}, async () => {
  const id = await sent();
  await haltAll();
  await claim("feeds");
  await run(
    id,
    "feeds",
    depsOf((step) => {
      if (step === "fed movements") throw new Error("killed");
    }),
  );
  await expireLease(id);
  await loseWorkers(id, LOSSES_MAX + 2); // killed before they have said anything
  expect(await giveUp()).toEqual([]);
  await claim("waits");
  const stopping = new AbortController();
  const waiting = runImport(depsOf(), { id, owner: "waits", signal: stopping.signal });
  await waitFor("a heartbeat of the waiting worker", async () => {
    const { rows } = await harness.context.db.query<{ unanswered: number }>({
      text: "select claims_unanswered as unanswered from imports where id = $1",
      values: [id],
    });
    return rows[0]?.unanswered === 1;
  });
  stopping.abort();
  await waiting;
  expect(await giveUp()).toEqual([]);
  await resumeAll();
  const applier = startApplyWorker(harness.context);
  try {
    await expireLease(id);
    await claim("ends");
    await run(id, "ends", depsOf());
  } finally {
    await applier.stop();
  }
  expect(await importRead(harness.context.db, { id })).toMatchObject({ status: "completed" });
});

test("movements that are in the inbox are decided before the books are closed", {
  timeout: 60_000,
}, async () => {
  const before = await onHand();
  const id = await sent();
  await haltAll();
  await claim("feeds");
  const fed = depsOf((step) => {
    if (step === "fed movements") throw new Error("killed");
  });
  await run(id, "feeds", fed);
  await expireLease(id);
  const { db } = harness.context;
  const isOver = await inTransaction(db, async (tx) => {
    const row = await importLockAny(tx, id);
    if (row === undefined) throw new Error("no import");
    return failImport(tx, row, { code: "lost", detail: "the file is lost" });
  });
  expect(isOver).toBe(false); // nobody has applied anything yet
  expect(await giveUp()).toEqual([]);
  expect(await importRead(db, { id })).toMatchObject({ status: "applying", rows_applied: 0 });
  await resumeAll();
  const applier = startApplyWorker(harness.context);
  try {
    await waitFor("the import to be given up", async () => (await giveUp()).includes(id));
  } finally {
    await applier.stop();
  }
  const row = await importRead(db, { id });
  expect(row).toMatchObject({ status: "failed", error_code: "lost", rows_applied: FED });
  expect(row?.rows_skipped).toBe(ROWS - FED);
  expect((await onHand()) - before).toBe(FED);
});
