/** Tells how each fault of the suite went: fault, what, seed, what was counted, result, seconds; once more in one table at the end. */
import type { Reporter, TestCase, TestModule } from "vitest/node";

/** Prints a line for each fault once it was run, and all of them at the end; those left out by a filter have none. */
export class FaultReporter implements Reporter {
  onTestCaseResult(test: TestCase): void {
    for (const row of rowOf(test)) process.stdout.write(`${row.join("  ")}\n`);
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules.flatMap((module) => [...module.children.allTests()].flatMap(rowOf));
    if (rows.length === 0) return;
    const head = ["fault", "what", "seed", "counts", "result", "seconds"];
    const table = [head, ...rows];
    const widths = head.map((_, column) =>
      Math.max(...table.map((row) => (row[column] ?? "").length)),
    );
    const lines = table.map((row) =>
      row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "),
    );
    process.stdout.write(`\n${lines.map((line) => line.trimEnd()).join("\n")}\n\n`);
  }
}

function rowOf(test: TestCase): string[][] {
  const { fault } = test.meta();
  const { state } = test.result();
  if (fault === undefined || state === "skipped") return [];
  const counts = Object.entries(fault.counts).map(([what, count]) => `${count} ${what}`);
  const seconds = ((test.diagnostic()?.duration ?? 0) / 1_000).toFixed(1);
  return [
    [
      fault.id,
      test.name.slice(fault.id.length + 2),
      String(fault.seed),
      counts.join(", "),
      state === "passed" ? "held" : "BROKEN",
      seconds,
    ],
  ];
}
