/**
 * Exports: movement_history in each format, from asked for to lying in object storage, by one fresh worker process whose peak memory is
 * read from the system, against COPY TO of the same query read and thrown away. And the refresh of the three views against the bare
 * SELECTs that they stand on, with a reader beside it that must never wait.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Pool } from "pg";
import { to as copyTo } from "pg-copy-streams";
import { NO_LIMITS, REPORTS, withLimits } from "../pipelines/export/index.ts";
import { startWorkers } from "./backlog.ts";
import { boundFigure, type Effort, type Figure, pairFigure } from "./compare.ts";
import { ledgerFill, yearOfPartitionsMake } from "./fillLedger.ts";
import { memoryOf } from "./processMemory.ts";
import { catalogueSeed, viewsSeed } from "./queries.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

/** Each item has one level of so many entries. */
const ENTRIES = 100;
const MEMORY_MB = 256;
const MEMORY_RATIO = 1.15;
const LOOK_MS = 20;
/** Share of COPY TO that each format is to reach. */
const BOUNDS = { csv: 0.6, "csv.gz": 0.25, parquet: 0.2, xlsx: 0.05 } as const;
type Format = keyof typeof BOUNDS;
const READER_MS_MAX = 250;

/** Measures exports and views. */
export async function benchExport(stage: Stage, effort: Effort): Promise<Figure[]> {
  return [...(await benchFormats(stage, effort)), ...(await benchViews(stage, effort))];
}

async function benchFormats(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("export");
  try {
    const rows = effort.rows ?? (effort.quick ? 100_000 : 1_000_000);
    const items = Math.ceil(rows / ENTRIES);
    await catalogueSeed(database.admin, items);
    const begin = await yearOfPartitionsMake(database.admin);
    await ledgerFill(database.admin, { from: 0, to: items, entries: ENTRIES, begin });
    await database.admin.query("analyze");
    const figures: Figure[] = [];
    for (const format of formatsOf(effort)) {
      figures.push(
        ...(await benchFormat({ stage, database }, { format, rows: items * ENTRIES, effort })),
      );
    }
    return figures;
  } finally {
    await database.close();
  }
}

function formatsOf({ only }: Effort): Format[] {
  const formats = ["csv", "csv.gz", "parquet", "xlsx"] as const;
  return formats.filter((format) => only === undefined || only === format);
}

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
}

async function benchFormat(
  place: Place,
  { format, rows, effort }: { format: Format; rows: number; effort: Effort },
): Promise<Figure[]> {
  const baseline: number[] = [];
  const product: number[] = [];
  const peaks: number[] = [];
  const smallPeaks: number[] = [];
  for (let round = 0; round < effort.rounds; round += 1) {
    // a tenth of the rows: those of a tenth of the items
    smallPeaks.push((await exportOnce(place, { format, prefix: "SKU-1" })).peakMb);
    baseline.push(rows / (await copyOnce(place.database.admin)));
    const taken = await exportOnce(place, { format, prefix: "" });
    if (taken.rows !== rows) throw new Error(`${format} has ${taken.rows} rows, not ${rows}`);
    product.push(rows / taken.seconds);
    peaks.push(taken.peakMb);
    process.stderr.write(`  ${format}: ${JSON.stringify(taken)}\n`);
  }
  const name = `${format}, ${rows} rows`;
  return [
    pairFigure({ name, unit: "rows/s", baseline, product, bound: BOUNDS[format] }),
    boundFigure(`${name}, peak of the worker`, { unit: "MB", values: peaks, atMost: MEMORY_MB }),
    pairFigure({
      name: `${name}, peak against that of a tenth`,
      unit: "MB",
      baseline: smallPeaks,
      product: peaks,
      bound: MEMORY_RATIO,
      atMost: true,
    }),
  ];
}

interface Taken {
  readonly rows: number;
  readonly seconds: number;
  readonly peakMb: number;
}

/** Has a fresh worker write the report; its time is from its claim to its end, the upload included. */
async function exportOnce(
  { stage, database }: Place,
  { format, prefix }: { format: Format; prefix: string },
): Promise<Taken> {
  const id = randomUUID();
  const [worker] = await startWorkers(stage, database, 1);
  if (worker === undefined) throw new Error("no worker was started");
  try {
    await database.admin.query(
      "insert into reports (id, report, format, parameters, requested_by) values ($1, 'movement_history', $2, $3, 'bench')",
      [id, format, JSON.stringify(prefix === "" ? {} : { sku_prefix: prefix })],
    );
    for (;;) {
      const { rows } = await database.admin.query<{
        status: string;
        rows: string;
        seconds: number;
      }>(
        "select status, rows, extract(epoch from finished_at - started_at)::float8 as seconds from reports where id = $1",
        [id],
      );
      const found = rows[0];
      if (found?.status === "failed") throw new Error(`the report ${format} failed`);
      if (found?.status === "completed") {
        return {
          rows: Number(found.rows),
          seconds: found.seconds,
          peakMb: memoryOf(worker.pid, "VmHWM"),
        };
      }
      await pause(LOOK_MS);
    }
  } finally {
    await worker.stop();
  }
}

/** Seconds of COPY TO of the report's bare rows, in its order. */
async function copyOnce(admin: Pool): Promise<number> {
  const { source, columns, orderBy } = REPORTS.movement_history;
  if (!("query" in source)) throw new Error("movement_history is a query");
  const names = columns.map(({ name }) => `v.${name}`).join(", ");
  const order = orderBy.map((name) => `v.${name}`).join(", ");
  const query = withLimits(source.query, NO_LIMITS);
  return drained(admin, `select ${names} from (${query}) v order by ${order}`);
}

async function drained(admin: Pool, query: string): Promise<number> {
  const client = await admin.connect();
  try {
    const begun = performance.now();
    let bytes = 0;
    for await (const chunk of client.query(copyTo(`copy (${query}) to stdout with (format csv)`))) {
      bytes += (chunk as Buffer).length;
    }
    if (bytes === 0) throw new Error("COPY answered nothing");
    return (performance.now() - begun) / 1_000;
  } finally {
    client.release();
  }
}

const VIEWS = ["v_current_inventory", "v_pending_orders", "v_low_stock_items"];

async function benchViews(stage: Stage, effort: Effort): Promise<Figure[]> {
  const database = await stage.makeDatabase("views");
  const { admin } = database;
  try {
    const [items, warehouses] = effort.quick ? [5_000, 2] : [100_000, 5];
    await catalogueSeed(admin, items);
    await viewsSeed(admin, { warehouses });
    await admin.query("analyze");
    await refreshAll(admin);
    const baseline: number[] = [];
    const product: number[] = [];
    const waits: number[] = [];
    for (let round = 0; round < effort.rounds; round += 1) {
      baseline.push(await selectAll(admin));
      await admin.query("update stock_levels set on_hand = on_hand + 1 where random() < 0.05");
      const reader = startReader(admin);
      product.push(await refreshAll(admin));
      waits.push(await reader.longest());
    }
    const name = `views, ${items} items × ${warehouses} warehouses, a twentieth changed`;
    return [
      pairFigure({
        name: `${name}: refresh`,
        unit: "s",
        baseline,
        product,
        bound: 2,
        atMost: true,
      }),
      boundFigure(`${name}: longest wait of a reader`, {
        unit: "ms",
        values: waits,
        atMost: READER_MS_MAX,
      }),
    ];
  } finally {
    await database.close();
  }
}

async function refreshAll(admin: Pool): Promise<number> {
  const begun = performance.now();
  for (const view of VIEWS) await admin.query("select refresh_view($1)", [view]);
  return (performance.now() - begun) / 1_000;
}

/** The SELECT of each view, its rows sent to the client as a refresh writes them to the view. */
async function selectAll(admin: Pool): Promise<number> {
  let seconds = 0;
  for (const view of VIEWS) {
    const { rows } = await admin.query<{ definition: string }>(
      "select rtrim(pg_get_viewdef($1::regclass), ';') as definition",
      [view],
    );
    seconds += await drained(
      admin,
      `select 'row' union all select x::text from (${rows[0]?.definition ?? ""}) x`,
    );
  }
  return seconds;
}

/** Reads one level from a view again and again; tells how long it waited at most, in milliseconds. */
function startReader(admin: Pool): { longest(): Promise<number> } {
  let over = false;
  let longest = 0;
  const read = async (): Promise<void> => {
    while (!over) {
      const begun = performance.now();
      await admin.query("select on_hand from v_current_inventory where sku = 'SKU-42'");
      longest = Math.max(longest, performance.now() - begun);
      await pause(LOOK_MS);
    }
  };
  const reading = read();
  return {
    longest: async () => {
      over = true;
      await reading;
      return longest;
    },
  };
}
