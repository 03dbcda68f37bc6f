/**
 * Mixed: single movements at a steady rate while a file of a million movements (--quick: a tenth) is imported, against the same
 * while nothing else goes on. One API and two worker processes. Figures of the import are the median of its windows of ten
 * seconds, from its upload to its end.
 */
import { setTimeout as pause } from "node:timers/promises";
import { runProgram, startProgram } from "./childPrograms.ts";
import { type Effort, type Figure, pairFigure } from "./compare.ts";
import type { RateOptions, RateResult } from "./programs/rateLoad.ts";
import { catalogueSeed, WAREHOUSE } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const IMPORT_ROWS = 1_000_000;
const IMPORT_ROWS_QUICK = 100_000;
const WORKERS = 2;
const PER_SECOND = 100;
const WINDOW_SECONDS = 10;
const LOOK_MS = 200;
const ENDED = ["completed", "completed_with_errors", "failed", "cancelled"];

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
  readonly effort: Effort;
  readonly port: number;
}

/** Measures what an import costs single movements. */
export async function benchMixed(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("mixed");
  await catalogueSeed(database.admin, ITEMS);
  const api = await startProgram({ stage, program: "api/main.js", env: database.env });
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () =>
      startProgram({ stage, program: "workers/main.js", env: database.env }),
    ),
  );
  const place = { stage, database, effort, port: api.port };
  const idle: RateResult[] = [];
  const busy: RateResult[] = [];
  try {
    for (let round = 0; round < effort.rounds; round += 1) {
      idle.push(await singles(place));
      busy.push(medianOf(await besideImport(place, round)));
      process.stderr.write(
        `  round ${round + 1}: ${JSON.stringify({ idle: idle.at(-1), busy: busy.at(-1) })}\n`,
      );
    }
  } finally {
    await Promise.all([api, ...workers].map((program) => program.stop()));
    await database.close();
  }
  const pair = (name: string, pick: (one: RateResult) => number) =>
    pairFigure({
      name: `${name}, p95 at ${PER_SECOND} requests/s`,
      unit: "ms",
      baseline: idle.map(pick),
      product: busy.map(pick),
      bound: 2,
      atMost: true,
    });
  return [
    pair("request → accepted", (one) => one.acceptedP95Ms),
    pair("accepted → applied", (one) => one.visibleP95Ms),
  ];
}

function singles({ stage, database, port }: Place): Promise<RateResult> {
  const options: RateOptions = {
    ports: [port],
    token: database.token,
    adminUrl: database.adminUrl,
    items: ITEMS,
    perSecond: PER_SECOND,
    warmUpSeconds: 1,
    seconds: WINDOW_SECONDS,
  };
  const args = [JSON.stringify(options)];
  return runProgram<RateResult>({ stage, program: "bench/programs/rateLoad.js", env: {}, args });
}

/** Imports a file and measures window after window until it is done; the last one counts only if it ended before. */
async function besideImport(place: Place, round: number): Promise<RateResult[]> {
  const path = await upload(place, round);
  let status = "";
  const watch = (async () => {
    while (!ENDED.includes(status)) {
      status = String((await call(place, path))["status"]);
      await pause(LOOK_MS);
    }
  })();
  const windows: RateResult[] = [];
  while (!ENDED.includes(status)) {
    const window = await singles(place);
    if (windows.length === 0 || !ENDED.includes(status)) windows.push(window);
  }
  await watch;
  if (status !== "completed") throw new Error(`the import ended as ${status}`);
  return windows;
}

async function upload(place: Place, round: number): Promise<string> {
  const count = place.effort.quick ? IMPORT_ROWS_QUICK : IMPORT_ROWS;
  const rows = Array.from(
    { length: count },
    (_, n) => `receipt,SKU-${(n * 7_919) % ITEMS},${WAREHOUSE},1,row ${round}-${n}`,
  );
  const file = new Blob([["type,sku,warehouse,quantity,reason", ...rows].join("\n")]);
  const form = new FormData();
  form.set("kind", "movements");
  form.set("mode", "commit");
  form.set("file", file, "mixed.csv");
  const sent = await call(place, "/v1/imports", { method: "POST", body: form });
  return `/v1/imports/${String(sent["id"])}`;
}

/** Each figure's median. */
function medianOf(windows: readonly RateResult[]): RateResult {
  const median = (pick: (one: RateResult) => number): number => {
    const sorted = windows.map(pick).toSorted((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  };
  return {
    visibleP50Ms: median((one) => one.visibleP50Ms),
    visibleP95Ms: median((one) => one.visibleP95Ms),
    visibleP99Ms: median((one) => one.visibleP99Ms),
    acceptedP50Ms: median((one) => one.acceptedP50Ms),
    acceptedP95Ms: median((one) => one.acceptedP95Ms),
    acceptedP99Ms: median((one) => one.acceptedP99Ms),
    perSecond: median((one) => one.perSecond),
  };
}

async function call(
  { port, database }: Place,
  path: string,
  init: RequestInit = {},
): Promise<Record<string, unknown>> {
  const headers = { authorization: `Bearer ${database.token}` };
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>; // the API's own JSON
}
