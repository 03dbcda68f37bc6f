/**
 * Reads: GET /v1/stock/{sku}/{warehouse} on the real API process against bare Hono with one SELECT by key. Warm: a thousand
 * levels, each in the cache. Cold: levels that nobody has asked for, so that item, cache and database are each asked.
 */
import { runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, inTurn, pairFigure } from "./compare.ts";
import type { ReadOptions, ReadResult } from "./programs/readLoad.ts";
import { catalogueSeed, levelsSeed, WAREHOUSE } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

/** More than are asked for in all rounds, so that a cold level is asked for once. */
const ITEMS = 500_000;
const WARM_ITEMS = 1_000;
const CONNECTIONS = 64;

/** Measures reads. */
export async function benchReads(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("reads");
  await catalogueSeed(database.admin, ITEMS);
  await levelsSeed(database.admin);
  const { env } = database;
  const bare = await startProgram({ stage, program: "bench/programs/bareReader.js", env });
  const api = await startProgram({ stage, program: "api/main.js", env });
  try {
    const place = { stage, database, effort, ports: { bare: bare.port, api: api.port } };
    const warm = await pairOf(place, { warm: true });
    const cold = await pairOf(place, { warm: false });
    return [
      pairFigure({ ...rates("warm", warm), bound: 1.2 }),
      pairFigure({ ...rates("cold", cold), bound: 0.6 }),
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
  readonly ports: { readonly bare: number; readonly api: number };
}

interface Pair {
  readonly baseline: readonly ReadResult[];
  readonly product: readonly ReadResult[];
}

function rates(name: string, { baseline, product }: Pair) {
  return {
    name: `${name}, ${CONNECTIONS} connections`,
    unit: "requests/s",
    baseline: baseline.map((one) => one.requestsPerSecond),
    product: product.map((one) => one.requestsPerSecond),
  };
}

function pairOf(place: Place, { warm }: { warm: boolean }): Promise<Pair> {
  const seconds = place.effort.quick ? 2 : 5;
  /** The first level that no cold round has asked for. */
  let first = WARM_ITEMS;
  const load = (port: number) =>
    read(place, {
      port,
      first: warm ? 0 : first,
      count: warm ? WARM_ITEMS : ITEMS - first,
      warmUpSeconds: warm ? 1.5 : 0.5,
      seconds,
    });
  return inTurn(place.effort.rounds, {
    baseline: () => load(place.ports.bare),
    product: async () => {
      const result = await load(place.ports.api);
      if (!warm) first += result.sent;
      if (first > ITEMS) throw new Error(`${ITEMS} items are too few for cold reads`);
      return result;
    },
  });
}

async function read(
  { stage, database }: Place,
  target: Pick<ReadOptions, "port" | "first" | "count" | "warmUpSeconds" | "seconds">,
): Promise<ReadResult> {
  const options: ReadOptions = {
    ...target,
    token: database.token,
    connections: CONNECTIONS,
    path: `/v1/stock/SKU-{n}/${WAREHOUSE}`,
  };
  const args = [JSON.stringify(options)];
  const program = "bench/programs/readLoad.js";
  const result = await runProgram<ReadResult>({ stage, program, env: {}, args });
  if (result.refused > 0) throw new Error(`${result.refused} reads were refused`);
  return result;
}
