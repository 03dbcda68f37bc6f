/** A backlog in the inbox and the worker processes that drain it, for the sections that measure applying. */
import { setTimeout as pause } from "node:timers/promises";
import { createLog } from "../platform/log.ts";
import { createWakeUps } from "../platform/queues.ts";
import { type RunningProgram, startProgram } from "./childPrograms.ts";
import {
  type BenchItem,
  backlogInsert,
  decidedCount,
  inboxClear,
  outcomesCount,
} from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const LOOK_MS = 10;
const DRAIN_MS_MAX = 300_000;

/** Worker processes of a section, unless it says otherwise. */
const WORKERS = 2;

/** Starts worker processes. */
export function startWorkers(
  stage: Stage,
  database: BenchDatabase,
  count = WORKERS,
): Promise<RunningProgram[]> {
  return Promise.all(
    Array.from({ length: count }, () =>
      startProgram({ stage, program: "workers/main.js", env: database.env }),
    ),
  );
}

/** The lanes of the items. */
export function lanesOf(items: readonly BenchItem[]): number[] {
  return [...new Set(items.map((item) => item.lane))];
}

interface Backlog {
  readonly itemIds: readonly string[];
  readonly lanes: readonly number[];
  readonly movements: number;
  readonly quantity: number;
}

/** Puts the backlog into the inbox, wakes the lanes, and answers the movements decided a second. */
export async function drain(
  { database }: { readonly database: BenchDatabase },
  backlog: Backlog,
): Promise<number> {
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
