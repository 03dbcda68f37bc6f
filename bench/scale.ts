/**
 * Scale, as far as one machine goes: a backlog over 10,000 items drained by one, two and four worker processes, and single movements at
 * 100, 500 and 1,000 requests a second through one and two API processes. Product and database are held to cores of their own, so that
 * the CPU time that each takes for a movement can be told: docs/scale.md plans with these costs, not with the machine's rates.
 */
import { drain, lanesOf, startWorkers } from "./backlog.ts";
import { type RunningProgram, runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, pairFigure, plainFigure } from "./compare.ts";
import { cpuSeconds, familyOf, type Layout, layoutOfCores, parentOf, pin } from "./cores.ts";
import type { RateOptions, RateResult } from "./programs/rateLoad.ts";
import { backendPid, catalogueSeed } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const WORKERS = [1, 2, 4] as const;
const APIS = [1, 2] as const;
const RATES = [100, 500, 1_000] as const;
/** What more workers must not cost where there are no cores for them. */
const BOUND = 0.8;
const MICROSECONDS = 1_000_000;

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
  readonly effort: Effort;
  readonly layout: Layout | undefined;
  /** PostgreSQL's first process. */
  readonly server: number;
}

/** CPU time that product and database took for one movement, in microseconds. */
interface Cost {
  readonly product: number;
  readonly database: number;
}

interface DrainRun extends Cost {
  readonly rate: number;
}

interface RateRun extends Cost {
  readonly result: RateResult;
}

/** Measures how rates, latencies and costs change with the number of processes. */
export async function benchScale(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("scale");
  try {
    const layout = layoutOfCores();
    const server = parentOf(await backendPid(database.admin));
    if (layout !== undefined) {
      for (const pid of [...familyOf(server), process.pid]) pin(pid, layout.database);
    }
    process.stderr.write(`  ${layout?.text ?? "processes are not held to cores"}\n`);
    const place = { stage, database, effort, layout, server };
    return [...(await drains(place)), ...(await rates(place))];
  } finally {
    await database.close();
  }
}

async function drains(place: Place): Promise<Figure[]> {
  const { database, effort } = place;
  const items = await catalogueSeed(database.admin, ITEMS);
  const backlog = {
    itemIds: items.map((item) => item.id),
    lanes: lanesOf(items),
    movements: effort.quick ? 30_000 : 200_000,
    quantity: 1_000,
  };
  const runs = new Map<number, DrainRun[]>(WORKERS.map((count) => [count, []]));
  await drainWith(place, { ...backlog, movements: ITEMS }, 1); // levels exist
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const count of WORKERS) {
      const run = await drainWith(place, backlog, count);
      runs.get(count)?.push(run);
      process.stderr.write(`  round ${round + 1}, ${count} workers: ${JSON.stringify(run)}\n`);
    }
  }
  const baseline = (runs.get(1) ?? []).map(({ rate }) => rate);
  return [...runs].flatMap(([count, all]) => {
    const name = `${backlog.movements} movements, ${count} workers`;
    const product = all.map(({ rate }) => rate);
    const unit = "movements/s";
    return [
      count === 1
        ? plainFigure(name, { unit, values: product })
        : pairFigure({ name: `${name} against one`, unit, baseline, product, bound: BOUND }),
      ...costFigures(name, all),
    ];
  });
}

async function drainWith(
  place: Place,
  backlog: Parameters<typeof drain>[1],
  count: number,
): Promise<DrainRun> {
  const workers = await startWorkers(place.stage, place.database, count);
  try {
    pinAll(place, workers);
    let rate = 0;
    const cost = await costOf(place, workers, async () => {
      rate = await drain(place, backlog);
      return backlog.movements;
    });
    return { rate, ...cost };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

async function rates(place: Place): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const count of APIS) {
    for (const perSecond of RATES) {
      const name = `${count} api, ${perSecond} requests/s`;
      const runs: RateRun[] = [];
      for (let round = 0; round < place.effort.rounds; round += 1) {
        const run = await rateWith(place, count, perSecond);
        if (run === undefined) break;
        runs.push(run);
        process.stderr.write(`  round ${round + 1}, ${name}: ${JSON.stringify(run)}\n`);
      }
      if (runs.length > 0) figures.push(...rateFigures(name, runs));
    }
  }
  return figures;
}

/** Undefined where this machine can't hold the rate: requests fail or time out, which is told. */
async function rateWith(
  place: Place,
  count: number,
  perSecond: number,
): Promise<RateRun | undefined> {
  const { stage, database, effort } = place;
  const start = (program: string) => startProgram({ stage, program, env: database.env });
  const apis = await Promise.all(Array.from({ length: count }, () => start("api/main.js")));
  const worker = await start("workers/main.js");
  const programs = [...apis, worker];
  pinAll(place, programs);
  const options: RateOptions = {
    ports: apis.map(({ port }) => port),
    token: database.token,
    adminUrl: database.adminUrl,
    items: ITEMS,
    perSecond,
    warmUpSeconds: effort.quick ? 1 : 4,
    seconds: effort.quick ? 3 : 15,
  };
  const args = [JSON.stringify(options)];
  let result: RateResult | undefined;
  try {
    const cost = await costOf(place, programs, async () => {
      const program = "bench/programs/rateLoad.js";
      result = await runProgram<RateResult>({ stage, program, env: {}, args });
      return perSecond * (options.warmUpSeconds + options.seconds);
    });
    return result === undefined ? undefined : { result, ...cost };
  } catch (thrown) {
    process.stderr.write(`  ${count} api, ${perSecond} requests/s: not held: ${String(thrown)}\n`);
    return undefined;
  } finally {
    await Promise.all(programs.map((program) => program.stop()));
  }
}

function rateFigures(name: string, runs: readonly RateRun[]): Figure[] {
  const show = (what: string, pick: (one: RateResult) => number, unit = "ms") =>
    plainFigure(`${name}: ${what}`, { unit, values: runs.map(({ result }) => pick(result)) });
  return [
    show("decided", (one) => one.perSecond, "movements/s"),
    show("request → accepted, p50", (one) => one.acceptedP50Ms),
    show("request → accepted, p99", (one) => one.acceptedP99Ms),
    show("accepted → applied, p50", (one) => one.visibleP50Ms),
    show("accepted → applied, p99", (one) => one.visibleP99Ms),
    ...costFigures(name, runs),
  ];
}

function costFigures(name: string, costs: readonly Cost[]): Figure[] {
  const cost = (whose: string, pick: (one: Cost) => number) =>
    plainFigure(`${name}: CPU of ${whose} a movement`, { unit: "µs", values: costs.map(pick) });
  return [cost("the product", (one) => one.product), cost("PostgreSQL", (one) => one.database)];
}

function pinAll({ layout }: Place, programs: readonly RunningProgram[]): void {
  if (layout === undefined) return;
  for (const { pid } of programs) pin(pid, layout.product);
}

/** Runs the work, which answers how many movements it was, and divides the CPU time by them. */
async function costOf(
  { server }: Place,
  programs: readonly RunningProgram[],
  work: () => Promise<number>,
): Promise<Cost> {
  const pids = programs.map(({ pid }) => pid);
  const used = () => ({ product: cpuSeconds(pids), database: cpuSeconds(familyOf(server)) });
  const before = used();
  const movements = await work();
  const after = used();
  return {
    product: ((after.product - before.product) / movements) * MICROSECONDS,
    database: ((after.database - before.database) / movements) * MICROSECONDS,
  };
}
