/**
 * Apply: a backlog in the inbox drained by two real worker processes against one transaction a movement by 16 clients (in two
 * processes as well), over 10,000 items and on one hot item. The time runs from the commit of the backlog, after which the
 * lanes are woken as intake does, to the last movement decided.
 */
import { drain, lanesOf, startWorkers } from "./backlog.ts";
import { runProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import type { PlainResult } from "./programs/plainClient.ts";
import { catalogueSeed, plainTablesMake } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const PLAIN_PROCESSES = 2;
const PLAIN_CLIENTS = 16;

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

async function plainTransactions(
  { stage, database, effort }: Place,
  itemIds: readonly string[],
): Promise<number> {
  const options = {
    url: database.adminUrl,
    clients: PLAIN_CLIENTS / PLAIN_PROCESSES,
    levels: itemIds.length,
    seconds: effort.quick ? 3 : 6,
  };
  const program = "bench/programs/plainTransactions.js";
  const results = await Promise.all(
    Array.from({ length: PLAIN_PROCESSES }, () =>
      runProgram<PlainResult>({ stage, program, env: {}, args: [JSON.stringify(options)] }),
    ),
  );
  return results.reduce((sum, { perSecond }) => sum + perSecond, 0);
}
