/**
 * Import: files sent over HTTP to one API process and taken to their end by two worker processes, against one COPY of the same file
 * into an indexed table (a workbook: against exceljs only reading it). Every round begins with fresh workers, whose peak memory is
 * read from the system. A round counts only if the books say that every row was applied, each movement with its ledger entry.
 */
import { openAsBlob } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { startWorkers } from "./backlog.ts";
import { runProgram, startProgram } from "./childPrograms.ts";
import { boundFigure, type Effort, type Figure, pairFigure, plainFigure } from "./compare.ts";
import {
  HISTORY_ITEMS,
  HISTORY_WAREHOUSES,
  writeHistory,
  writeItems,
  writeItemsWorkbook,
} from "./importFiles.ts";
import {
  COPY_ITEMS,
  COPY_MOVEMENTS,
  copyTablesClear,
  copyTablesMake,
  halfSeed,
  historySeed,
  importBooks,
  importStatus,
} from "./importQueries.ts";
import { memoryOf } from "./processMemory.ts";
import type { CopyResult } from "./programs/copyFile.ts";
import type { ReadResult } from "./programs/readWorkbook.ts";
import type { BenchDatabase, Stage } from "./stage.ts";

const ROWS = 1_000_000;
const ROWS_QUICK = 100_000;
/** A workbook has a fifth of the rows; memory is compared with a tenth of them. */
const WORKBOOK_SHARE = 5;
const MEMORY_SHARE = 10;
const MEMORY_RATIO = 1.15;
const MEMORY_MB = 256;
const LOOK_MS = 20;
const ENDED = ["completed", "completed_with_errors", "failed", "cancelled"];

interface Place {
  readonly stage: Stage;
  readonly database: BenchDatabase;
  readonly port: number;
}

/** What one import took, in seconds, and the peak of the larger worker in MB. */
interface Taken {
  readonly upload: number;
  readonly read: number;
  readonly check: number;
  readonly apply: number;
  readonly whole: number;
  readonly peakMb: number;
}

interface Round {
  readonly baseline: number;
  readonly product: Taken;
}

/** Measures imports; `effort.rows` sets the size of the largest files, `effort.only` leaves out parts. */
export async function benchImport(stage: Stage, effort: Effort): Promise<Figure[]> {
  const rows = effort.rows ?? (effort.quick ? ROWS_QUICK : ROWS);
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(PARTS)) {
    if (effort.only !== undefined && effort.only !== name) continue;
    const database = await stage.makeDatabase(`import_${name}`);
    const api = await startProgram({ stage, program: "api/main.js", env: database.env });
    try {
      await copyTablesMake(database.admin);
      figures.push(...(await part({ stage, database, port: api.port }, { ...effort, rows })));
    } finally {
      await api.stop();
      await database.close();
    }
  }
  return figures;
}

type Part = (place: Place, effort: Effort & { readonly rows: number }) => Promise<Figure[]>;

const PARTS: Readonly<Record<string, Part>> = {
  movements: benchMovements,
  items: benchItems,
  workbook: benchWorkbook,
};

async function benchMovements(
  place: Place,
  { rows, rounds }: { rows: number; rounds: number },
): Promise<Figure[]> {
  await historySeed(place.database.admin, { warehouses: HISTORY_WAREHOUSES, items: HISTORY_ITEMS });
  const few = Math.ceil(rows / MEMORY_SHARE);
  const file = join(place.stage.home, `movements-${rows}.csv`);
  const small = join(place.stage.home, `movements-${few}.csv`);
  await writeHistory(file, rows);
  await writeHistory(small, few);
  const kind = "movements";
  const peaks: number[] = [];
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    peaks.push((await importFile(place, { kind, file: small, rows: few })).peakMb);
    const baseline = await copyFile(place, { file, statement: COPY_MOVEMENTS });
    results.push({ baseline, product: await importFile(place, { kind, file, rows }) });
    tell(results);
  }
  return figuresOf({ name: "movements CSV", rows, results, peaks, bound: 0.35, few });
}

async function benchItems(
  place: Place,
  { rows, rounds }: { rows: number; rounds: number },
): Promise<Figure[]> {
  const few = Math.ceil(rows / MEMORY_SHARE);
  const peaks: number[] = [];
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const small = await itemsFile(place, { prefix: `F${round}`, rows: few });
    peaks.push((await importFile(place, { kind: "items", file: small, rows: few })).peakMb);
    const file = await itemsFile(place, { prefix: `M${round}`, rows });
    const baseline = await copyFile(place, { file, statement: COPY_ITEMS });
    results.push({ baseline, product: await importFile(place, { kind: "items", file, rows }) });
    tell(results);
  }
  return figuresOf({ name: "items CSV", rows, results, peaks, bound: 0.3, few });
}

async function benchWorkbook(
  place: Place,
  { rows: all, rounds }: { rows: number; rounds: number },
): Promise<Figure[]> {
  const rows = Math.ceil(all / WORKBOOK_SHARE);
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const prefix = `W${round}`;
    const file = join(place.stage.home, `items-${prefix}.xlsx`);
    await writeItemsWorkbook(file, rows, prefix);
    await halfSeed(place.database.admin, { prefix, rows });
    const program = "bench/programs/readWorkbook.js";
    const read = await runProgram<ReadResult>({
      stage: place.stage,
      program,
      env: {},
      args: [file],
    });
    if (read.rows !== rows + 1) throw new Error(`exceljs read ${read.rows} rows`);
    const product = await importFile(place, { kind: "items", file, rows });
    results.push({ baseline: read.seconds, product });
    tell(results);
  }
  return figuresOf({ name: "items XLSX", rows, results, bound: 1 });
}

/** Half of the file's items exist already. */
async function itemsFile(
  place: Place,
  { prefix, rows }: { prefix: string; rows: number },
): Promise<string> {
  const file = join(place.stage.home, `items-${prefix}.csv`);
  await writeItems(file, rows, prefix);
  await halfSeed(place.database.admin, { prefix, rows });
  return file;
}

async function copyFile(
  { stage, database }: Place,
  args: { readonly file: string; readonly statement: string },
): Promise<number> {
  await copyTablesClear(database.admin);
  const options = JSON.stringify({ url: database.adminUrl, ...args });
  const program = "bench/programs/copyFile.js";
  const result = await runProgram<CopyResult>({ stage, program, env: {}, args: [options] });
  await copyTablesClear(database.admin);
  return result.seconds;
}

interface FileToImport {
  readonly kind: string;
  readonly file: string;
  readonly rows: number;
}

/** Imports a file by fresh workers and answers what it took. */
async function importFile(place: Place, given: FileToImport): Promise<Taken> {
  const { admin } = place.database;
  const workers = await startWorkers(place.stage, place.database);
  try {
    const begun = performance.now();
    const id = await upload(place, given);
    const since: Record<string, number> = { uploaded: performance.now() };
    let status = "";
    while (!ENDED.includes(status)) {
      status = await importStatus(admin, id);
      since[status] ??= performance.now();
      await pause(LOOK_MS);
    }
    const ended = performance.now();
    const peakMb = Math.max(...workers.map((worker) => memoryOf(worker.pid, "VmHWM")));
    await checkBooks(place, { id, status, given });
    const { uploaded = begun, checking = ended, applying = ended } = since;
    const spans = {
      upload: uploaded - begun,
      read: checking - uploaded,
      check: applying - checking,
      apply: ended - applying,
      whole: ended - begun,
    };
    return { ...seconds(spans), peakMb };
  } finally {
    await Promise.all(workers.map((worker) => worker.stop()));
  }
}

function seconds<Name extends string>(spans: Record<Name, number>): Record<Name, number> {
  const entries = Object.entries<number>(spans).map(([name, ms]) => [name, ms / 1_000]);
  return Object.fromEntries(entries) as Record<Name, number>; // the same names
}

async function upload({ port, database }: Place, { kind, file }: FileToImport): Promise<string> {
  const form = new FormData();
  form.set("kind", kind);
  form.set("mode", "commit");
  form.set("force", "true"); // rounds send the same history
  form.set("file", await openAsBlob(file), basename(file));
  const headers = { authorization: `Bearer ${database.token}` };
  const url = `http://127.0.0.1:${port}/v1/imports`;
  const response = await fetch(url, { method: "POST", headers, body: form });
  const text = await response.text();
  if (response.status !== 202) throw new Error(`refused with ${response.status}: ${text}`);
  return String((JSON.parse(text) as { id: unknown }).id); // the API's own JSON
}

async function checkBooks(
  { database }: Place,
  { id, status, given }: { id: string; status: string; given: FileToImport },
): Promise<void> {
  const books = await importBooks(database.admin, id);
  const entries = given.kind === "movements" ? given.rows : 0;
  if (
    status !== "completed" ||
    books.total !== given.rows ||
    books.applied !== given.rows ||
    books.entries !== entries
  ) {
    throw new Error(`the import ended as ${status}: ${JSON.stringify(books)}`);
  }
}

function tell(results: readonly Round[]): void {
  process.stderr.write(`  round ${results.length}: ${JSON.stringify(results.at(-1))}\n`);
}

interface Measured {
  readonly name: string;
  readonly rows: number;
  readonly results: readonly Round[];
  readonly bound: number;
  /** Peaks of imports of so few rows. */
  readonly peaks?: readonly number[];
  readonly few?: number;
}

function figuresOf({ name, rows, results, bound, peaks, few }: Measured): Figure[] {
  const unit = "rows/s";
  const rate = (pick: (round: Round) => number) => results.map((round) => rows / pick(round));
  const whole = pairFigure({
    name: `${name}, ${rows} rows, upload to completed`,
    unit,
    baseline: rate((round) => round.baseline),
    product: rate((round) => round.product.whole),
    bound,
  });
  const phases = (["upload", "read", "check", "apply"] as const).map((phase) =>
    plainFigure(`${name}, ${phase}`, { unit, values: rate((round) => round.product[phase]) }),
  );
  const most = results.map((round) => round.product.peakMb);
  const memory = boundFigure(`${name}, peak of a worker`, {
    unit: "MB",
    values: most,
    atMost: MEMORY_MB,
  });
  if (peaks === undefined) return [whole, ...phases, memory];
  const growth = pairFigure({
    name: `${name}, peak of a worker, ${few} → ${rows} rows`,
    unit: "MB",
    baseline: peaks,
    product: most,
    bound: MEMORY_RATIO,
    atMost: true,
  });
  return [whole, ...phases, memory, growth];
}
