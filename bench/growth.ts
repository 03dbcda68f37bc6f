/**
 * Growth: the same work on a ledger of ten thousand entries and on one of ten million (--quick: one million), both over a year of
 * partitions: apply rate, level read, a past moment, a page of history; and the last two of one item with a tenth of all entries.
 * Late entries are added up beforehand, as housekeeping does each hour.
 */
import { digestLateEntries } from "../pipelines/stock/index.ts";
import { drain, startWorkers } from "./backlog.ts";
import { runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import { ledgerFill, yearOfPartitionsMake } from "./fillLedger.ts";
import type { ReadOptions, ReadResult } from "./programs/readLoad.ts";
import { catalogueSeed, WAREHOUSE } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
/** Read are the levels of items 1 to 200; item 0 is the hot one. */
const READ_ITEMS = 200;
const SMALL_ENTRIES = 10_000;
const LARGE_ENTRIES = 10_000_000;
const LARGE_ENTRIES_QUICK = 1_000_000;
/** Few, so that latencies are those of the work and not of a queue. */
const CONNECTIONS = 2;

/** Measures what a growing ledger costs. */
export async function benchGrowth(stage: Stage, effort: Effort): Promise<Figure[]> {
  const places = {
    baseline: await makePlace({ stage, effort }, { name: "growth_small", entries: SMALL_ENTRIES }),
    product: await makePlace(
      { stage, effort },
      { name: "growth_large", entries: effort.quick ? LARGE_ENTRIES_QUICK : LARGE_ENTRIES },
    ),
  };
  try {
    return [...(await readFigures(places)), await applyFigure(places)];
  } finally {
    await places.baseline.database.close();
    await places.product.database.close();
  }
}

interface Place {
  readonly stage: Stage;
  readonly effort: Effort;
  readonly database: BenchDatabase;
  readonly items: readonly { readonly id: string; readonly lane: number }[];
}
type Places = Readonly<Record<"baseline" | "product", Place>>;

/** A database with the catalogue and a ledger of so many entries: a tenth of item 0, the rest of the others alike. */
async function makePlace(
  { stage, effort }: Pick<Place, "stage" | "effort">,
  { name, entries }: { name: string; entries: number },
): Promise<Place> {
  const database = await stage.makeDatabase(name);
  const items = await catalogueSeed(database.admin, ITEMS);
  const begin = await yearOfPartitionsMake(database.admin);
  const few = entries <= SMALL_ENTRIES;
  const begun = performance.now();
  // the small ledger has its entries where they are read: pages must be equally long
  const others = few ? { from: 1, to: 1 + READ_ITEMS } : { from: 1, to: ITEMS };
  const hot = entries / 10;
  await ledgerFill(database.admin, { from: 0, to: 1, entries: few ? 50 : hot, begin });
  const each = Math.round((entries - hot) / (others.to - others.from));
  await ledgerFill(database.admin, { ...others, entries: few ? 50 : each, begin });
  const marks = await digestLateEntries(database.admin, new AbortController().signal);
  await database.admin.query("vacuum analyze");
  const seconds = Math.round((performance.now() - begun) / 1_000);
  process.stderr.write(`  ${name}: ${entries} entries and ${marks} marks in ${seconds} s\n`);
  return { stage, effort, database, items };
}

/** Halfway through the year. */
const pastMoment = () => new Date(Date.now() - 170 * 24 * 3_600_000).toISOString();

async function readFigures(places: Places): Promise<Figure[]> {
  const figures: Figure[] = [];
  const level = `/v1/stock/SKU-{n}/${WAREHOUSE}`;
  const others = { first: 1, count: READ_ITEMS };
  const hot = { first: 0, count: 1 };
  const reads = [
    { name: "level", path: level, ...others },
    { name: "past moment", path: `${level}?as_of=${pastMoment()}`, ...others },
    { name: "past moment, hot item", path: `${level}?as_of=${pastMoment()}`, ...hot },
    { name: "page of history", path: `${level}/movements?limit=50`, ...others },
    { name: "page of history, hot item", path: `${level}/movements?limit=50`, ...hot },
  ];
  const apis = {
    baseline: await startApi(places.baseline),
    product: await startApi(places.product),
  };
  try {
    for (const { name, ...what } of reads) {
      const { baseline, product } = await inTurn(places.baseline.effort.rounds, {
        baseline: () => read(places.baseline, { port: apis.baseline.port, ...what }),
        product: () => read(places.product, { port: apis.product.port, ...what }),
      });
      const medians = (results: readonly ReadResult[]) => results.map((one) => one.p50Ms);
      figures.push(
        pairFigure({
          name: `${name}, p50`,
          unit: "ms",
          baseline: medians(baseline),
          product: medians(product),
          bound: 1.2,
          atMost: true,
        }),
      );
    }
  } finally {
    await Promise.all([apis.baseline.stop(), apis.product.stop()]);
  }
  return figures;
}

function startApi({ stage, database }: Place) {
  return startProgram({ stage, program: "api/main.js", env: database.env });
}

async function read(
  { stage, database, effort }: Place,
  target: Pick<ReadOptions, "port" | "path" | "first" | "count">,
): Promise<ReadResult> {
  const options: ReadOptions = {
    ...target,
    token: database.token,
    connections: CONNECTIONS,
    warmUpSeconds: 1,
    seconds: effort.quick ? 2 : 5,
  };
  const args = [JSON.stringify(options)];
  const program = "bench/programs/readLoad.js";
  const result = await runProgram<ReadResult>({ stage, program, env: {}, args });
  if (result.refused > 0) throw new Error(`${result.refused} reads were refused`);
  return result;
}

async function applyFigure(places: Places): Promise<Figure> {
  const movements = places.baseline.effort.quick ? 40_000 : 100_000;
  const apply = async (place: Place, count: number): Promise<number> => {
    const workers = await startWorkers(place.stage, place.database);
    try {
      return await drain(place, {
        itemIds: place.items.map((item) => item.id),
        lanes: [...new Set(place.items.map((item) => item.lane))],
        movements: count,
        quantity: 5,
      });
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
  };
  for (const place of [places.baseline, places.product]) await apply(place, ITEMS); // every level exists
  const { baseline, product } = await inTurn(places.baseline.effort.rounds, {
    baseline: () => apply(places.baseline, movements),
    product: () => apply(places.product, movements),
  });
  const unit = "movements/s";
  return pairFigure({ name: `apply, ${ITEMS} items`, unit, baseline, product, bound: 0.85 });
}
