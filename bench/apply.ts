/**
 * Apply: a backlog in the inbox drained by two real worker processes against one transaction a movement by 16 clients (in two
 * processes as well), over 10,000 items and on one hot item. The time runs from the commit of the backlog, after which the
 * lanes are woken as intake does, to the last movement decided.
 */
import { setTimeout as pause } from "node:timers/promises";
import { createLog } from "../platform/log.ts";
import { createWakeUps } from "../platform/queues.ts";
import { type RunningProgram, runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import type { PlainResult } from "./programs/plainClient.ts";
import {
  type BenchItem,
  backlogInsert,
  catalogueSeed,
  decidedCount,
  inboxClear,
  outcomesCount,
  plainTablesMake,
} from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const WORKERS = 2;
const PLAIN_CLIENTS = 16;
const LOOK_MS = 10;
const DRAIN_MS_MAX = 300_000;

/** Measures apply. */
export async function benchApply(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("apply");
  const items = await catalogueSeed(database.admin, ITEMS);
  await plainTablesMake(database.admin);
  const workers = await startWorkers(stage, database);
  const place = { stage, database, effort };
  try {
    const spread = items.map((item) => item.id);
    const lanes = lanesOf(items);
    await drain(place, { itemIds: spread, lanes, movements: ITEMS, quantity: 1_000 }); // levels exist
    const movements = effort.quick ? 60_000 : 200_000;
    const hot = items.slice(0, 1);
    return [
      await pair(place, { name: `${ITEMS} items`, itemIds: spread, lanes, movements, bound: 12 }),
      await pair(place, {
        name: "one hot item",
        itemIds: hot.map((item) => item.id),
        lanes: lanesOf(hot),
        movements,
        bound: 40,
      }),
    ];
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
    await database.close();
  }
}

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
  readonly effort: Effort;
}

interface PairArgs {
  readonly name: string;
  readonly itemIds: readonly string[];
  readonly lanes: readonly number[];
  readonly movements: number;
  readonly bound: number;
}

async function pair(place: Place, { name, bound, ...backlog }: PairArgs): Promise<Figure> {
  const { baseline, product } = await inTurn(place.effort.rounds, {
    baseline: () => plainTransactions(place, backlog.itemIds),
    product: () => drain(place, { ...backlog, quantity: 5 }),
  });
  return pairFigure({
    name: `${backlog.movements} movements, ${name}`,
    unit: "movements/s",
    baseline,
    product,
    bound,
  });
}

function startWorkers(stage: Stage, database: BenchDatabase): Promise<RunningProgram[]> {
  return Promise.all(
    Array.from({ length: WORKERS }, () =>
      startProgram({ stage, program: "workers/main.js", env: database.env }),
    ),
  );
}

function lanesOf(items: readonly BenchItem[]): number[] {
  return [...new Set(items.map((item) => item.lane))];
}

interface Backlog {
  readonly itemIds: readonly string[];
  readonly lanes: readonly number[];
  readonly movements: number;
  readonly quantity: number;
}

/** Puts the backlog into the inbox, wakes the lanes, and answers the movements decided a second. */
async function drain({ database }: Place, backlog: Backlog): Promise<number> {
  const { admin, env } = database;
  await inboxClear(admin);
  const before = await outcomesCount(admin);
  const wakeUps = createWakeUps({
    name: "apply",
    redisUrl: env["REDIS_URL"] ?? "",
    prefix: env["REDIS_PREFIX"] ?? "",
    log: createLog({ process: "bench", level: "warn" }),
  });
  const target = (await decidedCount(admin)) + backlog.movements;
  await backlogInsert(admin, backlog);
  const begun = performance.now();
  await wakeUps.wake(backlog.lanes.map(String));
  while ((await decidedCount(admin)) < target) {
    if (performance.now() - begun > DRAIN_MS_MAX) throw new Error("the backlog is not drained");
    await pause(LOOK_MS);
  }
  const seconds = (performance.now() - begun) / 1_000;
  await wakeUps.close();
  await checkDecided(database, { before, movements: backlog.movements });
  return backlog.movements / seconds;
}

/** A figure counts only when every movement was decided once, and every applied one has its ledger entry. */
async function checkDecided(
  { admin }: BenchDatabase,
  { before, movements }: { before: Awaited<ReturnType<typeof outcomesCount>>; movements: number },
): Promise<void> {
  const now = await outcomesCount(admin);
  const applied = now.applied - before.applied;
  if (now.outcomes - before.outcomes !== movements || now.entries - before.entries !== applied) {
    throw new Error(
      `wrong counts after ${movements} movements: ${JSON.stringify({ before, now })}`,
    );
  }
}

async function plainTransactions(
  { stage, database, effort }: Place,
  itemIds: readonly string[],
): Promise<number> {
  const options = {
    url: database.adminUrl,
    clients: PLAIN_CLIENTS / WORKERS,
    levels: itemIds.length,
    seconds: effort.quick ? 3 : 6,
  };
  const program = "bench/programs/plainTransactions.js";
  const results = await Promise.all(
    Array.from({ length: WORKERS }, () =>
      runProgram<PlainResult>({ stage, program, env: {}, args: [JSON.stringify(options)] }),
    ),
  );
  return results.reduce((sum, { perSecond }) => sum + perSecond, 0);
}
