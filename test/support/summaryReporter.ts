/**
 * Ends a test run with one plain line `N passed, N failed`, before it a line `failed file: …` for each file to blame; the check script
 * reads both.
 */
import { relative } from "node:path";
import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Counts tests; a file that could not be loaded and an error outside any test count as failures. */
export class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    let failed = errors.length;
    let skipped = 0;
    const files: string[] = [];
    for (const module of modules) {
      const before = failed;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === "passed") passed += 1;
        else if (state === "failed") failed += 1;
        else skipped += 1;
      }
      if (module.state() === "failed" && failed === before) failed += 1;
      if (failed > before) files.push(relative(process.cwd(), module.moduleId));
    }
    // An error outside any test has no file to be blamed.
    if (errors.length === 0) for (const file of files) console.log(`failed file: ${file}`);
    // Skipped tests get a line of their own: the last line is read by a program.
    if (skipped > 0) console.log(`${skipped} skipped`);
    console.log(`${passed} passed, ${failed} failed`);
  }
}
