/**
 * `npm run demo -- --exit` as a stranger runs it: a data folder of its own, a free port, real
 * processes. Its figures are those of samples/expected.json, and nothing it started is left behind.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { freePort } from "../../local/freePort.ts";
import { type ProcessIdentity, processIdentity, stillRuns } from "../../local/processIdentity.ts";
import { projectRoot } from "../../platform/projectRoot.ts";

/** Two runs one after the other, each with its own PostgreSQL cluster to start; alone, 40 s each. */
const RUN_TIMEOUT_MS = 480_000;
/** Any duration that `duration` of client/textTable.ts writes: 340 ms, 4.2 s, 1 min 26 s. */
const DURATION = String.raw`(?:\d+ ms|\d+\.\d s|\d+ min \d\d s)`;
const STOP_MS = 30_000;

const expectedFile = z.object({
  files: z.record(
    z.string(),
    z.object({ rows: z.number(), applied: z.number(), invalid: z.number(), rejected: z.number() }),
  ),
  bad_rows: z.array(z.object({ file: z.string(), line: z.number() })),
  after_counts: z.object({
    levels: z.number(),
    stock_units: z.record(z.string(), z.string()),
    low_stock_lines: z.number(),
    purchase_order_drafts: z.number(),
  }),
});
const recordFile = z.object({
  pid: z.number(),
  children: z.array(z.object({ name: z.string(), pid: z.number(), startedMark: z.string() })),
});

const expected = expectedFile.parse(
  JSON.parse(readFileSync(join(projectRoot(), "samples/expected.json"), "utf8")),
);
const { after_counts: outcome, files } = expected;
const imported = Object.entries(files).filter(([name]) => name !== "items.csv");
const sum = (of: (file: (typeof imported)[number][1]) => number): string =>
  grouped(imported.reduce((total, [, file]) => total + of(file), 0));

const home = mkdtempSync(join(tmpdir(), "stockline-demo-"));
const recordPath = join(home, "run/instance.json");
const seen = new Map<number, ProcessIdentity>();
let first: DemoRun;
let second: DemoRun;

interface DemoRun {
  readonly status: number | null;
  readonly out: string;
  readonly err: string;
}

beforeAll(
  async () => {
    first = await runDemo();
    second = await runDemo();
  },
  2 * RUN_TIMEOUT_MS + STOP_MS,
);

afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Runs the demo to its end, noting every process that it says it has started. */
async function runDemo(): Promise<DemoRun> {
  const port = await freePort();
  const child = spawn(process.execPath, ["scripts/run.mjs", "demo", "--exit"], {
    cwd: projectRoot(),
    env: { PATH: process.env["PATH"], STOCKLINE_HOME: home, PORT: String(port), LOG_LEVEL: "info" },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: RUN_TIMEOUT_MS, // Ends it with SIGTERM, upon which it stops all that it started.
  });
  const out = textOf(child, "stdout");
  const err = textOf(child, "stderr");
  const watch = setInterval(noteProcesses, 100);
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  clearInterval(watch);
  return { status, out: out(), err: err() };
}

function textOf(child: ChildProcess, stream: "stdout" | "stderr"): () => string {
  const chunks: Buffer[] = [];
  child[stream]?.on("data", (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString("utf8");
}

function noteProcesses(): void {
  if (!existsSync(recordPath)) return;
  const text = readFileSync(recordPath, "utf8");
  if (!text.endsWith("}\n")) return; // Being written just now.
  const record = recordFile.parse(JSON.parse(text));
  const self = processIdentity(record.pid);
  if (self !== undefined) seen.set(record.pid, self);
  for (const child of record.children) seen.set(child.pid, child);
}

function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** "7022.3" as the demo writes it: 7,022.3 */
function groupedDecimal(text: string): string {
  const [whole = "", fraction] = text.split(".");
  return `${grouped(Number(whole))}${fraction === undefined ? "" : `.${fraction}`}`;
}

describe("the demo on an empty data folder", () => {
  test("ends with status 0 and says where it is ready", () => {
    expect(first.status, first.out + first.err).toBe(0);
    expect(first.out).toMatch(/^Stockline is ready at http:\/\/127\.0\.0\.1:\d+ – sign in: /m);
    expect(first.out).toMatch(/Stockline has stopped\.\n$/);
  });

  test("takes in the good rows and refuses the bad ones, file by file", () => {
    for (const [name, { rows, applied, invalid, rejected }] of imported) {
      const refused = invalid + rejected === 0 ? ";" : `, ${invalid + rejected} refused;`;
      const noun = rows === 1 ? "row" : "rows";
      const figures = `${grouped(applied)} of ${grouped(rows)} ${noun} in${refused}`;
      expect(first.out).toMatch(new RegExp(`^  ${name} +${figures} ${DURATION}$`, "m"));
    }
    for (const { file, line } of expected.bad_rows.filter(({ file: of }) => of !== "items.csv")) {
      expect(first.out).toContain(`\n  ${file} row ${grouped(line)}, `);
    }
    expect(first.out).toContain(
      `${sum((file) => file.rows)} rows in 7 files: ${sum((file) => file.applied)} taken in, ` +
        `${sum((file) => file.invalid + file.rejected)} refused, exactly those that ` +
        "samples/README.md lists as wrong on purpose.",
    );
  });

  test("arrives at the stock, the low items and the orders of samples/expected.json", () => {
    expect(first.out).toContain(`${outcome.levels} stock levels; units on hand: `);
    for (const [warehouse, units] of Object.entries(outcome.stock_units)) {
      expect(first.out).toMatch(
        new RegExp(`units on hand: .*${warehouse} ${groupedDecimal(units)}[,.]`),
      );
    }
    expect(first.out).toContain(`${outcome.low_stock_lines} stock levels are low`);
    expect(first.out).toContain(`${outcome.purchase_order_drafts} purchase orders stand drafted`);
    expect(first.out).toMatch(
      /on hand.*; .* needed; packs of .*: .* of [A-Z]{3}-\d{3} from [A-Z0-9]+, /,
    );
  });

  test("writes a report, proves the ledger and measures the movement rate", () => {
    expect(first.out).toContain(`current_inventory.xlsx: ${outcome.levels} rows, `);
    expect(first.out).toMatch(/download \(for a few minutes\): http:\/\/127\.0\.0\.1:\d+\//);
    expect(first.out).toMatch(/The ledger was verified: [\d,]+ entries, no difference\./);
    const movements = grouped(files["movements-2025.csv"]?.applied ?? 0);
    expect(first.out).toMatch(
      new RegExp(`${movements} movements in ${DURATION}: [\\d,]+ a second, from`),
    );
  });
});

test("a second run recognises the files, orders nothing twice and ends with the same figures", () => {
  expect(second.status, second.out + second.err).toBe(0);
  expect(second.out.match(/imported before \(.+\), recognised by its content/g)).toHaveLength(7);
  expect(second.out).toContain(`0 new drafts; ${outcome.purchase_order_drafts} drafts from before`);
  expect(second.out).toContain(`${outcome.low_stock_lines} stock levels are low`);
  expect(second.out).toContain(`${outcome.levels} stock levels; units on hand: `);
});

test("nothing that a demo started is left running, and its lock is gone", () => {
  // postgres, redis, s3, kinesis, sqs, migrate, api, jobs, workers and the demo itself, twice.
  expect(seen.size).toBeGreaterThanOrEqual(18);
  expect([...seen.values()].filter(stillRuns)).toEqual([]);
  expect(existsSync(recordPath)).toBe(false);
});
