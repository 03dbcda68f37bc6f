/**
 * Fairness: single movements of cold items while an import pours all its rows into one item of the same lane (and, to compare, while
 * nothing else goes on). One API and two worker processes; the time runs from the answer 202 to the outcome being readable.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { type RunningProgram, startProgram } from "./childPrograms.ts";
import { boundFigure, type Effort, type Figure } from "./compare.ts";
import { percentile } from "./programs/movementBodies.ts";
import { type BenchItem, catalogueSeed, outcomesRead, WAREHOUSE } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ITEMS = 10_000;
const IMPORT_ROWS = 100_000;
const WORKERS = 2;
/** Between two single movements. */
const PAUSE_MS = 25;
const LOOK_MS = 4;
const IDLE_MS = 4_000;

/** Measures how long single movements wait for an import in their lane. */
export async function benchFairness(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("fairness");
  const items = await catalogueSeed(database.admin, ITEMS);
  const api = await startProgram({ stage, program: "api/main.js", env: database.env });
  const workers = await Promise.all(
    Array.from({ length: WORKERS }, () =>
      startProgram({ stage, program: "workers/main.js", env: database.env }),
    ),
  );
  const place = { api, database, ...sharedLane(items) };
  const idle: number[] = [];
  const busy: number[] = [];
  const rates: number[] = [];
  try {
    for (let round = 0; round < effort.rounds; round += 1) {
      const calm = performance.now() + IDLE_MS;
      idle.push(percentile(await singles(place, () => performance.now() > calm), 0.99));
      const { waits, perSecond } = await duringImport(place, round);
      busy.push(percentile(waits, 0.99));
      rates.push(perSecond);
      process.stderr.write(
        `  round ${round + 1}: ${JSON.stringify({ idle: idle.at(-1), busy: busy.at(-1), singles: waits.length, most: Math.max(...waits), perSecond })}\n`,
      );
    }
  } finally {
    await Promise.all([api, ...workers].map((program) => program.stop()));
    await database.close();
  }
  const unit = "ms";
  return [
    boundFigure("cold item, nothing else, p99", { unit, values: idle, atMost: 150 }),
    boundFigure(`cold item, beside ${IMPORT_ROWS} rows into its lane, p99`, {
      unit,
      values: busy,
      atMost: 1_000,
    }),
  ];
}

interface Place {
  readonly api: RunningProgram;
  readonly database: BenchDatabase;
  readonly hot: BenchItem;
  readonly cold: readonly BenchItem[];
}

/** An item, and the others of its lane. */
function sharedLane(items: readonly BenchItem[]): Pick<Place, "hot" | "cold"> {
  const [hot] = items;
  if (hot === undefined) throw new Error("there are no items");
  return { hot, cold: items.slice(1).filter((item) => item.lane === hot.lane) };
}

async function duringImport(place: Place, round: number) {
  const rows = Array.from(
    { length: IMPORT_ROWS },
    (_, n) => `receipt,${place.hot.sku},${WAREHOUSE},1,row ${round}-${n}`,
  );
  const form = new FormData();
  form.set("kind", "movements");
  form.set("mode", "commit");
  form.set(
    "file",
    new Blob([["type,sku,warehouse,quantity,reason", ...rows].join("\n")]),
    "hot.csv",
  );
  const sent = await call(place, "/v1/imports", { method: "POST", body: form });
  const path = `/v1/imports/${String(sent["id"])}`;
  let status = "";
  let began: number | undefined;
  let ended = 0;
  const watch = (async () => {
    while (!["completed", "failed", "cancelled"].includes(status)) {
      status = String((await call(place, path))["status"]);
      if (status === "applying") began ??= performance.now();
      await pause(50);
    }
    ended = performance.now();
  })();
  while (began === undefined && !["completed", "failed"].includes(status)) await pause(10);
  const waits = await singles(place, () => ended > 0);
  await watch;
  if (status !== "completed") throw new Error(`the import ended as ${status}`);
  return { waits, perSecond: Math.round(IMPORT_ROWS / ((ended - (began ?? ended)) / 1_000)) };
}

/** Posts single movements of the cold items, one after the other at a steady pace; answers how long each took to be decided. */
async function singles(place: Place, isOver: () => boolean): Promise<number[]> {
  const waits: number[] = [];
  const open = new Map<string, number>();
  const flying = new Set<Promise<void>>();
  let nth = 0;
  let isEnd = false;
  const look = (async () => {
    while (!isEnd || open.size > 0) {
      for (const id of open.size === 0
        ? []
        : await outcomesRead(place.database.admin, [...open.keys()])) {
        waits.push(performance.now() - (open.get(id) ?? 0));
        open.delete(id);
      }
      await pause(LOOK_MS);
    }
  })();
  const post = async (item: BenchItem) => {
    const id = randomUUID();
    const line = { id, type: "receipt", sku: item.sku, warehouse: WAREHOUSE, quantity: 1 };
    const headers = { "content-type": "application/json" };
    await call(place, "/v1/movements", { method: "POST", body: JSON.stringify(line), headers });
    open.set(id, performance.now());
  };
  while (!isOver()) {
    const item = place.cold[nth % place.cold.length] ?? place.hot;
    nth += 1;
    const posting: Promise<void> = post(item).finally(() => flying.delete(posting));
    flying.add(posting);
    await pause(PAUSE_MS);
  }
  await Promise.all(flying);
  isEnd = true;
  await look;
  return waits;
}

async function call(
  { api, database }: Place,
  path: string,
  init: { method?: string; body?: string | FormData; headers?: Record<string, string> } = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${database.token}`, ...init.headers },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
  return JSON.parse(text) as Record<string, unknown>; // the API's own JSON
}
