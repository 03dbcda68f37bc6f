/**
 * Limits of requests: authenticated POST /v1/movements by one client on the real API process against bare Hono that only authenticates
 * and validates; counted without being reached, and at the default limit, where most of it is refused. Every request is counted in Redis.
 */
import { startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure, plainFigure } from "./compare.ts";
import { loadMovements } from "./intake.ts";
import type { LoadResult } from "./programs/loadGenerator.ts";
import { catalogueSeed, inboxClear } from "./queries.ts";
import type { Stage } from "./stage.ts";

const ITEMS = 10_000;
const CONNECTIONS = 64;
/** What a client may send by default (platform/rateLimits.ts). */
const DEFAULT_LIMITS = "default=1000/1s:2000";

/** Measures both. */
export async function benchLimits(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("limits");
  await catalogueSeed(database.admin, ITEMS);
  const { env } = database;
  const api = { stage, program: "api/main.js" };
  const programs = {
    bare: await startProgram({ stage, program: "bench/programs/bareServer.js", env }),
    counted: await startProgram({ ...api, env }),
    limited: await startProgram({ ...api, env: { ...env, RATE_LIMITS: DEFAULT_LIMITS } }),
  };
  const load = async ({ port }: { readonly port: number }): Promise<LoadResult> => {
    const target = { port, connections: CONNECTIONS, lines: 1 };
    const result = await loadMovements({ stage, database, effort }, target);
    await inboxClear(database.admin);
    return result;
  };
  try {
    const { bare, counted, limited } = programs;
    const baseline = () => load(bare);
    const free = await inTurn(effort.rounds, { baseline, product: () => load(counted) });
    const held = await inTurn(effort.rounds, { baseline, product: () => load(limited) });
    return [...freeFigures(free), ...heldFigures(held)];
  } finally {
    await Promise.all(Object.values(programs).map((program) => program.stop()));
    await database.close();
  }
}

interface Measured {
  readonly baseline: readonly LoadResult[];
  readonly product: readonly LoadResult[];
}

function pair(measured: Measured, pick: (result: LoadResult) => number) {
  return { baseline: measured.baseline.map(pick), product: measured.product.map(pick) };
}

function freeFigures(free: Measured): Figure[] {
  const rate = pair(free, (one) => one.requestsPerSecond);
  const p50 = pair(free, (one) => one.p50Ms);
  const p99 = pair(free, (one) => one.p99Ms);
  return [
    pairFigure({ name: "counted, not reached", unit: "requests/s", ...rate, bound: 0.65 }),
    pairFigure({ name: "counted, p50", unit: "ms", ...p50, bound: 2, atMost: true }),
    pairFigure({ name: "counted, p99", unit: "ms", ...p99, bound: 2, atMost: true }),
  ];
}

/** At the limit: what comes through is the limit, and refusing costs less than answering. */
function heldFigures(held: Measured): Figure[] {
  const rate = pair(held, (one) => one.requestsPerSecond);
  const p99 = pair(held, (one) => one.p99Ms);
  const accepted = held.product.map((one) => one.acceptedPerSecond);
  return [
    plainFigure("at 1,000/s: accepted", { unit: "requests/s", values: accepted }),
    pairFigure({ name: "at 1,000/s: answered", unit: "requests/s", ...rate, bound: 0.65 }),
    pairFigure({ name: "at 1,000/s: p99", unit: "ms", ...p99, bound: 2, atMost: true }),
  ];
}
