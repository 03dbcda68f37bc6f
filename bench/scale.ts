/**
 * Scale: the same backlog over 10,000 items drained by one, two and four worker processes on one database. On a machine with few
 * cores workers, PostgreSQL and this program share them, so the ratio tells at best how little is lost by sharing the lanes.
 */
import { drain, lanesOf, startWorkers } from "./backlog.ts";
import { type Effort, type Figure, pairFigure } from "./compare.ts";
import { catalogueSeed } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const WORKERS = [1, 2, 4] as const;
/** What more workers must not cost where there are no cores for them. */
const BOUND = 0.8;

/** Measures how the rate of applying changes with the number of worker processes. */
export async function benchScale(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("scale");
  const items = await catalogueSeed(database.admin, ITEMS);
  const backlog = {
    itemIds: items.map((item) => item.id),
    lanes: lanesOf(items),
    movements: effort.quick ? 60_000 : 200_000,
    quantity: 1_000,
  };
  const rates = new Map<number, number[]>(WORKERS.map((count) => [count, []]));
  try {
    await drainWith({ stage, database }, { ...backlog, movements: ITEMS }, 1); // levels exist
    for (let round = 0; round < effort.rounds; round += 1) {
      for (const count of WORKERS) {
        rates.get(count)?.push(await drainWith({ stage, database }, backlog, count));
      }
      process.stderr.write(`  round ${round + 1}: ${JSON.stringify([...rates])}\n`);
    }
  } finally {
    await database.close();
  }
  return WORKERS.slice(1).map((count) =>
    pairFigure({
      name: `${backlog.movements} movements, ${count} workers against one`,
      unit: "movements/s",
      baseline: rates.get(1) ?? [],
      product: rates.get(count) ?? [],
      bound: BOUND,
    }),
  );
}

async function drainWith(
  place: { readonly stage: Stage; readonly database: BenchDatabase },
  backlog: Parameters<typeof drain>[1],
  count: number,
): Promise<number> {
  const workers = await startWorkers(place.stage, place.database, count);
  try {
    return await drain(place, backlog);
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}
