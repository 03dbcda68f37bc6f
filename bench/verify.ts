/**
 * Verification: the whole ledger (a million entries, a fifth of them of one hot item), and what came after it, in one process beside
 * nothing else. An incremental verification must cost a small part of a full one, and memory must not grow with the ledger.
 */
import assert from "node:assert/strict";
import { drainLanes } from "../pipelines/apply/index.ts";
import { type Verification, type VerifyMode, verifyLedger } from "../pipelines/verify/index.ts";
import { readConfig } from "../platform/config.ts";
import { createObjectStorage } from "../platform/objectStorage.ts";
import { createPool, type DbPool } from "../platform/postgres.ts";
import { boundFigure, type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import { type BenchItem, backlogInsert, catalogueSeed, inboxClear } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const NEW_MOVEMENTS = 10_000;
const BATCH_ROWS = 20_000;
/** Small enough that what is decided already costs little to pass over, for nobody moves the horizon here. */
const BACKLOG = 50_000;
const US_AN_ENTRY_MAX = 100;
const MIB_MORE_MAX = 64;

/** Measures verification. */
export async function benchVerify(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("verify");
  const storage = createObjectStorage(readConfig(database.env));
  const db = createPool({
    url: database.env["DATABASE_URL"] ?? "",
    applicationName: "bench-verify",
    max: 4,
    role: "stockline_writer",
  });
  const verify = (mode: VerifyMode) => timed(() => verified({ db, storage }, mode));
  try {
    const items = await catalogueSeed(database.admin, ITEMS);
    const movements = effort.quick ? 100_000 : 1_000_000;
    await fill({ database, db }, items, movements * 0.8);
    await fill({ database, db }, items.slice(0, 1), movements * 0.2);
    await inboxClear(database.admin);
    await database.admin.query("analyze");
    await verify("full"); // there is an anchor
    const memoryBefore = process.memoryUsage.rss();
    const { baseline, product } = await inTurn(effort.rounds, {
      baseline: () => verify("full"),
      product: async () => {
        await fill({ database, db }, items, NEW_MOVEMENTS);
        return verify("incremental");
      },
    });
    const memoryMore = (process.memoryUsage.rss() - memoryBefore) / 1_048_576;
    return [
      pairFigure({
        name: `incremental after ${NEW_MOVEMENTS} more, against full of ${movements} entries`,
        unit: "s",
        baseline,
        product,
        bound: effort.quick ? 1 : 0.2,
        atMost: true,
      }),
      boundFigure("full, an entry", {
        unit: "µs",
        values: baseline.map((seconds) => (seconds / movements) * 1e6),
        atMost: US_AN_ENTRY_MAX,
      }),
      boundFigure("memory that the verifying process grew by", {
        unit: "MiB",
        values: [memoryMore],
        atMost: MIB_MORE_MAX,
      }),
    ];
  } finally {
    storage.close();
    await db.end();
    await database.close();
  }
}

async function verified(
  deps: Parameters<typeof verifyLedger>[0],
  mode: VerifyMode,
): Promise<Verification> {
  const found = await verifyLedger(deps, { mode, signal: new AbortController().signal });
  assert.deepEqual(found.differences, [], "the ledger of the benchmark is sound");
  assert.equal(found.mode, mode);
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
}

async function fill(
  { database, db }: { readonly database: BenchDatabase; readonly db: DbPool },
  items: readonly BenchItem[],
  movements: number,
): Promise<void> {
  const itemIds = items.map((item) => item.id);
  const lanes = [...new Set(items.map((item) => item.lane))];
  for (let left = movements; left > 0; left -= BACKLOG) {
    await backlogInsert(database.admin, {
      itemIds,
      movements: Math.min(BACKLOG, left),
      quantity: 1_000,
    });
    while ((await drainLanes(db, { lanes, rowsMax: BATCH_ROWS })).rows > 0);
    await inboxClear(database.admin);
  }
}
