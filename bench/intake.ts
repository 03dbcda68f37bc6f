/**
 * Intake: POST /v1/movements on the real API process against bare Hono that only authenticates and validates, and lots of
 * 1,000 lines against multi-row INSERT into the same table. No worker runs: applying is measured on its own.
 */
import { runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import type { LoadOptions, LoadResult } from "./programs/loadGenerator.ts";
import type { PlainResult } from "./programs/plainClient.ts";
import { catalogueSeed, inboxClear, inboxCount } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const CONNECTIONS = 64;
const LINES = 1_000;
/** Clients that send lots; while one lot is stored the next is read and checked. */
const LOT_CONNECTIONS = 4;

/** Measures intake. */
export async function benchIntake(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("intake");
  await catalogueSeed(database.admin, ITEMS);
  const bare = await startProgram({
    stage,
    program: "bench/programs/bareServer.js",
    env: database.env,
  });
  const api = await startProgram({ stage, program: "api/main.js", env: database.env });
  try {
    const place = { stage, database, effort };
    return [
      ...(await single(place, { bare: bare.port, api: api.port })),
      await lots(place, api.port),
    ];
  } finally {
    await Promise.all([bare.stop(), api.stop()]);
    await database.close();
  }
}

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
  readonly effort: Effort;
}

async function single(place: Place, ports: { bare: number; api: number }): Promise<Figure[]> {
  const connections = CONNECTIONS;
  const { baseline, product } = await inTurn(place.effort.rounds, {
    baseline: () => loadMovements(place, { port: ports.bare, connections, lines: 1 }),
    product: () => loadStored(place, { port: ports.api, connections, lines: 1 }),
  });
  const pair = (name: string, unit: string, pick: (result: LoadResult) => number) => ({
    name,
    unit,
    baseline: baseline.map(pick),
    product: product.map(pick),
  });
  const rate = pair("single, 64 connections", "requests/s", (one) => one.requestsPerSecond);
  const p99 = pair("single, p99", "ms", (one) => one.p99Ms);
  return [pairFigure({ ...rate, bound: 0.65 }), pairFigure({ ...p99, bound: 2, atMost: true })];
}

async function lots(place: Place, port: number): Promise<Figure> {
  const { stage, database, effort } = place;
  const seconds = secondsOf(effort);
  const { baseline, product } = await inTurn(effort.rounds, {
    baseline: async () => {
      const result = await runProgram<PlainResult>({
        stage,
        program: "bench/programs/plainInsert.js",
        env: {},
        args: [JSON.stringify({ url: database.env["DATABASE_URL"], lines: LINES, seconds })],
      });
      await inboxClear(database.admin);
      return result;
    },
    product: () => loadStored(place, { port, connections: LOT_CONNECTIONS, lines: LINES }),
  });
  return pairFigure({
    name: `${LINES} lines a request, ${LOT_CONNECTIONS} connections`,
    unit: "lines/s",
    baseline: baseline.map((one) => one.perSecond),
    product: product.map((one) => one.requestsPerSecond * LINES),
    bound: 0.5,
  });
}

/** Loads one server with movements of one client. */
export function loadMovements(
  { stage, database, effort }: Place,
  target: Pick<LoadOptions, "port" | "connections" | "lines">,
): Promise<LoadResult> {
  const options: LoadOptions = {
    ...target,
    token: database.token,
    items: ITEMS,
    warmUpSeconds: effort.quick ? 1 : 2,
    seconds: secondsOf(effort),
  };
  const program = "bench/programs/loadGenerator.js";
  return runProgram<LoadResult>({ stage, program, env: {}, args: [JSON.stringify(options)] });
}

/** The same; every answered request must have left its lines in the inbox. */
async function loadStored(
  place: Place,
  target: Pick<LoadOptions, "port" | "connections" | "lines">,
): Promise<LoadResult> {
  const result = await loadMovements(place, target);
  const stored = await inboxCount(place.database.admin);
  const answered = result.requestsPerSecond * secondsOf(place.effort) * target.lines;
  if (result.refused > 0 || stored < answered) {
    throw new Error(`${stored} lines stored, ${answered} answered, ${result.refused} refused`);
  }
  await inboxClear(place.database.admin);
  return result;
}

function secondsOf(effort: Effort): number {
  return effort.quick ? 3 : 8;
}
