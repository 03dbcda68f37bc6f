/** Latency: movements accepted over HTTP at a steady rate until they can be read as applied; one API and one worker process. */
import { runProgram, startProgram } from "./childPrograms.ts";
import { boundFigure, type Effort, type Figure } from "./compare.ts";
import type { RateOptions, RateResult } from "./programs/rateLoad.ts";
import { catalogueSeed } from "./queries.ts";
import type { Stage } from "./stage.ts";

const ITEMS = 10_000;
const PER_SECOND = 500;

/** Measures the time from accepted to applied. */
export async function benchLatency(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("latency");
  await catalogueSeed(database.admin, ITEMS);
  const api = await startProgram({ stage, program: "api/main.js", env: database.env });
  const worker = await startProgram({ stage, program: "workers/main.js", env: database.env });
  const options: RateOptions = {
    ports: [api.port],
    token: database.token,
    adminUrl: database.adminUrl,
    items: ITEMS,
    perSecond: PER_SECOND,
    warmUpSeconds: effort.quick ? 2 : 4,
    seconds: effort.quick ? 5 : 15,
  };
  const results: RateResult[] = [];
  try {
    for (let round = 0; round < effort.rounds; round += 1) {
      const program = "bench/programs/rateLoad.js";
      const args = [JSON.stringify(options)];
      results.push(await runProgram<RateResult>({ stage, program, env: {}, args }));
    }
  } finally {
    await Promise.all([api.stop(), worker.stop()]);
    await database.close();
  }
  const figure = (name: string, atMost: number, pick: (one: RateResult) => number) =>
    boundFigure(`${name} at ${PER_SECOND} requests/s`, {
      unit: "ms",
      values: results.map(pick),
      atMost,
    });
  return [
    figure("accepted → applied, p50", 25, (one) => one.visibleP50Ms),
    figure("accepted → applied, p99", 150, (one) => one.visibleP99Ms),
    figure("request → accepted, p99", 50, (one) => one.acceptedP99Ms),
  ];
}
