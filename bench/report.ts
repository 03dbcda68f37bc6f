/** Prints what was measured as a table, and keeps it as JSON below bench/results/. */
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../platform/projectRoot.ts";
import { type Effort, type Figure, NO_GOAL, type Series } from "./compare.ts";

interface Run {
  readonly section: string;
  readonly effort: Effort;
  readonly postgresVersion: string;
  readonly figures: readonly Figure[];
}

/** One line a figure: medians with their spread, the ratio, the goal. */
export function printFigures(figures: readonly Figure[]): void {
  const rows = [
    ["figure", "unit", "baseline", "product", "ratio", "goal", ""],
    ...figures.map((figure) => [
      figure.name,
      figure.unit,
      figure.baseline === undefined ? "–" : show(figure.baseline),
      show(figure.product),
      figure.ratio === undefined ? "–" : figure.ratio.toFixed(2),
      figure.goal,
      verdict(figure),
    ]),
  ];
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  for (const row of rows) {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ");
    process.stdout.write(`${line.trimEnd()}\n`);
  }
}

function verdict({ goal, met }: Figure): string {
  if (goal === NO_GOAL) return "";
  return met ? "met" : "not met";
}

function show(series: Series): string {
  const digits = series.median < 100 ? 1 : 0;
  const median = series.median.toLocaleString("en-US", { maximumFractionDigits: digits });
  return `${median} ±${Math.round(series.spread * 50)}%`;
}

/** Writes the run as JSON; answers the file's path. */
export function keepResults(run: Run): string {
  const folder = join(projectRoot(), "bench/results");
  mkdirSync(folder, { recursive: true });
  const at = new Date().toISOString();
  const file = join(folder, `${run.section}-${at.replaceAll(/[:.]/g, "-")}.json`);
  const machine = { cores: cpus().length, load_average: loadavg()[0], node: process.version };
  writeFileSync(file, `${JSON.stringify({ at, machine, ...run }, undefined, 2)}\n`);
  return file;
}
